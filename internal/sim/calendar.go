package sim

import (
	"time"

	"galena/internal/lead"
)

// How busy a month is, from January: summer and Christmas are quiet.
var monthWeight = [12]float64{1.00, 1.05, 1.15, 1.05, 1.00, 0.90, 0.75, 0.70, 1.10, 1.20, 1.15, 0.60}

// How busy a weekday is, from Sunday.
var dayWeight = [7]float64{0.25, 1.00, 1.20, 1.20, 1.10, 0.85, 0.20}

// yearlyGrowth is how much busier a year is than the one before.
const yearlyGrowth = 1.35

// midnight is the beginning of t's day in UTC.
func midnight(t lead.Time) lead.Time {
	return t - lead.Time((int64(t)%lead.Day+lead.Day)%lead.Day)
}

// busyness is how many people, in relation, come on the day that begins at t.
func busyness(t, start lead.Time) float64 {
	u := t.UTC()
	years := float64(t-start) / float64(365*lead.Day)
	return monthWeight[u.Month()-1] * dayWeight[u.Weekday()] * (1 + (yearlyGrowth-1)*years)
}

// listDay says whether a purchased list of contacts arrives on the day that
// begins at t: the first Tuesday of February, May, August and November.
func listDay(t lead.Time) bool {
	u := t.UTC()
	return u.Month()%3 == 2 && u.Weekday() == time.Tuesday && u.Day() <= 7
}

// rhythm is when people of a place, which is offset ahead of UTC, sit at a screen.
type rhythm struct {
	offset    int64 // milliseconds
	from, to  float64
	onWeekend float64 // chance that a weekend does not stop them
}

// attend moves t on to a moment at which somebody of that rhythm is there.
func (r rhythm) attend(d dice, t lead.Time) lead.Time {
	for range 30 {
		local := t.Add(r.offset)
		hour := float64(int64(local-midnight(local))) / float64(lead.Hour)
		day := local.UTC().Weekday()
		weekend := day == time.Saturday || day == time.Sunday
		switch {
		case weekend && !d.chance(r.onWeekend), hour >= r.to:
			// The next morning, at any time of it.
			t = midnight(local).Add(lead.Day - r.offset + int64((r.from+d.between(0, 4))*float64(lead.Hour)))
		case hour < r.from:
			t = midnight(local).Add(-r.offset + int64((r.from+d.between(0, 3))*float64(lead.Hour)))
		default:
			return t
		}
	}
	return t
}
