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

	stage     int       // slot, -1 for none
	entered   lead.Time // when that stage was entered, 0 for none
	decisions []lead.Decision
	madeBy    []int // how many events had taken effect when each decision was made
	resets    []reset
}

func (m *moment) stageName() string {
	if m.stage < 0 {
		return ""
	}
	return m.plan.Stages[m.stage].Name
}

// cycle is 1 from the first stage on: nobody leaves a funnel yet.
func (m *moment) cycle() int {
	if m.stage < 0 {
		return 0
	}
	return 1
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
		return truth(a.Op.Compare(int64(len(m.within(m.values(a.Slot, a.Path), a.Window))), a.N))
	case rule.Same:
		ones := m.within(newestValues(m.values(a.Slot, a.Path)), a.Window)
		others := m.within(newestValues(m.values(a.Other, a.Path)), a.Window)
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
		if m.stage < 0 {
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
func holdsOnLead(x *rule.Expr, m *moment) bool { return m.seen > 0 && x.OnLeadByCEL(m) == rule.True }

func holdsOnEvent(x *rule.Expr, e *lead.Event) bool { return x.OnEventByCEL(e) == rule.True }
