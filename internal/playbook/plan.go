package playbook

import (
	"time"

	"galena/internal/lead"
	"galena/internal/rule"
)

// Plan is a playbook compiled: names resolved to slots, conditions to rule.Expr.
// It is immutable and safe for concurrent use.
type Plan struct {
	// Version is the number under which the playbook was published, stamped on
	// every decision; 0 for a playbook that was not.
	Version int
	Name    string
	// Zone decides where days, weeks (from Monday) and months begin.
	Zone *time.Location

	// Attributes are the built-in ones (in the order of the Builtin slots), then
	// those of the document.
	Attributes []Attribute
	Signals    []Signal
	// Scores are the dimensions, in the document's order, then the totals.
	Scores []Score
	Rules  []Rule
	// Stages are those of the funnel, in its order, then the exits.
	Stages []Stage
	// FirstExit is the slot of the first exit; len(Stages) without any.
	FirstExit int
	// HandRaise are the signals (ascending) that lift a hold and a cool-down.
	HandRaise  []int
	Exclusions []Exclusion
	// Segments are in the document's order.
	Segments []Segment
	// Personas are kinds of people; Persona is the slot of the attribute that tells
	// the first that holds, 0 without any.
	Personas []Persona
	Persona  int
	// Grade are the scales whose marks, one after the other, are a lead's grade;
	// none: no grades are given.
	Grade []Scale

	// Memories are what conditions ask of the values in events.
	Memories []Memory

	Catalogue rule.Catalogue

	// byName finds the candidate signals of a track, screen or page by its
	// name; byType those that want no name.
	byName map[string][]int
	byType [lead.Types][]int
}

// Slots of the built-in attributes.
const (
	BuiltinEmail         = iota // text: the first address known
	BuiltinEmailDomain          // text: the part after the @ of that address, lower case
	BuiltinAccount              // text: the last group id, else the company domain of the address
	BuiltinIdentified           // bool: a user id or an address is known
	BuiltinReachable            // bool: an address, phone or LinkedIn profile is known
	BuiltinStage                // text: the present stage or exit
	BuiltinPreviousStage        // text: the stage or exit left last
	BuiltinPastStages           // list: the stages and exits left at any time, in the plan's order
	BuiltinCycle                // number: the present pass through the funnel, missing before the first
	Builtins                    // how many there are
)

// Attribute is a datum about a lead that conditions may read.
type Attribute struct {
	Name  string
	Label string
	Kind  lead.Kind
	// From are the paths of the traits that fill it ("title",
	// "company.employees"; of a group's traits "account.employees"); a later
	// event overwrites, null and empty text clear. Of several of a group's the
	// first by which the account has told anything decides. Empty for built-in ones.
	From [][]string
	// Dated says that conditions ask how old its value is.
	Dated bool
}

// OfAccount says that a path of a trait is of those that a company tells of itself.
func OfAccount(path []string) bool { return len(path) > 1 && path[0] == "account" }

// Memory keeps the latest different values that stood at a path of a signal's
// events, Keep of them: one more than the largest constant that distinct(…)
// compares with, and rule.MaxSame for same(…).
type Memory struct {
	Signal int
	Path   rule.Path
	Keep   int
	text   string
}

// Signal is one word of the shared vocabulary of interest.
type Signal struct {
	Name  string
	Label string // in words, completing "the lead …": "visited pricing"
	// Types and Names select events; an empty Names takes every name.
	Types []lead.Type
	Names []string
	Where *rule.Expr // nil: no condition
	// Any makes it the union of other signals (slots); then Types, Names and
	// Where are empty. An event counts once, however many of them it matches.
	Any []int
	// Recall is how many of its latest occurrences conditions can ask for:
	// one more than the largest constant that a windowed count is compared with;
	// 0 if no condition counts it within a window.
	Recall int
}

// Score is a dimension (Rules) or a total over dimensions (Of).
type Score struct {
	Name  string
	Label string
	// Rules are slots in Plan.Rules, in the document's order; then its Opening and
	// its Correction, which totals have, too.
	Rules []int
	Of    []int // slots in Plan.Scores
	// EachCycle says that contributions of a cycle that was left count nothing.
	EachCycle bool
	Cap       *lead.Points
	Floor     *lead.Points
}

// RuleKind says what makes a rule give its points.
type RuleKind uint8

const (
	// WhileTrue gives them as long as When holds.
	WhileTrue RuleKind = iota
	// PerSignal gives them each time one of Signals occurs.
	PerSignal
	// PerSilence gives them each time Silence has passed without any of Signals.
	PerSilence
	// PerPeriod falls due at the first moment of each Every; only resets do.
	PerPeriod
	// Opening is what another system knew of the lead, and Correction what people
	// corrected by hand: by acts. Each score has one rule of each.
	Opening
	Correction
)

// Rule gives points in one dimension.
type Rule struct {
	Name    string // unique within its score
	Label   string // in words
	Score   int    // slot of its dimension
	Kind    RuleKind
	When    *rule.Expr // WhileTrue; reads attributes only
	Signals []int      // PerSignal, PerSilence; ascending
	Silence int64      // PerSilence: milliseconds
	Every   Period     // PerPeriod: PerDay, PerWeek or PerMonth
	Points  lead.Points
	// Compute, unless nil, reckons the points in place of Points, between Least
	// and Most, which are of one sign. It reads attributes and, of PerSignal, the
	// event.
	Compute     *rule.Number
	Least, Most lead.Points
	// Reset, unless nil, makes the rule give no points but take away those that
	// were given in its score.
	Reset *Reset
	Limit Limit
	// Minimum is the occurrence from which on the rule gives points: 3 for "from
	// the third on"; 0 and 1 mean the first.
	Minimum int64
	Decay   Decay // Lasting for WhileTrue
	Stop    *Stop // nil: none; nil for WhileTrue
	Cap     *lead.Points
	Floor   *lead.Points
}

// Period is the kind of a limit's period.
type Period uint8

const (
	Ever    Period = iota // N in all
	PerDay                // N per calendar day of the playbook's zone
	PerWeek               // N per week from Monday
	PerMonth
	Rolling // N within any span of Limit.Span
)

// Limit refuses points for good once a rule has given them N times in a period.
// N 0 means no limit.
type Limit struct {
	N      int64
	Period Period
	Span   int64 // milliseconds, for Rolling
}

// Stop refuses points for good once a score reads more than Above.
type Stop struct {
	Score int // slot of a dimension or a total
	Above lead.Points
}

// Varies says that not all contributions of the rule are of the same points.
func (r *Rule) Varies() bool { return r.Compute != nil || r.Kind == Opening || r.Kind == Correction }

// Reset takes away what the rules of a score gave over time, if the score reads
// less than Below or more than Above, where these are not nil.
type Reset struct {
	Below, Above *lead.Points
}

// Exclusion names people who are recorded but never scored.
type Exclusion struct {
	Name  string
	Label string
	When  *rule.Expr // reads attributes only
}

// Segment is a condition on people that bears a name.
type Segment struct {
	Name  string
	Label string     // in words, completing "the lead …": "is of a mid-sized company"
	When  *rule.Expr // reads attributes only: time alone changes nothing about it
}

// Persona is a kind of people.
type Persona struct {
	Name  string
	Label string
	When  *rule.Expr // reads attributes only, and not the persona
}

// Scale marks leads by a score.
type Scale struct {
	Score int // slot of a dimension or a total
	Bands []Band
}

// Band gives its mark to scores from From on that reach no better band; the last
// of a scale to all that are left.
type Band struct {
	Mark string
	From lead.Points
}

// Candidates calls yield with the slot of every signal whose type and name fit
// the event, before its condition is asked. Unions are not among them.
func (p *Plan) Candidates(e *lead.Event, yield func(signal int)) {
	for _, s := range p.byType[e.Type] {
		yield(s)
	}
	for _, s := range p.byName[e.Name] {
		for _, t := range p.Signals[s].Types {
			if t == e.Type {
				yield(s)
				break
			}
		}
	}
}

// ScoreNames are the names of the scores and totals.
func (p *Plan) ScoreNames() []string {
	names := make([]string, len(p.Scores))
	for i := range p.Scores {
		names[i] = p.Scores[i].Name
	}
	return names
}
