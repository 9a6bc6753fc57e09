package lead

import "fmt"

// Verb says what became of a decision. The numbers are stored.
type Verb uint8

const (
	// Made is the first time the fold comes to a decision.
	Made Verb = 1
	// Retracted says that a refold no longer comes to it.
	Retracted Verb = 2
	// Reinstated says that a later refold comes to it again.
	Reinstated Verb = 3
)

func (v Verb) String() string {
	return [...]string{"", "made", "retracted", "reinstated"}[v]
}

// Decision is a stage or exit that a lead entered, as the playbook in force or a
// person decided.
type Decision struct {
	Lead  ID
	Cycle int    // from 1: which pass through the funnel
	Stage string // the stage entered
	From  string // the stage left; "" for none
	Role  string // the canonical role of Stage
	Nth   int    // from 1: how often the lead entered Stage in this cycle
	At    Time   // the effective moment
	// Event is the message id of the event that turned the criterion true, or of the act; ""
	// when time did.
	Event   string
	Version int // of the playbook that decided
	// Reason is why a lead left the funnel, or why a person put it where it is; ""
	// where the criterion of a stage is the reason.
	Reason string
	// Silent says that a publication decided it, at its own moment, whose author
	// did not agree to effects: nobody is told and nothing is set in motion.
	Silent bool
	// Verb and Recorded are the store's: what this row of the decision log says.
	Verb     Verb
	Recorded Time
}

// ID is stable under refold: the original lead, the cycle, the stage and the
// nth entry.
func (d *Decision) ID() string {
	return fmt.Sprintf("%s/%d/%s/%d", d.Lead, d.Cycle, d.Stage, d.Nth)
}
