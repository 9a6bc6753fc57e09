package rule

import (
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
)

// maxNested is how deep lists and maps stand within each other. CEL's checker
// needs time by the cube of it, and .map(x, [x]) adds to it at each call.
const maxNested = 5

// nesting reckons, before types are known, how deep the type of an expression can
// be. It holds the depths of loop variables. What comes from an event has no
// depth: its type is not looked into.
type nesting map[string]int

// of is the greatest depth within an expression.
func (n nesting) of(e ast.Expr) int {
	deepest := 0
	n.value(e, &deepest)
	return deepest
}

// value is the depth of an expression's own value; deepest collects the greatest
// of all parts.
func (n nesting) value(e ast.Expr, deepest *int) int {
	depth := 0
	switch e.Kind() {
	case ast.IdentKind:
		depth = n[e.AsIdent()]
	case ast.SelectKind:
		depth = max(n.value(e.AsSelect().Operand(), deepest)-1, 0)
	case ast.ListKind:
		for _, item := range e.AsList().Elements() {
			depth = max(depth, n.value(item, deepest))
		}
		depth++
	case ast.MapKind:
		for _, entry := range e.AsMap().Entries() {
			depth = max(depth, n.value(entry.AsMapEntry().Key(), deepest), n.value(entry.AsMapEntry().Value(), deepest))
		}
		depth++
	case ast.ComprehensionKind:
		depth = n.loop(e.AsComprehension(), deepest)
	case ast.CallKind:
		depth = n.call(e.AsCall(), deepest)
	}
	*deepest = max(*deepest, depth)
	return depth
}

func (n nesting) loop(loop ast.ComprehensionExpr, deepest *int) int {
	name := loop.IterVar()
	outer, shadows := n[name]
	n[name] = max(n.value(loop.IterRange(), deepest)-1, 0)
	n.value(loop.LoopCondition(), deepest)
	depth := max(n.value(loop.AccuInit(), deepest), n.value(loop.LoopStep(), deepest))
	delete(n, name)
	if shadows {
		n[name] = outer
	}
	return depth
}

func (n nesting) call(call ast.CallExpr, deepest *int) int {
	depth := 0
	if call.IsMemberFunction() {
		n.value(call.Target(), deepest)
	}
	for _, arg := range call.Args() {
		depth = max(depth, n.value(arg, deepest))
	}
	switch call.FunctionName() {
	case operators.Add, operators.Conditional:
		return depth
	case operators.Index:
		return max(depth-1, 0)
	}
	return 0
}
