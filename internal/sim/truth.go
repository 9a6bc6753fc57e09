package sim

import (
	"bufio"
	"io"

	"github.com/go-json-experiment/json"

	"galena/internal/lead"
)

// What Truth writes of a person and of a day of a campaign.
type (
	truthPerson struct {
		Kind    string    `json:"kind"` // "person"
		UserID  string    `json:"user_id"`
		Email   string    `json:"email"`
		Persona string    `json:"persona"`
		Account string    `json:"account"` // domain; "" for who works for none
		Listed  bool      `json:"listed"`  // came by a purchased list
		Arrived lead.Time `json:"arrived"`
		Known   lead.Time `json:"known"`  // since when the company has the address
		Intent  float64   `json:"intent"` // hidden, from 0 to 1
		Need    float64   `json:"need"`   // hidden, from 0 to 1
		Outcome string    `json:"outcome"`
		Amount  int       `json:"amount"` // euros a year; of a deal
		Opened  lead.Time `json:"opened"`
		Closed  lead.Time `json:"closed"`
	}
	truthSpend struct {
		Kind     string `json:"kind"` // "spend"
		Day      string `json:"day"`
		Source   string `json:"source"`
		Medium   string `json:"medium"`
		Campaign string `json:"campaign"`
		Clicks   int    `json:"clicks"`
		Cents    int    `json:"cents"`
	}
)

// outcome is "won", "lost", "open" or, without a deal, "".
func (d *deal) outcome() string {
	switch {
	case d.won:
		return "won"
	case d.closed != 0:
		return "lost"
	case d.opened != 0:
		return "open"
	}
	return ""
}

// Truth writes what no event says, as NDJSON: of each person of the history what
// they are and want and what becomes of them, in the end; and what each campaign
// cost each day.
func (c *Company) Truth(to io.Writer) error {
	w := bufio.NewWriter(to)
	line := func(v any) error {
		if err := json.MarshalWrite(w, v, json.Deterministic(true)); err != nil {
			return err
		}
		return w.WriteByte('\n')
	}
	for s := range c.Spend(c.start, c.end) {
		err := line(truthSpend{"spend", s.Day.UTC().Format("2006-01-02"), s.Source, s.Medium, s.Campaign, s.Clicks, s.Cents})
		if err != nil {
			return err
		}
	}
	arrivals := arrivals{Company: c}
	for day := midnight(c.start); day < c.end; day = day.Add(lead.Day) {
		for _, comer := range arrivals.of(day) {
			p := c.person(comer.number, day, comer.purchased)
			c.journey(p)
			x := truthPerson{
				Kind: "person", UserID: p.userID(), Email: p.email, Persona: p.persona.name, Listed: p.purchased,
				Arrived: p.arrived, Known: p.known, Intent: p.intent, Need: p.need(),
				Outcome: p.deal.outcome(), Amount: p.deal.amount, Opened: p.deal.opened, Closed: p.deal.closed,
			}
			if p.works() {
				x.Account = p.account.domain
			}
			if err := line(x); err != nil {
				return err
			}
		}
	}
	return w.Flush()
}
