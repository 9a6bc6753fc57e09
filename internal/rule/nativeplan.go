package rule

import (
	"slices"
	"strings"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"

	"galena/internal/lead"
)

// nativePlan turns a checked tree into predicates, as far as its shape allows.
type nativePlan struct {
	*compiler
	usedCEL bool
}

// predicate is the native form of an expression, with CEL beneath where only a
// part of it is native; nil if nothing in it is.
func (n *nativePlan) predicate(e ast.Expr) predicate {
	switch e.Kind() {
	case ast.LiteralKind:
		if b, ok := e.AsLiteral().(types.Bool); ok {
			return constant(truthOf(bool(b)))
		}
		return nil
	case ast.IdentKind:
		if p := n.truth(e.AsIdent()); p != nil {
			return p
		}
	case ast.SelectKind:
		if e.AsSelect().IsTestOnly() {
			if p, ok := n.path(e.AsSelect().Operand(), e.AsSelect().FieldName()); ok {
				return hasTest{path: p}
			}
			return nil
		}
	case ast.CallKind:
		switch name := e.AsCall().FunctionName(); name {
		case operators.LogicalAnd, operators.LogicalOr:
			return n.logic(e, name)
		case operators.LogicalNot:
			if p := n.predicate(e.AsCall().Args()[0]); p != nil {
				return not{of: p}
			}
			return nil
		}
		if p := n.call(e.AsCall()); p != nil {
			return p
		}
	}
	if src := n.source(e); src != nil {
		return boolTest{of: src}
	}
	return nil
}

// truth finds the predicate behind a variable such as @3.
func (n *nativePlan) truth(name string) predicate {
	for i, p := range n.x.truths {
		if name == truthVariable(i) {
			return p
		}
	}
	return nil
}

// logic gathers the sides of a chain of && or ||. What has no native form goes
// to CEL by itself, unless nothing has.
func (n *nativePlan) logic(e ast.Expr, operator string) predicate {
	var sides []ast.Expr
	var gather func(e ast.Expr)
	gather = func(e ast.Expr) {
		if e.Kind() == ast.CallKind && e.AsCall().FunctionName() == operator {
			for _, side := range e.AsCall().Args() {
				gather(side)
			}
			return
		}
		sides = append(sides, e)
	}
	gather(e)
	plan := make([]predicate, len(sides))
	natives := 0
	for i, side := range sides {
		if plan[i] = n.predicate(side); plan[i] != nil {
			natives++
		}
	}
	if natives == 0 {
		return nil
	}
	for i, side := range sides {
		if plan[i] == nil {
			plan[i] = n.inCEL(side)
			n.usedCEL = true
		}
	}
	if operator == operators.LogicalAnd {
		return all(plan)
	}
	return either(plan)
}

// source finds where a name or path gets its value; nil if it is neither.
func (n *nativePlan) source(e ast.Expr) source {
	if e.Kind() != ast.IdentKind {
		if p, ok := n.path(e, ""); ok {
			return p
		}
		return nil
	}
	switch name := e.AsIdent(); {
	case n.env.symbols[name].meaning != 0:
		if s := n.env.symbols[name]; s.meaning == fieldMeaning {
			return attribute{slot: s.slot}
		}
	case name == "type":
		return eventType{}
	case name == "name":
		return eventName{}
	}
	return nil
}

// path reads a.b["c"] under one of an event's maps; last is added at its end.
func (n *nativePlan) path(e ast.Expr, last string) (path, bool) {
	var keys []string
	if last != "" {
		keys = append(keys, last)
	}
	for {
		switch e.Kind() {
		case ast.SelectKind:
			if e.AsSelect().IsTestOnly() {
				return path{}, false
			}
			keys = append(keys, e.AsSelect().FieldName())
			e = e.AsSelect().Operand()
		case ast.CallKind:
			call := e.AsCall()
			if call.FunctionName() != operators.Index {
				return path{}, false
			}
			key, ok := textLiteral(call.Args()[1])
			if !ok {
				return path{}, false
			}
			keys = append(keys, key)
			e = call.Args()[0]
		case ast.IdentKind:
			r, ok := roots[e.AsIdent()]
			slices.Reverse(keys)
			return path{root: r, keys: keys}, ok && n.env.scope != inLeads && len(keys) > 0
		default:
			return path{}, false
		}
	}
}

// text finds a source of text with its folding.
func (n *nativePlan) text(e ast.Expr) (source, folding) {
	fold := asIs
	if e.Kind() == ast.CallKind {
		switch e.AsCall().FunctionName() {
		case "lowerAscii":
			fold, e = lower, e.AsCall().Target()
		case "upperAscii":
			fold, e = upper, e.AsCall().Target()
		}
	}
	return n.source(e), fold
}

// call plans a comparison or a look at a text.
func (n *nativePlan) call(call ast.CallExpr) predicate {
	args := call.Args()
	if call.IsMemberFunction() {
		if len(args) != 1 {
			return nil
		}
		return n.look(call.Target(), call.FunctionName(), args[0])
	}
	switch name := call.FunctionName(); name {
	case isNullFunction:
		if p, ok := n.path(args[0], ""); ok {
			return nullTest{path: p}
		}
	case inFunction:
		return n.in(args[0], args[1])
	case equalFunction:
		return n.compare(Equal, args[0], args[1])
	case notEqualFunction:
		return n.compare(NotEqual, args[0], args[1])
	default:
		if op, ok := comparisons[name]; ok {
			return n.compare(op, args[0], args[1])
		}
	}
	return nil
}

func (n *nativePlan) look(target ast.Expr, name string, arg ast.Expr) predicate {
	want, ok := textLiteral(arg)
	src, fold := n.text(target)
	if !ok || src == nil {
		return nil
	}
	var look textLook
	switch name {
	case "startsWith":
		look = textStarts{want: want}
	case "endsWith":
		look = textEnds{want: want}
	case "contains":
		look = textContains{want: want}
	case matchesFunction:
		look = textMatches{pattern: n.patterns[want].Regexp, matched: newMemo()}
	default:
		return nil
	}
	return textTest{of: src, fold: fold, look: look}
}

func (n *nativePlan) compare(op Op, left, right ast.Expr) predicate {
	if p := n.compareConstant(op, left, right); p != nil {
		return p
	}
	return n.compareConstant(op.flipped(), right, left)
}

// compareConstant plans a comparison whose right side is a constant.
func (n *nativePlan) compareConstant(op Op, left, right ast.Expr) predicate {
	if at, ok := momentLiteral(right); ok {
		return n.compareMoment(op, left, at)
	}
	if right.Kind() != ast.LiteralKind {
		return nil
	}
	src, fold := n.text(left)
	if src == nil {
		return nil
	}
	switch want := right.AsLiteral().(type) {
	case types.Double:
		if fold == asIs {
			return numberTest{of: src, op: op, with: float64(want)}
		}
	case types.Bool:
		if fold != asIs || op != Equal && op != NotEqual {
			return nil
		}
		if bool(want) == (op == Equal) {
			return boolTest{of: src}
		}
		return not{of: boolTest{of: src}}
	case types.String:
		return compareText(textTest{of: src, fold: fold}, op, string(want))
	}
	return nil
}

func compareText(t textTest, op Op, want string) predicate {
	switch {
	case op == Equal:
		t.look = textIs{want: want}
		return t
	case op == NotEqual:
		t.look = textIs{want: want}
		return not{of: t}
	case t.fold == asIs:
		t.look = textOrder{op: op, with: want}
		return t
	}
	return nil
}

func (n *nativePlan) compareMoment(op Op, left ast.Expr, at types.Timestamp) predicate {
	src, ok := n.source(left).(attribute)
	if !ok {
		return nil
	}
	// UnixMilli cuts towards the past, so what is cut off comes after.
	ms := at.UnixMilli()
	return momentTest{slot: src.slot, op: op, with: ms, between: at.Nanosecond()%1e6 != 0}
}

// momentLiteral reads timestamp("…").
func momentLiteral(e ast.Expr) (types.Timestamp, bool) {
	if e.Kind() != ast.CallKind || e.AsCall().FunctionName() != "timestamp" {
		return types.Timestamp{}, false
	}
	text, ok := textLiteral(e.AsCall().Args()[0])
	if !ok {
		return types.Timestamp{}, false
	}
	at, ok := types.String(text).ConvertToType(types.TimestampType).(types.Timestamp)
	return at, ok
}

// in plans constant in attribute, and name in [constants].
func (n *nativePlan) in(left, right ast.Expr) predicate {
	if want, ok := textLiteral(left); ok && right.Kind() == ast.IdentKind {
		if s := n.env.symbols[right.AsIdent()]; s.meaning == fieldMeaning && s.kind == lead.List {
			return memberTest{slot: s.slot, text: want}
		}
		return nil
	}
	src, fold := n.text(left)
	if src == nil || right.Kind() != ast.ListKind {
		return nil
	}
	var texts []string
	var numbers []float64
	items := right.AsList().Elements()
	for _, item := range items {
		if item.Kind() != ast.LiteralKind {
			return nil
		}
		switch v := item.AsLiteral().(type) {
		case types.String:
			texts = append(texts, string(v))
		case types.Double:
			numbers = append(numbers, float64(v))
		}
	}
	switch {
	case len(items) == 0:
		return nil
	case len(texts) == len(items) && fold == asIs && len(texts) >= longList:
		slices.SortFunc(texts, strings.Compare)
		return textTest{of: src, look: textInSorted{sorted: texts}}
	case len(texts) == len(items):
		return textTest{of: src, fold: fold, look: textIn{list: texts}}
	case len(numbers) == len(items) && fold == asIs:
		return numberInTest{of: src, list: numbers}
	}
	return nil
}
