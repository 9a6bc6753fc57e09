package engine

import (
	"slices"

	"galena/internal/lead"
	"galena/internal/playbook"
	"galena/internal/rule"
)

// Resets (docs/adr/0016-the-score-language.md §1).

// guard is when a reset's score reads so that it resets, as an atom; false if it
// always does.
func guard(rl *playbook.Rule) (atom rule.Atom, ok bool) {
	atom = rule.Atom{Kind: rule.Score, Slot: rl.Score}
	switch {
	case rl.Reset.Below != nil:
		atom.Op, atom.N = rule.Less, int64(*rl.Reset.Below)
	case rl.Reset.Above != nil:
		atom.Op, atom.N = rule.Greater, int64(*rl.Reset.Above)
	default:
		return atom, false
	}
	return atom, true
}

// readResets asks the guards of all resets before something is done at a moment.
func (f *fold) readResets(at lead.Time) {
	f.armed = f.armed[:0]
	for _, r := range f.resets {
		f.armed = append(f.armed, f.resetsAt(&f.plan.Rules[r], at))
	}
}

// resetsAt says whether a reset's score reads so at a moment that it resets.
func (f *fold) resetsAt(rl *playbook.Rule, at lead.Time) bool {
	atom, ok := guard(rl)
	return !ok || atom.Op.Compare(int64(f.beneath(rl.Score, at)), atom.N)
}

// resetUpon resets what the present event is a signal to reset, before anything
// is given for it.
func (f *fold) resetUpon(event string, occurred lead.Time) {
	for i, r := range f.resets {
		rl := &f.plan.Rules[r]
		if rl.Kind != playbook.PerSignal || !f.armed[i] {
			continue
		}
		for _, sig := range rl.Signals {
			if slices.Contains(f.matched, int32(sig)) && f.meets(rl) {
				f.reset(rl, part{signal: sig, event: event, at: occurred, reset: rl})
				break
			}
		}
	}
}

// resetDue does the resets that fall due at a moment.
func (f *fold) resetDue(at lead.Time) {
	for i, r := range f.resets {
		rl := &f.plan.Rules[r]
		due := rl.Kind == playbook.PerSilence && f.s.rules[r].next == at
		if rl.Kind == playbook.PerPeriod {
			_, next := f.period(rl.Every, at-1)
			due = next == at
		}
		if due && f.armed[i] {
			f.reset(rl, part{signal: -1, at: at, reset: rl})
		}
	}
}

// reset takes away all that the rules of a score gave over time. Occurrences and
// what limits remember stay as they are.
func (f *fold) reset(by *playbook.Rule, p part) {
	f.forget()
	for _, r := range f.plan.Scores[by.Score].Rules {
		s := &f.s.rules[r]
		if !s.owed {
			continue
		}
		s.owed = false
		s.points, s.decay, s.steps = 0, s.decay[:0], s.steps[:0]
		if f.trace != nil {
			f.trace.contributed(r, p)
		}
	}
}

// nextReset is the first moment after a, and not after b, at which a reset by the
// calendar takes something away; Never if there is none. It looks ahead, so that
// nobody is woken at each midnight for nothing.
func (f *fold) nextReset(a, b lead.Time) lead.Time {
	next := lead.Never
	for _, r := range f.calendar {
		if rl := &f.plan.Rules[r]; f.owes(rl.Score) {
			next = min(next, f.dueReset(rl, a, min(b, next)))
		}
	}
	return next
}

// owes says whether a reset of the score would find anything.
func (f *fold) owes(score int) bool {
	return slices.ContainsFunc(f.plan.Scores[score].Rules, func(r int) bool { return f.s.rules[r].owed })
}

// dueReset is nextReset for one rule. Where its guard does not hold at the first
// moment of a period, it looks for the moment at which the guard turns, and goes
// on from the period after that.
func (f *fold) dueReset(rl *playbook.Rule, a, b lead.Time) lead.Time {
	for {
		_, due := f.period(rl.Every, a)
		if due > b {
			return lead.Never
		}
		if f.resetsAt(rl, due) {
			return due
		}
		fading := f.fading(rl.Score)
		if fading == 0 {
			return lead.Never
		}
		atom, _ := guard(rl)
		turn := f.turns(&atom, false, due, min(b, due.Add(fading)))
		if turn == lead.Never {
			return lead.Never
		}
		a = turn - 1
	}
}
