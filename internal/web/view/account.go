package view

import "galena/internal/lead"

// AccountList lists companies.
type AccountList struct {
	*Frame
	Find     string
	Accounts []AccountRow
	More     string // where the next are, "" for none
}

// AccountRow is a company in a list.
type AccountRow struct {
	Path, Name                        string
	People, Leads, Contacts, Visitors int
	Stage, Role                       string
	Best, Sum                         int
	LastSeen                          lead.Time
}

// AccountShow is a company.
type AccountShow struct {
	*Frame
	Account AccountRow
	Site    string // its address on the web, "" if its name is none
	Waiting bool   // not all its people were told of the last change yet
	Traits  []Fact
	People  []PersonRow
	Unshown int // people who are left out
	Moments []Deed
}

// Fact is something known, and since when.
type Fact struct {
	Name, Value string
	Since       lead.Time
}

// PersonRow is a lead, contact or visitor in a list.
type PersonRow struct {
	Path, Name, Title, Kind string
	Stage, Role, Excluded   string
	Score                   int
	LastSeen                lead.Time
}

// Deed is something that somebody did.
type Deed struct {
	Path, Who, What, Kind string
	At                    lead.Time
	Robot                 bool
}

// eventIcon is the picture of a type of event.
func eventIcon(kind string) string {
	switch kind {
	case "page", "screen":
		return "eye"
	case "identify", "alias":
		return "user-check"
	case "group":
		return "building-2"
	case "act":
		return "pen-line"
	}
	return "mouse-pointer-click"
}
