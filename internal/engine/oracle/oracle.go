// Package oracle computes what the engine computes, a second time and from the
// decision records alone, so that tests can tell whether the engine is right.
//
// It is used by tests only. It is written to be read beside docs/adr/0002 to
// 0005 and 0017 and shares no idea with the engine that could be wrong in both: it keeps
// every event, derives everything anew from them whenever it is asked, has no
// rings, caches or running sums and only the bounds that the records name, asks
// CEL for every condition, and decays in exact arithmetic on big integers with
// tables of its own. What it writes down is what was read before an event that a
// stop may refuse, and the lead's way. It may be quadratic, and worse.
//
// Package generate beside it makes random playbooks and histories.
package oracle

import (
	"slices"

	"galena/internal/lead"
	"galena/internal/playbook"
)

// Result is what a lead is at a moment, and why.
type Result struct {
	Stage      string // "" for none
	StageSince lead.Time
	Cycle      int
	Reason     string    // why the lead is where it is, of an exit or a person
	CoolDown   lead.Time // its end; 0 if none runs
	// Decisions in the order in which they were made. They bear no lead's id:
	// that is the business of those who keep leads.
	Decisions []lead.Decision
	Excluded  string  // the first exclusion that holds, "" for none
	Grade     string  // "" of the excluded
	Scores    []Score // in the order of the plan
}

// Score is one dimension or total, read at the moment.
type Score struct {
	Name   string
	Points lead.Points
	Lines  []Line
}

// Line is one summand of a score. Raw + Limited + Lapsed + Capped + Decayed = Points.
type Line struct {
	Score  string    // the dimension or total to which it belongs
	Rule   string    // the rule; of a score's own clamp "cap" or "floor"
	Signal string    // the signal that occurred, "" when none did
	Event  string    // the message id of the cause, "" when time was it
	At     lead.Time // the date of the cause, 0 of a clamp

	Raw, Limited, Lapsed, Capped, Decayed, Points lead.Points

	Failed bool // its points could not be reckoned
}

// Version is a playbook with the moment of its publication; see package engine.
type Version struct {
	*playbook.Plan
	From          lead.Time // of the first: from the beginning
	Apply, Silent bool
}

// Fold tells what the playbook makes of the events, in whatever order they are
// given, at a moment. Events that take effect after it are not known then.
func Fold(p *playbook.Plan, events []lead.Event, at lead.Time) (Result, error) {
	return FoldAcross([]Version{{Plan: p}}, events, at)
}

// FoldAcross is Fold where one playbook followed the other, the oldest first.
func FoldAcross(versions []Version, events []lead.Event, at lead.Time) (Result, error) {
	m, err := live(versions, events, at)
	if err != nil {
		return Result{}, err
	}
	return Result{
		Stage:      m.stage,
		StageSince: m.entered,
		Cycle:      m.cycle(),
		Reason:     m.reason,
		CoolDown:   m.coolDown(),
		Decisions:  slices.Clone(m.decisions),
		Excluded:   m.exclusion(),
		Grade:      m.grade(),
		Scores:     m.read(),
	}, nil
}
