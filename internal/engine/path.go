package engine

import (
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
}

// Stage is the present stage's slot in the plan, -1 for none, and since when.
func (s *State) Stage() (slot int, since lead.Time) { return s.path.stage, s.path.since }

// Cycle is the present pass through the funnel, 0 before the first.
func (s *State) Cycle() int { return s.path.cycle }

// evaluate enters the furthest stage ahead whose condition holds, and looks
// again from there, until none holds. So at no moment does the condition of a
// stage ahead hold, and a look too many does no harm.
func (f *fold) evaluate(now lead.Time, cause string) {
	if f.excluded() >= 0 {
		return
	}
	v := f.lookAt(now)
	for i := len(f.plan.Stages) - 1; i > f.s.path.stage; i-- {
		if f.plan.Stages[i].When.OnLead(v) == rule.True {
			f.enter(i, now, cause)
			i = len(f.plan.Stages)
		}
	}
}

func (f *fold) enter(stage int, now lead.Time, cause string) {
	s := f.s
	st := &f.plan.Stages[stage]
	from := ""
	if s.path.stage >= 0 {
		from = f.plan.Stages[s.path.stage].Name
	}
	if s.path.cycle == 0 {
		s.path.cycle = 1
	}
	s.path.stage, s.path.since = stage, now
	s.attributes[playbook.BuiltinStage] = lead.Value{Kind: lead.Text, Text: st.Name}
	f.decisions = append(f.decisions, lead.Decision{
		Cycle: s.path.cycle, Stage: st.Name, From: from, Role: st.Role,
		Nth: 1, // stages only go forward within a cycle
		At:  now, Event: cause, Version: f.plan.Version,
	})
}
