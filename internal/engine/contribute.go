package engine

import (
	"slices"
	"time"

	"galena/internal/lead"
	"galena/internal/playbook"
)

// maxDates bounds how many dates a rule remembers for a limit by period, more than
// a year of a daily one, and how many contributions that fade by steps. When the memory is full, a late
// occurrence is refused if its period reaches back before all that is
// remembered, since it can no longer be told how full that period is.
const maxDates = 4 * playbook.MaxPerPeriod

// maxScore bounds every sum of points, either sign.
const maxScore = lead.Points(1_000_000_000_000_000)

// contribute lets an occurrence, dated at, count for a rule: of an event, of which
// what rules read is seen. Signal -1 and no event stand for silence.
func (f *fold) contribute(r, signal int, seen *lead.Event, event string, at lead.Time) {
	rl := &f.plan.Rules[r]
	s := &f.s.rules[r]
	s.seen++
	if s.seen < rl.Minimum {
		return
	}
	points := rl.Points
	if rl.Compute != nil {
		var ok bool
		if points, ok = f.compute(rl, seen); !ok && f.trace != nil {
			f.trace.contributed(r, part{signal: signal, event: event, at: at, failed: true})
		}
		if points == 0 {
			return
		}
	}
	allowed := !f.isStopped(r) && f.allow(rl, s, at)
	if f.trace != nil {
		f.trace.contributed(r, part{signal: signal, event: event, at: at, points: points, refused: !allowed})
	}
	if allowed {
		s.given++
		f.give(r, points, at)
	}
}

// give adds a contribution to a rule.
func (f *fold) give(r int, points lead.Points, at lead.Time) {
	rl, s := &f.plan.Rules[r], &f.s.rules[r]
	s.owed, f.s.worth[r] = true, true
	if len(f.calendar) > 0 {
		f.quiet = 0 // there may be something to reset
	}
	f.widen(rl.Score, points)
	switch rl.Decay.Kind {
	case playbook.Lasting:
		s.points = clampSum(s.points + points)
	case playbook.Halving:
		s.decay = addDecaying(s.decay, points, at, rl.Decay.Every)
	default:
		f.addStepped(r, points, at)
	}
}

// compute is what a rule that reckons its points gives now; 0, and false, where they
// cannot be reckoned.
func (f *fold) compute(rl *playbook.Rule, e *lead.Event) (lead.Points, bool) {
	n, ok := rl.Compute.Of(e, f.lookAt(f.s.At))
	if !ok {
		return 0, false
	}
	points, _ := lead.PointsWithin(n, rl.Least, rl.Most)
	return points, true
}

// allow asks a rule's limit and remembers what it allows.
func (f *fold) allow(rl *playbook.Rule, s *ruleState, at lead.Time) bool {
	l := rl.Limit
	switch {
	case l.N == 0:
		return true
	case l.Period == playbook.Ever:
		return s.given < l.N
	}
	var from, to lead.Time // dates in [from, to) count against the limit
	if l.Period == playbook.Rolling {
		from, to = at.Add(-l.Span+1), at.Add(l.Span)
	} else {
		from, to = f.period(l.Period, at)
	}
	if len(s.dates) == maxDates && from <= s.dates[0] {
		return false
	}
	first, _ := slices.BinarySearch(s.dates, from)
	last, _ := slices.BinarySearch(s.dates, to)
	if int64(last-first) >= l.N {
		return false
	}
	if len(s.dates) == maxDates {
		s.dates = slices.Delete(s.dates, 0, 1)
	}
	i, _ := slices.BinarySearch(s.dates, at)
	s.dates = slices.Insert(s.dates, i, at)
	return true
}

// period gives the calendar day, week or month in which a moment lies: its first
// moment and the first after it.
func period(p playbook.Period, at lead.Time, zone *time.Location) (from, to lead.Time) {
	y, m, d := at.UTC().In(zone).Date()
	switch p {
	case playbook.PerDay:
		return dayStart(y, m, d, zone), dayStart(y, m, d+1, zone)
	case playbook.PerWeek:
		monday := d - (int(at.UTC().In(zone).Weekday())+6)%7
		return dayStart(y, m, monday, zone), dayStart(y, m, monday+7, zone)
	default:
		return dayStart(y, m, 1, zone), dayStart(y, m+1, 1, zone)
	}
}

// dayStart is the first moment of a date. Where midnight is skipped, time.Date
// may answer with an instant of the day before; where it occurs twice, with
// either.
func dayStart(y int, m time.Month, d int, zone *time.Location) lead.Time {
	t := time.Date(y, m, d, 0, 0, 0, 0, zone)
	noon := time.Date(y, m, d, 12, 0, 0, 0, zone)
	if t.Day() != noon.Day() {
		// Midnight does not exist: the day begins at the transition.
		_, end := t.ZoneBounds()
		return lead.TimeOf(end)
	}
	// Midnight that occurs twice begins with the first.
	start, _ := t.ZoneBounds()
	if !start.IsZero() {
		before := start.Add(-time.Millisecond)
		_, offBefore := before.Zone()
		_, offAfter := t.Zone()
		if first := t.Add(time.Duration(offAfter-offBefore) * time.Second); first.Before(start) && first.In(zone).Day() == noon.Day() {
			return lead.TimeOf(first)
		}
	}
	return lead.TimeOf(t)
}

func clampSum(p lead.Points) lead.Points { return min(max(p, -maxScore), maxScore) }

// resetSilences begins anew the silence that the present event ended.
func (f *fold) resetSilences(occurred, now lead.Time, movedFirst bool) {
	if len(f.silences) == 0 {
		return
	}
	f.turn++
	for _, sig := range f.matched {
		for _, r := range f.perSilence[sig] {
			f.fed[r] = f.turn
		}
	}
	for _, r := range f.silences {
		s := &f.s.rules[r]
		base := s.base
		switch {
		case f.fed[r] == f.turn && (!f.spoken(int(r)) || occurred > base):
			base = occurred
			s.holds = true
		case !f.spoken(int(r)) && movedFirst:
			base = f.s.First
		}
		if base != s.base {
			s.base = base
			f.schedule(int(r), now)
			if s.next != 0 {
				f.quiet = min(f.quiet, s.next-1)
			}
		}
	}
}

// spoken says whether any signal of a silence rule has occurred; till then it is
// silent since the lead was first seen.
func (f *fold) spoken(r int) bool { return f.s.rules[r].holds }

// schedule sets when a silence falls due next, later than now.
func (f *fold) schedule(r int, now lead.Time) {
	rl := &f.plan.Rules[r]
	s := &f.s.rules[r]
	if rl.Limit.N > 0 && rl.Limit.Period == playbook.Ever && s.given >= rl.Limit.N {
		s.next = 0
		return
	}
	periods := int64(now-s.base)/rl.Silence + 1
	s.next = s.base.Add(periods * rl.Silence)
}

// nextSilence is the earliest moment at which a silence falls due; Never if none.
func (f *fold) nextSilence() lead.Time {
	next := lead.Never
	for _, r := range f.silences {
		if n := f.s.rules[r].next; n != 0 && n < next {
			next = n
		}
	}
	return next
}

// fallDue does what falls due at a moment: first resets, then the points of all
// silences.
func (f *fold) fallDue(at lead.Time) {
	f.readStops(at)
	f.resetDue(at)
	for _, r := range f.silences {
		if f.s.rules[r].next == at {
			if f.plan.Rules[r].Reset == nil {
				f.contribute(int(r), -1, nil, "", at)
			}
			f.schedule(int(r), at)
		}
	}
}
