package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	"galena/internal/app"
	"galena/internal/fault"
	"galena/internal/playbook"
)

type playbookCmd struct {
	Schema   playbookSchemaCmd   `cmd:"" help:"Print the JSON Schema of playbooks, for editors."`
	Describe playbookDescribeCmd `cmd:"" help:"Describe a playbook in words, as Markdown to be signed."`
	Diff     playbookDiffCmd     `cmd:"" help:"Say in words what differs between two playbooks."`
	Publish  playbookPublishCmd  `cmd:"" help:"Put a playbook in force."`
	List     playbookListCmd     `cmd:"" help:"List the versions that were published: when, by whom, why, who signed."`
	Show     playbookShowCmd     `cmd:"" help:"Print a published version as it was written."`
	Rollback playbookRollbackCmd `cmd:"" help:"Put an earlier version in force again."`
}

type playbookSchemaCmd struct{}

func (c *playbookSchemaCmd) Help() string {
	return "Example:\n  galena playbook schema > playbook.schema.json"
}

func (c *playbookSchemaCmd) Run(s *session) error {
	_, err := s.Stdout.Write(playbook.Schema(nil))
	return err
}

type playbookDescribeCmd struct {
	Playbook string `arg:"" optional:"" help:"A playbook file, - for the standard input, or the name of a shipped one (default: default)."`
}

func (c *playbookDescribeCmd) Help() string {
	return "Example:\n  galena playbook describe playbook.yaml > agreement.md"
}

func (c *playbookDescribeCmd) Run(s *session) error {
	source, err := s.playbookFile(c.Playbook)
	if err != nil {
		return err
	}
	if source == nil {
		source, _ = playbook.Shipped(app.DefaultPlaybook)
	}
	doc, plan, problems := playbook.Load(source, 0)
	if plan == nil {
		return playbook.Broken(problems)
	}
	_, err = fmt.Fprint(s.Stdout, playbook.Describe(doc, nil))
	return err
}

// planOf reads and compiles a playbook: a file, or the name of a shipped one.
func (s *session) planOf(name string) (*playbook.Plan, error) {
	source, err := s.playbookFile(name)
	if err != nil {
		return nil, err
	}
	_, plan, problems := playbook.Load(source, 1)
	if plan == nil {
		return nil, playbook.Broken(problems)
	}
	return plan, nil
}

// playbookFile reads a playbook: a file, the name of a shipped one, or nil for "".
func (s *session) playbookFile(name string) ([]byte, error) {
	if name == "" {
		return nil, nil
	}
	if source, ok := playbook.Shipped(name); ok {
		return source, nil
	}
	source, err := s.readFile(name, playbook.MaxSource)
	if errors.Is(err, fs.ErrNotExist) {
		err = fault.New(fault.NotFound, "Cannot read %s: there is no such file, and no playbook of that name is shipped. Those that are: %s.", name, strings.Join(playbook.ShippedNames(), ", "))
	}
	return source, err
}

// versionArg is the number of a version on the command line; 0 if it is not given.
type versionArg int

func (v *versionArg) UnmarshalText(text []byte) error {
	n, err := strconv.Atoi(string(text))
	if err != nil || n < 1 {
		return fault.New(fault.Invalid, "%q is no version of a playbook. Write its number, as 3.", text)
	}
	*v = versionArg(n)
	return nil
}
