package sim

import (
	"fmt"
	"strings"

	"galena/internal/lead"
)

// Salts keep the streams of chance of different things apart.
const (
	saltAccount = iota + 1
	saltPerson
	saltWebinar
	saltBot
	saltSpend
	saltLoad
)

// person is somebody who came.
type person struct {
	dice
	*persona
	number  uint64
	arrived lead.Time
	account account
	// purchased people are known by a list before they come, if ever they do.
	purchased bool

	given, family, email, title string
	intent                      float64
	place                       place
	devices                     []string
	agents                      []string

	// What the journey has come to.
	known     lead.Time // when the first form was sent; 0 for not yet
	signedUp  bool
	asked     bool      // for a demo
	raised    lead.Time // when they first asked for a demo or a call; 0 for not yet
	tried     lead.Time // when the trial began
	deal      deal
	connected []bool // devices on which the site knows who it is
}

// person is the nth who came, on the day that begins at day.
func (c *Company) person(number uint64, day lead.Time, purchased bool) *person {
	d := newDice(c.seed, saltPerson, number)
	p := &person{dice: d, number: number, purchased: purchased}
	kind := weighted(d, personaWeights())
	if purchased {
		kind = weighted(d, listed)
	}
	p.persona = &personas[kind]
	// Few companies send many people: the square crowds the low numbers.
	share := d.Float64()
	p.account = c.account(uint64(share * share * float64(c.accounts)))
	p.place = p.account.place
	p.given, p.family, p.title = one(d, givenNames), one(d, familyNames), one(d, p.titles)
	domain := p.account.domain
	switch {
	case p.name == "competitor":
		p.account = rival()
		domain = p.account.domain
	case !p.employed:
		domain = one(d, freeDomains)
		p.place = places[weighted(d, placeWeights)]
	}
	local := strings.ToLower(p.given + "." + p.family)
	if !p.employed && p.name != "competitor" {
		local += fmt.Sprint(10 + d.IntN(90))
	}
	p.email = local + "@" + domain
	p.intent = d.between(p.low, p.high)
	if p.employed {
		p.intent *= 1 - p.fitCounts + p.fitCounts*p.account.fit
	}
	count := 1
	if d.chance(0.3) {
		count = 2
	}
	for range count {
		p.devices = append(p.devices, uuid(d))
		p.agents = append(p.agents, one(d, agents))
	}
	p.connected = make([]bool, count)
	if purchased {
		p.arrived = day.Add(9*lead.Hour + int64(number%997)*lead.Second/10)
	} else {
		p.arrived = p.attend(day.Add(int64(d.Float64() * float64(lead.Day))))
	}
	return p
}

// attend moves t on to when the person has time.
func (p *person) attend(t lead.Time) lead.Time {
	r := p.rhythm
	r.offset = p.place.offset()
	return r.attend(p.dice, t)
}

// userID is the id that the company's product gives the person.
func (p *person) userID() string { return fmt.Sprintf("u_%06d", p.number) }

func (p *person) works() bool { return p.employed || p.name == "competitor" }

// uuid writes 122 bits of chance as a random UUID.
func uuid(d dice) string {
	high, low := d.Uint64(), d.Uint64()
	return fmt.Sprintf("%08x-%04x-4%03x-%04x-%012x", high>>32, high>>16&0xffff, high&0xfff, 0x8000|low>>48&0x3fff, low&0xffffffffffff)
}
