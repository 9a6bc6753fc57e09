package cli

import (
	"errors"
	"io"

	"galena/internal/app"
	"galena/internal/bulk"
	"galena/internal/engine"
	"galena/internal/lead"
	"galena/internal/playbook"
	"galena/internal/server"
)

type exportCmd struct {
	Leads        exportLeadsCmd        `cmd:"" help:"Write all leads, contacts and visitors out, as they are now."`
	Events       exportEventsCmd       `cmd:"" help:"Write all events out, in the order of the log."`
	Decisions    exportDecisionsCmd    `cmd:"" help:"Write the decision log out, lead by lead."`
	Explanations exportExplanationsCmd `cmd:"" help:"Write out where everybody's points come from, line by line."`
}

type exportFlags struct {
	dataFlag
	Format string `enum:"csv,ndjson" default:"csv" help:"csv (safe to open in a spreadsheet) or ndjson."`
	Output string `short:"o" default:"-" placeholder:"FILE" type:"path" help:"Where to write; default the standard output. The file takes its name when it is whole."`
}

// sinceFlag leaves out what is old.
type sinceFlag struct {
	Since momentFlag `placeholder:"TIME" help:"${since}, as 2026-03-01T09:00:00Z or 2026-03-01 (its first moment in UTC)."`
}

type exportLeadsCmd struct {
	exportFlags
	sinceFlag `set:"since=Only who was seen then or later"`
	Kind      []string `enum:"lead,contact,visitor" placeholder:"KIND" help:"Only these kinds: lead, contact, visitor."`
}

type exportEventsCmd struct {
	exportFlags
	sinceFlag `set:"since=Only what was received then or later"`
}

type exportDecisionsCmd struct {
	exportFlags
	sinceFlag `set:"since=Only what was recorded then or later"`
}

type exportExplanationsCmd struct {
	exportFlags
	sinceFlag `set:"since=Only of those who were seen then or later"`
	At        momentFlag `placeholder:"TIME" help:"The moment to explain; default now."`
}

func (c *exportExplanationsCmd) Help() string {
	return "One row for each line of each score. The points of a lead's rows with the same `of` sum exactly to that score;\na total has the lines of the scores that it adds up, and its own clamps.\n\nExample:\n  galena export explanations --at 2026-03-01 -o why.csv"
}

func (c *exportLeadsCmd) Help() string {
	return "Examples:\n  galena export leads -o leads.csv\n  galena export leads --kind lead --format ndjson"
}

func (c *exportLeadsCmd) Run(s *session) error {
	wanted := map[string]bool{}
	for _, k := range c.Kind {
		wanted[k] = true
	}
	since := lead.Time(c.Since)
	return c.write(s, func(r *app.Reader, to io.Writer) error {
		var scores, attributes []string
		for _, sc := range r.Plan().Scores {
			scores = append(scores, sc.Name)
		}
		for _, a := range r.Plan().Attributes[playbook.Builtins:] {
			attributes = append(attributes, a.Name)
		}
		w := bulk.NewLeadWriter(to, bulk.Format(c.Format), scores, attributes)
		err := r.Leads(s, func(l *app.Lead) error {
			if l.LastSeen < since || len(wanted) > 0 && !wanted[l.Kind] {
				return nil
			}
			return w.Write(bulk.LeadOf(scores, l))
		})
		return errors.Join(err, w.Flush())
	})
}

func (c *exportDecisionsCmd) Help() string {
	return "What stands is what the last row of an id says, unless that is retracted.\n\nExample:\n  galena export decisions --since 2026-03-01 -o decisions.csv"
}

func (c *exportDecisionsCmd) Run(s *session) error {
	since := lead.Time(c.Since)
	return c.write(s, func(r *app.Reader, to io.Writer) error {
		w := bulk.NewDecisionWriter(to, bulk.Format(c.Format))
		err := r.Decisions(s, func(holder lead.ID, d *lead.Decision) error {
			if d.Recorded < since {
				return nil
			}
			x := bulk.DecisionOf(holder, d)
			return w.Decision(&x)
		})
		return errors.Join(err, w.Flush())
	})
}

func (c *exportExplanationsCmd) Run(s *session) error {
	since := lead.Time(c.Since)
	at := lead.Time(c.At)
	return c.write(s, func(r *app.Reader, to io.Writer) error {
		w := bulk.NewLineWriter(to, bulk.Format(c.Format))
		err := r.Explanations(s, since, at, func(id lead.ID, x *engine.Explanation) error {
			line := bulk.Line{Lead: id.String(), AsOf: x.At, Version: x.Version}
			for i := range x.Scores {
				line.Of = x.Scores[i].Name
				for _, line.Line = range x.Scores[i].Lines {
					if err := w.Line(&line); err != nil {
						return err
					}
				}
			}
			return nil
		})
		return errors.Join(err, w.Flush())
	})
}

// exportedLead is a lead as it is exported.
func exportedLead(r *app.Reader, l *app.Lead) *bulk.Lead { return bulk.LeadOf(r.ScoreNames(), l) }

func (c *exportEventsCmd) Help() string {
	return "In the order of the log; galena import --backfill reads the NDJSON.\n\nExample:\n  galena export events --format ndjson -o events.ndjson"
}

func (c *exportEventsCmd) Run(s *session) error {
	since := lead.Time(c.Since)
	return c.write(s, func(r *app.Reader, to io.Writer) error {
		w := bulk.NewEventWriter(to, bulk.Format(c.Format))
		err := r.Events(s, func(e *lead.Event) error {
			if e.Received < since {
				return nil
			}
			x, err := bulk.EventOf(e)
			if err != nil {
				return err
			}
			return w.Write(&x)
		})
		return errors.Join(err, w.Flush())
	})
}

// write opens the workspace and the output.
func (c *exportFlags) write(s *session, fn func(*app.Reader, io.Writer) error) error {
	return server.Read(s, c.Data, func(r *app.Reader) error {
		if c.Output == "-" {
			return fn(r, s.Stdout)
		}
		return writeWhole(c.Output, func(w io.Writer) error { return fn(r, w) })
	})
}
