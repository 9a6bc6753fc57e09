package oracle

import "galena/internal/playbook"

// grade is a mark of each scale at the moment, one after the other.
func (m *moment) grade() string {
	grade := ""
	for _, scale := range m.plan.Grade {
		if m.exclusion() == "" {
			grade += m.mark(scale)
		}
	}
	return grade
}

// mark is the best mark of a scale whose points are reached, else the last.
func (m *moment) mark(scale playbook.Scale) string {
	points := m.score(scale.Score)
	for _, band := range scale.Bands {
		if band.From <= points {
			return band.Mark
		}
	}
	return scale.Bands[len(scale.Bands)-1].Mark
}
