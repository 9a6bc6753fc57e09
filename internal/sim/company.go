package sim

import (
	"iter"
	"slices"

	"galena/internal/lead"
)

// Options say how large a company is and of which time its history tells.
type Options struct {
	// Leads is how many people come between Start and End, known or not; 0 is
	// 2,000. Robots come besides.
	Leads int
	// End is where the history ends; 0 is the first moment of 2026.
	End lead.Time
	// Start is where it begins; 0 is a year before End.
	Start lead.Time
}

// Company is a company and its market. It is immutable and safe for concurrent
// use.
type Company struct {
	seed       uint64
	leads      float64
	start, end lead.Time
	accounts   int

	total    float64 // busyness of all days of the history
	lists    int     // lists purchased in it
	listSize int
}

const (
	defaultLeads = 2000
	defaultEnd   = lead.Time(1_767_225_600_000) // 2026-01-01T00:00:00Z
	// listShare is the part of the people who come by purchased lists.
	listShare = 0.12
)

// New makes the company of a seed. Options that name no time before another are
// widened to a day.
func New(seed uint64, o Options) *Company {
	c := &Company{seed: seed, leads: float64(o.Leads), start: o.Start, end: o.End}
	if o.Leads <= 0 {
		c.leads = defaultLeads
	}
	if c.end == 0 {
		c.end = defaultEnd
	}
	if c.start == 0 {
		c.start = c.end.Add(-365 * lead.Day)
	}
	c.end = max(c.end, c.start.Add(lead.Day))
	c.accounts = 1 + int(c.leads*0.4)
	for day := midnight(c.start); day < c.end; day = day.Add(lead.Day) {
		c.total += busyness(day, c.start)
		if listDay(day) {
			c.lists++
		}
	}
	// A history too short to hold a list still is of a company that buys four a year.
	c.listSize = int(c.leads * listShare / 4)
	if c.lists > 0 {
		c.listSize = int(c.leads * listShare / float64(c.lists))
	}
	return c
}

// Span is the time of which the history tells.
func (c *Company) Span() (start, end lead.Time) { return c.start, c.end }

// History calls yield with the events from Start to End, End not included, in
// the order in which they occurred, until it returns false. The events are
// opened; Seq, Lead and Received are for whoever takes them.
func (c *Company) History(yield func(lead.Event) bool) {
	c.acts(c.start, c.end, func(a *act) bool { return yield(c.event(a)) })
}

// Live continues the history at from, without end. The events occur as fast as
// the company lives, or rate times as fast: an event that would come an hour
// after from comes 3,600/rate seconds after it. A rate below 1 counts as 1.
func (c *Company) Live(from lead.Time, rate float64) iter.Seq[lead.Event] {
	return func(yield func(lead.Event) bool) {
		c.acts(from, lead.Never, func(a *act) bool {
			e := c.event(a)
			if rate > 1 {
				e.Occurred = from + lead.Time(float64(e.Occurred-from)/rate)
			}
			return yield(e)
		})
	}
}

// acts gives what is done from from to until, until not included.
func (c *Company) acts(from, until lead.Time, yield func(*act) bool) {
	acts := map[lead.Time][]act{} // what is still to come, by the day on which it does
	arrivals := arrivals{Company: c}
	for day := midnight(c.start); day < until; day = day.Add(lead.Day) {
		for _, comer := range arrivals.of(day) {
			// Whoever came too long ago has nothing left to do.
			if day.Add(patience+7*lead.Day) < from {
				continue
			}
			for _, a := range c.journey(c.person(comer.number, day, comer.purchased)) {
				if a.at >= from && a.at >= c.start {
					acts[midnight(a.at)] = append(acts[midnight(a.at)], a)
				}
			}
		}
		if day.Add(2*lead.Day) > from {
			for _, a := range c.bursts(day) {
				if a.at >= from && a.at >= c.start {
					acts[midnight(a.at)] = append(acts[midnight(a.at)], a)
				}
			}
		}
		// Who comes on later days acts on later days: this one is complete.
		today := acts[day]
		delete(acts, day)
		slices.SortFunc(today, act.compare)
		for i := range today {
			if today[i].at >= until || !yield(&today[i]) {
				return
			}
		}
	}
}

// arrivals counts the people day by day, from the first day on.
type arrivals struct {
	*Company
	busy  float64 // of the days so far
	came  int     // by themselves
	total uint64  // with those on lists
}

type comer struct {
	number    uint64
	purchased bool
}

// of gives the people of the next day, which begins at day.
func (a *arrivals) of(day lead.Time) []comer {
	a.busy += busyness(day, a.start)
	own := a.leads - float64(a.listSize*a.lists)
	due := int(own * a.busy / a.Company.total)
	var comers []comer
	add := func(n int, purchased bool) {
		for range n {
			comers = append(comers, comer{a.total, purchased})
			a.total++
		}
	}
	add(due-a.came, false)
	a.came = due
	if listDay(day) {
		add(a.listSize, true)
	}
	return comers
}
