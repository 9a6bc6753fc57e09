package view

import "galena/internal/lead"

// Home is the first page after the door.
type Home struct {
	*Frame
	Events, Leads, Rejects int
	Problem                string // what is wrong with the server; "" for nothing

	Self string // where this page is had again
	Flow Flow
	// Moved are those who came into their stage since yesterday, Hottest those with
	// the highest scores in whom there is something to win.
	Moved, Hottest         []HotLead
	MovedCount             HowMany
	MovedPath, HottestPath string
	// Fresh is how many were seen for the first time since yesterday.
	Fresh     int
	FreshMore bool
	FreshPath string
	// Sources are those that brought something last, for whoever may see them.
	Sources []SourceRow
	// Behind is how many events they brought that are not counted yet.
	Behind int
}

// HowMany is how many there are: N, or with More that many at least.
type HowMany struct {
	N    int
	More bool
}

// HotLead is a lead in a short list, with why.
type HotLead struct {
	Path, Name, Job, Stage, Role string
	Since                        lead.Time // in its stage
	Score                        int
	Reasons                      []Reason
}

// Reason is points with what they are for.
type Reason struct {
	Points int
	Words  string
}
