package rule

import (
	"fmt"
	"slices"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"

	"galena/internal/phrase"
)

// parseProblems tells in words what CEL's parser found after the shape was right.
func (c *compiler) parseProblems(errs []*cel.Error) {
	source := common.NewTextSource(celText(c.text, c.tokens))
	for _, err := range errs {
		i := len(c.tokens) - 1
		if at, ok := source.LocationOffset(err.Location); ok {
			i = c.tokenAt(int(at))
		}
		word := clip(c.text[c.tokens[i].start:c.tokens[i].end])
		p := Problem{Message: phrase.New("The condition is not well formed here."), Found: phrase.Verbatim(word)}
		switch m := err.Message; {
		case strings.Contains(m, "has() macro"):
			p.Message = phrase.New("has(…) asks for an entry of a map.")
			p.Found = phrase.Phrase{}
			p.Expected = phrase.Verbatim("has(properties.plan)")
			if c.env.scope == inLeads {
				p.Expected = phrase.Verbatim("known(attribute)")
				p.Suggestion = phrase.New("write %s", "known(…)")
			}
		case strings.Contains(m, "simple name"):
			p.Message = phrase.New("The first thing in the brackets names the item.")
			p.Expected = phrase.Verbatim(`list.exists(x, x == "…")`)
		case strings.Contains(m, "reserved identifier"):
			p.Message = phrase.New("%s is a word that CEL keeps for itself.", word)
			p.Expected = phrase.New("another name")
		case strings.Contains(m, "int literal"), strings.Contains(m, "double literal"):
			p.Message = phrase.New("This number is too large.")
			p.Expected = phrase.New("a smaller number")
		case strings.Contains(m, "recursion"), strings.Contains(m, "exceeds limit"):
			c.problems = append(c.problems, Problem{
				Length:     len(c.text),
				Message:    phrase.New("The condition is a longer chain than can be worked off."),
				Suggestion: phrase.New("divide it into several signals or rules"),
			})
			continue
		case strings.Contains(m, "escape"), strings.Contains(m, "code point"):
			p.Message = phrase.New("This text names a character that does not exist.")
		}
		c.reportToken(i, p)
	}
}

// typeProblems tells in words what CEL's checker found.
func (c *compiler) typeProblems(errs []*cel.Error) {
	nodes := map[int64]ast.Expr{}
	ast.PostOrderVisit(c.tree.Expr(), ast.NewExprVisitor(func(e ast.Expr) { nodes[e.ID()] = e }))
	for _, err := range errs {
		if c.full() {
			return
		}
		e := nodes[err.ExprID]
		if e == nil {
			e = c.tree.Expr()
		}
		c.report(e, c.typeProblem(e, err.Message))
	}
}

func (c *compiler) typeProblem(e ast.Expr, message string) Problem {
	quoted := strings.Split(message, "'")
	switch {
	case strings.Contains(message, "no matching overload") && len(quoted) >= 4 && e.Kind() == ast.CallKind:
		return c.mismatch(e, signature(quoted[3]))
	case strings.Contains(message, "field selection") && len(quoted) >= 2:
		return Problem{
			Message:  phrase.New("There is nothing behind a dot here: what stands before it is %s.", kindName(quoted[1]).said()),
			Found:    kindName(quoted[1]).said(),
			Expected: phrase.New("a map, or a function call"),
		}
	case strings.Contains(message, "comprehension") && len(quoted) >= 2:
		return Problem{
			Message:  phrase.New("Only the items of a list or the keys of a map can be gone through."),
			Found:    kindName(quoted[1]).said(),
			Expected: phrase.New("a list or a map"),
		}
	case strings.Contains(message, "expected type 'bool'") && len(quoted) >= 4:
		found := kindName(quoted[3]).said()
		return notATruth(phrase.New("&&, || and ! join what is true or false, not %s.", found), found)
	case strings.Contains(message, "expected type") && len(quoted) >= 4:
		return Problem{
			Message:  phrase.New("This should be %s.", kindName(quoted[1]).said()),
			Found:    kindName(quoted[3]).said(),
			Expected: kindName(quoted[1]).said(),
		}
	}
	return Problem{Message: phrase.New("This does not fit together."), Found: phrase.Verbatim(clip(message))}
}

// signature reads the kinds out of "(string, int)" or "string.(int)".
func signature(s string) []kind {
	target, args, member := strings.Cut(s, ".(")
	var kinds []kind
	if member {
		kinds = append(kinds, kindName(target))
	} else {
		args = strings.TrimPrefix(s, "(")
	}
	args = strings.TrimSuffix(args, ")")
	depth, from := 0, 0
	for i := 0; i <= len(args); i++ {
		switch {
		case i == len(args) || args[i] == ',' && depth == 0:
			if word := strings.TrimSpace(args[from:i]); word != "" {
				kinds = append(kinds, kindName(word))
			}
			from = i + 1
		case args[i] == '(':
			depth++
		case args[i] == ')':
			depth--
		}
	}
	return kinds
}

// kind is a kind of value in the words of playbooks.
type kind uint8

const (
	textKind kind = iota
	numberKind
	truthKind
	timeKind
	listKind
	mapKind
	bytesKind
	durationKind
	nullKind
	anyKind
)

var kindsSaid = map[kind]phrase.Phrase{
	textKind: phrase.Term("text"), numberKind: phrase.Term("number"), truthKind: phrase.Term("truth"), timeKind: phrase.Term("time"),
	listKind: phrase.Term("list"), mapKind: phrase.Term("map"), bytesKind: phrase.Term("bytes"), durationKind: phrase.Term("duration"),
	nullKind: phrase.Term("null"), anyKind: phrase.Term("any value"),
}

func (k kind) said() phrase.Phrase { return kindsSaid[k] }

// kindName is CEL's name of a type in the words of playbooks.
func kindName(cel string) kind {
	word, _, _ := strings.Cut(cel, "(")
	switch strings.TrimPrefix(word, "google.protobuf.") {
	case "string":
		return textKind
	case "int", "uint", "double":
		return numberKind
	case "bool":
		return truthKind
	case "timestamp", "Timestamp":
		return timeKind
	case "duration", "Duration":
		return durationKind
	case "list":
		return listKind
	case "map":
		return mapKind
	case "bytes":
		return bytesKind
	case "null_type":
		return nullKind
	}
	return anyKind
}

// joined tells several kinds in one phrase, by a format of two places.
func joined(format string, kinds []kind) phrase.Phrase {
	if len(kinds) == 0 {
		return phrase.Phrase{}
	}
	all := kinds[0].said()
	for _, k := range kinds[1:] {
		all = phrase.New(format, all, k.said())
	}
	return all
}

// onTruths are the operators that work on truths only.
var onTruths = []string{operators.LogicalAnd, operators.LogicalOr, operators.LogicalNot, operators.Conditional}

// mismatch tells that an operator or function does not take what it is given.
func (c *compiler) mismatch(e ast.Expr, kinds []kind) Problem {
	call := e.AsCall()
	name := call.FunctionName()
	together := joined("%s and %s", kinds)
	if _, ok := comparisons[name]; ok || name == equalFunction || name == notEqualFunction {
		return c.compareMismatch(call, kinds, together)
	}
	switch {
	case name == inFunction:
		p := Problem{
			Message:  phrase.New("in looks for an item in a list of its kind, not for %s.", joined("%s in %s", kinds)),
			Found:    kinds[len(kinds)-1].said(),
			Expected: phrase.New("a list"),
		}
		if len(kinds) == 2 && kinds[0] == textKind && kinds[1] == textKind {
			p.Suggestion = phrase.New(`write text.contains("…") for a part of a text`)
		}
		return p
	case slices.Contains(onTruths, name):
		found := together
		for _, k := range kinds {
			if k != truthKind && k != anyKind {
				found = k.said()
				break
			}
		}
		return notATruth(phrase.New("%s takes what is true or false, not %s.", c.word(e), found), found)
	case name == operators.Modulo:
		return Problem{
			Message:    phrase.New("%% works on whole numbers only."),
			Found:      together,
			Expected:   phrase.New("whole numbers"),
			Suggestion: phrase.New("write %s", "int(x) % 2"),
		}
	case name == operators.Index:
		return Problem{
			Message:  phrase.New("[…] takes an item out of a list or a map, not out of %s.", kinds[0].said()),
			Found:    kinds[0].said(),
			Expected: phrase.New("a list or a map"),
		}
	}
	for _, f := range functions {
		if f.name == name || "@"+f.name == name {
			p := Problem{
				Message:  phrase.New("%s does not work on %s.", f.name, together),
				Found:    together,
				Expected: phrase.Verbatim(f.usage),
			}
			if f.name == "contains" && len(kinds) > 0 && kinds[0] == listKind {
				p.Suggestion = phrase.New("write %s", `"…" in list`)
			}
			return p
		}
	}
	return Problem{
		Message: phrase.New("%s does not work on %s.", c.word(e), together),
		Found:   together,
	}
}

func notATruth(message, found phrase.Phrase) Problem {
	return Problem{
		Message:    message,
		Found:      found,
		Expected:   phrase.New("a truth"),
		Suggestion: phrase.New("compare it with something"),
	}
}

func (c *compiler) compareMismatch(call ast.CallExpr, kinds []kind, together phrase.Phrase) Problem {
	p := Problem{Message: phrase.New("These cannot be compared: %s.", together), Found: together, Expected: phrase.New("two values of one kind")}
	if len(kinds) != 2 {
		return p
	}
	p.Found, p.Expected = kinds[1].said(), kinds[0].said()
	if kinds[0] == kinds[1] {
		p.Message = phrase.New("There is no order among values of kind %s.", kinds[0].said())
		p.Expected = phrase.New("numbers, texts or times")
		return p
	}
	for i, arg := range call.Args() {
		other := kinds[1-i]
		if arg.Kind() != ast.LiteralKind {
			continue
		}
		written := strings.Trim(c.text[c.tokens[c.tokenOf(arg)].start:c.tokens[c.tokenOf(arg)].end], `"'`)
		switch {
		case other == textKind && kinds[i] == numberKind:
			p.Suggestion = phrase.New("write %s", fmt.Sprintf("%q", clip(written)))
		case other == numberKind && kinds[i] == textKind && written != "" && strings.Trim(written, "0123456789.") == "":
			p.Suggestion = phrase.New("write %s without quotes", clip(written))
		case other == truthKind && kinds[i] == textKind && (written == "true" || written == "false"):
			p.Suggestion = phrase.New("write %s without quotes", written)
		case other == timeKind && kinds[i] == textKind:
			p.Suggestion = phrase.New("write %s", `timestamp("2026-01-31T09:00:00Z")`)
		case other == listKind:
			p.Suggestion = phrase.New("write %s", "… in list")
		}
	}
	return p
}

// word is the text of the token that places an expression.
func (c *compiler) word(e ast.Expr) string {
	t := c.tokens[c.tokenOf(e)]
	return clip(c.text[t.start:t.end])
}
