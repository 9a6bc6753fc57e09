package rule

import "galena/internal/lead"

// Env compiles the conditions of one scope. Safe for concurrent use.
type Env struct{}

// ForEvents is the scope of a signal's `where`.
func ForEvents() *Env { return &Env{} }

// ForLeads is the scope of rules, stages and exclusions. The catalogue's names
// must be unique and none of them Reserved.
func ForLeads(c Catalogue) *Env { return &Env{} }

// Reserved says whether a name has a meaning of its own in conditions, so that
// no attribute, signal or score can bear it.
func Reserved(name string) bool { return false }

// Compile checks text and compiles it. Either the Expr is not nil or there is at
// least one problem.
func (e *Env) Compile(text string) (*Expr, []Problem) { return &Expr{text: text}, nil }

// Expr is a compiled condition. Immutable, safe for concurrent use.
type Expr struct{ text string }

// Text is the condition as written.
func (x *Expr) Text() string { return x.text }

// Atoms lists the condition's atoms; a pointer into it is what Lead.Holds gets.
// Not to be changed.
func (x *Expr) Atoms() []Atom { return nil }

// Fields lists the slots of the attributes it reads, ascending.
func (x *Expr) Fields() []int { return nil }

// Native says whether it runs without CEL.
func (x *Expr) Native() bool { return false }

// OnEvent evaluates a condition of ForEvents. The event must be open.
func (x *Expr) OnEvent(e *lead.Event) Truth { return Unknown }

// OnLead evaluates a condition of ForLeads.
func (x *Expr) OnLead(l Lead) Truth { return Unknown }
