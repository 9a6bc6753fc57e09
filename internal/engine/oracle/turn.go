package oracle

import (
	"galena/internal/lead"
	"galena/internal/rule"
)

// firstTurn is the first moment after now and up to a limit at which an atom of
// any condition of a stage or exit has another truth than now, if nothing but time
// happens and no silence falls due; of a lead that cools down, the end of that.
func (m *moment) firstTurn(limit lead.Time) (first lead.Time, ok bool) {
	first = limit + 1
	if m.now < m.closed {
		return m.closed, m.closed <= limit
	}
	for i := range m.plan.Stages {
		s := &m.plan.Stages[i]
		for _, x := range []*rule.Expr{s.When, s.FastTrack, s.BackWhen} {
			if x == nil {
				continue
			}
			atoms := x.Atoms()
			for j := range atoms {
				if t, turns := m.turn(&atoms[j], first-1); turns {
					first = t
				}
			}
		}
	}
	return first, first <= limit
}

// turn is the first moment after now and up to a limit at which one atom turns.
func (m *moment) turn(a *rule.Atom, limit lead.Time) (lead.Time, bool) {
	if a.Kind == rule.Score {
		if m.exclusion() != "" {
			return 0, false // the score reads 0 until an event changes that
		}
		return m.scoreTurn(m.worths(), a, m.Holds(a), m.now+1, limit)
	}
	// Counts and ages change at moments that can be named.
	var candidates []lead.Time
	switch a.Kind {
	case rule.Count:
		for _, t := range m.occurrences(a.Slot) {
			candidates = append(candidates, t.Add(a.Window))
		}
	case rule.Distinct, rule.Same:
		for i := range m.events[:m.seen] {
			candidates = append(candidates, m.events[i].Occurred.Add(a.Window))
		}
	case rule.Age:
		if said, ok := m.said(a.Slot); ok {
			candidates = append(candidates, said.Add(a.N), said.Add(a.N+1))
		}
	case rule.Since:
		if last, ok := m.last([]int{a.Slot}); ok {
			candidates = append(candidates, last.Add(a.N), last.Add(a.N+1))
		}
	case rule.InStage:
		candidates = append(candidates, m.entered.Add(a.N), m.entered.Add(a.N+1))
	}
	first := limit + 1
	for _, t := range candidates {
		then := *m
		then.now = t
		if m.now < t && t < first && then.Holds(a) != m.Holds(a) {
			first = t
		}
	}
	return first, first <= limit
}

// scoreTurn is the first moment of an interval at which a score's atom has not
// the truth that it has now. It halves the interval until the score's span over
// a part allows no other truth, or the part is a single moment.
func (m *moment) scoreTurn(w worths, a *rule.Atom, now rule.Truth, from, until lead.Time) (lead.Time, bool) {
	if from > until || always(a, now == rule.True, m.scoreBetween(w, a.Slot, from, until)) {
		return 0, false
	}
	if from == until {
		return from, true
	}
	middle := from + (until-from)/2
	if t, ok := m.scoreTurn(w, a, now, from, middle); ok {
		return t, true
	}
	return m.scoreTurn(w, a, now, middle+1, until)
}

// always says that an atom has one truth for every value of a span.
func always(a *rule.Atom, is bool, s span) bool {
	low, high := int64(s.low), int64(s.high)
	switch {
	case a.Op != rule.Equal && a.Op != rule.NotEqual:
		return a.Op.Compare(low, a.N) == is && a.Op.Compare(high, a.N) == is
	case (a.Op == rule.Equal) == is:
		return low == a.N && high == a.N
	default:
		return high < a.N || low > a.N
	}
}
