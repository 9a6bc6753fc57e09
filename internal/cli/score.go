package cli

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"galena/internal/app"
	"galena/internal/bulk"
	"galena/internal/engine"
	"galena/internal/intake"
	"galena/internal/lead"
	"galena/internal/pipeline"
	"galena/internal/server"
)

type scoreCmd struct {
	Playbook string     `arg:"" help:"A playbook file, or the name of a shipped one."`
	File     string     `arg:"" help:"A file of events: NDJSON tracking messages, or CSV or NDJSON with a mapping; - is the standard input."`
	Mapping  string     `placeholder:"FILE" help:"How rows become events."`
	Format   string     `enum:"csv,ndjson,auto" default:"auto" help:"csv or ndjson; default by the file's ending or its beginning."`
	At       momentFlag `placeholder:"TIME" help:"The moment to look at; default now."`
	Top      int        `default:"20" help:"How many leads to show, the highest scores first; 0 for all."`
	Why      bool       `help:"Show the lines of every score shown."`
	JSON     bool       `name:"json" help:"Print one JSON object for each lead, with the lines of its scores."`
}

func (c *scoreCmd) Help() string {
	return "The quickest way to try a scoring model: no database, no server, nothing is kept.\nEvents count from when they occurred.\n\nExample:\n  galena score default events.ndjson --why"
}

func (c *scoreCmd) Validate() error { return atLeastNone("--top", c.Top) }

func (c *scoreCmd) Run(s *session) error {
	source, err := s.playbookFile(c.Playbook)
	if err != nil {
		return err
	}
	at := lead.Time(c.At)
	in, err := s.openFile(c.File, c.Format, c.Mapping, "", true)
	if err != nil {
		return err
	}
	defer in.Close()

	rejected := 0
	err = server.Scratch(s, source, func(a *app.App) error {
		if err := in.Knows(a.Plan()); err != nil {
			return err
		}
		err := intake.Feed(s, in, a, func(row *bulk.Row) error {
			if row.Reject != nil {
				rejected++
			}
			return nil
		}, func(pipeline.Receipt) {})
		if err == nil {
			err = a.Tell(s)
		}
		if err != nil {
			return err
		}
		return c.show(s, a.Reader, at)
	})
	if rejected > 0 {
		fmt.Fprintf(s.Stderr, "%d %s could not be read. `galena import --dry-run --rejects FILE` tells why.\n", rejected, plural(rejected, "row"))
	}
	return err
}

// scored is a lead with what is shown of it.
type scored struct {
	lead *app.Lead
	why  *engine.Explanation
}

func (c *scoreCmd) show(s *session, r *app.Reader, at lead.Time) error {
	var all []scored
	var ids []lead.ID
	if err := r.Leads(s, func(l *app.Lead) error {
		all = append(all, scored{lead: l})
		ids = append(ids, l.ID)
		return nil
	}); err != nil {
		return err
	}
	for i := range all {
		var err error
		if _, all[i].why, err = r.Explain(s, app.Ref{ID: ids[i]}, at); err != nil {
			return err
		}
	}
	top := func(x scored) lead.Points { return x.why.Scores[r.MainScore()].Points }
	slices.SortStableFunc(all, func(a, b scored) int { return cmp.Compare(top(b), top(a)) })
	shown := all
	if c.Top > 0 {
		shown = all[:min(c.Top, len(all))]
	}
	if c.JSON {
		for _, x := range shown {
			if err := s.printLine(struct {
				Lead   lead.ID  `json:"lead"`
				Emails []string `json:"emails"`
				Users  []string `json:"user_ids"`
				*engine.Explanation
			}{x.lead.ID, orEmpty(x.lead.Emails), orEmpty(x.lead.UserIDs), x.why}); err != nil {
				return err
			}
		}
		return nil
	}
	heading := []string{"who", "stage"}
	for _, sc := range r.Plan().Scores {
		heading = append(heading, sc.Name)
	}
	var rows [][]string
	for _, x := range shown {
		row := []string{who(x.lead), x.why.Stage}
		for _, sc := range x.why.Scores {
			row = append(row, sc.Points.String())
		}
		rows = append(rows, row)
	}
	table(s.Stdout, heading, rows)
	if len(shown) < len(all) {
		fmt.Fprintf(s.Stdout, "… and %d more; --top 0 shows all.\n", len(all)-len(shown))
	}
	if c.Why {
		for _, x := range shown {
			fmt.Fprintf(s.Stdout, "\n%s, ", who(x.lead))
			printExplanation(s, app.Explanation{Lead: x.lead.ID, Explanation: x.why})
		}
	}
	return nil
}

// who is how a lead is called in lists.
func who(l *app.Lead) string {
	switch {
	case len(l.Emails) > 0:
		return printable(l.Emails[0])
	case len(l.UserIDs) > 0:
		return printable(l.UserIDs[0])
	case len(l.Anonymous) > 0:
		return "visitor " + printable(strings.ToValidUTF8(l.Anonymous[0], "\uFFFD"))
	}
	return l.ID.String()
}
