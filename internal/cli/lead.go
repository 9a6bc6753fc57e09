package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"galena/internal/app"
	"galena/internal/bulk"
	"galena/internal/engine"
	"galena/internal/lead"
	"galena/internal/server"
)

type leadCmd struct {
	List    leadListCmd    `cmd:"" help:"List leads, the highest scores first."`
	Show    leadShowCmd    `cmd:"" help:"Show a lead: who, stage, scores, decisions, latest events."`
	Stage   leadStageCmd   `cmd:"" help:"Put a lead into a stage by hand, or out of the funnel."`
	Merge   leadMergeCmd   `cmd:"" help:"Make one of two leads that are the same person."`
	Unmerge leadUnmergeCmd `cmd:"" help:"Undo a merge, or a join of a visitor."`
	Erase   leadEraseCmd   `cmd:"" help:"Take a person out of the workspace for good."`
	Adjust  leadAdjustCmd  `cmd:"" help:"Correct a score by hand, with a reason."`
	Consent leadConsentCmd `cmd:"" help:"Show what a person agreed to, or record it."`
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
	Phones    []string       `json:"phones"`
	Anonymous []string       `json:"anonymous_ids"`
	Cycle     int            `json:"cycle"`
	Hold      *engine.Hold   `json:"hold"`
	Decisions []decisionJSON `json:"decisions"`
	TakenBack []decisionJSON `json:"taken_back"`
	Joined    []joinJSON     `json:"joined"`
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
	Silent  bool      `json:"silent"`
	Cycle   int       `json:"cycle"`
	Reason  string    `json:"reason"`
	// KnownThen is what was known at the moment, where that was something else.
	KnownThen *knownThenJSON `json:"known_then,omitzero"`
	// TakenBack is when it was retracted.
	TakenBack lead.Time `json:"taken_back,omitzero"`
}

type knownThenJSON struct {
	Stage  string                 `json:"stage"`
	Scores map[string]lead.Points `json:"scores"`
}

type joinJSON struct {
	Lead  lead.ID   `json:"lead"`
	Into  lead.ID   `json:"into"`
	At    lead.Time `json:"at"`
	Event string    `json:"event"`
}

type eventJSON struct {
	MessageID string         `json:"message_id"`
	Type      string         `json:"type"`
	Name      string         `json:"event"`
	Occurred  lead.Time      `json:"occurred"`
	Received  lead.Time      `json:"received"`
	Body      jsontext.Value `json:"body,omitzero"`
	Robot     bool           `json:"robot,omitzero"`
}

func (c *leadShowCmd) Help() string {
	return "Works beside a running server.\n\nExamples:\n  galena lead show --email ada@corp.example\n  galena lead show --id lead_42 --json"
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
		Lead: exportedLead(r, &p.Lead), Phones: orEmpty(p.Lead.Phones), Anonymous: orEmpty(p.Lead.Anonymous),
		Cycle: p.Lead.Cycle, Hold: p.Lead.Hold,
		Decisions: []decisionJSON{}, TakenBack: []decisionJSON{}, Joined: []joinJSON{}, Recent: []eventJSON{},
	}
	for _, d := range p.Decisions {
		x := decisionOf(&d)
		if then, differs := p.Differs[d.ID()]; differs {
			x.KnownThen = &knownThenJSON{then.ThenStage, map[string]lead.Points{}}
			for _, sc := range then.Scores {
				x.KnownThen.Scores[sc.Name] = sc.Then
			}
		}
		j.Decisions = append(j.Decisions, x)
	}
	for _, d := range p.TakenBack {
		x := decisionOf(&d)
		x.TakenBack = d.Recorded
		j.TakenBack = append(j.TakenBack, x)
	}
	for _, x := range p.Joins {
		j.Joined = append(j.Joined, joinJSON{x.Child, x.Parent, x.At, x.Event})
	}
	for _, e := range p.Recent {
		j.Recent = append(j.Recent, eventJSON{e.MessageID, e.Type.String(), e.Name, e.Occurred, e.Received, jsontext.Value(e.Body), p.Robots[e.Seq]})
	}
	return j
}

func decisionOf(d *lead.Decision) decisionJSON {
	return decisionJSON{ID: d.ID(), Stage: d.Stage, From: d.From, Role: d.Role, At: d.At, Event: d.Event, Version: d.Version}
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
	field("phones", strings.Join(l.Phones, ", "))
	field("user ids", strings.Join(l.UserIDs, ", "))
	field("browsers", strings.Join(l.Anonymous, ", "))
	field("account", l.Account)
	field("stage", l.Stage)
	if l.Cycle > 1 {
		field("cycle", fmt.Sprint(l.Cycle))
	}
	field("held", app.HoldInWords(l.Hold))
	field("excluded", l.Excluded)
	field("grade", l.Grade)
	for _, j := range p.Joins {
		field("joined", fmt.Sprintf("%s, into %s %s", j.Child, j.Parent, moment(j.At)))
	}
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
	printDecisions(s, p)
	rows = [][]string{}
	for _, e := range p.Recent {
		name := e.Name
		if p.Robots[e.Seq] {
			name += " (a robot's)"
		}
		rows = append(rows, []string{moment(e.Occurred), e.Type.String(), name, e.MessageID})
	}
	fmt.Fprintln(s.Stdout)
	table(s.Stdout, []string{"latest", "type", "name", "message id"}, rows)
}
