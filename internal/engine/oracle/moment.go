package oracle

import (
	"slices"

	"galena/internal/lead"
	"galena/internal/rule"
)

// moment is a lead at one moment of its story. Nothing in it is a sum.
type moment struct {
	*story
	now  lead.Time
	seen int // how many of the story's events have taken effect
	// undue says that the silences that fall due at this very moment have not yet.
	undue bool

	place
	// still says that no stage is entered, whatever happens.
	still  bool
	resets []reset
}

// known says that anything is known of the person, of which acts tell nothing.
func (m *moment) known() bool {
	for _, e := range m.events[:m.seen] {
		if e.Type != lead.Act {
			return true
		}
	}
	return false
}

// cycle is that of the last decision, 0 before the first.
func (m *moment) cycle() int {
	if len(m.decisions) == 0 {
		return 0
	}
	return m.decisions[len(m.decisions)-1].Cycle
}

// exclusion is the name of the first exclusion that holds.
func (m *moment) exclusion() string {
	for _, x := range m.plan.Exclusions {
		if holdsOnLead(x.When, m) {
			return x.Name
		}
	}
	return ""
}

// Holds tells the truth of an atom at the moment.
func (m *moment) Holds(a *rule.Atom) rule.Truth {
	switch a.Kind {
	case rule.Count:
		n := int64(0)
		for _, t := range m.occurrences(a.Slot) {
			if a.Window == 0 || m.now.Add(-a.Window) < t && t <= m.now {
				n++
			}
		}
		return truth(a.Op.Compare(n, a.N))
	case rule.Since:
		last, ok := m.last([]int{a.Slot})
		if !ok {
			return rule.Unknown
		}
		return truth(a.Op.Compare(int64(m.now-last), a.N))
	case rule.Distinct:
		return truth(a.Op.Compare(int64(len(m.inWindow(m.values(a.Slot, a.Path), a.Window))), a.N))
	case rule.Same:
		ones := m.inWindow(newestValues(m.values(a.Slot, a.Path)), a.Window)
		others := m.inWindow(newestValues(m.values(a.Other, a.Path)), a.Window)
		return truth(slices.ContainsFunc(ones, func(one dateOfValue) bool {
			return slices.ContainsFunc(others, func(other dateOfValue) bool { return one.value == other.value })
		}))
	case rule.Age:
		said, ok := m.said(a.Slot)
		if !ok {
			return rule.Unknown
		}
		return truth(a.Op.Compare(int64(m.now-said), a.N))
	case rule.InStage:
		if m.stage == "" {
			return rule.Unknown
		}
		return truth(a.Op.Compare(int64(m.now-m.entered), a.N))
	default:
		return truth(a.Op.Compare(int64(m.score(a.Slot)), a.N))
	}
}

// occurrences are the dates of a signal's occurrences so far.
func (m *moment) occurrences(signal int) []lead.Time {
	var dates []lead.Time
	for i := range m.events[:m.seen] {
		if m.occurs[i][signal] {
			dates = append(dates, m.events[i].Occurred)
		}
	}
	return dates
}

// last is the latest date of any of the signals' occurrences so far.
func (m *moment) last(signals []int) (latest lead.Time, ok bool) {
	for i := range m.events[:m.seen] {
		if _, hit := m.firstOf(i, signals); hit {
			latest, ok = max(latest, m.events[i].Occurred), true
		}
	}
	return latest, ok
}

func truth(b bool) rule.Truth {
	if b {
		return rule.True
	}
	return rule.False
}

// holdsOnLead says that a condition is true; none is of a lead of which nothing is
// known.
func holdsOnLead(x *rule.Expr, m *moment) bool { return m.known() && x.OnLeadByCEL(m) == rule.True }

func holdsOnEvent(x *rule.Expr, e *lead.Event) bool { return x.OnEventByCEL(e) == rule.True }
