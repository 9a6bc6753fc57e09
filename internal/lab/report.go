package lab

import "galena/internal/lead"

// Report compares what stands in a workspace with what another playbook would
// have come to had it been in force from the first event on. "Before" is what
// stands, "after" is what would be.
type Report struct {
	// At is the moment of the comparison: nothing later is in it.
	At lead.Time `json:"at"`
	// Since is from when on entries into stages are counted; 0: all of them.
	Since lead.Time `json:"since"`
	// Version is that of the playbook in force, Playbook the name of the other.
	Version  int    `json:"version"`
	Playbook string `json:"playbook"`

	People   int64          `json:"people"` // leads, contacts and visitors
	Events   int64          `json:"events"`
	Leads    Pair           `json:"leads"` // in some stage
	Excluded Pair           `json:"excluded"`
	Stages   []StageShift   `json:"stages"`
	Scores   []ScoreShift   `json:"scores"`
	Outcomes []OutcomeShift `json:"outcomes"`
}

// Pair counts something before and after.
type Pair struct {
	Before int64 `json:"before"`
	After  int64 `json:"after"`
}

// StageShift compares one stage. Stages are the same when their names are.
type StageShift struct {
	Name string `json:"name"`
	Role string `json:"role"`
	// Known says which of the two playbooks know the stage.
	Known Knows `json:"known"`
	Here  Pair  `json:"here"` // leads that are in it at the report's moment
	// Entered counts the leads that entered it since the report's Since, each
	// once; Periods the entries, one after the other, without empty ends.
	Entered Pair     `json:"entered"`
	Periods []Period `json:"periods"`
	// Gained are the leads that would have entered it and have not, Lost those
	// that have and would not have, each by id.
	Gained []Mover `json:"gained"`
	Lost   []Mover `json:"lost"`
}

// Knows says in which of the two playbooks something is.
type Knows struct {
	Before bool `json:"before"`
	After  bool `json:"after"`
}

// Period counts entries from one day of the other playbook's zone on.
type Period struct {
	From string `json:"from"` // as 2026-01-31
	Pair
}

// Mover is a lead with the moment of its first entry.
type Mover struct {
	Lead lead.ID   `json:"lead"`
	At   lead.Time `json:"at"`
}

// ScoreShift compares how a score is spread over all contacts and leads.
type ScoreShift struct {
	Name  string `json:"name"`
	Known Knows  `json:"known"`
	// People is how many contacts and leads there are.
	People int64  `json:"people"`
	Before Spread `json:"before"`
	After  Spread `json:"after"`
	// Risen and Fallen count those whose score differs; only of a score that
	// both playbooks know.
	Risen  int64 `json:"risen"`
	Fallen int64 `json:"fallen"`
}

// Spread is how values are spread: so many of a hundred read at most so much.
type Spread struct {
	Mean lead.Points `json:"mean"`
	P10  lead.Points `json:"p10"`
	P50  lead.Points `json:"p50"`
	P90  lead.Points `json:"p90"`
	P99  lead.Points `json:"p99"`
	Most lead.Points `json:"most"`
}

// OutcomeShift looks at leads of which it is known what became of them: how many
// had been qualified by then, and how long before.
type OutcomeShift struct {
	Role   string        `json:"role"`
	Known  int64         `json:"known"`
	Before Foresight     `json:"before"`
	After  Foresight     `json:"after"`
	Leads  []OutcomeLead `json:"leads"`
}

// Foresight counts those who were qualified before their outcome, and tells the
// median of how long before.
type Foresight struct {
	Qualified int64 `json:"qualified"`
	Ahead     int64 `json:"ahead_ms"` // milliseconds
}

// OutcomeLead is one lead that came to an outcome at a moment, with the moments
// of its first qualification, 0 for never before it.
type OutcomeLead struct {
	Lead   lead.ID   `json:"lead"`
	At     lead.Time `json:"at"`
	Before lead.Time `json:"before"`
	After  lead.Time `json:"after"`
}
