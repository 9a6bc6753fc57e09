package engine

import (
	"slices"

	"galena/internal/lead"
	"galena/internal/playbook"
	"galena/internal/rule"
)

// What becomes of a lead's way through the funnel when another version of the
// playbook comes into force (docs/adr/0014-publishing.md §3 and §4).

// stranger is a stage that the plan does not have.
type stranger struct{ name, role string }

// entry counts how often a stage was entered in the present cycle. It goes by
// name, since plans come and go.
type entry struct {
	stage string
	times int
}

// carry takes over where a lead is from its fold under the version before: to
// the stage of the same name, else to the first of the same role, else it stays
// where it was, in a stage that this plan does not have.
func (f *fold) carry(before *fold) {
	p, was := &f.s.path, &before.s.path
	p.since, p.cycle, p.entered = was.since, was.cycle, slices.Clone(was.entered)
	present, role := before.presentStage()
	if present == "" {
		return
	}
	stages := f.plan.Stages
	p.stage = slices.IndexFunc(stages, func(s playbook.Stage) bool { return s.Name == present })
	if p.stage < 0 {
		p.stage = slices.IndexFunc(stages, func(s playbook.Stage) bool { return s.Role == role })
	}
	if p.stage < 0 {
		p.stranger = &stranger{present, role}
		p.stage = lastBehind(stages, role)
	}
	name, _ := f.presentStage()
	f.s.attributes[playbook.BuiltinStage] = lead.Value{Kind: lead.Text, Text: name}
}

// lastBehind is the slot of the last stage before the first whose role comes
// later than a role; -1 if that is the first of all.
func lastBehind(stages []playbook.Stage, role string) int {
	order := slices.Index(playbook.Roles, role)
	for i := range stages {
		if slices.Index(playbook.Roles, stages[i].Role) > order {
			return i - 1
		}
	}
	return len(stages) - 1
}

// presentStage is the name and the role of the stage in which the lead is, "" for
// none.
func (e *Engine) presentStage(s *State) (name, role string) {
	switch p := &s.path; {
	case p.stranger != nil:
		return p.stranger.name, p.stranger.role
	case p.stage >= 0:
		return e.plan.Stages[p.stage].Name, e.plan.Stages[p.stage].Role
	}
	return "", ""
}

func (f *fold) presentStage() (name, role string) { return f.Engine.presentStage(f.s) }

// holdBack makes the criteria that are true now count only once they have been
// seen not to be.
func (f *fold) holdBack() {
	v := f.lookAt(f.s.At)
	for i := f.s.path.stage + 1; i < len(f.plan.Stages); i++ {
		if f.plan.Stages[i].When.OnLead(v) == rule.True {
			f.s.path.held = append(f.s.path.held, i)
		}
	}
}

// isHeld says whether a stage is held back.
func (p *path) isHeld(stage int) bool { return slices.Contains(p.held, stage) }

// release lets a stage that was held back be entered again.
func (p *path) release(stage int) {
	p.held = slices.DeleteFunc(p.held, func(i int) bool { return i == stage })
}

// count notes that a stage is entered, and tells how often it was in this cycle.
func (p *path) count(stage string) int {
	for i := range p.entered {
		if e := &p.entered[i]; e.stage == stage {
			e.times++
			return e.times
		}
	}
	p.entered = append(p.entered, entry{stage, 1})
	return 1
}
