package engine

import (
	"strings"

	"galena/internal/lead"
	"galena/internal/playbook"
)

// Grade is a lead's grade at the state's own moment: a mark of each of the plan's
// scales, "" for plans without and for leads that are excluded. For the grade of a
// later moment, Step there first.
func (e *Engine) Grade(s *State) string {
	f := e.take(s)
	grade := f.grade(s.At)
	e.giveBack(f)
	return grade
}

func (f *fold) grade(at lead.Time) string {
	if f.excluded() >= 0 {
		return ""
	}
	var grade strings.Builder
	for i := range f.plan.Grade {
		scale := &f.plan.Grade[i]
		grade.WriteString(scale.Bands[bandOf(scale, f.score(scale.Score, at))].Mark)
	}
	return grade.String()
}

// bandOf is the place of the band that a score's points reach: the best of them, the
// last for all that are left.
func bandOf(scale *playbook.Scale, points lead.Points) int {
	for n, band := range scale.Bands {
		if points >= band.From {
			return n
		}
	}
	return len(scale.Bands) - 1
}
