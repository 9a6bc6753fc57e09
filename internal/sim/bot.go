package sim

import "galena/internal/lead"

// firstBot is the number of the first robot: people are counted from 0, and never
// come so far.
const firstBot = 1 << 32

// botBursts is how many bursts of robots a company of 2,000 people a year sees in
// a day.
const botBursts = 0.15

// robots are not people, and do not count among Options.Leads.
var robots = []persona{
	// One says what it is, one hides it badly, one well.
	{name: "bot", titles: []string{"GalenaSimBot/2.1 (+https://crawler.example/bot)"}, rhythm: rhythm{to: 24, onWeekend: 1}},
	{name: "bot", titles: []string{"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/142.0.0.0 Safari/537.36"}, rhythm: rhythm{to: 24, onWeekend: 1}},
	{name: "bot", titles: agents, rhythm: rhythm{to: 24, onWeekend: 1}},
}

// bursts are the visits of robots on the day that begins at day: many pages in no
// time, of nobody, most often those with prices.
func (c *Company) bursts(day lead.Time) []act {
	nth := uint64((day - midnight(c.start)) / lead.Time(lead.Day))
	d := newDice(c.seed, saltBot, nth)
	rate := botBursts * c.leads / float64(defaultLeads)
	count := int(rate)
	if d.chance(rate - float64(count)) {
		count++
	}
	var acts []act
	for i := range count {
		kind := one(d, robots)
		bot := &person{
			dice: d, persona: &kind, number: firstBot + nth<<12 + uint64(i),
			place: places[d.IntN(len(places))], devices: []string{uuid(d)}, agents: []string{one(d, kind.titles)},
		}
		at := day.Add(d.Int64N(23 * lead.Hour))
		for n := range 15 + d.IntN(50) {
			section := pricing
			if !d.chance(0.4) {
				section = d.IntN(sections)
			}
			acts = append(acts, act{at: at, who: bot, n: n, deed: views, device: 0, page: one(d, pages[section])})
			at = at.Add(30 + d.Int64N(900))
		}
	}
	return acts
}
