package rule

import (
	"fmt"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
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
		p := Problem{Message: "The condition is not well formed here.", Found: word}
		switch m := err.Message; {
		case strings.Contains(m, "has() macro"):
			p.Message = "has(…) asks for an entry of a map."
			p.Found = ""
			p.Expected = "has(properties.plan)"
			if c.env.scope == inLeads {
				p.Expected = "known(attribute)"
				p.Suggestion = "write known(…)"
			}
		case strings.Contains(m, "simple name"):
			p.Message = "The first thing in the brackets names the item."
			p.Expected = `list.exists(x, x == "…")`
		case strings.Contains(m, "reserved identifier"):
			p.Message = fmt.Sprintf("%s is a word that CEL keeps for itself.", word)
			p.Expected = "another name"
		case strings.Contains(m, "int literal"), strings.Contains(m, "double literal"):
			p.Message = "This number is too large."
			p.Expected = "a smaller number"
		case strings.Contains(m, "recursion"), strings.Contains(m, "exceeds limit"):
			c.problems = append(c.problems, Problem{
				Length:     len(c.text),
				Message:    "The condition is a longer chain than can be worked off.",
				Suggestion: "divide it into several signals or rules",
			})
			continue
		case strings.Contains(m, "escape"), strings.Contains(m, "code point"):
			p.Message = "This text names a character that does not exist."
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
			Message:  fmt.Sprintf("There is nothing behind a dot here: what stands before it is %s.", kindName(quoted[1])),
			Found:    kindName(quoted[1]),
			Expected: "a map, or a function call",
		}
	case strings.Contains(message, "comprehension") && len(quoted) >= 2:
		return Problem{
			Message:  "Only the items of a list or the keys of a map can be gone through.",
			Found:    kindName(quoted[1]),
			Expected: "a list or a map",
		}
	case strings.Contains(message, "expected type 'bool'") && len(quoted) >= 4:
		return notATruth("&&, || and ! join", kindName(quoted[3]))
	case strings.Contains(message, "expected type") && len(quoted) >= 4:
		return Problem{
			Message:  fmt.Sprintf("This should be %s.", kindName(quoted[1])),
			Found:    kindName(quoted[3]),
			Expected: kindName(quoted[1]),
		}
	}
	return Problem{Message: "This does not fit together.", Found: clip(message)}
}

// signature reads the kinds out of "(string, int)" or "string.(int)".
func signature(s string) []string {
	target, args, member := strings.Cut(s, ".(")
	var kinds []string
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

// kindName is CEL's name of a type in the words of playbooks.
func kindName(cel string) string {
	word, _, _ := strings.Cut(cel, "(")
	switch strings.TrimPrefix(word, "google.protobuf.") {
	case "string":
		return "text"
	case "int", "uint", "double":
		return "number"
	case "bool":
		return "truth"
	case "timestamp", "Timestamp":
		return "time"
	case "duration", "Duration":
		return "duration"
	case "list", "map", "bytes":
		return word
	case "null_type":
		return "null"
	}
	return "any value"
}

// operatorKinds say what an operator works on.
var operatorKinds = map[string]string{
	operators.LogicalAnd:  "truth",
	operators.LogicalOr:   "truth",
	operators.LogicalNot:  "truth",
	operators.Conditional: "truth",
}

// mismatch tells that an operator or function does not take what it is given.
func (c *compiler) mismatch(e ast.Expr, kinds []string) Problem {
	call := e.AsCall()
	name := call.FunctionName()
	together := strings.Join(kinds, " and ")
	if _, ok := comparisons[name]; ok || name == equalFunction || name == notEqualFunction {
		return c.compareMismatch(call, kinds, together)
	}
	switch {
	case name == inFunction:
		p := Problem{
			Message:  fmt.Sprintf("in looks for an item in a list of its kind, not for %s.", strings.Join(kinds, " in ")),
			Found:    kinds[len(kinds)-1],
			Expected: "a list",
		}
		if len(kinds) == 2 && kinds[0] == "text" && kinds[1] == "text" {
			p.Suggestion = `write text.contains("…") for a part of a text`
		}
		return p
	case operatorKinds[name] != "":
		found := together
		for _, k := range kinds {
			if k != "truth" && k != "any value" {
				found = k
				break
			}
		}
		return notATruth(c.word(e)+" takes", found)
	case name == operators.Modulo:
		return Problem{
			Message:    "% works on whole numbers only.",
			Found:      together,
			Expected:   "whole numbers",
			Suggestion: "write int(x) % 2",
		}
	case name == operators.Index:
		return Problem{
			Message:  fmt.Sprintf("[…] takes an item out of a list or a map, not out of %s.", kinds[0]),
			Found:    kinds[0],
			Expected: "a list or a map",
		}
	}
	for _, f := range functions {
		if f.name == name || "@"+f.name == name {
			p := Problem{
				Message:  fmt.Sprintf("%s does not work on %s.", f.name, together),
				Found:    together,
				Expected: f.usage,
			}
			if f.name == "contains" && len(kinds) > 0 && kinds[0] == "list" {
				p.Suggestion = `write "…" in list`
			}
			return p
		}
	}
	return Problem{
		Message: fmt.Sprintf("%s does not work on %s.", c.word(e), together),
		Found:   together,
	}
}

func notATruth(who, found string) Problem {
	return Problem{
		Message:    fmt.Sprintf("%s what is true or false, not %s.", who, found),
		Found:      found,
		Expected:   "a truth",
		Suggestion: "compare it with something",
	}
}

// capital makes the first letter of a kind's name large.
func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

func (c *compiler) compareMismatch(call ast.CallExpr, kinds []string, together string) Problem {
	p := Problem{Message: fmt.Sprintf("%s cannot be compared.", capital(together)), Found: together, Expected: "two values of one kind"}
	if len(kinds) != 2 {
		return p
	}
	p.Found, p.Expected = kinds[1], kinds[0]
	if kinds[0] == kinds[1] {
		p.Message = fmt.Sprintf("There is no order among values of kind %s.", kinds[0])
		p.Expected = "numbers, texts or times"
		return p
	}
	for i, arg := range call.Args() {
		other := kinds[1-i]
		if arg.Kind() != ast.LiteralKind {
			continue
		}
		written := strings.Trim(c.text[c.tokens[c.tokenOf(arg)].start:c.tokens[c.tokenOf(arg)].end], `"'`)
		switch {
		case other == "text" && kinds[i] == "number":
			p.Suggestion = fmt.Sprintf("write %q", clip(written))
		case other == "number" && kinds[i] == "text" && written != "" && strings.Trim(written, "0123456789.") == "":
			p.Suggestion = fmt.Sprintf("write %s without quotes", clip(written))
		case other == "truth" && kinds[i] == "text" && (written == "true" || written == "false"):
			p.Suggestion = fmt.Sprintf("write %s without quotes", written)
		case other == "time" && kinds[i] == "text":
			p.Suggestion = `write timestamp("2026-01-31T09:00:00Z")`
		case other == "list":
			p.Suggestion = "write … in list"
		}
	}
	return p
}

// word is the text of the token that places an expression.
func (c *compiler) word(e ast.Expr) string {
	t := c.tokens[c.tokenOf(e)]
	return clip(c.text[t.start:t.end])
}
