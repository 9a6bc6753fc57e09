package playbook

import "galena/internal/lead"

// Document is a playbook as written: every value has its type and every default
// is filled in, but names are not yet resolved and conditions are still text.
// What follows from it alone can be computed without a Plan.
type Document struct {
	Name        string
	Description string
	TimeZone    Word
	Attributes  []AttributeDecl
	Signals     []SignalDecl
	Segments    []SegmentDecl
	Personas    []PersonaDecl // in the order in which they are asked
	Scores      []ScoreDecl   // the dimensions
	Totals      []TotalDecl
	Stages      []StageDecl // in the order of the funnel
	Exits       []ExitDecl
	HandRaise   []Word // names of signals
	Exclusions  []ExclusionDecl
	Grade       []ScaleDecl // letters, then numbers, as far as there are
	Tests       []Test

	// What is agreed and not acted on yet.
	Handoff     *Handoff // nil: nothing is said
	Tracks      []Track
	Attribution *Attribution // nil: nothing is said
	Goals       []Goal
	Costs       []Cost
	Review      Date // the day on which the agreement is looked at again

	// source is the text it was read from, for places within conditions; nil
	// for a document made by a program.
	source []byte
}

// Place is a place in the source, line and column counted from 1, columns in
// characters. The zero Place is "nowhere".
type Place struct {
	Line   int
	Column int
}

// Word is a text with its place: a name that must be resolved later.
type Word struct {
	Text  string
	Place Place
}

// Condition is CEL text with its place; an empty Text is no condition.
type Condition struct {
	Text  string
	Place Place
}

// AttributeDecl declares a datum about a lead.
type AttributeDecl struct {
	Name  Word
	Label string
	Kind  lead.Kind
	From  [][]string // paths, split at the dots; never empty
}

// SignalDecl declares a word of the vocabulary of interest.
type SignalDecl struct {
	Name  Word
	Label string
	// Types and Names select events; an empty Names takes every name. Types is
	// empty exactly when Any is not.
	Types []lead.Type
	Names []string
	Where Condition
	Any   []Word // names of signals, which may be unions themselves
}

// SegmentDecl declares a condition on attributes that others ask for by name.
type SegmentDecl struct {
	Name  Word
	Label string
	When  Condition
}

// PersonaDecl declares a kind of people.
type PersonaDecl struct {
	SegmentDecl
	Description string // prose; "" for none
}

// ScoreDecl declares a dimension.
type ScoreDecl struct {
	Name  Word
	Label string
	// EachCycle says that contributions of a cycle that was left count nothing.
	EachCycle bool
	Decay     Decay     // already in RuleDecl.Decay
	Stop      *StopDecl // already in RuleDecl.Stop; nil: none
	// Balance is how an opening balance fades.
	Balance Decay
	Cap     *lead.Points
	Floor   *lead.Points
	Rules   []RuleDecl
}

// RuleDecl declares a rule of a dimension.
type RuleDecl struct {
	Place Place
	Name  Word // given or the signal's
	Label string
	Kind  RuleKind
	When  Condition // WhileTrue
	// On are the names of the signals of PerSignal (`on`) and PerSilence (`of`).
	On      []Word
	Silence int64  // milliseconds, PerSilence
	Every   Period // PerPeriod
	Points  lead.Points
	Compute Condition // the text that reckons the points; empty: Points
	// Least and Most bound what is reckoned.
	Least, Most lead.Points
	Reset       *Reset // instead of points
	Limit       Limit
	Minimum     int64     // 1 unless given
	Decay       Decay     // the score's where the rule has none of its own
	Stop        *StopDecl // likewise; nil: none
	Cap         *lead.Points
	Floor       *lead.Points
}

// StopDecl declares the reading of a score from which on points are refused.
type StopDecl struct {
	Score Word // name of a dimension or a total
	Above lead.Points
}

// TotalDecl declares a sum of dimensions.
type TotalDecl struct {
	Name  Word
	Label string
	Sum   []Word // names of dimensions
	// Balance is how an opening balance fades.
	Balance Decay
	Cap     *lead.Points
	Floor   *lead.Points
}

// ExclusionDecl declares who is recorded but never scored.
type ExclusionDecl struct {
	Name  Word
	Label string
	When  Condition
}

// ScaleDecl declares the marks that a score gives, the best first.
type ScaleDecl struct {
	Score Word // name of a dimension or a total
	Bands []Band
}

// Test is an example that the playbook carries with it: a lead's events and what
// must come of them.
type Test struct {
	Name   Word
	Events []TestEvent // in order of time
	Look   lead.Time   // when to look: never before the last event
	Expect Expectation
}

// TestEvent is an event of a Test. Moments are absolute: `after` is resolved.
type TestEvent struct {
	Place     Place
	At        lead.Time
	Type      lead.Type
	Name      string // of the track event, page or screen
	User      string
	Anonymous string
	Group     string
	// Stage, unless empty, is where a person puts the lead, for a Reason: an act
	// and no event of the lead's. Type is lead.Act then.
	Stage  Word
	Reason string
	// Properties, Traits and Context hold what decoded JSON holds: nil, bool,
	// float64, string, []any and map[string]any.
	Properties map[string]any
	Traits     map[string]any
	Context    map[string]any
}

// Expectation is what a Test says of its lead; what is nil or empty is not asked.
type Expectation struct {
	Place    Place
	Stage    *Word // Text "": in no stage
	Scores   []ExpectedScore
	Excluded *Word // name of the exclusion; Text "": by none
	Grade    *Word // Text "": none
	Cycle    *int64
	Reason   *Word  // why it is where it is, of an exit or a person; Text "": none
	Entered  []Word // stages and exits, in the order in which they were entered; nil: not asked
}

// ExpectedScore is the score that a Test expects, to the thousandth.
type ExpectedScore struct {
	Name   Word
	Points lead.Points
}
