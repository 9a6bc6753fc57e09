package engine

import (
	"galena/internal/lead"
	"galena/internal/rule"
)

// view shows a lead to a condition as it is at a moment.
type view struct {
	f  *fold
	at lead.Time
}

// lookAt shows the lead as it is at a moment, until the next look.
func (f *fold) lookAt(at lead.Time) *view {
	f.shown = view{f: f, at: at}
	return &f.shown
}

// Attribute implements rule.Lead.
func (v *view) Attribute(slot int) *lead.Value { return &v.f.s.attributes[slot] }

// Holds implements rule.Lead.
func (v *view) Holds(a *rule.Atom) rule.Truth {
	switch a.Kind {
	case rule.Same:
		return asTruth(v.f.s.same(a, v.at))
	case rule.Score:
		return asTruth(v.f.holdsOfScore(a, v.at))
	}
	n, known := v.value(a)
	if !known {
		return rule.Unknown
	}
	return asTruth(a.Op.Compare(n, a.N))
}

func asTruth(is bool) rule.Truth {
	if is {
		return rule.True
	}
	return rule.False
}

// value is what an atom compares with its constant; false if there is none. Same
// compares nothing.
func (v *view) value(a *rule.Atom) (n int64, known bool) {
	s := v.f.s
	switch a.Kind {
	case rule.Count:
		return s.signals[a.Slot].within(a.Window, v.at), true
	case rule.Since:
		return int64(v.at - s.signals[a.Slot].last), s.signals[a.Slot].count > 0
	case rule.InStage:
		return int64(v.at - s.path.since), s.path.in()
	case rule.Distinct:
		return s.distinct(a.Memory, a.Window, v.at), true
	case rule.Age:
		return int64(v.at - s.said[a.Slot]), s.said[a.Slot] != 0 && s.attributes[a.Slot].Kind != lead.Missing
	case rule.Score:
		return int64(v.f.score(a.Slot, v.at)), true
	}
	return 0, false
}

// within counts the occurrences in a window that ends at a moment; all of them
// for a window of 0. A full ring may hide older ones, but more than any
// condition compares with are never needed.
func (s *signalState) within(window int64, at lead.Time) int64 {
	if window == 0 {
		return s.count
	}
	n := int64(0)
	for i := len(s.ring) - 1; i >= 0 && s.ring[i] > at.Add(-window); i-- {
		n++
	}
	return n
}
