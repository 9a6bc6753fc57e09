package engine

import "galena/internal/lead"

// Most events of most leads change nothing that a condition reads, and long
// before a condition turns by itself it can be seen that it does not. So a glance
// far ahead stands for many searches, until something changes.

// glances are how far ahead is looked: first far, where most leads are calm, then
// no further than a visit lasts.
var glances = [...]int64{30 * lead.Day, lead.Hour}

// isCalm says that no condition turns by itself up to a moment, as far as a glance
// can tell. It remembers up to when; whatever changes the state must set calm to 0.
func (f *fold) isCalm(until lead.Time) bool {
	for _, far := range glances {
		if f.calm >= until {
			return true
		}
		f.calm = f.glance(f.s.At, f.s.At.Add(far))
	}
	return f.calm >= until
}

// glance is a moment from a to b up to which no condition turns by itself. It
// searches for no moment; where it would have to, it knows nothing.
func (f *fold) glance(a, b lead.Time) lead.Time {
	if f.stands() || f.isShut() {
		return lead.Never - 1
	}
	f.glancing = true
	change := f.nextChange(a, b)
	f.glancing = false
	return min(b, change-1)
}
