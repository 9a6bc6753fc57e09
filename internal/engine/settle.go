package engine

import (
	"slices"

	"galena/internal/lead"
	"galena/internal/rule"
)

// Of the signals that come in, and the points that they give, most turn nothing: the
// third visit of three is one in three, and a score is seldom near a number that
// somebody waits for. So after evaluate has looked at all conditions the lead is
// settled, until an atom of one that is watched turns, or may.
//
// What does not turn it turns nothing sooner, either: a time since an occurrence
// begins later, a window is left later, and bounds hold for good. So what was seen of
// the time ahead stands, too.

// ask is an atom that reads the occurrences of a signal, and the conditions that it
// stands in.
type ask struct {
	atom *rule.Atom
	of   conditionSet
}

// cut is where a comparison with a score turns: between what is less and what is not.
type cut struct {
	at lead.Points
	of conditionSet
}

// findAsks finds what conditions ask of signals and scores.
func (e *Engine) findAsks() {
	e.asks, e.cuts = make([][]ask, len(e.plan.Signals)), make([][]cut, len(e.plan.Scores))
	for i := range e.conditions {
		for _, c := range []*condition{&e.conditions[i].when, &e.conditions[i].fastTrack, &e.conditions[i].backWhen} {
			if c.of == nil {
				continue
			}
			atoms := c.of.Atoms()
			for j := range atoms {
				e.findAsk(c, &atoms[j])
			}
		}
	}
}

func (e *Engine) findAsk(c *condition, a *rule.Atom) {
	switch a.Kind {
	case rule.Count, rule.Since, rule.Distinct:
		e.addAsk(a.Slot, c, a)
	case rule.Same:
		e.addAsk(a.Slot, c, a)
		e.addAsk(a.Other, c, a)
	case rule.Score:
		at := lead.Points(a.N)
		if a.Op != rule.Greater && a.Op != rule.LessOrEqual {
			e.addCut(a.Slot, c, at)
		}
		if a.Op != rule.Less && a.Op != rule.GreaterOrEqual {
			e.addCut(a.Slot, c, at+1)
		}
	default: // no signal and no points turn it
	}
}

func (e *Engine) addAsk(signal int, c *condition, a *rule.Atom) {
	all := &e.asks[signal]
	i := slices.IndexFunc(*all, func(k ask) bool {
		return k.atom.Kind == a.Kind && k.atom.Op == a.Op && k.atom.N == a.N && k.atom.Window == a.Window
	})
	if i < 0 {
		i = len(*all)
		*all = append(*all, ask{atom: a})
	}
	(*all)[i].of.add(c)
}

func (e *Engine) addCut(score int, c *condition, at lead.Points) {
	all := &e.cuts[score]
	i := slices.IndexFunc(*all, func(k cut) bool { return k.at == at })
	if i < 0 {
		i = len(*all)
		*all = append(*all, cut{at: at})
	}
	(*all)[i].of.add(c)
}

// watched are the conditions that matter where the lead is and whose gates are open.
func (f *fold) watched() *conditionSet {
	if !f.gates.known {
		f.readGates()
	}
	return &f.gates.watched
}

// mostAnswers is how many answers one number holds.
const mostAnswers = 32

// answers are what the watched atoms say of a signal, as one number. Of what is not
// only more or less than a number, and of values, nothing is known: then the lead is
// not settled.
func (f *fold) answers(signal int) (all uint64) {
	watched, v := f.watched(), f.lookAt(f.s.At)
	n := 0
	for i := range f.asks[signal] {
		k := &f.asks[signal][i]
		if !k.of.meets(watched) {
			continue
		}
		if n++; n > mostAnswers || k.atom.Op < rule.Less || k.atom.Kind > rule.Since {
			f.settled = false
			return 0
		}
		all = all<<2 | uint64(v.Holds(k.atom))
	}
	return all
}

// isClear says that a score stays where it is between the numbers with which watched
// conditions compare it, as far as its bounds tell.
func (f *fold) isClear(score int) bool {
	b := &f.bounds[score]
	for i := range f.cuts[score] {
		if c := &f.cuts[score][i]; c.of.meets(f.watched()) && (!b.known || b.low < c.at && c.at <= b.high) {
			return false
		}
	}
	return true
}
