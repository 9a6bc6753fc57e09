package rule

import (
	"slices"
	"strings"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
)

// reckoning are the operators whose sides must be numbers of one type in CEL.
var reckoning = []string{
	operators.Add, operators.Subtract, operators.Multiply, operators.Divide, operators.Modulo, operators.Negate,
}

// widen makes written whole numbers what all other numbers are, doubles, so that
// people need not know of CEL's two types. They stay whole beside what is whole
// in CEL (sizes, places in texts and lists) if whole is set.
func (c *compiler) widen(e ast.Expr, whole bool) {
	switch e.Kind() {
	case ast.LiteralKind:
		if v, ok := wide(e.AsLiteral()); ok && !whole {
			e.SetKindCase(c.make.NewLiteral(e.ID(), v))
		}
	case ast.SelectKind:
		c.widen(e.AsSelect().Operand(), false)
	case ast.ListKind:
		items := e.AsList().Elements()
		c.level(items, whole)
	case ast.MapKind:
		for _, entry := range e.AsMap().Entries() {
			c.widen(entry.AsMapEntry().Key(), true)
			c.widen(entry.AsMapEntry().Value(), false)
		}
	case ast.ComprehensionKind:
		loop := e.AsComprehension()
		c.widen(loop.IterRange(), false)
		// A counting macro's own numbers are whole.
		c.widen(loop.AccuInit(), true)
		c.widen(loop.LoopCondition(), false)
		c.widen(loop.LoopStep(), false)
		c.widen(loop.Result(), false)
	case ast.CallKind:
		c.widenCall(e.AsCall(), whole)
	}
}

func (c *compiler) widenCall(call ast.CallExpr, whole bool) {
	name, args := call.FunctionName(), call.Args()
	switch {
	case call.IsMemberFunction():
		c.widen(call.Target(), false)
		whole = true
	case name == operators.Index:
		c.widen(args[0], false)
		c.widen(args[1], true)
		return
	case name == operators.Conditional:
		c.widen(args[0], false)
		c.level(args[1:], whole)
		return
	case slices.Contains(reckoning, name):
		c.level(args, whole)
		return
	case isComparison(name):
		c.level(args, false)
		return
	default:
		_, isOperator := operators.FindReverse(name)
		whole = !isOperator && !strings.HasPrefix(name, "@")
	}
	for _, arg := range args {
		c.widen(arg, whole && isWritten(arg))
	}
}

// level brings expressions that meet to one type of number: whole if all that
// are not written out are whole (or whole is asked for), else doubles.
func (c *compiler) level(args []ast.Expr, whole bool) {
	someWhole, someOther := whole, false
	for _, arg := range args {
		if isWhole(arg) {
			someWhole = true
		} else if !isWritten(arg) {
			someOther = true
		}
	}
	for _, arg := range args {
		c.widen(arg, someWhole && !someOther && isWritten(arg))
		if someOther && isWhole(arg) {
			c.toDouble(arg)
		}
	}
}

// toDouble puts double(…) around an expression.
func (c *compiler) toDouble(e ast.Expr) {
	info := c.tree.SourceInfo()
	place, _ := info.GetOffsetRange(e.ID())
	id := ast.MaxID(c.tree)
	info.SetOffsetRange(id, place)
	inner := c.make.NewUnspecifiedExpr(id)
	inner.SetKindCase(e)
	e.SetKindCase(c.make.NewCall(e.ID(), "double", inner))
}

func isComparison(name string) bool {
	_, ok := comparisons[name]
	return ok || name == equalFunction || name == notEqualFunction || name == inFunction
}

func wide(v ref.Val) (ref.Val, bool) {
	switch v := v.(type) {
	case types.Int:
		return types.Double(v), true
	case types.Uint:
		return types.Double(v), true
	}
	return v, false
}

// isWritten says whether an expression consists of literals only.
func isWritten(e ast.Expr) bool {
	switch e.Kind() {
	case ast.LiteralKind:
		return true
	case ast.ListKind:
		return !slices.ContainsFunc(e.AsList().Elements(), func(item ast.Expr) bool { return !isWritten(item) })
	case ast.CallKind:
		call := e.AsCall()
		return slices.Contains(reckoning, call.FunctionName()) &&
			!slices.ContainsFunc(call.Args(), func(arg ast.Expr) bool { return !isWritten(arg) })
	}
	return false
}

// isWhole says whether CEL gives a whole number for an expression.
func isWhole(e ast.Expr) bool {
	switch e.Kind() {
	case ast.IdentKind:
		return strings.HasPrefix(e.AsIdent(), "@r") // the counter of exists_one
	case ast.CallKind:
		call := e.AsCall()
		name := call.FunctionName()
		switch {
		case name == operators.Conditional:
			return isWhole(call.Args()[1]) || isWhole(call.Args()[2])
		case name == "size", name == "int", name == "indexOf", name == "lastIndexOf":
			return true
		case call.IsMemberFunction():
			return strings.HasPrefix(name, "get")
		}
		return slices.Contains(reckoning, name) && slices.ContainsFunc(call.Args(), isWhole)
	}
	return false
}
