package playbook

import "galena/internal/lead"

// Handoff is the pass from marketing to sales as agreed. Nothing acts on it yet.
type Handoff struct {
	Place        Place
	On           []Word // stages
	OwnerFirst   bool   // the account's owner goes before all routes
	Routes       []Route
	Fallback     *Target
	Capacity     int64 // open handoffs that one person may have; 0: any number
	Wait         int64 // how long routing may wait for what is still missing
	Hours        *Hours
	Holidays     []Date
	Clock        string // one of clocks
	AcceptWithin int64  // working time, as all of the ladder; 0: no such promise
	ReachWithin  int64
	Ladder       []Rung
	Context      []Word // attributes, signals, segments, scores and totals
	Questions    []Question
	Rejects      []Word // reasons
}

// Route says whose a lead becomes; the first that fits counts.
type Route struct {
	Name Word
	When Condition // none: fits all
	To   Target
}

// Target is who gets a lead: exactly one of the members is set.
type Target struct {
	Place Place
	Owner string
	Team  string
	Queue string
	// Robin is a weighted round: each gets leads in proportion to the weight.
	Robin []Share
}

// Share is a person's part of a round.
type Share struct {
	Who    Word
	Weight int64
}

// Rung is what happens when a handoff has waited.
type Rung struct {
	Place Place
	After int64 // working time
	Do    string
	To    string // whom; "" where Do says it
}

// Question is one that sales asks and whose answer is recorded.
type Question struct {
	Name     Word
	Ask      string
	Kind     lead.Kind
	Choices  []string // of a text; none: any
	Required bool
}

// Hours are when people work, or mails are sent, in the playbook's zone.
type Hours struct {
	Place    Place
	Days     []string // of weekdays
	From, To int64    // milliseconds since midnight
}

// Date is a day of the calendar, as 2026-12-24.
type Date struct {
	Text  string
	Place Place
}

var (
	weekdays  = []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}
	clocks    = []string{"qualification", "assignment"}
	rungDeeds = []string{"remind", "escalate", "reassign"}
)
