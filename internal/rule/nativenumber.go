package rule

import (
	"math"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
)

// operations are what a Number can reckon natively with two numbers.
var operations = map[string]func(a, b float64) float64{
	operators.Add:      sum,
	operators.Subtract: difference,
	operators.Multiply: product,
	operators.Divide:   quotient,
	minFunction:        math.Min,
	maxFunction:        math.Max,
}

// numeric is the native form of an expression that gives a number; nil if it has
// none. Unlike a condition's, it is native as a whole or not at all, but for the
// truths that choose between numbers.
func (n *nativePlan) numeric(e ast.Expr) numeric {
	if src := n.source(e); src != nil {
		return src
	}
	switch e.Kind() {
	case ast.LiteralKind:
		if x, ok := e.AsLiteral().(types.Double); ok {
			return written64(x)
		}
	case ast.CallKind:
		return n.reckon(e.AsCall())
	}
	return nil
}

func (n *nativePlan) reckon(call ast.CallExpr) numeric {
	if call.IsMemberFunction() {
		return nil
	}
	name, args := call.FunctionName(), call.Args()
	switch name {
	case operators.Conditional:
		when := n.predicate(args[0])
		then, otherwise := n.numeric(args[1]), n.numeric(args[2])
		if when == nil || then == nil || otherwise == nil {
			return nil
		}
		return chosen{when: when, then: then, otherwise: otherwise}
	case operators.Negate:
		if of := n.numeric(args[0]); of != nil {
			return negated{of: of}
		}
		return nil
	}
	by := operations[name]
	if by == nil {
		return nil
	}
	left := n.numeric(args[0])
	for _, arg := range args[1:] {
		right := n.numeric(arg)
		if left == nil || right == nil {
			return nil
		}
		left = reckoned{by: by, a: left, b: right, divides: name == operators.Divide}
	}
	return left
}
