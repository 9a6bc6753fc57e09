package history

import (
	"cmp"
	"math/rand/v2"
	"slices"

	"galena/internal/lead"
	"galena/internal/sim"
)

const (
	// eventsOfALead is how many events the company makes of a person it meets.
	eventsOfALead = 18.5
	// liveFrom is the day of the year on which the site's events begin to come as
	// they happen; what was before is imported then.
	liveFrom = 120
	// foundOn is the day on which more of the time before turns up.
	foundOn = 300
	// batch is how many events come together at most.
	batch = 400
)

// delivery is what comes together at one moment.
type delivery struct {
	at     lead.Time
	events []lead.Event
}

// deliveries is a year of an invented company as it reaches a workspace: the
// first months as history, then live; some of the history is found later, some
// events are late, some come twice, with another time the second time.
func deliveries(events int, seed uint64) []delivery {
	random := rand.New(rand.NewPCG(seed, 1))
	company := sim.New(seed, sim.Options{Leads: int(float64(events) / eventsOfALead)})
	var all []delivery // of one event each
	var begin lead.Time
	company.History(func(e lead.Event) bool {
		if begin == 0 {
			begin = e.Occurred
		}
		at, live := e.Occurred.Add(random.Int64N(2*lead.Minute)), begin.Add(liveFrom*lead.Day)
		switch {
		case e.Occurred >= live && random.IntN(20) == 0:
			at = at.Add(random.Int64N(3 * lead.Day))
		case e.Occurred >= live:
		case random.IntN(10) == 0:
			e.Backfill, at = true, begin.Add(foundOn*lead.Day)
		default:
			e.Backfill, at = true, live
		}
		all = append(all, delivery{at, []lead.Event{e}})
		if random.IntN(30) == 0 {
			again := e
			again.Occurred = e.Occurred.Add(random.Int64N(lead.Hour))
			all = append(all, delivery{at.Add(random.Int64N(10 * lead.Day)), []lead.Event{again}})
		}
		return len(all) < events
	})
	slices.SortStableFunc(all, func(a, b delivery) int { return cmp.Compare(a.at, b.at) })
	var together []delivery
	for _, d := range all {
		last := len(together) - 1
		if last < 0 || len(together[last].events) == batch || d.at > together[last].at && d.at.Add(-lead.Day) > together[last].at {
			together = append(together, d)
			continue
		}
		// The clock is where the last of them came.
		together[last].events = append(together[last].events, d.events...)
		if len(together[last].events) == batch {
			together[last].at = d.at
		}
	}
	// A batch that was not filled came when the next one begins, or then.
	for i := range together {
		for _, e := range together[i].events {
			together[i].at = max(together[i].at, e.Occurred)
		}
		if i > 0 {
			together[i].at = max(together[i].at, together[i-1].at)
		}
	}
	return together
}
