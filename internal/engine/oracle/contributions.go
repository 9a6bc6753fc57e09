package oracle

import (
	"time"

	"galena/internal/lead"
	"galena/internal/playbook"
)

// contribution is one occurrence that reached a rule's minimum and was worth
// something, or nobody can tell what.
type contribution struct {
	signal string // "" for silence
	event  string // "" for silence
	at     lead.Time
	points lead.Points
	failed bool // they could not be reckoned
	turn   turn
	before readings // what was read before it, where anything can be stopped
	given  bool     // not refused by the limit or the stop
	lap    int      // of the rules of scores that count each cycle by itself
	past   bool     // in a lap that is over: it counts nothing any more
}

// turn is a place in the order in which things were done: when so many events had
// taken effect, at a moment, and there resets before points.
type turn struct {
	events int
	at     lead.Time
	points bool
}

// before says whether one thing was done in an earlier turn than another.
func (t turn) before(u turn) bool {
	if t.events != u.events {
		return t.events < u.events
	}
	return t.at < u.at || t.at == u.at && !t.points && u.points
}

// contributions are those of a rule so far, in the order of the fold.
func (m *moment) contributions(r *playbook.Rule) []contribution {
	var occurred []contribution
	switch r.Kind {
	case playbook.PerSignal:
		for i := range m.events[:m.seen] {
			if slot, hit := m.firstOf(i, r.Signals); hit && m.met(r, i) {
				e := &m.events[i]
				points, ok := m.pointsUpon(r, i)
				occurred = append(occurred, contribution{
					failed: !ok, lap: m.lap(r, func(x exited) bool { return x.seen <= i }), signal: m.plan.Signals[slot].Name, event: e.MessageID, at: e.Occurred,
					points: points, turn: turn{i + 1, e.Effective(), true}, before: m.readBefore[i],
				})
			}
		}
	case playbook.Opening, playbook.Correction:
		return m.acts(r)
	case playbook.PerSilence:
		for _, due := range m.silences(r) {
			c := contribution{at: due, turn: m.turnOf(due), before: m.readBeforeDue[due]}
			c.lap = m.lap(r, func(x exited) bool { return x.at < due })
			var ok bool
			c.points, ok = m.pointsAfter(r, c.turn.events)
			c.failed = !ok
			occurred = append(occurred, c)
		}
	}

	var counted []contribution
	given, seen := map[int][]lead.Time{}, map[int]int64{} // by lap
	for _, c := range occurred {
		if seen[c.lap]++; seen[c.lap] < r.Minimum {
			continue
		}
		if c.given = c.points != 0 && !stopped(r, c.before) && m.allows(r.Limit, given[c.lap], c.at); c.given {
			given[c.lap] = append(given[c.lap], c.at)
		}
		c.past = m.isPast(r, c.lap)
		if c.points != 0 || c.failed {
			counted = append(counted, c)
		}
	}
	return counted
}

// isPast says that a lap is over.
func (m *moment) isPast(r *playbook.Rule, lap int) bool {
	return lap < m.lap(r, func(exited) bool { return true })
}

// allows says whether a limit lets a contribution of a date join those given.
func (m *moment) allows(l playbook.Limit, given []lead.Time, at lead.Time) bool {
	if l.N == 0 {
		return true
	}
	n := int64(0)
	for _, t := range given {
		if m.together(l, t, at) {
			n++
		}
	}
	return n < l.N
}

// together says whether two dates lie in one period of a limit.
func (m *moment) together(l playbook.Limit, t, u lead.Time) bool {
	switch l.Period {
	case playbook.Ever:
		return true
	case playbook.Rolling:
		return max(t, u)-min(t, u) < lead.Time(l.Span)
	default:
		return m.periodOf(l.Period, t) == m.periodOf(l.Period, u)
	}
}

// periodOf is the calendar day, in the playbook's zone, on which the period of a
// moment begins.
func (m *moment) periodOf(p playbook.Period, t lead.Time) [3]int {
	local := t.UTC().In(m.plan.Zone)
	year, month, day := local.Date()
	switch p {
	case playbook.PerMonth:
		day = 1
	case playbook.PerWeek:
		sinceMonday := (int(local.Weekday()) + 6) % 7
		year, month, day = time.Date(year, month, day-sinceMonday, 12, 0, 0, 0, time.UTC).Date()
	}
	return [3]int{year, int(month), day}
}

// silences are the moments so far at which a PerSilence rule fell due.
func (m *moment) silences(r *playbook.Rule) []lead.Time {
	var due []lead.Time
	given, fallen := map[int]int64{}, map[int]int64{} // by lap; given as far as a limit in all is concerned
	for i := range m.seen {
		if then := (moment{story: m.story, seen: i + 1}); !then.known() {
			continue
		}
		base := m.baseAfter(r, i+1)
		// This base stands from this event's effective moment to the next one's.
		from, until := m.events[i].Effective(), m.now
		if i+1 < m.seen {
			until = m.events[i+1].Effective()
		}
		for t := nextDue(base, r.Silence, from); t <= until; t = t.Add(r.Silence) {
			if m.undue && t == m.now {
				return due
			}
			lap := m.lap(r, func(x exited) bool { return x.at < t })
			if usedUp(r, given[lap]) {
				continue
			}
			due = append(due, t)
			points, _ := m.pointsAfter(r, i+1)
			if fallen[lap]++; fallen[lap] >= r.Minimum && !stopped(r, m.readBeforeDue[t]) && points != 0 {
				given[lap]++
			}
		}
	}
	return due
}

// usedUp says that a limit in all leaves nothing to a PerSilence rule that gave
// its points so often. It then falls due no more.
func usedUp(r *playbook.Rule, given int64) bool {
	return r.Limit.N > 0 && r.Limit.Period == playbook.Ever && given >= r.Limit.N
}

// baseAfter is the moment from which silence is counted when n events, at least
// one, have taken effect.
func (m *moment) baseAfter(r *playbook.Rule, n int) lead.Time {
	then := moment{story: m.story, seen: n}
	if last, ok := then.last(r.Signals); ok {
		return last
	}
	first := lead.Never
	for _, e := range m.events[:n] {
		if e.Type != lead.Act {
			first = min(first, e.Occurred)
		}
	}
	return first
}

// nextDue is the first base + k·silence, k = 1, 2, …, later than a moment.
func nextDue(base lead.Time, silence int64, after lead.Time) lead.Time {
	k := max(int64(after-base)/silence, 0) + 1
	return base.Add(k * silence)
}
