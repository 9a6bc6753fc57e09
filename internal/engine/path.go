package engine

import (
	"slices"

	"galena/internal/lead"
	"galena/internal/playbook"
	"galena/internal/rule"
)

// path is where a lead is on its way through the funnel: all that the machine of
// stages keeps, and the only part of a State that history under another plan
// leaves behind.
type path struct {
	stage int // slot; -1 in none
	since lead.Time
	cycle int // 0 before the first
	// stranger is the present stage where the plan does not have it, nil where it
	// does; stage is then the slot of the last stage behind it.
	stranger *stranger
	entered  []entry // in this cycle, in the order of their first entries
	// held are the slots of stages ahead that are not entered until their
	// criterion has been seen not to be true.
	held []int
}

// in says whether the lead is in any stage.
func (p *path) in() bool { return p.stage >= 0 || p.stranger != nil }

// Stage is the name of the stage in which a lead is, "" for none, and since when
// it has been there. An earlier version may have left a lead in a stage that this
// plan does not have.
func (e *Engine) Stage(s *State) (name string, since lead.Time) {
	name, _ = e.presentStage(s)
	return name, s.path.since
}

// Cycle is the present pass through the funnel, 0 before the first.
func (s *State) Cycle() int { return s.path.cycle }

// evaluate enters the furthest stage ahead whose condition holds, and looks
// again from there, until none holds. So at no moment does the condition of a
// stage ahead hold, unless it is held back, and a look too many does no harm.
func (f *fold) evaluate(now lead.Time, cause string) {
	if f.still || f.excluded() >= 0 {
		return
	}
	v := f.lookAt(now)
	for i := len(f.plan.Stages) - 1; i > f.s.path.stage; i-- {
		if f.plan.Stages[i].When.OnLead(v) != rule.True {
			f.s.path.release(i)
		} else if !f.s.path.isHeld(i) {
			f.enter(i, now, cause)
			i = len(f.plan.Stages)
		}
	}
}

func (f *fold) enter(stage int, now lead.Time, cause string) {
	s := f.s
	st := &f.plan.Stages[stage]
	from, _ := f.presentStage()
	if s.path.cycle == 0 {
		s.path.cycle = 1
	}
	s.path.stage, s.path.since = stage, now
	s.path.stranger = nil
	s.path.held = slices.DeleteFunc(s.path.held, func(i int) bool { return i <= stage })
	s.attributes[playbook.BuiltinStage] = lead.Value{Kind: lead.Text, Text: st.Name}
	f.decisions = append(f.decisions, lead.Decision{
		Cycle: s.path.cycle, Stage: st.Name, From: from, Role: st.Role,
		Nth: s.path.count(st.Name),
		At:  now, Event: cause, Version: f.plan.Version,
	})
}
