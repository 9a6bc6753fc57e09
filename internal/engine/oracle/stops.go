package oracle

import (
	"slices"

	"galena/internal/lead"
	"galena/internal/playbook"
)

// readings are what the scores read, in the order of the plan, exclusions left
// aside. Whether a stop refused something depends on what was read before it, and
// that again on what was refused before; so the walk writes down what it passes.
type readings []lead.Points

// beforeEvent writes down what is read at the moment, before an event.
func (m *moment) beforeEvent(event int) {
	if m.stops() {
		m.readBefore[event] = m.beneath()
	}
}

// beforeSilences writes down what is read at the moment, before any silence that
// falls due at it.
func (m *moment) beforeSilences() {
	if m.stops() {
		then := *m
		then.undue = true
		m.readBeforeDue[m.now] = then.beneath()
	}
}

// stops says whether anything hangs on what was read before.
func (s *story) stops() bool {
	return slices.ContainsFunc(s.plan.Rules, func(r playbook.Rule) bool { return r.Stop != nil || r.Reset != nil })
}

// beneath reads all scores, exclusions left aside.
func (m *moment) beneath() readings {
	w := m.worths()
	read := make(readings, len(m.plan.Scores))
	for slot := range read {
		read[slot] = m.scoreBetween(w, slot, m.now, m.now).low
	}
	return read
}

// stopped says whether a rule's points are refused after such readings.
func stopped(r *playbook.Rule, before readings) bool {
	return r.Stop != nil && before[r.Stop.Score] > r.Stop.Above
}
