package engine

import (
	"galena/internal/playbook"
	"galena/internal/rule"
)

// Most conditions of most leads cannot hold, whatever time and signals bring, until
// something is told of the person: who has no address is in no stage. That is found
// once and remembered, as the gates that are open.

// condition is a stage's or an exit's, as it is asked again and again.
type condition struct {
	of    *rule.Expr // nil: there is none, and it never holds
	part  int        // which of its stage's it is
	stage int
	gate  rule.Gate
	// rising are the atoms that time alone may turn so that the condition turns true,
	// falling those by which it may cease to hold.
	rising, falling []*rule.Atom
}

// conditions are those of one stage or exit.
type conditions struct{ when, fastTrack, backWhen condition }

// What a condition is to its stage.
const (
	whenPart = iota
	fastTrackPart
	backWhenPart
	perStage
)

// conditionSet is a set of conditions.
type conditionSet [perStage]slots

func (s *conditionSet) has(c *condition) bool { return s[c.part].has(c.stage) }

func (s *conditionSet) add(c *condition) { s[c.part] |= 1 << c.stage }

func (s *conditionSet) meets(other *conditionSet) bool {
	return s[whenPart]&other[whenPart]|s[fastTrackPart]&other[fastTrackPart]|s[backWhenPart]&other[backWhenPart] != 0
}

// takeApart takes apart the conditions of all stages and exits.
func (e *Engine) takeApart() {
	e.conditions, e.stages = make([]conditions, len(e.plan.Stages)), 1<<e.plan.FirstExit-1
	for i := range e.conditions {
		st, c := &e.plan.Stages[i], &e.conditions[i]
		c.when = e.condition(st.When, whenPart, i)
		c.fastTrack = e.condition(st.FastTrack, fastTrackPart, i)
		c.backWhen = e.condition(st.BackWhen, backWhenPart, i)
	}
}

func (e *Engine) condition(of *rule.Expr, part, stage int) condition {
	c := condition{of: of, part: part, stage: stage}
	if of == nil {
		return c
	}
	c.gate = of.Gate(e.isSteady)
	atoms := of.Atoms()
	for i := range atoms {
		a := &atoms[i]
		if e.mayEverTurn(a, a.Rising, a.Falling) {
			c.rising = append(c.rising, a)
		}
		if e.mayEverTurn(a, a.Falling, a.Rising) {
			c.falling = append(c.falling, a)
		}
	}
	return c
}

// isSteady says that an atom changes only where forget is called: it is of a
// score to which nothing gives points but attributes and acts, for good.
func (e *Engine) isSteady(a *rule.Atom) bool { return a.Kind == rule.Score && e.steady[a.Slot] }

// isSteadyScore finds out for a score; those before it are found already.
func isSteadyScore(p *playbook.Plan, score int, before []bool) bool {
	for _, r := range p.Scores[score].Rules {
		switch rl := &p.Rules[r]; rl.Kind {
		case playbook.WhileTrue, playbook.Opening, playbook.Correction:
			if rl.Decay.Kind != playbook.Lasting {
				return false
			}
		default:
			return false
		}
	}
	for _, s := range p.Scores[score].Of {
		if !before[s] {
			return false
		}
	}
	return true
}

// gates are what is known of them.
type gates struct {
	// read are the conditions whose gates were looked at, open those to which they are.
	read, open conditionSet
	// known says that all were read that matter where the lead is. Watched are those of
	// them that are open, and any says whether the lead may move: one leads elsewhere,
	// or the stage lapses.
	known   bool
	any     bool
	watched conditionSet
}

// forget is called whenever something may have changed but time, signals, and points
// that were given: attributes, the way through the funnel, what acts book and resets
// take away. Nothing is known then of the time ahead, either.
func (f *fold) forget() {
	f.calm, f.quiet, f.settled, f.gates = 0, 0, false, gates{}
	for i := range f.bounds {
		f.bounds[i].known = false
	}
}

// isOpen says whether a condition can hold before forget is called.
func (f *fold) isOpen(c *condition) bool {
	g := &f.gates
	if !g.read.has(c) {
		g.read.add(c)
		f.shownToGates = view{f: f, at: f.s.At}
		if c.of != nil && c.gate.IsOpen(&f.shownToGates) {
			g.open.add(c)
		}
	}
	return g.open.has(c)
}

// readGates reads those that matter where the lead is: of the ways ahead and out, and
// of what keeps it in its stage.
func (f *fold) readGates() {
	g := &f.gates
	g.known = true
	watch := func(c *condition) bool {
		if !f.isOpen(c) {
			return false
		}
		g.watched.add(c)
		return true
	}
	for i := f.nextAhead(); i < len(f.conditions); i++ {
		c := &f.conditions[i]
		when, fast := watch(&c.when), watch(&c.fastTrack)
		if when || fast {
			g.any = true
			watch(&c.backWhen)
		}
	}
	if present := f.s.path.stage; present >= 0 {
		c, lapses := &f.conditions[present], f.plan.Stages[present].Lapses
		if lapses {
			watch(&c.when)
			watch(&c.fastTrack)
		}
		g.any = watch(&c.backWhen) || lapses || g.any
	}
}

// isShut says that the lead stays where it is until forget is called: no
// condition can hold that leads elsewhere, and none is marked.
func (f *fold) isShut() bool {
	p := &f.s.path
	if p.unmarked != 0 || p.held != (marks{}) {
		return false
	}
	if !f.gates.known {
		f.readGates()
	}
	return !f.gates.any
}
