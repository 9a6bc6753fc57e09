package engine

import "galena/internal/lead"

// nextChange is the first moment after a, and not after b, at which by time alone
// the lead may have to move, or a mark to be taken away; Never if there is none.
func (f *fold) nextChange(a, b lead.Time) lead.Time {
	p := &f.s.path
	switch {
	case b <= a || f.stands() || f.isShut():
		return lead.Never
	case a < p.until:
		return upTo(p.until, b)
	}
	next := lead.Never
	watched := f.watched()
	ahead := (watched[whenPart] | watched[fastTrackPart]) & f.stages &^ (1<<f.nextAhead() - 1)
	for ; ahead != 0; ahead &= ahead - 1 {
		i := ahead.first()
		c := &f.conditions[i]
		when, fast := !p.held.when.has(i), !p.held.fastTrack.has(i)
		next = min(next, f.turning(&c.when, when, a, min(b, next)))
		next = min(next, f.turning(&c.fastTrack, fast, a, min(b, next)))
		next = min(next, f.turning(&c.backWhen, false, a, min(b, next)))
		if !when || !fast {
			next = min(next, f.turning(&c.backWhen, true, a, min(b, next)))
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
	for exits := f.watched()[whenPart] &^ f.stages; exits != 0; exits &= exits - 1 {
		i := exits.first()
		to := inStage && !p.held.exits.has(i)
		next = min(next, f.turning(&f.conditions[i].when, to, a, min(b, next)))
	}
	return next
}

// backChange is nextChange for what leads back from the present stage.
func (f *fold) backChange(a, b lead.Time) lead.Time {
	p := &f.s.path
	if p.stage < 0 || p.stranger != nil {
		return lead.Never
	}
	c := &f.conditions[p.stage]
	next := f.turning(&c.backWhen, !p.held.back, a, b)
	if f.plan.Stages[p.stage].Lapses {
		next = min(next, f.turning(&c.when, p.held.back, a, min(b, next)))
		next = min(next, f.turning(&c.fastTrack, p.held.back, a, min(b, next)))
	}
	return next
}
