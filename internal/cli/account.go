package cli

import (
	"fmt"
	"strconv"

	"galena/internal/app"
	"galena/internal/bulk"
	"galena/internal/lead"
	"galena/internal/server"
)

type accountCmd struct {
	List accountListCmd `cmd:"" help:"List accounts, those with the highest scores first."`
	Show accountShowCmd `cmd:"" help:"Show an account: its people, their stages and scores."`
}

type accountListCmd struct {
	dataFlag
	Limit int  `default:"50" help:"How many to list; 0 for all."`
	JSON  bool `name:"json" help:"Print one JSON object for each."`
}

func (c *accountListCmd) Help() string {
	return "People belong to the account that their last group call names, else to the company domain of their first address. Goes through all leads. Works beside a running server."
}

// accountJSON is an account as programs read it.
type accountJSON struct {
	Name     string      `json:"account"`
	Leads    int         `json:"leads"`
	Contacts int         `json:"contacts"`
	Visitors int         `json:"visitors"`
	Stage    string      `json:"stage"`
	Best     lead.Points `json:"best"`
	Sum      lead.Points `json:"sum"`
	LastSeen lead.Time   `json:"last_seen"`
}

func accountOf(a *app.Account) accountJSON {
	return accountJSON{a.Name, a.Leads, a.Contacts, a.Visitors, a.Stage, a.Best, a.Sum, a.LastSeen}
}

func (c *accountListCmd) Run(s *session) error {
	return server.Read(s, c.Data, func(r *app.Reader) error {
		all, err := r.Accounts(s)
		if err != nil {
			return err
		}
		shown := all
		if c.Limit > 0 {
			shown = all[:min(c.Limit, len(all))]
		}
		rows := make([][]string, 0, len(shown))
		for _, a := range shown {
			if c.JSON {
				if err := s.printLine(accountOf(a)); err != nil {
					return err
				}
				continue
			}
			rows = append(rows, []string{a.Name, strconv.Itoa(a.People()), strconv.Itoa(a.Leads), a.Stage, a.Best.String(), a.Sum.String(), moment(a.LastSeen)})
		}
		if c.JSON {
			return nil
		}
		table(s.Stdout, []string{"account", "people", "leads", "furthest stage", "best score", "sum", "last seen"}, rows)
		if more := len(all) - len(shown); more > 0 {
			fmt.Fprintf(s.Stdout, "… and %d more; --limit 0 lists all.\n", more)
		}
		return nil
	})
}

type accountShowCmd struct {
	dataFlag
	Name string `arg:"" help:"The account: a group id or a company domain, as account list shows it."`
	JSON bool   `name:"json" help:"Print as JSON."`
}

func (c *accountShowCmd) Run(s *session) error {
	return server.Read(s, c.Data, func(r *app.Reader) error {
		a, people, err := r.Account(s, c.Name)
		if err != nil {
			return err
		}
		if c.JSON {
			j := struct {
				accountJSON
				People []*bulk.Lead `json:"people"`
			}{accountJSON: accountOf(a)}
			for _, l := range people {
				j.People = append(j.People, exportedLead(r, l))
			}
			return s.printJSON(j)
		}
		noun := "people"
		if a.People() == 1 {
			noun = "person"
		}
		fmt.Fprintf(s.Stdout, "%s, %d %s", printable(a.Name), a.People(), noun)
		if a.Stage != "" {
			fmt.Fprintf(s.Stdout, ", the furthest in stage %s", printable(a.Stage))
		}
		fmt.Fprintf(s.Stdout, "\n\n")
		printLeads(s, r, people)
		return nil
	})
}
