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
	of     *rule.Expr // nil: there is none, and it never holds
	number int        // among all of the plan
	gate   rule.Gate
	// rising are the atoms that time alone may turn so that the condition turns true,
	// falling those by which it may cease to hold.
	rising, falling []*rule.Atom
}

// conditions are those of one stage or exit.
type conditions struct{ when, fastTrack, backWhen condition }

// perStage is how many conditions a stage has.
const perStage = 3

// takeApart takes apart the conditions of all stages and exits.
func (e *Engine) takeApart() {
	e.conditions = make([]conditions, len(e.plan.Stages))
	for i := range e.conditions {
		st, c := &e.plan.Stages[i], &e.conditions[i]
		c.when = e.condition(st.When, perStage*i)
		c.fastTrack = e.condition(st.FastTrack, perStage*i+1)
		c.backWhen = e.condition(st.BackWhen, perStage*i+2)
	}
}

func (e *Engine) condition(of *rule.Expr, number int) condition {
	c := condition{of: of, number: number}
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

// gates are those that are open.
type gates struct {
	known bool
	open  [maxConditions]bool // by number
	// any says that one is open of a condition that matters where the lead is.
	any bool
}

// maxConditions is more than a plan has: see slots.
const maxConditions = 64 * perStage

// forget is called whenever something may have changed but time, signals, and points
// that were given: attributes, the way through the funnel, what acts book and resets
// take away. Nothing is known then of the time ahead, either.
func (f *fold) forget() {
	f.calm, f.quiet, f.gates.known = 0, 0, false
	for i := range f.bounds {
		f.bounds[i].known = false
	}
}

// isOpen says whether a condition can hold before forget is called.
func (f *fold) isOpen(c *condition) bool {
	if !f.gates.known {
		f.readGates()
	}
	return f.gates.open[c.number]
}

func (f *fold) readGates() {
	g := &f.gates
	g.known, g.any = true, false
	v := f.lookAt(f.s.At)
	read := func(c *condition) bool {
		g.open[c.number] = c.of != nil && c.gate.IsOpen(v)
		return g.open[c.number]
	}
	ahead, present := f.nextAhead(), f.s.path.stage
	for i := range f.conditions {
		c := &f.conditions[i]
		when, fast, back := read(&c.when), read(&c.fastTrack), read(&c.backWhen)
		g.any = g.any || i >= ahead && (when || fast) || i == present && (back || f.plan.Stages[i].Lapses)
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
