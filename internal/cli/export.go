package cli

import (
	"errors"
	"io"
	"os"

	"galena/internal/app"
	"galena/internal/bulk"
	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/playbook"
	"galena/internal/server"
)

type exportCmd struct {
	Leads  exportLeadsCmd  `cmd:"" help:"Write all leads, contacts and visitors out, as they are now."`
	Events exportEventsCmd `cmd:"" help:"Write all events out, in the order of the log."`
}

type exportFlags struct {
	dataFlag
	Format string `enum:"csv,ndjson" default:"csv" help:"csv (safe to open in a spreadsheet) or ndjson."`
	Output string `short:"o" default:"-" placeholder:"FILE" type:"path" help:"Where to write; default the standard output."`
}

type exportLeadsCmd struct {
	exportFlags
	Kind []string `enum:"lead,contact,visitor" placeholder:"KIND" help:"Only these kinds: lead, contact, visitor."`
}

type exportEventsCmd struct{ exportFlags }

func (c *exportLeadsCmd) Run(s *session) error {
	wanted := map[string]bool{}
	for _, k := range c.Kind {
		wanted[k] = true
	}
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
			if len(wanted) > 0 && !wanted[l.Kind] {
				return nil
			}
			return w.Write(exportedLead(r, l))
		})
		return errors.Join(err, w.Flush())
	})
}

// exportedLead is a lead as it is exported.
func exportedLead(r *app.Reader, l *app.Lead) *bulk.Lead {
	return &bulk.Lead{
		ID: l.ID.String(), Kind: l.Kind, Emails: orEmpty(l.Emails), UserIDs: orEmpty(l.UserIDs),
		Stage: l.Stage, StageSince: l.StageSince, Scores: scoresByName(r, l), Grade: l.Grade,
		Account: l.Account, Excluded: l.Excluded, FirstSeen: l.FirstSeen, LastSeen: l.LastSeen,
		Attributes: l.Attributes,
	}
}

func scoresByName(r *app.Reader, l *app.Lead) map[string]lead.Points {
	scores := make(map[string]lead.Points, len(l.Scores))
	for i, p := range l.Scores {
		scores[r.Plan().Scores[i].Name] = p
	}
	return scores
}

func (c *exportEventsCmd) Run(s *session) error {
	return c.write(s, func(r *app.Reader, to io.Writer) error {
		w := bulk.NewEventWriter(to, bulk.Format(c.Format))
		err := r.Events(s, func(e *lead.Event) error {
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
		f, err := os.OpenFile(c.Output, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
		if err != nil {
			return fault.Wrap(err, fault.Invalid, "Cannot write to %s", c.Output)
		}
		return errors.Join(fn(r, f), f.Close())
	})
}
