package engine

import (
	"math/bits"

	"galena/internal/lead"
	"galena/internal/playbook"
	"galena/internal/rule"
)

// path is where a lead is on its way through the funnel: all that the machine of
// stages keeps, and the only part of a State that history under another plan
// leaves behind. Slots are those of the plan's stages.
type path struct {
	stage int // slot; -1 in none
	since lead.Time
	cycle int // 0 before the first

	previous int   // slot of the stage left last; -1
	left     slots // at any time, the stages and exits that the lead went out of
	entries  []int // by slot, how often each was entered in this cycle; nil for never
	byHand   bool  // a person put the lead here
	reason   string
	until    lead.Time // no stage is entered before; 0: a cool-down does not run
	held     marks
	unmarked unmarked
}

// slots is a set of slots; a plan has fewer than 64 stages and exits.
type slots uint64

func (s slots) has(i int) bool { return s>>i&1 == 1 }

func (s *slots) set(i int, is bool) {
	*s &^= 1 << i
	if is {
		*s |= 1 << i
	}
}

// marks are the conditions that held already when the lead was put where it is,
// and have held since. They count only once they have turned true anew.
type marks struct {
	when, fastTrack slots // criteria of stages ahead
	exits           slots
	back            bool // the present stage's
}

// unmarked says which marks the next look sets.
type unmarked uint8

const (
	criteriaUnmarked unmarked = 1 << iota
	backUnmarked
	exitsUnmarked
)

func newPath() path { return path{stage: -1, previous: -1} }

// Stage is the present stage's slot in the plan, -1 for none, and since when.
func (s *State) Stage() (slot int, since lead.Time) { return s.path.stage, s.path.since }

// Cycle is the present pass through the funnel, 0 before the first.
func (s *State) Cycle() int { return s.path.cycle }

// Been says whether the lead ever was in a stage or exit.
func (s *State) Been(slot int) bool { return s.path.stage == slot || s.path.left.has(slot) }

// evaluate brings the lead where it belongs at a moment. At the end of it no
// condition holds that leads elsewhere, so a look too many does no harm.
//
// It ends: entering leads ahead, and after going back or leaving everything that
// holds is marked, so that nothing follows but, from a stage, one exit.
func (f *fold) evaluate(now lead.Time, cause string) {
	if f.stands() {
		return
	}
	for f.move(now, cause) {
	}
}

// stands says that the machine of stages stands still: nothing is known of the
// person, or an exclusion holds.
func (f *fold) stands() bool { return f.s.First == 0 || f.excluded() >= 0 }

// move makes at most one move and says whether it did.
func (f *fold) move(now lead.Time, cause string) bool {
	p := &f.s.path
	if now < p.until {
		return false
	}
	v := f.lookAt(now)
	f.mark(v)
	inStage := p.stage >= 0 && p.stage < f.plan.FirstExit
	if exit := f.openExit(v); exit >= 0 {
		if inStage {
			f.enter(exit, now, cause)
			p.reason = f.plan.Stages[exit].Label
			f.decisions[len(f.decisions)-1].Reason = p.reason
			p.unmarked = criteriaUnmarked
		}
		return inStage
	}
	if stage := f.openStage(v); stage >= 0 {
		f.enter(stage, now, cause)
		return true
	}
	if inStage && !p.held.back && f.fallsBack(v) {
		f.enter(f.backFrom(p.stage, v), now, cause)
		p.unmarked = criteriaUnmarked | backUnmarked
		return true
	}
	return false
}

// mark sets the marks that are to be set, and takes those away whose conditions
// no longer hold.
func (f *fold) mark(v *view) {
	p := &f.s.path
	criteria := p.unmarked&criteriaUnmarked != 0
	if criteria || p.held.when|p.held.fastTrack != 0 {
		for i := f.nextAhead(); i < f.plan.FirstExit; i++ {
			st := &f.plan.Stages[i]
			p.held.when.set(i, (criteria || p.held.when.has(i)) && meets(st, st.When, v))
			p.held.fastTrack.set(i, (criteria || p.held.fastTrack.has(i)) && meets(st, st.FastTrack, v))
		}
	}
	exits := p.unmarked&exitsUnmarked != 0
	if exits || p.held.exits != 0 {
		for i := f.plan.FirstExit; i < len(f.plan.Stages); i++ {
			p.held.exits.set(i, (exits || p.held.exits.has(i)) && holds(f.plan.Stages[i].When, v))
		}
	}
	if p.unmarked&backUnmarked != 0 || p.held.back {
		p.held.back = f.fallsBack(v)
	}
	p.unmarked = 0
}

// nextAhead is the first of the stages to which a criterion can lead: those behind
// the present one, all of them for a lead in none or outside.
func (f *fold) nextAhead() int {
	switch at := f.s.path.stage; {
	case at < f.plan.FirstExit:
		return at + 1
	case f.plan.Stages[at].Final:
		return f.plan.FirstExit
	}
	return 0
}

func holds(x *rule.Expr, v *view) bool { return x != nil && x.OnLead(v) == rule.True }

// meets says whether a stage's criterion leads into it: not while a condition
// holds that leads back.
func meets(st *playbook.Stage, criterion *rule.Expr, v *view) bool {
	return holds(criterion, v) && !holds(st.BackWhen, v)
}

// openExit is the first exit whose condition holds and is not marked; -1 if there
// is none. While there is one no criterion leads into a stage.
func (f *fold) openExit(v *view) int {
	for i := f.plan.FirstExit; i < len(f.plan.Stages); i++ {
		if !f.s.path.held.exits.has(i) && holds(f.plan.Stages[i].When, v) {
			return i
		}
	}
	return -1
}

// openStage is the furthest stage ahead with a criterion that holds and is not
// marked; -1 if there is none.
func (f *fold) openStage(v *view) int {
	held := &f.s.path.held
	for i := f.plan.FirstExit - 1; i >= f.nextAhead(); i-- {
		st := &f.plan.Stages[i]
		if !held.when.has(i) && meets(st, st.When, v) || !held.fastTrack.has(i) && meets(st, st.FastTrack, v) {
			return i
		}
	}
	return -1
}

// fallsBack says whether the present stage is one to go back from.
func (f *fold) fallsBack(v *view) bool {
	at := f.s.path.stage
	if at < 0 {
		return false
	}
	st := &f.plan.Stages[at]
	return st.Lapses && !holds(st.When, v) && !holds(st.FastTrack, v) || holds(st.BackWhen, v)
}

// backFrom is the stage to which a lead goes back.
func (f *fold) backFrom(stage int, v *view) int {
	if to := f.plan.Stages[stage].BackTo; to >= 0 {
		return to
	}
	for i := stage - 1; i > 0; i-- {
		if st := &f.plan.Stages[i]; meets(st, st.When, v) || meets(st, st.FastTrack, v) {
			return i
		}
	}
	return 0 // who was once a lead is no contact again
}

// enter puts the lead into a stage or exit and notes it as decided.
func (f *fold) enter(slot int, now lead.Time, cause string) {
	p := &f.s.path
	st := &f.plan.Stages[slot]
	from := ""
	if p.stage >= 0 {
		from = f.plan.Stages[p.stage].Name
		p.previous = p.stage
		p.left.set(p.stage, true)
	}
	if p.cycle == 0 || !st.Exit && p.stage >= f.plan.FirstExit && f.passed() {
		p.cycle++
		clear(p.entries)
	}
	if p.entries == nil {
		p.entries = make([]int, len(f.plan.Stages))
	}
	p.entries[slot]++
	p.stage, p.since = slot, now
	p.byHand, p.reason, p.until, p.unmarked = false, "", 0, 0
	p.held.back = false
	behind := slots(1)<<(slot+1) - 1
	p.held.when &^= behind
	p.held.fastTrack &^= behind
	if st.Exit {
		p.held = marks{}
		if st.CoolDown > 0 {
			p.until = now.Add(st.CoolDown)
		}
		f.beginAnew(now)
	}
	f.tellPath()
	f.decisions = append(f.decisions, lead.Decision{
		Cycle: p.cycle, Stage: st.Name, From: from, Role: st.Role, Nth: p.entries[slot],
		At: now, Event: cause, Version: f.plan.Version,
	})
}

// passed says whether any stage was entered in this cycle; who left without has
// not begun to pass.
func (f *fold) passed() bool {
	for _, n := range f.s.path.entries[:f.plan.FirstExit] {
		if n > 0 {
			return true
		}
	}
	return false
}

// tellPath makes the attributes say where the lead is.
func (f *fold) tellPath() {
	p := &f.s.path
	a := f.s.attributes
	a[playbook.BuiltinStage] = text(f.plan.Stages[p.stage].Name)
	a[playbook.BuiltinCycle] = lead.Value{Kind: lead.Number, Num: float64(p.cycle)}
	if p.previous < 0 {
		return
	}
	a[playbook.BuiltinPreviousStage] = text(f.plan.Stages[p.previous].Name)
	list := make([]string, 0, bits.OnesCount64(uint64(p.left)))
	for i := range f.plan.Stages {
		if p.left.has(i) {
			list = append(list, f.plan.Stages[i].Name)
		}
	}
	a[playbook.BuiltinPastStages] = lead.Value{Kind: lead.List, List: list}
}

// raiseHand lifts the cool-down and the hold on the criteria of stages, if the
// present event is one by which somebody asks for us. Out of a final exit that
// leads nobody.
func (f *fold) raiseHand() {
	p := &f.s.path
	for _, signal := range f.plan.HandRaise {
		for _, matched := range f.matched {
			if int(matched) == signal {
				p.until, p.held.when, p.held.fastTrack = 0, 0, 0
				p.unmarked &^= criteriaUnmarked
			}
		}
	}
}
