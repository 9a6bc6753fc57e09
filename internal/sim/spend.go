package sim

import (
	"iter"

	"galena/internal/lead"
)

// Spend is what a campaign cost on a day. It is no event: who spends is the
// company and not a person. Truth tells it.
type Spend struct {
	Day                      lead.Time
	Source, Medium, Campaign string // as in the utm parameters of its links
	Clicks                   int    // bought; for a list the contacts on it
	Cents                    int    // euro cents, for all of them
}

// clickCents is what a click of a campaign costs, by its name.
var clickCents = map[string]float64{
	"brand": 90, "forecasting-software": 480, "vp-sales-emea": 950, "tool-directory": 260,
}

// listCents is what a contact on a purchased list costs.
const listCents = 140

// Spend gives what the company's campaigns cost from the day of from to until,
// until not included, by day.
func (c *Company) Spend(from, until lead.Time) iter.Seq[Spend] {
	weights := channelWeights()
	sum := 0.0
	for _, w := range weights {
		sum += w
	}
	return func(yield func(Spend) bool) {
		for day := max(midnight(from), midnight(c.start)); day < until; day = day.Add(lead.Day) {
			d := newDice(c.seed, saltSpend, uint64(day))
			// People come back, and many click who are never seen again.
			visits := 2.4 * c.leads * busyness(day, c.start) / c.total
			for i, ch := range channels {
				if ch.campaign == nil {
					continue
				}
				due := visits * weights[i] / sum * d.between(0.7, 1.4)
				clicks := int(due)
				if d.chance(due - float64(clicks)) { // small companies have days without any
					clicks++
				}
				cents := int(float64(clicks) * clickCents[ch.campaign.name] * d.between(0.85, 1.2))
				if clicks > 0 && !yield(Spend{day, ch.campaign.source, ch.campaign.medium, ch.campaign.name, clicks, cents}) {
					return
				}
			}
			if listDay(day) && !yield(Spend{day, "acme-lists", "list", "contacts", c.listSize, c.listSize * listCents}) {
				return
			}
		}
	}
}
