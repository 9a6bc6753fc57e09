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
	m.still = true
	m.goOn(v.From - 1)
	m.wait(v.From)
	m.still = false

	m.place = before
	m.held = nil
	named := func(s playbook.Stage) bool { return s.Name == m.stage }
	alike := func(s playbook.Stage) bool { return s.Role == m.role }
	if !slices.ContainsFunc(v.Stages, named) {
		if i := slices.IndexFunc(v.Stages, alike); i >= 0 {
			m.stage = v.Stages[i].Name
		}
	} else {
		m.role = v.Stages[slices.IndexFunc(v.Stages, named)].Role
	}

	if !v.Apply {
		m.held = map[string]bool{}
		for _, i := range m.ahead() {
			m.held[v.Stages[i].Name] = holdsOnLead(v.Stages[i].When, m)
		}
		return
	}
	known := len(m.decisions)
	m.decide("")
	for i := range m.decisions[known:] {
		m.decisions[known+i].Silent = v.Silent
	}
}
