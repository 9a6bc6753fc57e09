package engine

import (
	"galena/internal/lead"
	"galena/internal/rule"
)

// advance does everything that falls due by itself after the state's moment and
// up to to, in order, each at its exact moment.
func (f *fold) advance(to lead.Time) {
	s := f.s
	if s.First == 0 || to <= s.At {
		s.At = max(s.At, to)
		return
	}
	if to <= f.quiet {
		s.At = to
		return
	}
	for {
		// Anew after each look, which may begin a rule anew.
		due := min(f.nextSilence(), f.nextReset(s.At, to))
		// Conditions are looked at up to the moment before something falls due;
		// at that moment they are looked at after it.
		until := min(to, due-1)
		if !f.isCalm(until) {
			if change := f.nextChange(s.At, until); change <= until {
				s.At = change
				f.evaluate(change, "")
				f.calm = 0
				continue
			}
		}
		if due > to {
			s.At = to
			f.quiet = min(f.calm, f.nothingDue())
			return
		}
		s.At = due
		f.fallDue(due)
		if !f.settled || f.calm < due {
			f.evaluate(due, "")
			f.calm = 0
		}
	}
}

// nothingDue is a moment up to which no silence and no reset falls due.
func (f *fold) nothingDue() lead.Time {
	due := f.nextSilence()
	if len(f.calendar) > 0 {
		// To look far ahead costs more than it saves.
		due = min(due, f.nextReset(f.s.At, f.s.At.Add(quietAtMost)), f.s.At.Add(quietAtMost)+1)
	}
	return due - 1
}

// quietAtMost is how far ahead resets by the calendar are looked for, about a visit.
const quietAtMost = lead.Hour

// WakeAt is the earliest moment after the state's at which something about the
// lead may change by itself; 0 if nothing ever will.
func (e *Engine) WakeAt(s *State) lead.Time {
	f := e.take(s)
	next := f.nextSilence()
	next = min(next, f.nextReset(s.At, next))
	next = min(next, f.nextChange(s.At, next))
	e.giveBack(f)
	if next == lead.Never || s.First == 0 {
		return 0
	}
	return next
}

// turning is the first moment after a, and not after b, at which a condition may
// turn true, or if false is given cease to hold; Never if there is none. For it
// to turn, some atom must turn the right way first, so those that stand right
// already need no look.
func (f *fold) turning(c *condition, to bool, a, b lead.Time) lead.Time {
	if !f.isOpen(c) {
		return lead.Never
	}
	next := lead.Never
	atoms := c.falling
	if to {
		atoms = c.rising
	}
	for _, atom := range atoms {
		if t := f.atomChange(atom, to, a, min(b, next)); t < next {
			next = t
		}
	}
	return next
}

// atomChange is turning for one atom.
func (f *fold) atomChange(atom *rule.Atom, to bool, a, b lead.Time) lead.Time {
	rising, falling := atom.Rising, atom.Falling
	if !to {
		rising, falling = falling, rising
	}
	if atom.Kind == rule.Score && !f.mayTurn(atom, rising, falling) {
		return lead.Never
	}
	s := f.s
	v := f.lookAt(a)
	was := v.Holds(atom)
	if was == rule.Unknown || was == rule.True && !falling || was == rule.False && !rising {
		return lead.Never
	}
	switch atom.Kind {
	case rule.Count:
		if atom.Window == 0 || settled(atom.Op, was) {
			return lead.Never
		}
		for _, t := range s.signals[atom.Slot].ring { // ascending
			if leaves := t.Add(atom.Window); leaves > a {
				return upTo(leaves, b)
			}
		}
		return lead.Never
	case rule.Distinct:
		if atom.Window == 0 || settled(atom.Op, was) {
			return lead.Never
		}
		for _, value := range s.values[atom.Memory] { // ascending
			if leaves := value.at.Add(atom.Window); leaves > a {
				return upTo(leaves, b)
			}
		}
		return lead.Never
	case rule.Same:
		if last, ok := s.sameUntil(atom); ok && atom.Window > 0 && was == rule.True {
			return upTo(last.Add(atom.Window), b)
		}
		return lead.Never
	case rule.Age:
		return passes(s.said[atom.Slot], atom.N, a, b)
	case rule.Since:
		return passes(s.signals[atom.Slot].last, atom.N, a, b)
	case rule.InStage:
		return passes(s.path.since, atom.N, a, b)
	default:
		return f.scoreChange(atom, was == rule.True, a, b)
	}
}

// settled says that a count's comparison stays as it is while the count falls,
// which is all that time does to it.
func settled(op rule.Op, was rule.Truth) bool {
	switch op {
	case rule.Greater, rule.GreaterOrEqual:
		return was == rule.False
	case rule.Less, rule.LessOrEqual:
		return was == rule.True
	}
	return false
}

func upTo(t, b lead.Time) lead.Time {
	if t > b {
		return lead.Never
	}
	return t
}

// passes is the first moment after a at which the time since from reaches or
// exceeds n.
func passes(from lead.Time, n int64, a, b lead.Time) lead.Time {
	if t := from.Add(n); t > a {
		return upTo(t, b)
	}
	if t := from.Add(n + 1); t > a {
		return upTo(t, b)
	}
	return lead.Never
}

// scoreChange finds when a score's comparison turns, by halving the span and
// leaving out the halves in which the score's bounds decide it.
func (f *fold) scoreChange(atom *rule.Atom, was bool, a, b lead.Time) lead.Time {
	if b := &f.bounds[atom.Slot]; b.known && decided(atom.Op, int64(b.low), int64(b.high), atom.N, was) {
		return lead.Never
	}
	fading := f.fading(atom.Slot)
	if fading == 0 {
		return lead.Never
	}
	if f.glancing {
		low, high := f.rangeBeneath(atom.Slot, a, b)
		if decided(atom.Op, int64(low), int64(high), atom.N, was) {
			return lead.Never
		}
		return a + 1
	}
	// After that, nothing that decays is worth anything.
	return f.turns(atom, was, a, min(b, a.Add(fading)))
}

// turns finds the first moment after a, and not after b, at which the comparison
// is no longer was, as it is at a; exclusions are left aside.
func (f *fold) turns(atom *rule.Atom, was bool, a, b lead.Time) lead.Time {
	if a >= b {
		return lead.Never
	}
	low, high := f.rangeBeneath(atom.Slot, a, b)
	if decided(atom.Op, int64(low), int64(high), atom.N, was) {
		return lead.Never
	}
	if b == a+1 {
		if atom.Op.Compare(int64(f.beneath(atom.Slot, b)), atom.N) != was {
			return b
		}
		return lead.Never
	}
	middle := a + (b-a)/2
	if t := f.turns(atom, was, a, middle); t != lead.Never {
		return t
	}
	return f.turns(atom, was, middle, b)
}

// decided says whether the comparison is was for every value from low to high.
func decided(op rule.Op, low, high, n int64, was bool) bool {
	switch op {
	case rule.Equal:
		return !was && (n < low || n > high) || was && low == n && high == n
	case rule.NotEqual:
		return was && (n < low || n > high) || !was && low == n && high == n
	default:
		return op.Compare(low, n) == was && op.Compare(high, n) == was
	}
}
