package engine

import (
	"slices"

	"galena/internal/lead"
	"galena/internal/playbook"
)

// State is what the fold keeps of a lead: as much as the playbook's rules,
// limits and windows need, however long the history is. It belongs to the plan
// it was made for.
type State struct {
	// At is the moment up to which everything has been done.
	At lead.Time
	// First and Last are the smallest and the largest Occurred; 0 without events.
	First, Last lead.Time
	// Events counts what was folded.
	Events int64

	attributes []lead.Value // by slot, built-in ones first
	// reach are the ways to reach the person besides an address: reachPhone, reachLinkedIn.
	reach uint8
	// grouped says that the account came from a group call, not from an address.
	grouped bool

	said []lead.Time // by slot, when an event said what a dated attribute is; nil without any
	// paths tell, by slot, by which of an attribute's paths, counted from 1, the lead's
	// account has told of it: of several the first; 0 for none. nil unless an attribute
	// of the plan has several.
	paths  []int
	values [][]valueSeen // by memory of the plan, ascending by date, at most Keep

	signals []signalState
	rules   []ruleState
	// worth are the rules that may be worth anything: most of most leads are not. It
	// follows from rules, and is there so that sums pass over the others.
	worth []bool

	excluded int // slot of the exclusion that holds; -1
	path     path

	// consents are where the person stands. No condition reads them.
	consents lead.Consents
}

const (
	reachPhone uint8 = 1 << iota
	reachLinkedIn
)

type signalState struct {
	count int64
	last  lead.Time   // latest Occurred
	ring  []lead.Time // the latest occurrences, ascending, at most Recall
}

// valueSeen is a value that stood in an event, as a hash: whose it was can be asked
// again, but not what it was.
type valueSeen struct {
	at   lead.Time // its latest Occurred
	hash uint64
}

type ruleState struct {
	holds bool // WhileTrue: the condition is true; PerSilence: see spoken
	// owed says that something was given that no reset has taken away since.
	owed  bool
	seen  int64     // occurrences
	given int64     // those that gave points
	next  lead.Time // PerSilence: when it falls due; 0 not at all
	base  lead.Time // PerSilence: since when it has been silent

	// points are, without decay, what was given sums to; of WhileTrue that
	// reckons its points, what it is worth while it holds.
	points lead.Points
	decay  []epoch     // with a half-life, ascending by number
	steps  []dated     // fading by steps, ascending by date
	dates  []lead.Time // dates of what was given, ascending, for limits by period
}

// dated is a contribution that fades by steps.
type dated struct {
	at     lead.Time
	points lead.Points
}

// epoch sums the weights of the contributions of one half-life period.
type epoch struct {
	number int64
	weight int64
}

// fewTimes is room enough for the moments that most signals and rules of most
// leads remember.
const fewTimes = 8

// NewState is the state of a lead of whom nothing is known.
func (e *Engine) NewState() *State {
	s := &State{
		attributes: make([]lead.Value, len(e.plan.Attributes)),
		values:     make([][]valueSeen, len(e.plan.Memories)),
		signals:    make([]signalState, len(e.plan.Signals)),
		rules:      make([]ruleState, len(e.plan.Rules)),
		worth:      slices.Clone(e.resting),
		excluded:   -1,
		path:       newPath(),
	}
	if e.dated {
		s.said = make([]lead.Time, len(e.plan.Attributes))
	}
	if slices.Contains(e.branching, true) {
		s.paths = make([]int, len(e.plan.Attributes))
	}
	return s
}

// Excluded is the slot of the exclusion that holds, -1 for none.
func (s *State) Excluded() int { return s.excluded }

// Attribute is the value in a slot of the plan's attributes.
func (s *State) Attribute(slot int) lead.Value { return s.attributes[slot] }

// Consents are where the person stands; they belong to the state.
func (s *State) Consents() lead.Consents { return s.consents }

// Count is how often a signal occurred.
func (s *State) Count(signal int) int64 { return s.signals[signal].count }

// Latest is when a signal occurred last; 0 if it never did.
func (s *State) Latest(signal int) lead.Time { return s.signals[signal].last }

// Kind says what a person is: "lead" in a stage, "contact" with an address or a
// user id, else "visitor".
func (s *State) Kind() string {
	switch {
	case s.path.in():
		return "lead"
	case s.attributes[playbook.BuiltinIdentified].Num == 1:
		return "contact"
	}
	return "visitor"
}
