package engine

import (
	"galena/internal/lead"
	"galena/internal/playbook"
	"galena/internal/rule"
)

// Lane is a lead's history with all worked out that does not depend on what came
// before: a column for each thing that a fold reads of every event, and apart
// from them the few events that say something about the person. It is folded
// several times as fast as the events themselves, under any playbook that reads
// no more of them than the lane keeps.
type Lane struct {
	// Effective, Occurred and Kinds are of one length, in the order of the fold
	// key. A kind is what an event is to the conditions of signals: events that
	// these cannot tell apart are of one kind.
	Effective, Occurred []lead.Time
	Kinds               []uint32
	// Said are the events that News picks;
	// SaidAt their places, ascending.
	SaidAt []uint32
	Said   []*lead.Event
}

// Cast tells what the events of each kind are to a playbook: which signals, and
// what its rules read of them.
type Cast struct {
	signals [][]int32
	kinds   []lead.Event
}

// Cast takes for each kind an open event that stands for all.
func (e *Engine) Cast(kinds []lead.Event) *Cast {
	f := e.folds.Get().(*fold)
	defer e.folds.Put(f)
	c := &Cast{make([][]int32, len(kinds)), kinds}
	for i := range kinds {
		f.match(&kinds[i])
		c.signals[i] = append([]int32(nil), f.matched...)
	}
	return c
}

// Signals are those that the events of a kind are.
func (c *Cast) Signals(kind int) []int32 { return c.signals[kind] }

// Run folds a lane from nothing, as Step does events, into a state that Clear has
// emptied or NewState made. Cast is what Engine.Cast says of the kinds. The
// decisions name no events.
func (e *Engine) Run(s *State, l *Lane, cast *Cast, at lead.Time) []lead.Decision {
	f := e.take(s)
	own, said := f.matched, 0
	for i, kind := range l.Kinds {
		var news *lead.Event
		if said < len(l.SaidAt) && l.SaidAt[said] == uint32(i) {
			// What is said twice running tells nothing the second time but its date.
			if said == 0 || l.Said[said] != l.Said[said-1] || e.dated {
				news = l.Said[said]
			}
			said++
		}
		f.matched = cast.signals[kind]
		f.happen(l.Effective[i], l.Occurred[i], "", &cast.kinds[kind], news)
	}
	f.advance(at)
	made := f.decisions
	f.matched = own
	e.giveBack(f)
	return made
}

// Clear makes a state that of a lead of whom nothing is known, and keeps its
// memory for the next.
func (e *Engine) Clear(s *State) {
	clear(s.attributes)
	for i := range s.signals {
		if sig := &s.signals[i]; sig.count > 0 {
			*sig = signalState{ring: sig.ring[:0]}
		}
	}
	for i := range s.rules {
		if r := &s.rules[i]; !r.untouched() {
			*r = ruleState{decay: r.decay[:0], steps: r.steps[:0], dates: r.dates[:0]}
		}
	}
	copy(s.worth, e.resting)
	for i := range s.values {
		s.values[i] = s.values[i][:0]
	}
	clear(s.said)
	clear(s.paths)
	*s = State{
		attributes: s.attributes, said: s.said, paths: s.paths, values: s.values, signals: s.signals, rules: s.rules, worth: s.worth,
		excluded: -1, path: newPath(),
	}
}

// AppendScores is Read into memory that the caller has.
func (e *Engine) AppendScores(to []lead.Points, s *State) []lead.Points {
	f := e.take(s)
	first := len(to)
	for i := range e.plan.Scores {
		if s.excluded >= 0 {
			to = append(to, 0)
			continue
		}
		sc, sum := &e.plan.Scores[i], f.given(i, s.At)
		for _, of := range sc.Of { // which come before it
			sum = clampSum(sum + to[first+of])
		}
		to = append(to, clamp(sum, sc.Cap, sc.Floor))
	}
	e.giveBack(f)
	return to
}

// News picks from a lead's events those that may say something about the person
// that is not known by then, and acts, whatever the playbook.
type News struct {
	any, known bool
}

// Picks says whether the next event, in the order of the fold, is one.
func (n *News) Picks(e *lead.Event) bool {
	if e.Type == lead.Act {
		return true
	}
	known := e.UserID != "" || e.Email != ""
	picked := !n.any || known && !n.known || e.Email != "" || e.Type == lead.Identify || e.Type == lead.Group
	n.any, n.known = true, n.known || known
	return picked
}

// SignalReads is what the signals of plans, and the rules that they feed, read of
// events of a type and name.
func SignalReads(t lead.Type, name string, plans ...*playbook.Plan) *rule.Reads {
	var readers []rule.Reader
	for _, p := range plans {
		any := false
		p.Candidates(&lead.Event{Type: t, Name: name}, func(signal int) {
			any = true
			if w := p.Signals[signal].Where; w != nil {
				readers = append(readers, w)
			}
		})
		if !any {
			continue
		}
		// Whichever signals it is in the end.
		for i := range p.Rules {
			if r := &p.Rules[i]; r.Kind == playbook.PerSignal && r.Compute != nil {
				readers = append(readers, r.Compute)
			}
		}
		for i := range p.Memories {
			readers = append(readers, p.Memories[i].Path)
		}
	}
	return rule.ReadsOf(t, readers...)
}

// PersonParts are those parts of a body that say something about the person in an
// event of a type, or what a person decided, whatever the playbook.
func PersonParts(t lead.Type) lead.Parts {
	switch t {
	case lead.Identify:
		return lead.PartTraits | lead.PartContext
	case lead.Group:
		return lead.PartTraits
	case lead.Act:
		return lead.PartProperties
	}
	return 0
}
