package playbook

import "galena/internal/rule"

// Stage is a step of the funnel, or an exit from it.
type Stage struct {
	Name  string
	Label string
	Role  string // canonical, one of Roles or ExitRoles
	// When is the criterion; nil for a stage that only a fast track or a person
	// leads into.
	When *rule.Expr
	// FastTrack is a second criterion, enough by itself; nil: none.
	FastTrack *rule.Expr
	// Lapses says that a lead goes back when no criterion holds any more.
	Lapses bool
	// BackWhen is the condition under which a lead goes back, and does not enter;
	// nil: none.
	BackWhen *rule.Expr
	// BackTo is the slot to which it goes back; -1: the furthest stage before
	// this one of which a criterion holds, else the first.
	BackTo int
	// Side marks a side entrance: who goes past it has not been in it.
	Side bool

	Exit     bool
	Reasons  []string // of an exit, those that a person may give; none: any
	CoolDown int64    // of an exit, milliseconds in which no stage is entered
	Final    bool     // of an exit: only a person leads out of it
}

// Roles are the canonical roles of stages, in the order of the funnel.
var Roles = []string{"identified", "engaged", "qualified", "ready", "accepted", "sales-qualified", "opportunity", "customer"}

// ExitRoles are the canonical roles of exits.
var ExitRoles = []string{"recycled", "disqualified"}

// StageNamed finds the slot of a stage or exit; -1 if there is none.
func (p *Plan) StageNamed(name string) int {
	for i := range p.Stages {
		if p.Stages[i].Name == name {
			return i
		}
	}
	return -1
}
