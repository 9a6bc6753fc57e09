package view

import "context"

// Dials are the values of a draft that can be set by themselves, and the events
// for which a rule can be added.
type Dials struct {
	Frame   *Frame
	Draft   Draft
	Groups  []DialGroup
	Scores  []Option // to which a rule can be added
	Seen    []SeenEvent
	Events  int
	Problem string
}

// Dial is a value that can be set where it stands in the text.
type Dial struct {
	Path string // which it is
	// Kind is "points", "limit", "half_life" or "threshold".
	Kind string
	// Of is the score or the stage, Label the rule or what is compared.
	Of, Label string
	Value     string // "" of a limit that is not there
	Problem   string // what is wrong with it
}

// DialGroup are the dials of a score or a stage.
type DialGroup struct {
	Name   string
	Stages bool // they are thresholds
	Rows   []DialRow
}

// DialRow is a rule, or what is compared, with its dials.
type DialRow struct {
	Label string
	Dials []Dial
}

// SeenEvent is a type of event with a name that was really seen.
type SeenEvent struct {
	Type, Name string
	Count      int
	Sample     string // JSON
	// Signals are those of the playbook in force that it is.
	Signals []string
}

// GroupDials puts the dials of a rule into one row, and the rows of a score or a
// stage into one group.
func GroupDials(dials []Dial) []DialGroup {
	var groups []DialGroup
	for _, d := range dials {
		stages := d.Kind == "threshold"
		if n := len(groups); n == 0 || groups[n-1].Name != d.Of || groups[n-1].Stages != stages {
			groups = append(groups, DialGroup{Name: d.Of, Stages: stages})
		}
		g := &groups[len(groups)-1]
		if n := len(g.Rows); n > 0 && d.Kind == "limit" && g.Rows[n-1].Label == d.Label && len(g.Rows[n-1].Dials) == 1 {
			g.Rows[n-1].Dials = append(g.Rows[n-1].Dials, d)
		} else {
			g.Rows = append(g.Rows, DialRow{Label: d.Label, Dials: []Dial{d}})
		}
	}
	return groups
}

// dialName is what a dial sets, in the viewer's words.
func dialName(ctx context.Context, d *Dial) string {
	return T(ctx, "playbook.dial."+d.Kind)
}

// title is what the event is called, with its type where that is not plain.
func (e *SeenEvent) title() string {
	switch {
	case e.Name == "":
		return e.Type
	case e.Type == "track":
		return e.Name
	}
	return e.Name + " (" + e.Type + ")"
}
