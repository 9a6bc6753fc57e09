package engine

import (
	"math/bits"
	"slices"

	"galena/internal/lead"
	"galena/internal/playbook"
)

// path is where a lead is on its way through the funnel: all that the machine of
// stages keeps, and the only part of a State that history under another plan
// leaves behind. Slots are those of the plan's stages; what is past goes by name,
// since plans come and go.
type path struct {
	stage int // slot; -1 in none
	since lead.Time
	cycle int // 0 before the first
	// stranger is the present stage or exit where the plan does not have it, nil
	// where it does; stage is then the slot of the last stage behind it.
	stranger *stranger

	previous string   // the stage or exit left last; "" for none
	past     []string // those ever left, in the order in which they first were
	entered  []entry  // in this cycle, in the order of their first entries
	passed   bool     // a stage, no mere exit, was entered in this cycle
	exited   exited   // when the lead last left the funnel
	byHand   bool     // a person put the lead here
	reason   string
	until    lead.Time // no stage is entered before; 0: a cool-down does not run
	held     marks
	unmarked unmarked
}

// entry counts how often a stage or exit was entered in the present cycle.
type entry struct {
	stage string
	times int
}

// exited is a place in the fold: so many events had been folded by a moment; zero
// for none.
type exited struct {
	at     lead.Time
	events int64
}

// slots is a set of slots; a plan has fewer than 64 stages and exits.
type slots uint64

func (s slots) has(i int) bool { return s>>(i&63)&1 == 1 }

// first and last are of a set that is not empty.
func (s slots) first() int { return bits.TrailingZeros64(uint64(s)) }
func (s slots) last() int  { return bits.Len64(uint64(s)) - 1 }

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

func newPath() path { return path{stage: -1} }

// Stage is the name and the role of the stage or exit in which a lead is, "" for
// none, and since when it has been there. An earlier version may have left a lead
// in one that this plan does not have.
func (e *Engine) Stage(s *State) (name, role string, since lead.Time) {
	name, role = e.presentStage(s)
	return name, role, s.path.since
}

// Out says whether the lead has left the funnel by an exit.
func (e *Engine) Out(s *State) bool {
	p := &s.path
	if p.stranger != nil {
		return p.stranger.exit
	}
	return p.stage >= e.plan.FirstExit
}

// Been are the names of the stages and exits in which the lead ever was, in the
// order in which it first went out of them, the present one last.
func (e *Engine) Been(s *State) []string {
	been := slices.Clone(s.path.past)
	if name, _ := e.presentStage(s); name != "" && !slices.Contains(been, name) {
		been = append(been, name)
	}
	return been
}

// Cycle is the present pass through the funnel, 0 before the first.
func (s *State) Cycle() int { return s.path.cycle }

// evaluate brings the lead where it belongs at a moment. At the end of it no
// condition holds that leads elsewhere, so a look too many does no harm.
//
// It ends: entering leads ahead, and after going back or leaving everything that
// holds is marked, so that nothing follows but, from a stage, one exit.
func (f *fold) evaluate(now lead.Time, cause string) {
	if !f.stands() && !f.isShut() {
		for f.move(now, cause) {
		}
	}
	f.settled = true
}

// stands says that the machine of stages stands still: nothing is known of the
// person, an exclusion holds, or only scores are computed.
func (f *fold) stands() bool { return f.still || f.s.First == 0 || f.excluded() >= 0 }

// in says whether the lead is in any stage or exit.
func (p *path) in() bool { return p.stage >= 0 || p.stranger != nil }

// inStage says whether the lead is in a stage, neither in an exit nor in none.
func (f *fold) inStage() bool {
	p := &f.s.path
	if p.stranger != nil {
		return !p.stranger.exit
	}
	return p.stage >= 0 && p.stage < f.plan.FirstExit
}

// move makes at most one move and says whether it did.
func (f *fold) move(now lead.Time, cause string) bool {
	p := &f.s.path
	if now < p.until {
		return false
	}
	v := f.lookAt(now)
	f.mark(v)
	inStage := f.inStage()
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
			c := &f.conditions[i]
			p.held.when.set(i, (criteria || p.held.when.has(i)) && f.leadsIn(c, &c.when, v))
			p.held.fastTrack.set(i, (criteria || p.held.fastTrack.has(i)) && f.leadsIn(c, &c.fastTrack, v))
		}
	}
	exits := p.unmarked&exitsUnmarked != 0
	if exits || p.held.exits != 0 {
		for i := f.plan.FirstExit; i < len(f.plan.Stages); i++ {
			p.held.exits.set(i, (exits || p.held.exits.has(i)) && f.holds(&f.conditions[i].when, v))
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
	case at < f.plan.FirstExit: // or none, or a stranger
		return at + 1
	case f.plan.Stages[at].Final:
		return f.plan.FirstExit
	}
	return 0
}

func (f *fold) holds(c *condition, v *view) bool { return f.isOpen(c) && c.gate.LetsIn(v) }

// leadsIn says whether a stage's criterion leads into it: not while a condition
// holds that leads back.
func (f *fold) leadsIn(stage *conditions, criterion *condition, v *view) bool {
	return f.holds(criterion, v) && !f.holds(&stage.backWhen, v)
}

// openExit is the first exit whose condition holds and is not marked; -1 if there
// is none. While there is one no criterion leads into a stage.
func (f *fold) openExit(v *view) int {
	open := f.watched()[whenPart] &^ f.s.path.held.exits &^ f.stages
	for ; open != 0; open &= open - 1 {
		if i := open.first(); f.holds(&f.conditions[i].when, v) {
			return i
		}
	}
	return -1
}

// openStage is the furthest stage ahead with a criterion that holds and is not
// marked; -1 if there is none.
func (f *fold) openStage(v *view) int {
	watched, held, ahead := f.watched(), &f.s.path.held, f.stages&^(1<<f.nextAhead()-1)
	when, fast := watched[whenPart]&^held.when&ahead, watched[fastTrackPart]&^held.fastTrack&ahead
	for open := when | fast; open != 0; {
		i := open.last()
		c := &f.conditions[i]
		if when.has(i) && f.leadsIn(c, &c.when, v) || fast.has(i) && f.leadsIn(c, &c.fastTrack, v) {
			return i
		}
		open.set(i, false)
	}
	return -1
}

// fallsBack says whether the present stage is one to go back from.
func (f *fold) fallsBack(v *view) bool {
	p := &f.s.path
	if p.stage < 0 || p.stranger != nil {
		return false
	}
	c := &f.conditions[p.stage]
	return f.plan.Stages[p.stage].Lapses && !f.holds(&c.when, v) && !f.holds(&c.fastTrack, v) || f.holds(&c.backWhen, v)
}

// backFrom is the stage to which a lead goes back.
func (f *fold) backFrom(stage int, v *view) int {
	if to := f.plan.Stages[stage].BackTo; to >= 0 {
		return to
	}
	for i := stage - 1; i > 0; i-- {
		if c := &f.conditions[i]; f.leadsIn(c, &c.when, v) || f.leadsIn(c, &c.fastTrack, v) {
			return i
		}
	}
	return 0 // who was once a lead is no contact again
}

// enter puts the lead into a stage or exit and notes it as decided.
func (f *fold) enter(slot int, now lead.Time, cause string) {
	p := &f.s.path
	st := &f.plan.Stages[slot]
	from, _ := f.presentStage()
	if from != "" {
		p.previous = from
		if !slices.Contains(p.past, from) {
			p.past = append(p.past, from)
		}
	}
	if p.cycle == 0 || !st.Exit && p.passed && !f.inStage() {
		p.cycle++
		p.entered, p.passed = nil, false
	}
	p.passed = p.passed || !st.Exit
	p.stage, p.since, p.stranger = slot, now, nil
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
		p.exited = exited{now, f.s.Events}
		f.beginAnew(now)
	}
	f.tellPath()
	f.decisions = append(f.decisions, lead.Decision{
		Cycle: p.cycle, Stage: st.Name, From: from, Role: st.Role, Nth: p.count(st.Name),
		At: now, Event: cause, Version: f.plan.Version,
	})
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

// tellPath makes the attributes say where the lead is.
func (f *fold) tellPath() {
	f.forget()
	p := &f.s.path
	a := f.s.attributes
	name, _ := f.presentStage()
	a[playbook.BuiltinStage] = text(name)
	a[playbook.BuiltinCycle] = lead.Value{Kind: lead.Number, Num: float64(p.cycle)}
	if p.previous == "" {
		return
	}
	a[playbook.BuiltinPreviousStage] = text(p.previous)
	a[playbook.BuiltinPastStages] = lead.Value{Kind: lead.List, List: slices.Clone(p.past)}
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
				f.settled = false
			}
		}
	}
}
