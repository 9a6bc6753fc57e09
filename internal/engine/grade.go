package engine

import (
	"strings"

	"galena/internal/lead"
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
		points := f.score(scale.Score, at)
		for n, band := range scale.Bands {
			if points >= band.From || n == len(scale.Bands)-1 {
				grade.WriteString(band.Mark)
				break
			}
		}
	}
	return grade.String()
}
