package engine

import "galena/internal/lead"

// FadesAt is the first moment after the state's at which a score reads another whole
// number, or the grade another mark, because time has passed and nothing else; 0 if
// there is none. What conditions do by themselves is WakeAt's.
func (e *Engine) FadesAt(s *State) lead.Time {
	if s.First == 0 || s.excluded >= 0 {
		return 0
	}
	f := e.folds.Get().(*fold)
	f.s, f.trace = s, nil
	next := lead.Never
	for slot := range f.plan.Scores {
		next = min(next, f.fades(slot, lead.Points.Rounded, next))
	}
	for i := range f.plan.Grade {
		scale := &f.plan.Grade[i]
		band := func(p lead.Points) int64 { return int64(bandOf(scale, p)) }
		next = min(next, f.fades(scale.Score, band, next))
	}
	f.s = nil
	e.folds.Put(f)
	if next == lead.Never {
		return 0
	}
	return next
}

// fades is the first moment before next at which time makes a score read otherwise;
// Never if there is none.
func (f *fold) fades(slot int, read func(lead.Points) int64, next lead.Time) lead.Time {
	fading := f.fading(slot)
	if fading == 0 {
		return lead.Never
	}
	at := f.s.At
	return f.readsOtherwise(slot, read, read(f.beneath(slot, at)), at, min(next, at.Add(fading)))
}

// readsOtherwise halves the span from a to b and leaves out the halves in which the
// score's bounds say that it reads the same; read keeps order.
func (f *fold) readsOtherwise(slot int, read func(lead.Points) int64, same int64, a, b lead.Time) lead.Time {
	if a >= b {
		return lead.Never
	}
	low, high := f.rangeBeneath(slot, a, b)
	if read(low) == same && read(high) == same {
		return lead.Never
	}
	if b == a+1 {
		if read(f.beneath(slot, b)) != same {
			return b
		}
		return lead.Never
	}
	middle := a + (b-a)/2
	if t := f.readsOtherwise(slot, read, same, a, middle); t != lead.Never {
		return t
	}
	return f.readsOtherwise(slot, read, same, middle, b)
}
