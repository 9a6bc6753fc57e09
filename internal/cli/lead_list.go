package cli

import (
	"cmp"
	"fmt"
	"slices"

	"galena/internal/app"
	"galena/internal/server"
)

type leadListCmd struct {
	dataFlag
	Kind  []string `enum:"lead,contact,visitor" default:"lead,contact" help:"Which kinds: lead, contact, visitor (default lead and contact)."`
	Stage string   `help:"Only those in this stage."`
	Limit int      `default:"50" help:"How many to list; 0 for all."`
	JSON  bool     `name:"json" help:"Print one JSON object for each, as export does."`
}

func (c *leadListCmd) Run(s *session) error {
	return server.Read(s, c.Data, func(r *app.Reader) error {
		var all []*app.Lead
		err := r.Leads(s, func(l *app.Lead) error {
			if slices.Contains(c.Kind, l.Kind) && (c.Stage == "" || l.Stage == c.Stage) {
				all = append(all, l)
			}
			return nil
		})
		if err != nil {
			return err
		}
		main := r.MainScore()
		slices.SortStableFunc(all, func(a, b *app.Lead) int { return cmp.Compare(b.Scores[main], a.Scores[main]) })
		shown := all
		if c.Limit > 0 {
			shown = all[:min(c.Limit, len(all))]
		}
		if c.JSON {
			for _, l := range shown {
				if err := s.printLine(exportedLead(r, l)); err != nil {
					return err
				}
			}
			return nil
		}
		printLeads(s, r, shown)
		if more := len(all) - len(shown); more > 0 {
			fmt.Fprintf(s.Stdout, "… and %d more; --limit 0 lists all.\n", more)
		}
		return nil
	})
}

// printLeads prints a line for each lead.
func printLeads(s *session, r *app.Reader, leads []*app.Lead) {
	heading := []string{"id", "who", "kind", "stage"}
	for _, sc := range r.Plan().Scores {
		heading = append(heading, sc.Name)
	}
	rows := make([][]string, 0, len(leads))
	for _, l := range leads {
		row := []string{l.ID.String(), who(l), l.Kind, l.Stage}
		for _, p := range l.Scores {
			row = append(row, p.String())
		}
		rows = append(rows, append(row, moment(l.LastSeen)))
	}
	table(s.Stdout, append(heading, "last seen"), rows)
}
