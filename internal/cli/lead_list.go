package cli

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"galena/internal/app"
	"galena/internal/lead"
	"galena/internal/server"
)

type leadListCmd struct {
	dataFlag
	Kind    []string `enum:"lead,contact,visitor" default:"lead,contact" help:"Which kinds: lead, contact, visitor (default lead and contact)."`
	Stage   string   `help:"Only those in this stage."`
	Where   []string `sep:"none" help:"Only those of whom this holds, as in \"score>=60\", \"country=Germany\", \"last_seen>=-7d\", \"phone=*\"; may be given several times: all must hold, but of several = of one field any is enough." placeholder:"CONDITION"`
	Segment []string `sep:"none" help:"Only those in this segment of the playbook; of several, in all." placeholder:"NAME"`
	Signal  []string `sep:"none" help:"Only those who ever did this, by the name of the playbook's signal; of several, all. Who did not: --where 'signal!=NAME'." placeholder:"NAME"`
	Within  string   `help:"With --signal: within the last 30d, 12h or 2w." placeholder:"SPAN"`
	Times   int64    `help:"With --signal: so many times at least, in all." placeholder:"N"`
	Find    string   `help:"Only those in whose name, address, company or title words begin so."`
	Sort    string   `help:"By score, last_seen, first_seen, stage_since, name, email or account; with a - before it from the highest down: --sort=-score." placeholder:"FIELD"`
	Limit   int      `default:"50" help:"How many to list; 0 for all."`
	JSON    bool     `name:"json" help:"Print one JSON object for each, as export does."`
}

func (c *leadListCmd) Help() string {
	return "Works beside a running server.\n\nExamples:\n  galena lead list --stage MQL --where 'score>=60' --sort=-last_seen\n  galena lead list --segment mid_market --signal demo_request --within 30d\n  galena lead list --where 'signal!=demo_request 90d' --where 'signal=pricing_visit 3x'\n  galena lead list --find ada --json"
}

func (c *leadListCmd) Validate() error {
	if (c.Within != "" || c.Times != 0) && len(c.Signal) == 0 {
		return errors.New("--within and --times are about what --signal names")
	}
	if c.Times < 0 {
		return fmt.Errorf("--times %d: say how many times, from 1 on", c.Times)
	}
	return atLeastNone("--limit", c.Limit)
}

func (c *leadListCmd) Run(s *session) error {
	return server.Read(s, c.Data, func(r *app.Reader) error {
		if c.Stage != "" {
			named, err := r.StageNamed(s, c.Stage)
			if err != nil {
				return err
			}
			c.Stage = named
		}
		if len(c.Where)+len(c.Segment)+len(c.Signal) > 0 || c.Find != "" || c.Sort != "" {
			return c.listed(s, r)
		}
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
		if err := c.print(s, r, shown); err != nil || c.JSON {
			return err
		}
		if more := len(all) - len(shown); more > 0 {
			fmt.Fprintf(s.Stdout, "… and %d more; --limit 0 lists all.\n", more)
		}
		return nil
	})
}

// print prints leads as they were asked for.
func (c *leadListCmd) print(s *session, r *app.Reader, leads []*app.Lead) error {
	if !c.JSON {
		printLeads(s, r, leads)
		return nil
	}
	for _, l := range leads {
		if err := s.printLine(exportedLead(r, l)); err != nil {
			return err
		}
	}
	return nil
}

// listed prints those whom the listing finds.
func (c *leadListCmd) listed(s *session, r *app.Reader) error {
	q := app.Query{Search: c.Find, Sort: c.Sort}
	for _, kind := range c.Kind {
		q.Where = append(q.Where, app.Condition{Field: "kind", Op: app.Is, Value: kind})
	}
	if c.Stage != "" {
		q.Where = append(q.Where, app.Condition{Field: "stage", Op: app.Is, Value: c.Stage})
	}
	for _, name := range c.Segment {
		q.Where = append(q.Where, app.Condition{Field: app.SegmentField, Op: app.Is, Value: name})
	}
	for _, name := range c.Signal {
		q.Where = append(q.Where, c.occurrences(name)...)
	}
	for _, text := range c.Where {
		one, err := app.ParseCondition(text)
		if err != nil {
			return err
		}
		q.Where = append(q.Where, one)
	}
	var all []*app.Lead
	var page app.Page
	for more := true; more; more = page.Next != "" && (c.Limit == 0 || len(all) < c.Limit) {
		q.After, q.Limit = page.Next, app.MaxPage
		if c.Limit > 0 {
			q.Limit = min(app.MaxPage, c.Limit-len(all))
		}
		var err error
		if page, err = r.List(s, q); err != nil {
			return err
		}
		ids := make([]lead.ID, len(page.Rows))
		for i := range page.Rows {
			ids[i] = page.Rows[i].ID
		}
		leads, err := r.LeadsNamed(s, ids)
		if err != nil {
			return err
		}
		all = append(all, leads...)
	}
	if err := c.print(s, r, all); err != nil || c.JSON {
		return err
	}
	if page.Next != "" {
		fmt.Fprintln(s.Stdout, "… and more; --limit 0 lists all.")
	}
	if lag := page.Lag; !lag.None() {
		fmt.Fprintln(s.Stdout, listingTrails(lag))
	}
	return nil
}

// occurrences are the conditions on a signal: how often is known in all, so that it is
// asked beside when.
func (c *leadListCmd) occurrences(signal string) []app.Condition {
	var all []app.Condition
	add := func(value string) { all = append(all, app.Condition{Field: app.SignalField, Op: app.Is, Value: value}) }
	if c.Times > 0 {
		add(fmt.Sprintf("%s %dx", signal, c.Times))
	}
	if c.Within != "" || c.Times == 0 {
		add(signal + " " + c.Within)
	}
	return all
}

// listingTrails says how far the listing trails what was taken in.
func listingTrails(lag app.Lag) string {
	switch {
	case lag.Walking:
		return "The list is still being made: not everybody may be in it."
	case lag.Events > 0:
		return fmt.Sprintf("The list trails what was taken in by %d %s.", lag.Events, plural(int(lag.Events), "event"))
	}
	return "Some points of the list are about to fade."
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
