package engine

import (
	"slices"

	"galena/internal/playbook"
)

// What becomes of a lead's way through the funnel when another version of the
// playbook comes into force (docs/adr/0014-publishing.md §3 and §4).

// stranger is a stage or exit that the plan does not have.
type stranger struct {
	name, role string
	exit       bool
}

// carry takes over where a lead is from its fold under the version before: to
// the stage of the same name, else to the first of the same role, else it stays
// where it was, in a stage that this plan does not have. The conditions that were
// marked are not carried: they were another version's.
func (f *fold) carry(before *fold) {
	p := &f.s.path
	*p = before.s.path
	p.past, p.entered = slices.Clone(p.past), slices.Clone(p.entered)
	p.stage, p.stranger, p.held, p.unmarked = -1, nil, marks{}, 0
	present, role := before.presentStage()
	if present == "" {
		return
	}
	p.stage = f.plan.StageNamed(present)
	if p.stage < 0 {
		p.stage = slices.IndexFunc(f.plan.Stages, func(s playbook.Stage) bool { return s.Role == role })
	}
	if p.stage < 0 {
		p.stranger = &stranger{present, role, !before.inStage()}
		p.stage = lastBehind(f.plan.Stages[:f.plan.FirstExit], role)
	}
	f.tellPath()
}

// lastBehind is the slot of the last stage before the first whose role comes
// later than a role; -1 if that is the first of all, as for the role of an exit.
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

// holdBack has the look that follows mark every condition that holds, so that it
// counts only once it has turned true anew.
func (p *path) holdBack() { p.unmarked = criteriaUnmarked | backUnmarked | exitsUnmarked }

// isHeld says that the lead is where a person or an exit put it.
func (f *fold) isHeld() bool { return f.s.path.byHand || f.s.path.in() && !f.inStage() }
