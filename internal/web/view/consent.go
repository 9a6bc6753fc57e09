package view

import "galena/internal/lead"

// Consents are what a person agreed to and what not.
type Consents struct {
	Standing []ConsentStanding
	History  []ConsentEntry // the newest first
	More     int
	Long     bool // there is a history that is not shown
}

// ConsentStanding is where the person stands on a purpose.
type ConsentStanding struct {
	Purpose, Standing string
	Tone              string // of the badge
	Since             lead.Time
}

// ConsentEntry is something that was said.
type ConsentEntry struct {
	At       lead.Time
	Words    string
	Vain     bool // it does not count
	By       string
	Reason   string
	Shown    string // the text that the person saw
	Page     string // where
	Evidence string // the page of the event; "" for who may not see it
}
