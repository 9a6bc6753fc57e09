package rule

import (
	"slices"
	"strings"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/parser"
)

// reckoning are the operators and functions whose sides must be numbers of one type in CEL.
var reckoning = []string{
	operators.Add, operators.Subtract, operators.Multiply, operators.Divide, operators.Modulo, operators.Negate,
	minFunction, maxFunction,
}

// widen makes written whole numbers what all other numbers are, doubles, so that
// people need not know of CEL's two types. They stay whole beside what is whole
// in CEL (sizes, places in texts and lists), or if keep asks for it.
func (c *compiler) widen(e ast.Expr, keep bool) {
	switch e.Kind() {
	case ast.LiteralKind:
		if v, ok := wide(e.AsLiteral()); ok && !keep {
			e.SetKindCase(c.make.NewLiteral(e.ID(), v))
		}
	case ast.SelectKind:
		c.widen(e.AsSelect().Operand(), false)
	case ast.ListKind:
		c.level(e.AsList().Elements(), keep)
	case ast.MapKind:
		for _, entry := range e.AsMap().Entries() {
			c.widen(entry.AsMapEntry().Key(), true)
			c.widen(entry.AsMapEntry().Value(), false)
		}
	case ast.ComprehensionKind:
		loop := e.AsComprehension()
		c.widen(loop.IterRange(), false)
		c.widen(loop.AccuInit(), true)
		c.widen(loop.LoopCondition(), false)
		c.widen(loop.LoopStep(), false)
		c.widen(loop.Result(), false)
	case ast.CallKind:
		c.widenCall(e.AsCall(), keep)
	}
}

func (c *compiler) widenCall(call ast.CallExpr, keep bool) {
	name, args := call.FunctionName(), call.Args()
	switch {
	case call.IsMemberFunction():
		c.widen(call.Target(), false)
		keep = true
	case name == operators.Index:
		c.widen(args[0], false)
		c.widen(args[1], true)
		return
	case name == operators.Conditional:
		c.widen(args[0], false)
		c.level(args[1:], keep)
		return
	case slices.ContainsFunc(args, isAccumulator):
		// The numbers that exists_one counts with are whole.
		for _, arg := range args {
			c.widen(arg, arg.Kind() == ast.LiteralKind)
		}
		return
	case slices.Contains(reckoning, name):
		c.level(args, keep)
		return
	case isComparison(name):
		c.level(args, false)
		return
	default:
		_, isOperator := operators.FindReverse(name)
		keep = !isOperator && !strings.HasPrefix(name, "@")
	}
	for _, arg := range args {
		c.widen(arg, keep && isWritten(arg))
	}
}

// level brings expressions that meet to one type of number: whole if all that
// are not written out are whole, or if all are written out and whole is asked
// for; else doubles.
func (c *compiler) level(args []ast.Expr, asked bool) {
	form := together(args)
	stay := form == whole || form == written && asked
	for _, arg := range args {
		was := numberOf(arg)
		c.widen(arg, stay && was == written)
		if form == other && was == whole {
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

// isAccumulator says whether an expression is where a macro gathers its result.
func isAccumulator(e ast.Expr) bool {
	return e.Kind() == ast.IdentKind && e.AsIdent() == parser.HiddenAccumulatorName
}

// isWritten says whether an expression consists of literals only.
func isWritten(e ast.Expr) bool { return numberOf(e) == written }

// numberForm is what is known of an expression's number before types are.
type numberForm uint8

const (
	written numberForm = iota // literals only: becomes whatever it meets
	whole                     // CEL's int
	other
)

// numberOf looks at each node once: it is asked at every level of a tree.
func numberOf(e ast.Expr) numberForm {
	switch e.Kind() {
	case ast.LiteralKind:
		return written
	case ast.ListKind:
		if together(e.AsList().Elements()) == written {
			return written
		}
	case ast.CallKind:
		call := e.AsCall()
		switch name := call.FunctionName(); {
		case name == operators.Conditional:
			return together(call.Args()[1:])
		case slices.Contains(reckoning, name):
			return together(call.Args())
		case name == "size", name == "int", name == "indexOf", name == "lastIndexOf",
			call.IsMemberFunction() && strings.HasPrefix(name, "get"):
			return whole
		}
	}
	return other
}

// together is the form of what several expressions make when they meet.
func together(list []ast.Expr) numberForm {
	form := written
	for _, e := range list {
		form = max(form, numberOf(e))
	}
	return form
}
