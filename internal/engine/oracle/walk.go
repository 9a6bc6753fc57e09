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
		e := &m.events[m.seen]
		m.wait(e.Effective())
		m.now = e.Effective()
		m.beforeEvent(m.seen)
		m.seen++
		m.decide(e.MessageID)
	}
	m.wait(until)
}

// wait lets time pass up to a moment, that moment included. Nothing falls due
// for a lead of which nothing is known.
func (m *moment) wait(until lead.Time) {
	for m.seen > 0 && m.now < until {
		silence, ok := m.nextSilence()
		if !ok || silence > until {
			silence = until + 1
		}
		if t, ok := m.firstTurn(silence - 1); ok && !m.still {
			m.now = t
			m.decide("")
			continue
		}
		m.now = min(silence, until)
		if m.now == silence {
			m.beforeSilences()
			m.decide("")
		}
	}
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
	if m.still || m.exclusion() != "" {
		return
	}
	furthest := -1
	for _, i := range m.ahead() {
		stage := &m.plan.Stages[i]
		holds := holdsOnLead(stage.When, m)
		if !holds {
			delete(m.held, stage.Name)
		}
		if holds && !m.held[stage.Name] {
			furthest = i
		}
	}
	if furthest < 0 {
		return
	}
	stage := &m.plan.Stages[furthest]
	nth := 1
	for _, d := range m.decisions {
		if d.Stage == stage.Name {
			nth++
		}
	}
	m.decisions = append(m.decisions, lead.Decision{
		Cycle: 1, Stage: stage.Name, From: m.stage, Role: stage.Role, Nth: nth,
		At: m.now, Event: event, Version: m.plan.Version,
	})
	m.stage, m.role, m.entered = stage.Name, stage.Role, m.now
	m.decide(event)
}
