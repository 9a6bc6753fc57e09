package rule

import "galena/internal/lead"

// Expr is a compiled condition. Immutable, safe for concurrent use.
type Expr struct {
	text   string
	env    *Env
	atoms  []Atom
	fields []int
	paths  []path // of an event, as written
	// truths are what stands in CEL for atoms, known(…) and segments.
	truths []predicate
	run    predicate
	native bool
	byCEL  predicate
}

// Text is the condition as written.
func (x *Expr) Text() string { return x.text }

// Atoms lists the condition's atoms; a pointer into it is what Lead.Holds gets.
// Not to be changed.
func (x *Expr) Atoms() []Atom { return x.atoms }

// Fields lists the slots of the attributes it reads, ascending.
func (x *Expr) Fields() []int { return x.fields }

// Native says whether it runs without CEL.
func (x *Expr) Native() bool { return x.native }

// OnEvent evaluates a condition of ForEvents. The event must be open.
func (x *Expr) OnEvent(e *lead.Event) Truth { return x.run.truth(frame{event: e}) }

// OnLead evaluates a condition of ForLeads.
func (x *Expr) OnLead(l Lead) Truth { return x.run.truth(frame{lead: l}) }

// OnEventByCEL is OnEvent with everything run in CEL. It is for tests and
// cross-checks: slower, and equal to OnEvent as long as the whole condition
// stays within MaxCost.
func (x *Expr) OnEventByCEL(e *lead.Event) Truth { return x.byCEL.truth(frame{event: e, byCEL: true}) }

// OnLeadByCEL is OnLead with everything but the atoms run in CEL. It is for tests
// and cross-checks, like OnEventByCEL.
func (x *Expr) OnLeadByCEL(l Lead) Truth { return x.byCEL.truth(frame{lead: l, byCEL: true}) }
