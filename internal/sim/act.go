package sim

import (
	"cmp"

	"galena/internal/lead"
)

// deed is what an act is.
type deed uint8

const (
	views deed = iota
	identifies
	enriches // the company's data service adds what it knows of the employer
	lists    // a purchased list names the person
	tracks
)

// act is one event to be, before it is written out.
type act struct {
	at     lead.Time
	who    *person
	n      int // place among the acts of the person
	deed   deed
	device int // -1: the company's own systems
	page   page
	// campaign and referrer are set where a visit begins.
	campaign *campaign
	referrer string
	// name, item and plan fill a track; full marks an identify that tells the
	// employer.
	name string
	item string
	full bool
	// letter counts the newsletters of a person, from 1: which of them this is about.
	letter int
}

// compare orders acts for good: at the same moment by person, then by act.
func (a act) compare(b act) int {
	return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.who.number, b.who.number), cmp.Compare(a.n, b.n))
}
