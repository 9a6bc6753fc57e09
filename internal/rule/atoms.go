package rule

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"

	"galena/internal/lead"
	"galena/internal/phrase"
)

// comparisons are the operators that an atom can be under.
var comparisons = map[string]Op{
	operators.Equals:        Equal,
	operators.NotEquals:     NotEqual,
	operators.Less:          Less,
	operators.LessEquals:    LessOrEqual,
	operators.Greater:       Greater,
	operators.GreaterEquals: GreaterOrEqual,
}

// flipped is the operator that says the same with its sides exchanged.
func (op Op) flipped() Op {
	switch op {
	case Less:
		return Greater
	case LessOrEqual:
		return GreaterOrEqual
	case Greater:
		return Less
	case GreaterOrEqual:
		return LessOrEqual
	}
	return op
}

// subject says whether an expression is what atoms compare: a score, in_stage,
// count(…), since(…), distinct(…).
func (c *compiler) subject(e ast.Expr) bool {
	switch e.Kind() {
	case ast.IdentKind:
		name := e.AsIdent()
		return !slices.Contains(c.loops, name) && (name == inStage || c.env.symbols[name].meaning == scoreMeaning)
	case ast.CallKind:
		name := e.AsCall().FunctionName()
		return !e.AsCall().IsMemberFunction() && slices.Contains([]string{"count", "since", "distinct"}, name)
	}
	return false
}

// resolveAtom takes an atom out of the tree: a comparison of a subject with a
// constant. It reports subjects that stand elsewhere, too.
func (c *compiler) resolveAtom(e ast.Expr) bool {
	if c.subject(e) {
		c.strayCall(e)
		return true
	}
	call := e.AsCall()
	if call.FunctionName() == "same" && !call.IsMemberFunction() {
		c.resolveSame(e)
		return true
	}
	op, ok := comparisons[call.FunctionName()]
	if !ok {
		return false
	}
	left, right := call.Args()[0], call.Args()[1]
	switch {
	case c.subject(left) && c.subject(right):
		c.wrong(e, Problem{
			Message:    phrase.New("Scores, counts and times are compared with constants only, not with each other."),
			Expected:   phrase.New("a number or a duration on one side"),
			Suggestion: phrase.New("define a total in the playbook and compare that with a number"),
		})
		return true
	case c.subject(right):
		left, right, op = right, left, op.flipped()
	case !c.subject(left):
		return false
	}
	atom, ok := c.atom(left)
	if ok {
		atom.Op = op
		atom.N, ok = c.constant(atom, left, right)
	}
	if !ok {
		c.poison(e)
		return true
	}
	c.addAtom(e, atom)
	return true
}

// addAtom puts an atom in place of an expression. Atoms move as their list grows;
// planning makes predicates of the list's end state.
func (c *compiler) addAtom(e ast.Expr, atom Atom) {
	i := slices.Index(c.x.atoms, atom)
	if i < 0 {
		i = len(c.x.atoms)
		c.x.atoms = append(c.x.atoms, atom)
	}
	c.setTruth(e, atomAt(i))
}

// atomAt stands for an atom until all are known.
type atomAt int

func (atomAt) truth(frame) Truth { return Unknown }

// strayCall reports a count or since outside of a comparison.
func (c *compiler) strayCall(e ast.Expr) {
	atom, ok := c.atom(e)
	if ok {
		name := e.AsCall().FunctionName()
		p := Problem{
			Message:    phrase.New("%s(…) can only be compared with a whole number.", name),
			Expected:   phrase.Verbatim("count(signal) >= 2"),
			Suggestion: phrase.New("compare count(…) with a number; several counts go together with && and ||"),
		}
		switch atom.Kind {
		case Distinct:
			p.Expected = phrase.Verbatim("distinct(signal, properties.asset) >= 2")
			p.Suggestion = phrase.New("compare distinct(…) with a number")
		case Since, Age:
			p.Message = phrase.New("%s(…) can only be compared with a duration.", name)
			p.Expected = phrase.Verbatim("since(signal) > 7d")
			p.Suggestion = phrase.New("compare since(…) with a duration")
		}
		c.report(e, p)
	}
	c.poison(e)
}

// atom reads the subject of an atom and reports what is wrong with it.
func (c *compiler) atom(e ast.Expr) (Atom, bool) {
	if e.Kind() == ast.IdentKind {
		if e.AsIdent() == inStage {
			return Atom{Kind: InStage}, true
		}
		return Atom{Kind: Score, Slot: c.env.symbols[e.AsIdent()].slot}, true
	}
	if !c.checkFunction(e) {
		return Atom{}, false
	}
	call := e.AsCall()
	args := call.Args()
	switch name := call.FunctionName(); name {
	case "since":
		if args[0].Kind() == ast.IdentKind && c.env.symbols[args[0].AsIdent()].meaning == fieldMeaning {
			return c.ageAtom(args[0])
		}
		atom := Atom{Kind: Since}
		return atom, c.named(args[0], signalMeaning, &atom.Slot)
	case "distinct":
		atom := Atom{Kind: Distinct}
		ok := c.named(args[0], signalMeaning, &atom.Slot)
		ok = c.pathArgument(name, args[1], &atom) && ok
		return atom, c.window(name, args[2:], &atom) && ok
	default:
		atom := Atom{Kind: Count}
		ok := c.named(args[0], signalMeaning, &atom.Slot)
		return atom, c.window(name, args[1:], &atom) && ok
	}
}

// window reads the window of a function; there may be none.
func (c *compiler) window(function string, args []ast.Expr, atom *Atom) bool {
	if len(args) == 0 {
		return true
	}
	window, isDuration := durationLiteral(args[0])
	switch {
	case !isDuration:
		usage := "count(signal, 30d)"
		for _, f := range functions {
			if f.name == function && function != "count" {
				usage = f.usage
			}
		}
		c.report(args[0], Problem{
			Message:  phrase.New("The window of %s(…) is a duration that is written out.", function),
			Expected: phrase.Verbatim(usage),
		})
		return false
	case window <= 0 || window > MaxSpan:
		c.report(args[0], Problem{
			Message:  phrase.New("A window is longer than nothing and at most ten years."),
			Found:    phrase.Verbatim(writeDuration(window)),
			Expected: phrase.New("1ms to 3650d"),
		})
		return false
	}
	atom.Window = window
	return true
}

// named reads an argument that must be a name of the catalogue.
func (c *compiler) named(e ast.Expr, want meaning, slot *int) bool {
	p := Problem{Expected: phrase.New("the name of a signal"), Message: phrase.New("The name of a signal is missing here.")}
	if want == fieldMeaning {
		p.Expected = phrase.New("the name of an attribute")
		p.Message = phrase.New("The name of an attribute is missing here.")
	}
	if name, isText := textLiteral(e); isText {
		p.Found = phrase.Verbatim(clip(name))
		p.Suggestion = phrase.New("write the name without quotes")
	}
	if e.Kind() == ast.IdentKind {
		name := e.AsIdent()
		s := c.env.symbols[name]
		if s.meaning == want {
			*slot = s.slot
			return true
		}
		p.Found = phrase.Verbatim(clip(name))
		p.Message = phrase.New("There is no signal %s.", clip(name))
		if want == fieldMeaning {
			p.Message = phrase.New("There is no attribute %s.", clip(name))
		}
		var names []string
		for n, s := range c.env.symbols {
			if s.meaning == want {
				names = append(names, n)
			}
		}
		slices.Sort(names)
		p.Suggestion = suggest(name, names)
		if s.meaning == signalMeaning && want == fieldMeaning {
			p.Suggestion = phrase.New("write %s", fmt.Sprintf("count(%s) >= 1", name))
		}
	}
	c.report(e, p)
	return false
}

// resolveKnown takes known(attribute) out of the tree.
func (c *compiler) resolveKnown(e ast.Expr) bool {
	call := e.AsCall()
	if call.FunctionName() != "known" || call.IsMemberFunction() {
		return false
	}
	slot := 0
	if !c.checkFunction(e) {
		return true
	}
	if !c.named(call.Args()[0], fieldMeaning, &slot) {
		c.poison(e)
		return true
	}
	c.x.fields = append(c.x.fields, slot)
	c.setTruth(e, knownTest{slot: slot})
	return true
}

// constant reads what an atom is compared with.
func (c *compiler) constant(atom Atom, subject, e ast.Expr) (int64, bool) {
	switch atom.Kind {
	case Score:
		return c.scoreConstant(subject.AsIdent(), e)
	case Count, Distinct:
		return c.countConstant(atom, e)
	default:
		return c.spanConstant(atom, e)
	}
}

// scoreConstant reads a number of points, exactly from its digits.
func (c *compiler) scoreConstant(score string, e ast.Expr) (int64, bool) {
	if number, ok := c.numberText(e); ok {
		points, err := lead.ParsePoints(number)
		if err == nil {
			return int64(points), true
		}
		c.report(e, Problem{
			Message:  phrase.New("A score is compared with a plain number: at most three decimals, within ±1,000,000."),
			Found:    phrase.Verbatim(clip(number)),
			Expected: phrase.New("a number such as 60 or -2.5"),
		})
		return 0, false
	}
	c.report(e, Problem{
		Message:    phrase.New("The score %s can only be compared with a number that is written out.", score),
		Expected:   phrase.Verbatim(fmt.Sprintf("%s >= 50", score)),
		Suggestion: phrase.New("define a total in the playbook to reckon with scores"),
	})
	return 0, false
}

func (c *compiler) countConstant(atom Atom, e ast.Expr) (int64, bool) {
	if e.Kind() != ast.LiteralKind {
		c.report(e, Problem{
			Message:    phrase.New("A count can only be compared with a whole number that is written out."),
			Expected:   phrase.Verbatim("count(signal) >= 2"),
			Suggestion: phrase.New("compare count(…) with a number"),
		})
		return 0, false
	}
	n, whole := e.AsLiteral().(types.Int)
	number, _ := c.numberText(e)
	switch {
	case !whole:
		c.report(e, Problem{
			Message:  phrase.New("A count can only be compared with a whole number."),
			Found:    phrase.Verbatim(clip(number)),
			Expected: phrase.New("a whole number"),
		})
	case n < 0:
		c.report(e, Problem{
			Message:  phrase.New("A count is never negative."),
			Found:    phrase.Verbatim(clip(number)),
			Expected: phrase.New("0 or more"),
		})
	case atom.Kind == Distinct && n > MaxDistinct:
		c.report(e, Problem{
			Message:  phrase.New("distinct(…) is compared with at most %d.", MaxDistinct),
			Found:    phrase.Verbatim(clip(number)),
			Expected: phrase.New("0 to %d", MaxDistinct),
		})
	case atom.Window > 0 && n > MaxWindowCount:
		c.report(e, Problem{
			Message:  phrase.New("A count within a window is compared with at most %d.", MaxWindowCount),
			Found:    phrase.Verbatim(clip(number)),
			Expected: phrase.New("0 to %d", MaxWindowCount),
		})
	default:
		return int64(n), true
	}
	return 0, false
}

// spanConstant reads a duration.
func (c *compiler) spanConstant(atom Atom, e ast.Expr) (int64, bool) {
	what := "since(…)"
	if atom.Kind == InStage {
		what = inStage
	}
	span, ok := durationLiteral(e)
	switch {
	case !ok:
		p := Problem{
			Message:    phrase.New("%s can only be compared with a duration that is written out.", what),
			Expected:   phrase.Verbatim(what + " > 7d"),
			Suggestion: phrase.New("write a duration such as 7d"),
		}
		if number, isNumber := c.numberText(e); isNumber {
			p.Found = phrase.Verbatim(clip(number))
			if strings.Trim(number, "0123456789") == "" {
				p.Suggestion = phrase.New("write %sd for days", clip(number))
			}
		}
		c.report(e, p)
		return 0, false
	case span < 0 || span > MaxSpan:
		c.report(e, Problem{
			Message:  phrase.New("A time that has passed is never negative, and is compared with at most ten years."),
			Found:    phrase.Verbatim(writeDuration(span)),
			Expected: phrase.New("0s to 3650d"),
		})
		return 0, false
	}
	return span, true
}

// numberText is a number literal as written, with its sign.
func (c *compiler) numberText(e ast.Expr) (string, bool) {
	if e.Kind() != ast.LiteralKind {
		return "", false
	}
	switch e.AsLiteral().(type) {
	case types.Int, types.Uint, types.Double:
	default:
		return "", false
	}
	i, sign := c.tokenOf(e), ""
	if c.tokens[i].kind == minusToken && i+1 < len(c.tokens) {
		sign, i = "-", i+1
	}
	return sign + c.text[c.tokens[i].start:c.tokens[i].end], true
}

// durationLiteral reads duration("…") in whole milliseconds, which is what the
// lexer makes of 30d.
func durationLiteral(e ast.Expr) (int64, bool) {
	if e.Kind() != ast.CallKind || e.AsCall().FunctionName() != "duration" || len(e.AsCall().Args()) != 1 {
		return 0, false
	}
	text, ok := textLiteral(e.AsCall().Args()[0])
	if !ok {
		return 0, false
	}
	d, err := time.ParseDuration(text)
	return d.Milliseconds(), err == nil && d%time.Millisecond == 0
}
