package cli

import (
	"fmt"
	"strconv"

	"galena/internal/app"
	"galena/internal/playbook"
	"galena/internal/server"
)

type playbookDiffCmd struct {
	dataFlag
	Old  string `arg:"" help:"The version before: a file, the name of a shipped playbook, or the number of a published version."`
	New  string `arg:"" help:"The version after, likewise."`
	JSON bool   `name:"json" help:"Print as JSON."`
}

func (c *playbookDiffCmd) Help() string {
	return "Says in words what differs between two playbooks, as the agreement is grouped. A number is a version of the workspace; a\n" +
		"file that is called like one is ./7.\n\nExamples:\n  galena playbook diff 3 playbook.yaml\n  galena playbook diff default model-a"
}

func (c *playbookDiffCmd) Run(s *session) error {
	old, err := c.source(s, c.Old)
	if err != nil {
		return err
	}
	changed, err := c.source(s, c.New)
	if err != nil {
		return err
	}
	compared, err := app.Compare(old, changed, nil)
	if err != nil {
		return err
	}
	if c.JSON {
		return s.printJSON(compared.Changes)
	}
	printChanges(s, compared.Changes)
	return nil
}

func (c *playbookDiffCmd) source(s *session, name string) (source []byte, err error) {
	version, err := strconv.Atoi(name)
	if err != nil {
		return s.playbookFile(name)
	}
	err = server.Read(s, c.Data, func(r *app.Reader) error {
		all, err := r.Playbooks(s)
		if err != nil {
			return err
		}
		p, err := versionOf(all, version)
		source = p.Source
		return err
	})
	return source, err
}

func printChanges(s *session, changes []playbook.Change) {
	if len(changes) == 0 {
		fmt.Fprintln(s.Stdout, "Nothing differs but the wording of the file.")
		return
	}
	section := ""
	for _, c := range changes {
		if c.Section != section {
			if section != "" {
				fmt.Fprintln(s.Stdout)
			}
			section = c.Section
			fmt.Fprintln(s.Stdout, section)
		}
		fmt.Fprintf(s.Stdout, "  %s\n", printable(c.String()))
	}
}
