package oracle

import (
	"slices"

	"galena/internal/lead"
	"galena/internal/playbook"
)

// live goes through the time of every version up to a moment.
func live(versions []Version, events []lead.Event, at lead.Time) (*moment, error) {
	var m *moment
	for i, v := range versions {
		if i > 0 && v.From > at {
			break
		}
		until := at
		if i+1 < len(versions) {
			until = min(at, versions[i+1].From-1)
		}
		s, err := tell(v.Plan, events, until)
		if err != nil {
			return nil, err
		}
		before := m
		m = &moment{story: s}
		if before != nil {
			m.publish(v, before.place)
		}
		m.goOn(until)
	}
	return m, nil
}

// publish goes to the moment of a publication as if its version had been in force
// all along, but for the stages: where the lead is is what it was before.
func (m *moment) publish(v Version, before place) {
	if n := len(before.exited); n > 0 {
		before.exited = before.exited[n-1:] // what was before it has lapsed already
	}
	m.recount(v.From, before.exited)

	m.place = before
	m.stale, m.toBe = nil, nil
	if m.seen == 0 {
		return
	}
	if at := m.slot(); at >= 0 {
		m.role = v.Stages[at].Role
	} else if i := slices.IndexFunc(v.Stages, func(s playbook.Stage) bool { return s.Role == m.role }); i >= 0 {
		m.stage = v.Stages[i].Name
	}
	known := len(m.decisions)
	if m.byHand || m.out || !v.Apply && m.exclusion() == "" {
		m.holdBack()
	}
	m.decide("")
	for i := range m.decisions[known:] {
		m.decisions[known+i].Silent = v.Silent
	}
}

// recount goes to a moment without a look at stages. What counts each cycle by
// itself begins where the lead last left the funnel.
func (m *moment) recount(at lead.Time, left []exited) {
	m.still = true
	for _, x := range left {
		for m.seen < x.seen {
			m.wait(m.events[m.seen].Effective())
			m.happen(m.seen)
		}
		m.wait(x.at)
		m.exited = left
	}
	m.goOn(at - 1)
	m.wait(at)
	m.still = false
}
