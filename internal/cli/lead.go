package cli

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"galena/internal/app"
	"galena/internal/lead"
	"galena/internal/server"
)

type leadCmd struct {
	Show leadShowCmd `cmd:"" help:"Show a lead: who, stage, scores, decisions, latest events."`
}

type leadShowCmd struct {
	dataFlag
	whoFlags
	Events int  `default:"10" help:"How many of the latest events to show."`
	JSON   bool `name:"json" help:"Print as JSON."`
}

// leadJSON is a lead as programs read it.
type leadJSON struct {
	ID         lead.ID                `json:"id"`
	Kind       string                 `json:"kind"`
	Emails     []string               `json:"emails"`
	UserIDs    []string               `json:"user_ids"`
	Anonymous  []string               `json:"anonymous_ids"`
	Stage      string                 `json:"stage"`
	StageSince lead.Time              `json:"stage_since"`
	Account    string                 `json:"account"`
	Excluded   string                 `json:"excluded"`
	FirstSeen  lead.Time              `json:"first_seen"`
	LastSeen   lead.Time              `json:"last_seen"`
	Scores     map[string]lead.Points `json:"scores"`
	Attributes map[string]any         `json:"attributes"`
	Decisions  []decisionJSON         `json:"decisions"`
	Recent     []eventJSON            `json:"recent"`
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
	MessageID string          `json:"message_id"`
	Type      string          `json:"type"`
	Name      string          `json:"event"`
	Occurred  lead.Time       `json:"occurred"`
	Received  lead.Time       `json:"received"`
	Body      json.RawMessage `json:"body"`
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
	l := &p.Lead
	j := leadJSON{
		ID: l.ID, Kind: l.Kind, Emails: orEmpty(l.Emails), UserIDs: orEmpty(l.UserIDs), Anonymous: orEmpty(l.Anonymous),
		Stage: l.Stage, StageSince: l.StageSince, Account: l.Account, Excluded: l.Excluded,
		FirstSeen: l.FirstSeen, LastSeen: l.LastSeen,
		Scores: scoresByName(r, l), Attributes: map[string]any{},
		Decisions: []decisionJSON{}, Recent: []eventJSON{},
	}
	for name, v := range l.Attributes {
		j.Attributes[name] = plainValue(v)
	}
	for _, d := range p.Decisions {
		j.Decisions = append(j.Decisions, decisionJSON{d.ID(), d.Stage, d.From, d.Role, d.At, d.Event, d.Version})
	}
	for _, e := range p.Recent {
		body := json.RawMessage(e.Body)
		if len(body) == 0 {
			body = json.RawMessage("{}")
		}
		j.Recent = append(j.Recent, eventJSON{e.MessageID, e.Type.String(), e.Name, e.Occurred, e.Received, body})
	}
	return j
}

func scoresByName(r *app.Reader, l *app.Lead) map[string]lead.Points {
	scores := make(map[string]lead.Points, len(l.Scores))
	for i, p := range l.Scores {
		scores[r.Plan().Scores[i].Name] = p
	}
	return scores
}

func orEmpty(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

// plainValue is an attribute as JSON knows it.
func plainValue(v lead.Value) any {
	switch v.Kind {
	case lead.Text:
		return v.Text
	case lead.Number:
		return v.Num
	case lead.Bool:
		return v.Num == 1
	case lead.Moment:
		return lead.Time(v.Num)
	case lead.List:
		return v.List
	}
	return nil
}

func printProfile(s *session, r *app.Reader, p *app.Profile) {
	l := &p.Lead
	field := func(name, value string) {
		if value != "" {
			fmt.Fprintf(s.Out, "%-12s %s\n", name, printable(value))
		}
	}
	fmt.Fprintf(s.Out, "%s, a %s\n", l.ID, l.Kind)
	field("emails", strings.Join(l.Emails, ", "))
	field("user ids", strings.Join(l.UserIDs, ", "))
	field("browsers", strings.Join(l.Anonymous, ", "))
	field("account", l.Account)
	field("stage", l.Stage)
	field("excluded", l.Excluded)
	field("seen", moment(l.FirstSeen)+" to "+moment(l.LastSeen)+fmt.Sprintf(", %d %s", l.Events, plural(int(l.Events), "event")))
	names := make([]string, 0, len(l.Attributes))
	for name := range l.Attributes {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		field(name, fmt.Sprint(plainValue(l.Attributes[name])))
	}
	fmt.Fprintln(s.Out)
	rows := [][]string{}
	for i, points := range l.Scores {
		rows = append(rows, []string{label(r.Plan().Scores[i].Label, r.Plan().Scores[i].Name), points.String()})
	}
	table(s.Out, []string{"score", "points"}, rows)
	if len(p.Decisions) > 0 {
		rows = rows[:0]
		for _, d := range p.Decisions {
			rows = append(rows, []string{moment(d.At), d.Stage, printable(d.Event)})
		}
		fmt.Fprintln(s.Out)
		table(s.Out, []string{"entered", "stage", "because of event"}, rows)
	}
	rows = [][]string{}
	for _, e := range p.Recent {
		rows = append(rows, []string{moment(e.Occurred), e.Type.String(), printable(e.Name), printable(e.MessageID)})
	}
	fmt.Fprintln(s.Out)
	table(s.Out, []string{"latest", "type", "name", "message id"}, rows)
}
