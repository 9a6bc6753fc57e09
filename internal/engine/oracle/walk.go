package oracle

import (
	"galena/internal/lead"
	"galena/internal/playbook"
)

// walk goes through a story up to a moment.
func walk(s *story, until lead.Time) *moment {
	m := &moment{story: s}
	m.goOn(until)
	return m
}

// goOn goes on to a moment: before each event, and at the end, through everything
// that falls due by itself, each at its exact moment.
func (m *moment) goOn(until lead.Time) {
	for m.seen < len(m.events) && m.events[m.seen].Effective() <= until {
		m.wait(m.events[m.seen].Effective())
		m.happen(m.seen)
	}
	m.wait(until)
}

// happen lets an event take effect.
func (m *moment) happen(i int) {
	e := &m.events[i]
	m.now = e.Effective()
	m.beforeEvent(i)
	m.seen = i + 1
	m.resetsUpon(i)
	switch {
	case e.Type != lead.Act:
		m.listen(i)
	case e.Name == lead.ActStage:
		m.obey(e)
	case e.Name != lead.ActBalance && e.Name != lead.ActPoints && e.Name != lead.ActAccount:
		return
	}
	m.decide(e.MessageID)
}

// wait lets time pass up to a moment, that moment included. Nothing falls due
// for a lead of which nothing is known.
func (m *moment) wait(until lead.Time) {
	for m.known() && m.now < until {
		due, ok := m.nextSilence()
		if t, any := m.nextPeriod(); any && (!ok || t < due) {
			due, ok = t, true
		}
		if !ok || due > until {
			due = until + 1
		}
		if t, ok := m.firstTurn(due - 1); ok && !m.still {
			m.now = t
			m.decide("")
			continue
		}
		m.now = min(due, until)
		if m.now == due {
			m.fallDue()
			m.decide("")
		}
	}
	m.now = max(m.now, until)
}

// fallDue does what falls due now.
func (m *moment) fallDue() {
	m.beforeSilences()
	m.resetsDue()
}

// nextSilence is the first moment after now at which a PerSilence rule falls due.
func (m *moment) nextSilence() (first lead.Time, ok bool) {
	for i := range m.plan.Rules {
		r := &m.plan.Rules[i]
		if r.Kind != playbook.PerSilence || usedUp(r, int64(len(given(m.current(r))))) {
			continue
		}
		if t := nextDue(m.baseAfter(r, m.seen), r.Silence, m.now); !ok || t < first {
			first, ok = t, true
		}
	}
	return first, ok
}
