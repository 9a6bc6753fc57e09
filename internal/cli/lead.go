package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"galena/internal/app"
	"galena/internal/bulk"
	"galena/internal/lead"
	"galena/internal/server"
)

type leadCmd struct {
	List   leadListCmd   `cmd:"" help:"List leads, the highest scores first."`
	Show   leadShowCmd   `cmd:"" help:"Show a lead: who, stage, scores, decisions, latest events."`
	Adjust leadAdjustCmd `cmd:"" help:"Correct a score by hand, with a reason."`
}

type leadShowCmd struct {
	dataFlag
	whoFlags
	Events int  `default:"10" help:"How many of the latest events to show."`
	JSON   bool `name:"json" help:"Print as JSON."`
}

// leadJSON is a lead as programs read it: as in an export, with more of it.
type leadJSON struct {
	*bulk.Lead
	Anonymous []string       `json:"anonymous_ids"`
	Decisions []decisionJSON `json:"decisions"`
	Recent    []eventJSON    `json:"recent"`
}

type decisionJSON struct {
	ID      string    `json:"id"`
	Stage   string    `json:"stage"`
	From    string    `json:"from"`
	Role    string    `json:"role"`
	At      lead.Time `json:"at"`
	Event   string    `json:"event"`
	Version int       `json:"version"`
}

type eventJSON struct {
	MessageID string         `json:"message_id"`
	Type      string         `json:"type"`
	Name      string         `json:"event"`
	Occurred  lead.Time      `json:"occurred"`
	Received  lead.Time      `json:"received"`
	Body      jsontext.Value `json:"body,omitzero"`
}

func (c *leadShowCmd) Run(s *session) error {
	ref, err := c.ref()
	if err != nil {
		return err
	}
	return server.Read(s, c.Data, func(r *app.Reader) error {
		p, err := r.Profile(s, ref, c.Events)
		if err != nil {
			return err
		}
		if c.JSON {
			return s.printJSON(profileJSON(r, p))
		}
		printProfile(s, r, p)
		return nil
	})
}

func profileJSON(r *app.Reader, p *app.Profile) leadJSON {
	j := leadJSON{
		Lead: exportedLead(r, &p.Lead), Anonymous: orEmpty(p.Lead.Anonymous),
		Decisions: []decisionJSON{}, Recent: []eventJSON{},
	}
	for _, d := range p.Decisions {
		j.Decisions = append(j.Decisions, decisionJSON{d.ID(), d.Stage, d.From, d.Role, d.At, d.Event, d.Version})
	}
	for _, e := range p.Recent {
		j.Recent = append(j.Recent, eventJSON{e.MessageID, e.Type.String(), e.Name, e.Occurred, e.Received, jsontext.Value(e.Body)})
	}
	return j
}

func orEmpty(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

func printProfile(s *session, r *app.Reader, p *app.Profile) {
	l := &p.Lead
	field := func(name, value string) {
		if value != "" {
			fmt.Fprintf(s.Stdout, "%-12s %s\n", name, printable(value))
		}
	}
	fmt.Fprintf(s.Stdout, "%s, a %s\n", l.ID, l.Kind)
	field("emails", strings.Join(l.Emails, ", "))
	field("user ids", strings.Join(l.UserIDs, ", "))
	field("browsers", strings.Join(l.Anonymous, ", "))
	field("account", l.Account)
	field("stage", l.Stage)
	field("excluded", l.Excluded)
	field("grade", l.Grade)
	field("seen", moment(l.FirstSeen)+" to "+moment(l.LastSeen)+fmt.Sprintf(", %d %s", l.Events, plural(int(l.Events), "event")))
	names := make([]string, 0, len(l.Attributes))
	for name := range l.Attributes {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		field(name, l.Attributes[name].String())
	}
	fmt.Fprintln(s.Stdout)
	rows := [][]string{}
	for i, points := range l.Scores {
		rows = append(rows, []string{label(r.Plan().Scores[i].Label, r.Plan().Scores[i].Name), points.String()})
	}
	table(s.Stdout, []string{"score", "points"}, rows)
	if len(p.Decisions) > 0 {
		rows = rows[:0]
		for _, d := range p.Decisions {
			rows = append(rows, []string{moment(d.At), d.Stage, d.Event})
		}
		fmt.Fprintln(s.Stdout)
		table(s.Stdout, []string{"entered", "stage", "because of event"}, rows)
	}
	rows = [][]string{}
	for _, e := range p.Recent {
		rows = append(rows, []string{moment(e.Occurred), e.Type.String(), e.Name, e.MessageID})
	}
	fmt.Fprintln(s.Stdout)
	table(s.Stdout, []string{"latest", "type", "name", "message id"}, rows)
}
