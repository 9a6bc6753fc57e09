package rule

import (
	"regexp"
	"slices"
)

// Rows are a condition as people fill it into a form: questions one below the
// other, of which all have to hold or any, and groups of such questions. What no
// question can ask stays CEL, in a row of its own.
type Rows struct {
	Joint Joint // One with a single row
	Rows  []Row
}

// Row is one question of a condition.
type Row struct {
	About Subject
	// Name is an attribute, segment, score, signal or in_stage, or where in an event
	// the value is: properties.plan.
	Name   string
	Other  string // of a Likeness, the other signal
	Of     string // of a Variety or a Likeness, where in the events the values are: properties.asset
	Window string // of what is Windowed, as it is written: 30d; "" for ever
	How    How
	Not    bool // only of what is no comparison of two values
	Values []Literal
	CEL    string // of Otherwise
	// Joint and Rows are of a Group, whose rows are no groups themselves.
	Joint Joint
	Rows  []Row
}

// Subject says what a row asks about.
type Subject uint8

const (
	Itself    Subject = iota // what the name stands for
	Tally                    // how often the signal occurred
	Variety                  // how many different values the signal's events had at a place
	Elapsed                  // the time since the signal occurred or the attribute was told
	Otherwise                // CEL
	Likeness                 // whether events of two signals have the same value at a place
	Group                    // several rows, of which all have to hold or any
)

// Windowed says whether only what happened within some time may be meant.
func (s Subject) Windowed() bool { return s == Tally || s == Variety || s == Likeness }

// Placed says whether it is about the values at a place in events.
func (s Subject) Placed() bool { return s == Variety || s == Likeness }

// How says what is asked of a subject.
type How string

const (
	Is         How = "=="
	IsNot      How = "!="
	Below      How = "<"
	AtMost     How = "<="
	Above      How = ">"
	AtLeast    How = ">="
	OneOf      How = "in"
	Contains   How = "contains"
	StartsWith How = "startsWith"
	EndsWith   How = "endsWith"
	Matches    How = "matches"
	Item       How = "item"  // a list has it
	Known      How = "known" // there is a value
	Holds      How = "holds" // it is true
)

// Comparing says whether it sets the subject beside one value, which has its own
// word for the contrary.
func (h How) Comparing() bool {
	return slices.Contains([]How{Is, IsNot, Below, AtMost, Above, AtLeast}, h)
}

// Textual says whether it sets the subject beside a text, whatever kind that is of.
func (h How) Textual() bool { return h == Item || h.method() }

func (h How) method() bool { return slices.Contains([]How{Contains, StartsWith, EndsWith, Matches}, h) }

// Literal is a written value.
type Literal struct {
	Kind LiteralKind
	Text string // without quotes; other kinds as they are written
}

// LiteralKind is the kind of a written value.
type LiteralKind uint8

const (
	TextLiteral LiteralKind = iota
	NumberLiteral
	TruthLiteral
	SpanLiteral // a duration
)

var pathForm = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*$`)

// IsPath says whether a text is a name, or names with dots between them, such as
// properties.plan.
func IsPath(s string) bool { return pathForm.MatchString(s) }
