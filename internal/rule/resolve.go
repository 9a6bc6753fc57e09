package rule

import (
	"fmt"
	"slices"
	"strings"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"

	"galena/internal/phrase"
)

// renamed are CEL's operators that conditions run under another meaning.
var renamed = map[string]string{
	operators.Equals:    equalFunction,
	operators.NotEquals: notEqualFunction,
	operators.In:        inFunction,
}

// resolve gives every name its meaning, takes out the atoms, and rewrites what
// means something else here than in CEL.
func (c *compiler) resolve(e ast.Expr) {
	switch e.Kind() {
	case ast.IdentKind:
		c.resolveName(e)
	case ast.SelectKind:
		c.resolveSelect(e)
	case ast.CallKind:
		c.resolveCall(e)
	case ast.ListKind:
		for _, item := range e.AsList().Elements() {
			c.resolve(item)
		}
	case ast.MapKind:
		for _, entry := range e.AsMap().Entries() {
			c.resolve(entry.AsMapEntry().Key())
			c.resolve(entry.AsMapEntry().Value())
		}
	case ast.StructKind:
		c.wrong(e, Problem{Message: phrase.New("Messages cannot be built here.")})
	case ast.ComprehensionKind:
		c.resolveLoop(e.AsComprehension(), e)
	}
}

// wrong reports an expression and puts in its place one that fits everywhere.
func (c *compiler) wrong(e ast.Expr, p Problem) {
	if !c.full() {
		c.report(e, p)
	}
	c.poison(e)
}

func (c *compiler) poison(e ast.Expr) { e.SetKindCase(c.make.NewIdent(e.ID(), wrongVariable)) }

// setTruth puts in place of an expression a truth that is computed before.
func (c *compiler) setTruth(e ast.Expr, p predicate) {
	i := slices.Index(c.x.truths, p)
	if i < 0 {
		i = len(c.x.truths)
		c.x.truths = append(c.x.truths, p)
	}
	e.SetKindCase(c.make.NewIdent(e.ID(), truthVariable(i)))
}

func (c *compiler) resolveName(e ast.Expr) {
	name := e.AsIdent()
	if strings.HasPrefix(name, "@") || slices.Contains(c.loops, name) {
		return
	}
	if c.env.scope != inLeads && slices.Contains(eventNames, name) {
		return
	}
	if c.env.scope == inEvents {
		c.unknownName(e, name)
		return
	}
	if c.env.scope == inBoth && (name == inStage || c.env.symbols[name].meaning == scoreMeaning) {
		c.wrong(e, Problem{
			Message:  phrase.New("Points are computed from an event and attributes; %s is neither.", name),
			Found:    phrase.Verbatim(name),
			Expected: phrase.New("properties.seats, or an attribute"),
		})
		return
	}
	switch s := c.env.symbols[name]; {
	case s.meaning == fieldMeaning:
		c.x.fields = append(c.x.fields, s.slot)
	case s.meaning == segmentMeaning && s.segment == nil:
		c.wrong(e, Problem{
			Message:  phrase.New("%s is a segment, and a segment is not made of segments.", name),
			Found:    phrase.Verbatim(name),
			Expected: phrase.New("attributes"),
		})
	case s.meaning == segmentMeaning:
		c.x.fields = append(c.x.fields, s.segment.fields...)
		c.setTruth(e, segmentTest{s.segment})
	case s.meaning == scoreMeaning:
		c.wrong(e, Problem{
			Message:    phrase.New("The score %s can only be compared with a number.", name),
			Found:      phrase.Verbatim(name),
			Expected:   phrase.Verbatim(fmt.Sprintf("%s >= 50", name)),
			Suggestion: phrase.New("define a total in the playbook to reckon with scores"),
		})
	case s.meaning == signalMeaning:
		c.wrong(e, Problem{
			Message:    phrase.New("%s is a signal, which has no value of its own.", name),
			Found:      phrase.Verbatim(name),
			Expected:   phrase.New("a truth or a value"),
			Suggestion: phrase.New("write %s", fmt.Sprintf("count(%s) >= 1", name)),
		})
	case name == inStage:
		c.wrong(e, Problem{
			Message:    phrase.New("in_stage can only be compared with a duration."),
			Found:      phrase.Verbatim(name),
			Expected:   phrase.Verbatim("in_stage >= 5d"),
			Suggestion: phrase.New("compare in_stage with a duration"),
		})
	default:
		c.unknownName(e, name)
	}
}

func (c *compiler) unknownName(e ast.Expr, name string) {
	if c.full() {
		c.poison(e)
		return
	}
	p := Problem{
		Message:  phrase.New("There is no %s here.", clip(name)),
		Found:    phrase.Verbatim(clip(name)),
		Expected: phrase.New("an attribute, score or function of the playbook"),
	}
	if c.env.scope == inBoth {
		p.Expected = phrase.New("an attribute, or a part of the event such as properties.seats")
	}
	if c.env.scope == inEvents {
		p.Expected = phrase.New("one of %s", strings.Join(eventNames, ", "))
	}
	i := slices.IndexFunc(functions, func(f function) bool { return f.name == name })
	switch {
	case i >= 0 && c.env.scope.sees(functions[i]):
		p.Message = phrase.New("%s is a function.", name)
		p.Suggestion = phrase.New("write %s", functions[i].usage)
	case c.env.scope == inEvents && (i >= 0 || name == inStage):
		p.Message = phrase.New("%s belongs to rules and stages; a signal sees only its event.", name)
	case c.env.scope == inLeads && slices.Contains(eventNames, name):
		p.Message = phrase.New("%s belongs to an event; rules and stages see only the lead.", name)
		p.Suggestion = phrase.New("put the condition into the where of a signal, or make the trait an attribute")
	default:
		p.Suggestion = suggest(name, c.env.names)
	}
	c.reportName(e, p)
	c.poison(e)
}

func (c *compiler) resolveSelect(e ast.Expr) {
	s := e.AsSelect()
	if s.IsTestOnly() && c.env.scope == inLeads {
		c.wrong(e, Problem{
			Message:    phrase.New("has(…) asks for an entry of a map, and attributes are no maps."),
			Expected:   phrase.Verbatim("known(attribute)"),
			Suggestion: phrase.New("write %s", "known(…)"),
		})
		return
	}
	c.resolve(s.Operand())
}

// resolveLoop resolves what a macro such as exists was expanded to.
func (c *compiler) resolveLoop(loop ast.ComprehensionExpr, e ast.Expr) {
	c.resolve(loop.IterRange())
	name := loop.IterVar()
	if _, taken := c.env.symbols[name]; taken || Reserved(name) {
		c.reportName(e, Problem{
			Message:    phrase.New("%s has a meaning already and cannot name an item.", name),
			Found:      phrase.Verbatim(name),
			Expected:   phrase.New("a new name"),
			Suggestion: phrase.New("call the item x"),
		})
	}
	c.loops = append(c.loops, name)
	for _, part := range []ast.Expr{loop.AccuInit(), loop.LoopCondition(), loop.LoopStep(), loop.Result()} {
		c.resolve(part)
	}
	c.loops = c.loops[:len(c.loops)-1]
}

func (c *compiler) resolveCall(e ast.Expr) {
	call := e.AsCall()
	if c.env.scope == inLeads && c.resolveAtom(e) || c.env.scope != inEvents && c.resolveKnown(e) {
		return
	}
	name, args := call.FunctionName(), call.Args()
	_, isOperator := operators.FindReverse(name)
	isOperator = isOperator || strings.HasPrefix(name, "@") || name == operators.Index || name == operators.Conditional
	if !isOperator && !c.checkFunction(e) {
		return
	}
	if call.IsMemberFunction() {
		c.resolve(call.Target())
	}
	for _, arg := range args {
		c.resolve(arg)
	}
	switch {
	case (name == operators.Equals || name == operators.NotEquals) && c.resolveNull(e):
	case renamed[name] != "":
		e.SetKindCase(c.make.NewCall(e.ID(), renamed[name], args...))
	case name == "matches":
		c.resolvePattern(e)
	case len(args) == 1 && !call.IsMemberFunction():
		c.checkConversion(e, name, args[0])
	}
}

// checkFunction reports calls of what does not exist or is called otherwise.
func (c *compiler) checkFunction(e ast.Expr) bool {
	call := e.AsCall()
	name, member, given := call.FunctionName(), call.IsMemberFunction(), len(call.Args())
	p := Problem{Found: phrase.Verbatim(clip(c.written(e)))}
	known := false
	for _, f := range functions {
		if f.name != name || !c.env.scope.sees(f) {
			continue
		}
		known = true
		p.Expected = phrase.Verbatim(f.usage)
		if f.member == member && given >= f.min && given <= f.max {
			if !f.macro {
				return true
			}
			continue // CEL would have expanded it
		}
	}
	switch {
	case c.full():
	case known:
		p.Message = phrase.New("%s is not called in this way.", name)
		p.Suggestion = phrase.New("write %s", p.Expected)
	case c.env.scope == inBoth && slices.Contains([]string{"count", "since", "distinct", "same"}, name):
		p.Message = phrase.New("%s(…) belongs to conditions; points are computed from an event and attributes.", name)
		p.Suggestion = phrase.New("give the rule a \"when\"")
	case c.env.scope == inEvents && slices.ContainsFunc(functions, func(f function) bool { return f.name == name && f.scope == inLeads }):
		p.Message = phrase.New("%s(…) belongs to rules and stages; a signal sees only its event.", name)
		if name == "known" {
			p.Suggestion = phrase.New("write %s", "has(properties.plan)")
		}
	case name == "now":
		p.Message = phrase.New("There is no now() in conditions.")
		p.Suggestion = phrase.New("compare since(signal) or in_stage with a duration")
	default:
		var names []string
		for _, f := range functions {
			if c.env.scope.sees(f) {
				names = append(names, f.name)
			}
		}
		p.Message = phrase.New("There is no function %s.", clip(name))
		p.Suggestion = suggest(name, names)
	}
	c.reportName(e, p)
	c.poison(e)
	return false
}

// written is the text of a call's name.
func (c *compiler) written(e ast.Expr) string {
	t := c.tokens[c.nameOf(e)]
	return c.text[t.start:t.end]
}

// resolveNull rewrites comparisons with a written null.
func (c *compiler) resolveNull(e ast.Expr) bool {
	args := e.AsCall().Args()
	of := args[0]
	switch {
	case isNull(args[1]):
	case isNull(args[0]):
		of = args[1]
	default:
		return false
	}
	if of.Kind() == ast.IdentKind && c.env.symbols[of.AsIdent()].meaning == fieldMeaning {
		c.wrong(e, Problem{
			Message:    phrase.New("An attribute is never null; it has a value or none."),
			Found:      phrase.Verbatim("null"),
			Expected:   phrase.Verbatim(fmt.Sprintf("known(%s)", of.AsIdent())),
			Suggestion: phrase.New("write known(%s) or !known(%s)", of.AsIdent(), of.AsIdent()),
		})
		return true
	}
	if e.AsCall().FunctionName() == operators.Equals {
		e.SetKindCase(c.make.NewCall(e.ID(), isNullFunction, of))
		return true
	}
	// The inner call needs an id of its own for its type; null's is free.
	null := args[1]
	if of == args[1] {
		null = args[0]
	}
	e.SetKindCase(c.make.NewCall(e.ID(), operators.LogicalNot, c.make.NewCall(null.ID(), isNullFunction, of)))
	return true
}

func isNull(e ast.Expr) bool {
	return e.Kind() == ast.LiteralKind && e.AsLiteral() == types.NullValue
}

// resolvePattern compiles the pattern of a matches.
func (c *compiler) resolvePattern(e ast.Expr) {
	call := e.AsCall()
	arg := call.Args()[0]
	text, ok := textLiteral(arg)
	if !ok {
		c.wrong(e, Problem{
			Message:    phrase.New("The pattern of matches must be written out."),
			Expected:   phrase.Verbatim(`x.matches("…")`),
			Suggestion: phrase.New("use contains, startsWith or == for a text that is not known beforehand"),
		})
		return
	}
	compiled, problem := compilePattern(text, MaxPattern-c.steps)
	if problem != nil {
		c.report(arg, *problem)
		return
	}
	c.patterns[text] = compiled
	c.steps += compiled.size
	e.SetKindCase(c.make.NewMemberCall(e.ID(), matchesFunction, call.Target(), arg))
}

func textLiteral(e ast.Expr) (string, bool) {
	if e.Kind() != ast.LiteralKind {
		return "", false
	}
	s, ok := e.AsLiteral().(types.String)
	return string(s), ok
}

// conversions are the functions that read a text as something else.
var conversions = map[string]struct {
	to       *types.Type
	wrong    phrase.Phrase
	expected string
}{
	"timestamp": {types.TimestampType, phrase.New("This text says no moment."), `timestamp("2026-01-31T09:00:00Z")`},
	"duration":  {types.DurationType, phrase.New("This text says no duration."), "30d"},
	"int":       {types.IntType, phrase.New("This text says no whole number."), "int(12)"},
	"double":    {types.DoubleType, phrase.New("This text says no number."), "double(12.5)"},
}

// checkConversion reports written texts that can never be read.
func (c *compiler) checkConversion(e ast.Expr, name string, arg ast.Expr) {
	conversion, ok := conversions[name]
	if !ok {
		return
	}
	text, ok := textLiteral(arg)
	if ok && types.IsError(types.String(text).ConvertToType(conversion.to)) {
		c.report(arg, Problem{
			Message:  conversion.wrong,
			Found:    phrase.Verbatim(clip(text)),
			Expected: phrase.Verbatim(conversion.expected),
		})
		c.poison(e)
	}
}
