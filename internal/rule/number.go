package rule

import (
	"math"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"

	"galena/internal/lead"
)

// Number is an expression that gives a number: the points of a rule that
// reckons them. Immutable, safe for concurrent use.
type Number struct {
	x   *Expr
	run numeric
	cel numeric
}

// CompileNumber checks text and compiles it to a Number, like Compile.
func (e *Env) CompileNumber(text string) (*Number, []Problem) {
	c := newCompiler(e, text)
	c.number = &Number{x: c.x}
	c.run()
	if len(c.problems) > 0 {
		return nil, tidy(c.problems)
	}
	return c.number, nil
}

// Text is the expression as written.
func (n *Number) Text() string { return n.x.text }

// Atoms and Fields are what it reads, as of an Expr.
func (n *Number) Atoms() []Atom { return n.x.atoms }

// Fields lists the slots of the attributes it reads, ascending.
func (n *Number) Fields() []int { return n.x.fields }

// Native says whether it runs without CEL.
func (n *Number) Native() bool { return n.x.native }

// Of computes the number. It is false where something it reads is missing or of
// another kind, and where the result is infinite or no number. The event is nil
// for an expression of ForLeads.
func (n *Number) Of(e *lead.Event, l Lead) (float64, bool) {
	return finite(n.run.number(frame{event: e, lead: l}))
}

// ByCEL is Of with everything run in CEL, for tests and cross-checks.
func (n *Number) ByCEL(e *lead.Event, l Lead) (float64, bool) {
	return finite(n.cel.number(frame{event: e, lead: l, byCEL: true}))
}

// DividesByZero says whether some part of it is divided by a written nought, and so
// comes to no number whatever it reads.
func (n *Number) DividesByZero() bool { return dividesByZero(n.run) }

func dividesByZero(n numeric) bool {
	switch x := n.(type) {
	case reckoned:
		zero, written := x.b.(written64)
		return x.divides && written && zero == 0 || dividesByZero(x.a) || dividesByZero(x.b)
	case negated:
		return dividesByZero(x.of)
	case chosen:
		return dividesByZero(x.then) || dividesByZero(x.otherwise)
	}
	return false
}

func finite(x float64, ok bool) (float64, bool) {
	if !ok || math.IsNaN(x) || math.IsInf(x, 0) {
		return 0, false
	}
	return x, true
}

// numeric is a native piece of a Number. Every source is one.
type numeric interface {
	number(f frame) (float64, bool)
}

type written64 float64

func (w written64) number(frame) (float64, bool) { return float64(w), true }

// noNumber is what can never be computed.
type noNumber struct{}

func (noNumber) number(frame) (float64, bool) { return 0, false }

// reckoned is one operation on two numbers.
type reckoned struct {
	by      func(a, b float64) float64
	a, b    numeric
	divides bool
}

func (r reckoned) number(f frame) (float64, bool) {
	a, ok := r.a.number(f)
	if !ok {
		return 0, false
	}
	b, ok := r.b.number(f)
	return r.by(a, b), ok
}

// negated is a number with the other sign.
type negated struct{ of numeric }

func (n negated) number(f frame) (float64, bool) {
	x, ok := n.of.number(f)
	return -x, ok
}

// chosen is one of two numbers, by a truth.
type chosen struct {
	when            predicate
	then, otherwise numeric
}

func (c chosen) number(f frame) (float64, bool) {
	switch c.when.truth(f) {
	case True:
		return c.then.number(f)
	case False:
		return c.otherwise.number(f)
	}
	return 0, false
}

// The operations are functions of their own, so that no compiler contracts two
// of them to one that rounds once.

func sum(a, b float64) float64        { return a + b }
func difference(a, b float64) float64 { return a - b }
func product(a, b float64) float64    { return a * b }
func quotient(a, b float64) float64   { return a / b }

// celNumber is a number that CEL computes.
type celNumber struct {
	x       *Expr
	program cel.Program
}

func (n celNumber) number(f frame) (float64, bool) {
	result, _, err := n.program.Eval(&activation{x: n.x, f: f})
	if err != nil {
		return 0, false
	}
	switch v := result.(type) {
	case types.Double:
		return float64(v), true
	case types.Int:
		return float64(v), true
	case types.Uint:
		return float64(v), true
	}
	return 0, false
}
