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
	s := v.f.s
	var n int64
	switch a.Kind {
	case rule.Count:
		n = s.signals[a.Slot].within(a.Window, v.at)
	case rule.Since:
		if s.signals[a.Slot].count == 0 {
			return rule.Unknown
		}
		n = int64(v.at - s.signals[a.Slot].last)
	case rule.InStage:
		if !s.path.in() {
			return rule.Unknown
		}
		n = int64(v.at - s.path.since)
	case rule.Distinct:
		n = s.distinct(a.Memory, a.Window, v.at)
	case rule.Same:
		if s.same(a, v.at) {
			return rule.True
		}
		return rule.False
	case rule.Age:
		if s.said[a.Slot] == 0 || s.attributes[a.Slot].Kind == lead.Missing {
			return rule.Unknown
		}
		n = int64(v.at - s.said[a.Slot])
	case rule.Score:
		if v.f.holdsOfScore(a, v.at) {
			return rule.True
		}
		return rule.False
	}
	if a.Op.Compare(n, a.N) {
		return rule.True
	}
	return rule.False
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
