package cli

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/go-json-experiment/json"

	"galena/internal/app"
	"galena/internal/bulk"
	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/server"
)

type accountCmd struct {
	List accountListCmd `cmd:"" help:"List accounts, those with the highest scores first."`
	Show accountShowCmd `cmd:"" help:"Show an account: its people, their stages and scores."`
}

type accountListCmd struct {
	dataFlag
	Limit int     `default:"50" help:"How many to list; 0 for all."`
	After *string `placeholder:"NAME" help:"List by name instead, from the first after this one (\"\" for the first of all); looks at no more than is listed."`
	JSON  bool    `name:"json" help:"Print one JSON object for each."`
}

func (c *accountListCmd) Help() string {
	return "People belong to the account that their last group call names, else to the company domain of their first address. What group calls tell of an account reaches all its people within about a second. Works beside a running server.\n\nExample:\n  galena account list --limit 20"
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
	// Traits are what group calls told, and Since when each took effect.
	Traits map[string]any       `json:"traits"`
	Since  map[string]lead.Time `json:"traits_since"`
	// Waiting says that not all the people were told of the last change yet.
	Waiting bool `json:"waiting"`
}

func accountOf(a *app.Account) accountJSON {
	return accountJSON{a.Name, a.Leads, a.Contacts, a.Visitors, a.Stage, a.Best, a.Sum, a.LastSeen, a.Traits, a.Since, a.Waiting}
}

func (c *accountListCmd) Validate() error { return atLeastNone("--limit", c.Limit) }

func (c *accountListCmd) Run(s *session) error {
	return server.Read(s, c.Data, func(r *app.Reader) error {
		all, err := c.accounts(s, r)
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

// maxPage is how many accounts are listed by name at once.
const maxPage = 10_000

func (c *accountListCmd) accounts(s *session, r *app.Reader) ([]*app.Account, error) {
	switch {
	case c.After == nil:
		return r.Accounts(s)
	case c.Limit == 0 || c.Limit > maxPage:
		return nil, fault.New(fault.Invalid, "--limit is %d; with --after at most %d accounts are listed at once. Name the last of them by --after for the next.", c.Limit, maxPage)
	}
	return r.AccountsAfter(s, *c.After, c.Limit)
}

type accountShowCmd struct {
	dataFlag
	Name string `arg:"" help:"The account: a group id or a company domain, as account list shows it."`
	JSON bool   `name:"json" help:"Print as JSON."`
}

func (c *accountShowCmd) Help() string {
	return "Works beside a running server.\n\nExample:\n  galena account show corp.example"
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
		if len(a.Traits) > 0 {
			printTraits(s, a)
		}
		if a.Waiting {
			fmt.Fprintf(s.Stdout, "Not all of them were told of the last change yet.\n\n")
		}
		printLeads(s, r, people)
		return nil
	})
}

// printTraits shows what group calls told of an account.
func printTraits(s *session, a *app.Account) {
	var rows [][]string
	for _, name := range slices.Sorted(maps.Keys(a.Traits)) {
		text, err := json.Marshal(a.Traits[name], json.Deterministic(true))
		if err != nil {
			continue // nothing that a group call brought
		}
		value := string(text)
		if t, is := a.Traits[name].(string); is {
			value = t
		}
		rows = append(rows, []string{name, value, moment(a.Since[name])})
	}
	table(s.Stdout, []string{"trait", "value", "since"}, rows)
	fmt.Fprintln(s.Stdout)
}
