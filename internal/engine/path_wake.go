package engine

import "galena/internal/lead"

// nextChange is the first moment after a, and not after b, at which by time alone
// the lead may have to move, or a mark to be taken away; Never if there is none.
func (f *fold) nextChange(a, b lead.Time) lead.Time {
	p := &f.s.path
	switch {
	case b <= a || f.stands():
		return lead.Never
	case a < p.until:
		return upTo(p.until, b)
	}
	next := lead.Never
	for i := f.nextAhead(); i < f.plan.FirstExit; i++ {
		st := &f.plan.Stages[i]
		when, fast := !p.held.when.has(i), !p.held.fastTrack.has(i)
		next = min(next, f.turning(st.When, when, a, min(b, next)))
		next = min(next, f.turning(st.FastTrack, fast, a, min(b, next)))
		if st.BackWhen != nil {
			next = min(next, f.turning(st.BackWhen, false, a, min(b, next)))
			if !when || !fast {
				next = min(next, f.turning(st.BackWhen, true, a, min(b, next)))
			}
		}
	}
	next = min(next, f.exitChange(a, min(b, next)))
	return min(next, f.backChange(a, min(b, next)))
}

// exitChange is nextChange for the conditions of exits: that one turns true, and,
// since it keeps out whoever is outside, that it ceases to hold.
func (f *fold) exitChange(a, b lead.Time) lead.Time {
	p := &f.s.path
	next := lead.Never
	inStage := f.inStage()
	for i := f.plan.FirstExit; i < len(f.plan.Stages); i++ {
		to := inStage && !p.held.exits.has(i)
		next = min(next, f.turning(f.plan.Stages[i].When, to, a, min(b, next)))
	}
	return next
}

// backChange is nextChange for what leads back from the present stage.
func (f *fold) backChange(a, b lead.Time) lead.Time {
	p := &f.s.path
	if p.stage < 0 || p.stranger != nil {
		return lead.Never
	}
	st := &f.plan.Stages[p.stage]
	next := f.turning(st.BackWhen, !p.held.back, a, b)
	if st.Lapses {
		next = min(next, f.turning(st.When, p.held.back, a, min(b, next)))
		next = min(next, f.turning(st.FastTrack, p.held.back, a, min(b, next)))
	}
	return next
}
