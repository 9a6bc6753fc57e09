// Package engine is the fold: it turns a lead's events into points, stages and
// decisions under a compiled playbook, and explains every point.
//
// It is pure. Time is an argument, nothing is read from the world, nothing can
// fail: what may be wrong with a playbook was found when it was compiled, what
// may be wrong with an event when it was let in. The rules it follows are those
// of docs/adr 2 to 5 and 17; package oracle says the same a second time, for tests.
package engine

import (
	"slices"
	"sync"

	"galena/internal/lead"
	"galena/internal/playbook"
	"galena/internal/rule"
)

// Engine folds under one plan. Immutable, safe for concurrent use.
type Engine struct {
	plan *playbook.Plan
	// perSignal and perSilence list, for each signal, the rules that it feeds.
	perSignal, perSilence [][]int32
	// unions lists, for each signal, the unions that contain it, directly or not.
	unions [][]int32
	// silences are all rules of that kind; whileTrue likewise.
	silences, whileTrue []int32
	// steps are, for each rule that fades by steps, what a contribution is worth
	// after so many full periods; after the last, nothing.
	steps [][]lead.Points
	// lifetimes are how long a contribution of such a rule is worth anything.
	lifetimes []int64
	// resets are the rules that reset their score, calendar those of them that do
	// so by the calendar.
	resets, calendar []int32
	// stops are those of all rules, each once; stopOf tells which is a rule's.
	stops  []playbook.Stop
	stopOf []int
	// memories lists, for each signal, what is remembered of its values.
	memories   [][]int32
	dated      bool         // any attribute is
	branching  []bool       // of each attribute: it has several paths of the account
	drifts     []drift      // of each score
	above      [][]int      // of each score, itself and the totals that it is in
	steady     []bool       // of each score: see isSteady
	conditions []conditions // of each stage and exit
	stages     slots        // those that are no exits
	asks       [][]ask      // of each signal
	cuts       [][]cut      // of each score
	resting    []bool       // of each rule: it is worth something though nothing was given
	folds      sync.Pool    // of *fold
	outlines   sync.Map     // of *rule.Outline by *rule.Expr: of criteria that were shown
}

// New prepares an engine for a plan.
func New(p *playbook.Plan) *Engine {
	e := &Engine{
		plan:       p,
		steps:      make([][]lead.Points, len(p.Rules)),
		lifetimes:  make([]int64, len(p.Rules)),
		perSignal:  make([][]int32, len(p.Signals)),
		perSilence: make([][]int32, len(p.Signals)),
		unions:     make([][]int32, len(p.Signals)),
		memories:   make([][]int32, len(p.Signals)),
	}
	for i := range p.Rules {
		r := &p.Rules[i]
		e.resting = append(e.resting, clamp(0, r.Cap, r.Floor) != 0)
		e.steps[i] = stepsOf(r.Points, r.Decay)
		e.lifetimes[i] = lifetimeOf(r, e.steps[i])
		if r.Reset != nil {
			e.resets = append(e.resets, int32(i))
		}
		switch r.Kind {
		case playbook.WhileTrue:
			e.whileTrue = append(e.whileTrue, int32(i))
		case playbook.PerPeriod:
			e.calendar = append(e.calendar, int32(i))
		case playbook.PerSignal:
			if r.Reset != nil {
				continue
			}
			for _, s := range r.Signals {
				e.perSignal[s] = append(e.perSignal[s], int32(i))
			}
		case playbook.PerSilence:
			e.silences = append(e.silences, int32(i))
			for _, s := range r.Signals {
				e.perSilence[s] = append(e.perSilence[s], int32(i))
			}
		}
	}
	for i := range p.Attributes {
		e.dated = e.dated || p.Attributes[i].Dated
		paths := 0
		for _, path := range p.Attributes[i].From {
			if playbook.OfAccount(path) {
				paths++
			}
		}
		e.branching = append(e.branching, paths > 1)
	}
	for m := range p.Memories {
		e.memories[p.Memories[m].Signal] = append(e.memories[p.Memories[m].Signal], int32(m))
	}
	for s := range p.Signals {
		e.unions[s] = unionsOf(p, s)
	}
	for s := range p.Scores {
		e.drifts = append(e.drifts, driftOf(p, s, e.drifts))
		e.steady = append(e.steady, isSteadyScore(p, s, e.steady))
	}
	for s := range p.Scores {
		e.above = append(e.above, aboveOf(p, s))
	}
	e.takeApart()
	e.findAsks()
	e.findStops()
	e.folds.New = func() any { return newFold(e) }
	return e
}

// Plan is what the engine folds under.
func (e *Engine) Plan() *playbook.Plan { return e.plan }

// unionsOf finds all unions that contain a signal, ascending.
func unionsOf(p *playbook.Plan, signal int) []int32 {
	var found []int32
	for again := []int{signal}; len(again) > 0; again = again[1:] {
		for u := range p.Signals {
			if slices.Contains(p.Signals[u].Any, again[0]) && !slices.Contains(found, int32(u)) {
				found = append(found, int32(u))
				again = append(again, u)
			}
		}
	}
	slices.Sort(found)
	return found
}

// fold is the working memory of one Step or Explain.
type fold struct {
	*Engine
	s         *State
	decisions []lead.Decision
	trace     *trace // nil unless explaining

	matched []int32 // slots of the signals that the present event is, ascending
	// fed marks the rules that the present event has fed already, by its turn.
	fed  []int64
	turn int64
	// still keeps the stages as they are, whatever happens.
	still bool
	// stopped tells of each of stops whether it refuses what happens now.
	stopped []bool
	// armed tells of each of resets whether its score reads so that it resets.
	armed []bool

	almanac *almanac // nil until it is needed

	// calm is a moment up to which no condition turns by itself unless something
	// changes; see isCalm. Glancing is set while one is looked for.
	calm     lead.Time
	glancing bool
	// quiet is a moment up to which nothing at all happens by itself; 0: not known.
	quiet lead.Time
	// settled says that no condition has turned since evaluate looked at them, but by
	// time; see settle.go.
	settled bool
	gates   gates
	// bounds are of each score.
	bounds []bound
	// instant is the moment for which decay was reckoned last.
	instant instant

	// shown is what lookAt gives, kept here so that a look costs no allocation.
	shown, shownToGates view
}

func newFold(e *Engine) *fold {
	return &fold{Engine: e, fed: make([]int64, len(e.plan.Rules)), bounds: make([]bound, len(e.plan.Scores))}
}

// Step folds events into s and moves it to the moment at. Events must be open
// and in the order of the fold key, none effective before s.At; one that is, is
// treated as if it took effect at s.At. If at lies before the last of them, it
// is taken to be that moment.
//
// It returns the decisions made, in order, with Lead, Verb and Recorded unset.
// Step(t1) then Step(t2) leaves the same state as Step(t2).
func (e *Engine) Step(s *State, events []lead.Event, at lead.Time) []lead.Decision {
	f := e.take(s)
	f.run(events, at)
	made := f.decisions
	e.giveBack(f)
	return made
}

// take takes working memory that knows nothing but a state.
func (e *Engine) take(s *State) *fold {
	f := e.folds.Get().(*fold)
	f.s = s
	f.forget()
	return f
}

func (e *Engine) giveBack(f *fold) {
	f.s, f.decisions = nil, nil
	e.folds.Put(f)
}

func (f *fold) run(events []lead.Event, at lead.Time) {
	for i := range events {
		f.event(&events[i])
	}
	f.advance(at)
}

func (f *fold) event(e *lead.Event) {
	f.s.consents.Hear(e)
	f.match(e)
	f.happen(e.Effective(), e.Occurred, e.MessageID, e, e)
}

// happen does what an event does whose signals are matched. Seen is what rules read
// of it, said what it says about the person; nil for nothing that is not known.
func (f *fold) happen(effective, occurred lead.Time, id string, seen, said *lead.Event) {
	s := f.s
	if f.passesOver(effective, occurred, said) {
		s.At, s.Last = max(s.At, effective), max(s.Last, occurred)
		s.Events++
		return
	}
	now := max(effective, s.At)
	f.advance(now)
	s.At = now
	if said != nil && said.Type == lead.Act {
		s.Events++
		f.forget()
		f.act(said, now)
		return
	}
	f.turn++
	f.readStops(now)

	first := s.First == 0
	movedFirst := first || occurred < s.First
	if movedFirst {
		s.First = occurred
	}
	s.Last = max(s.Last, occurred)
	s.Events++

	changed := said != nil && f.attributes(said, occurred) || first
	if changed {
		f.refreshHolds(id)
	}
	for _, sig := range f.matched {
		f.occur(int(sig), occurred)
		for _, m := range f.memories[sig] {
			f.keep(int(m), seen, occurred)
		}
	}
	if len(f.resets) > 0 {
		f.resetUpon(id, occurred)
	}
	for _, sig := range f.matched {
		for _, r := range f.perSignal[sig] {
			if f.fed[r] != f.turn {
				f.fed[r] = f.turn
				if f.meets(&f.plan.Rules[r]) {
					f.contribute(int(r), int(sig), seen, id, occurred)
				}
			}
		}
	}
	f.resetSilences(occurred, now, movedFirst)
	f.raiseHand()
	if changed || len(f.matched) > 0 && !f.settled {
		f.evaluate(now, id)
		f.calm, f.quiet = 0, 0
	}
}

// passesOver says that an event, whose signals are matched, does nothing but be the
// latest: most are of this kind, and it is told without a look at the lead.
func (f *fold) passesOver(effective, occurred lead.Time, said *lead.Event) bool {
	return len(f.matched) == 0 && effective <= f.quiet && occurred >= f.s.First &&
		(said == nil || said.Type != lead.Act && !f.s.news(said))
}

// meets says whether the condition of a rule that receives the present event
// holds: after the event's attributes and signals are applied and before any of
// its points are given, at its effective moment.
func (f *fold) meets(rl *playbook.Rule) bool {
	return rl.When == nil || rl.When.OnLead(f.lookAt(f.s.At)) == rule.True
}

// match finds the signals that the event is, unions included, ascending.
func (f *fold) match(e *lead.Event) {
	f.matched = f.matched[:0]
	f.plan.Candidates(e, func(signal int) {
		if w := f.plan.Signals[signal].Where; w == nil || w.OnEvent(e) == rule.True {
			f.matched = append(f.matched, int32(signal))
		}
	})
	direct := len(f.matched)
	if direct == 0 {
		return
	}
	for i := range direct {
		f.matched = append(f.matched, f.unions[f.matched[i]]...)
	}
	slices.Sort(f.matched)
	f.matched = slices.Compact(f.matched)
}

// occur counts an occurrence of a signal.
func (f *fold) occur(signal int, occurred lead.Time) {
	if f.settled && len(f.asks[signal]) > 0 {
		before := f.answers(signal)
		f.remember(signal, occurred)
		f.settled = f.settled && before == f.answers(signal)
		return
	}
	f.remember(signal, occurred)
}

func (f *fold) remember(signal int, occurred lead.Time) {
	s := &f.s.signals[signal]
	s.count++
	s.last = max(s.last, occurred)
	recall := f.plan.Signals[signal].Recall
	if recall == 0 {
		return
	}
	if len(s.ring) < recall {
		if s.ring == nil {
			s.ring = make([]lead.Time, 0, min(recall, fewTimes))
		}
		i, _ := slices.BinarySearch(s.ring, occurred)
		s.ring = slices.Insert(s.ring, i, occurred)
		return
	}
	if occurred <= s.ring[0] {
		return // older than all that any condition can ask for
	}
	i, _ := slices.BinarySearch(s.ring, occurred)
	copy(s.ring, s.ring[1:i])
	s.ring[i-1] = occurred
}

// excluded is the first exclusion that holds, -1 if none does.
func (f *fold) excluded() int { return f.s.excluded }
