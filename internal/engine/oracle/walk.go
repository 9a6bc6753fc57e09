package oracle

import (
	"galena/internal/lead"
	"galena/internal/playbook"
)

// walk goes through a story up to a moment: before each event, and at the end,
// through everything that falls due by itself, each at its exact moment.
func walk(s *story, until lead.Time) *moment {
	m := &moment{story: s, stage: -1}
	for i := range s.events {
		e := &s.events[i]
		m.wait(e.Effective())
		m.now = e.Effective()
		m.beforeEvent(i)
		m.seen = i + 1
		m.resetsUpon(i)
		m.decide(e.MessageID)
	}
	m.wait(until)
	return m
}

// wait lets time pass up to a moment, that moment included. Nothing falls due
// for a lead of which nothing is known.
func (m *moment) wait(until lead.Time) {
	for m.seen > 0 && m.now < until {
		due, ok := m.nextSilence()
		if t, any := m.nextPeriod(); any && (!ok || t < due) {
			due, ok = t, true
		}
		if !ok || due > until {
			due = until + 1
		}
		if t, ok := m.firstTurn(due - 1); ok {
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
		if r.Kind != playbook.PerSilence || usedUp(r, int64(len(given(m.contributions(r))))) {
			continue
		}
		if t := nextDue(m.baseAfter(r, m.seen), r.Silence, m.now); !ok || t < first {
			first, ok = t, true
		}
	}
	return first, ok
}

// decide enters the furthest stage behind the present one whose condition holds,
// and looks again from there. The event is the one that made us look, "" if time did.
func (m *moment) decide(event string) {
	if m.exclusion() != "" {
		return
	}
	for i := len(m.plan.Stages) - 1; i > m.stage; i-- {
		stage := &m.plan.Stages[i]
		if !holdsOnLead(stage.When, m) {
			continue
		}
		m.decisions = append(m.decisions, lead.Decision{
			Cycle: 1, Stage: stage.Name, From: m.stageName(), Role: stage.Role, Nth: 1,
			At: m.now, Event: event, Version: m.plan.Version,
		})
		m.madeBy = append(m.madeBy, m.seen)
		m.stage, m.entered = i, m.now
		m.decide(event)
		return
	}
}
