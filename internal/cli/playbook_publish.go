package cli

import (
	"context"
	"fmt"
	"os"
	"os/user"
	"slices"
	"strings"
	"time"

	"galena/internal/app"
	"galena/internal/fault"
	"galena/internal/intake"
	"galena/internal/lead"
	"galena/internal/pipeline"
	"galena/internal/playbook"
	"galena/internal/server"
)

// publishFlags are what is told with a version, however its source was found.
type publishFlags struct {
	dataFlag
	Note    string   `placeholder:"TEXT" help:"What changes and why, for those who read the list of versions."`
	Author  string   `placeholder:"NAME" help:"Who publishes (default: the user who runs this command)."`
	Apply   bool     `help:"Evaluate the criteria for existing leads at once. Otherwise one counts when it turns true later."`
	Effects bool     `help:"Let what --apply decides have effects, as if it had been decided in the course of things."`
	Sign    []string `placeholder:"ROLE=NAME" sep:"none" help:"Who agreed: marketing=NAME, sales=NAME. May be given more than once."`
	DryRun  bool     `help:"Check, compare and say what would be published, and do nothing."`
	JSON    bool     `name:"json" help:"Print as JSON."`
}

type playbookPublishCmd struct {
	publishFlags
	File string `arg:"" name:"playbook" help:"A playbook file, - for the standard input, or the name of a shipped one."`
}

func (c *playbookPublishCmd) Help() string {
	return "Runs the playbook's own tests, says what changes, and puts it in force for everything from now on. Scores are computed\n" +
		"under it over the whole history at once; stages stay, see --apply. Works beside a running server.\n\n" +
		"Example:\n  galena playbook publish playbook.yaml --note 'MQL at 70' --sign marketing=Ada --sign sales=Bo"
}

func (c *playbookPublishCmd) Run(s *session) error {
	source, err := s.playbookFile(c.File)
	if err != nil {
		return err
	}
	return c.publish(s, c.File, func([]app.Playbook) ([]byte, error) { return source, nil })
}

type playbookRollbackCmd struct {
	publishFlags
	Version versionArg `arg:"" help:"The version to go back to."`
}

func (c *playbookRollbackCmd) Help() string {
	return "Publishes the source of an earlier version again, as a new version. Nothing of the past is undone.\n\nExample:\n  galena playbook rollback 3 --note 'Too many MQLs'"
}

func (c *playbookRollbackCmd) Run(s *session) error {
	if c.Note == "" {
		c.Note = fmt.Sprintf("Back to version %d", c.Version)
	}
	return c.publish(s, fmt.Sprintf("version %d", c.Version), func(all []app.Playbook) ([]byte, error) {
		p, err := versionOf(all, int(c.Version))
		return p.Source, err
	})
}

// publishedJSON is what programs read of a publication.
type publishedJSON struct {
	Version   int               `json:"version"`
	From      lead.Time         `json:"from"`
	Published bool              `json:"published"`
	DryRun    bool              `json:"dry_run"`
	Leads     int64             `json:"leads"`
	Changes   []playbook.Change `json:"changes"`
}

// publish publishes the source that find chooses in view of all versions, and
// that is called name in front of people.
func (c *publishFlags) publish(s *session, name string, find func([]app.Playbook) ([]byte, error)) error {
	signed, err := c.signatures()
	if err != nil {
		return err
	}
	// Writing would make a folder that is not there.
	var all []app.Playbook
	err = server.Read(s, c.Data, func(r *app.Reader) (err error) {
		all, err = r.Playbooks(s)
		return err
	})
	if err != nil {
		return err
	}
	source, err := find(all)
	if err != nil {
		return err
	}
	last := all[len(all)-1]
	findings, _ := check(name, source)
	if n := slices.IndexFunc(findings, func(f finding) bool { return f.Severity == playbook.Error }); n >= 0 {
		for _, f := range findings {
			fmt.Fprintf(s.Stderr, "%s:%s\n", f.File, f.Excerpt(source))
		}
		return fault.New(fault.Invalid, "The playbook is not published: it has errors, or one of its own tests fails.")
	}
	compared, err := app.Compare(last.Source, source, nil)
	if err != nil {
		return err
	}
	result := publishedJSON{Version: last.Version, From: last.Published, DryRun: c.DryRun, Changes: compared.Changes}
	if !c.JSON && !compared.Same {
		printChanges(s, compared.Changes)
	}
	if c.DryRun {
		if c.JSON {
			return s.printJSON(result)
		}
		if compared.Same {
			fmt.Fprintf(s.Stdout, "This is version %d, which is in force. There would be nothing to do.\n", last.Version)
		} else {
			fmt.Fprintf(s.Stdout, "\nIt would be published as version %d.\n", last.Version+1)
		}
		return nil
	}
	proposal := app.Proposal{
		Source: source, Base: last.Version, Author: c.Author, Note: c.Note, Apply: c.Apply, Effects: c.Effects, Signed: signed,
	}
	if proposal.Author == "" {
		proposal.Author = whoami()
	}
	err = server.Write(s, c.Data, nil, func(w app.Writer) error {
		done, err := w.Publish(s, proposal)
		if err != nil {
			return err
		}
		result.Version, result.From, result.Published = done.Version, done.From, done.New
		if !c.JSON {
			if done.New {
				fmt.Fprintf(s.Stdout, "\nVersion %d is in force since %s.\n", done.Version, instant(done.From))
			} else {
				fmt.Fprintf(s.Stdout, "This is version %d, which is in force. Nothing was published.\n", done.Version)
			}
		}
		progress, err := sweep(s, w)
		result.Leads = progress.Done
		return err
	})
	if err != nil {
		return err
	}
	if c.JSON {
		return s.printJSON(result)
	}
	if result.Leads > 0 {
		fmt.Fprintf(s.Stdout, "Leads, contacts and visitors brought up to date with it: %d.\n", result.Leads)
	}
	return nil
}

// signatures are those of --sign.
func (c *publishFlags) signatures() ([]app.Signature, error) {
	var signed []app.Signature
	for _, text := range c.Sign {
		role, name, ok := strings.Cut(text, "=")
		if !ok || !slices.Contains(app.SignRoles, role) {
			return nil, fault.New(fault.Invalid, "--sign=%s is not of the form ROLE=NAME, where ROLE is %s.", text, strings.Join(app.SignRoles, " or "))
		}
		signed = append(signed, app.Signature{Role: role, Name: name})
	}
	return signed, nil
}

// whoami is the user who runs this command, "" if that cannot be told.
func whoami() string {
	if u, err := user.Current(); err == nil {
		return u.Username
	}
	return os.Getenv("USER")
}

// sweep brings all leads to the version in force, with progress on a terminal. A
// server does so by itself; this only does not leave it to it.
func sweep(s *session, w app.Writer) (pipeline.Progress, error) {
	show := newProgress(s.Stderr)
	defer show.done()
	for {
		p, err := w.Sweep(s)
		if err != nil && fault.KindOf(err) == fault.Busy {
			if err := pause(s); err != nil {
				return p, err
			}
			continue
		}
		if err != nil || p.Over {
			return p, err
		}
		show.show(reached{unit: "lead", count: int(p.Done), done: p.Done, all: p.Leads})
	}
}

func pause(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(intake.BusyPause):
		return nil
	}
}
