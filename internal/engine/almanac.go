package engine

import (
	"galena/internal/lead"
	"galena/internal/playbook"
)

// almanac remembers the calendar periods that were worked out last. To ask the
// time zone costs more than all else about a contribution, and what many leads
// do falls into few days.
type almanac [3][daysKept]struct{ from, to lead.Time }

// daysKept is more than a year of days. A period has its place by a moment in it,
// so that one may stand at two places, and another take its place.
const daysKept = 512

// period gives the calendar day, week or month in which a moment lies.
func (f *fold) period(p playbook.Period, at lead.Time) (from, to lead.Time) {
	if f.almanac == nil {
		f.almanac = new(almanac)
	}
	place := uint64(at) / uint64(lead.Day) % daysKept
	s := &f.almanac[p-playbook.PerDay][place]
	if at < s.from || at >= s.to {
		s.from, s.to = period(p, at, f.plan.Zone)
	}
	return s.from, s.to
}
