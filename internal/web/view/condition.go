package view

import (
	"context"
	"strconv"

	"github.com/a-h/templ"
)

// Conditions are all conditions of a draft.
type Conditions struct {
	Frame  *Frame
	Draft  Draft
	Groups []ConditionGroup // none while the text has errors
}

// ConditionGroup are the conditions of a section, or of a score.
type ConditionGroup struct {
	Section, Of string
	All         []ConditionAt
}

// ConditionAt is one condition in the list.
type ConditionAt struct {
	Label, Field string
	Text         string // "" where none is
	Words        string // "" where there are none for it
	Path         string
}

// Condition is one condition as a form.
type Condition struct {
	Frame  *Frame
	Draft  Draft
	Action string
	// Label says whose it is, Of in which score, Field which.
	Of, Label, Field string
	OfEvent          bool
	Optional         bool     // it can be taken out
	ByText           bool     // rows cannot say it
	Joint            string   // "all" or "any"
	Places           []string // where events have values
	Rows             []ConditionRow
	Bare             bool   // the last row was just taken away
	Text             string // what the rows say; "" while they are incomplete
	Words            string
	Problem          string
}

// ConditionRow are the fields of one question.
type ConditionRow struct {
	N       int
	Focus   bool   // one goes on with it
	Problem string // what is wrong with it
	ByCEL   bool
	CEL     string
	// Group heads the rows after it that are Inner, of which by Joint all hold or any.
	Group, Inner bool
	Joint        string

	About    string        // as chosen
	Subjects []OptionGroup // of a condition on leads
	Place    string        // of one on events
	Hows     []Option
	Valued   bool
	Many     bool // a value a line
	Value    string
	Placed   bool // Of says where in the events the values are
	Of       string
	Paired   bool // with one of Others
	Others   []Option
	Windowed bool
	Window   string
	Kind     string
}

// OptionGroup are choices that belong together.
type OptionGroup struct {
	Label   string
	Options []Option
}

// field is the name of a field of the row.
func (r *ConditionRow) field(name string) string { return name + "." + strconv.Itoa(r.N) }

// within are the rows of the n-th, a group.
func (p *Condition) within(n int) []ConditionRow {
	to := n + 1
	for to < len(p.Rows) && p.Rows[to].Inner {
		to++
	}
	return p.Rows[n+1 : to]
}

// joined says whether there is more than one row, or group, to be joined.
func (p *Condition) joined() bool {
	n := 0
	for i := range p.Rows {
		if !p.Rows[i].Inner {
			n++
		}
	}
	return n > 1
}

// wrong marks the fields of a row with which something is wrong. Nobody knows which of
// them it is, so none takes the focus.
func (r *ConditionRow) wrong() templ.Attributes {
	marks := wrong(r.field("row"), r.Problem)
	delete(marks, "autofocus")
	return marks
}

// id is field as it can stand in an id.
func (r *ConditionRow) id(name string) string { return name + "-" + strconv.Itoa(r.N) }

// lines is how high the field of several values is.
func (r *ConditionRow) lines() string {
	const least, most = 2, 8
	n := 1
	for _, c := range r.Value {
		if c == '\n' {
			n++
		}
	}
	return strconv.Itoa(min(max(n, least), most))
}

// hint is an example of a value.
func (r *ConditionRow) hint() string {
	if r.Kind == "span" {
		return "30d"
	}
	return ""
}

// latest lets only the last of several answers in.
const latest = "closest form:replace"

// again has the page ask anew what the rows say when a field changes, and shows a
// part of the answer.
func (p *Condition) again(part string) templ.Attributes {
	return templ.Attributes{"hx-post": p.Action, "hx-trigger": "change", "hx-include": "closest form", "hx-sync": latest, "hx-target": part, "hx-select": part, "hx-swap": "outerHTML"}
}

// press has a button change the rows in their place.
func (p *Condition) press() templ.Attributes {
	return templ.Attributes{"hx-post": p.Action, "hx-include": "closest form", "hx-sync": latest, "hx-target": "#condition", "hx-swap": "outerHTML"}
}

// groupTitle is what a group of conditions is called: by its score, or its section.
func groupTitle(ctx context.Context, section, of string) string {
	if of != "" {
		return of
	}
	return T(ctx, "condition.section."+section)
}
