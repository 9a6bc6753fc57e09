package rule

import (
	"fmt"
	"math"
	"strings"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"

	"galena/internal/lead"
	"galena/internal/phrase"
)

// Path leads to a value in an event, such as page.path or properties.message.id.
type Path struct{ of path }

// PathOf reads an Atom's Path.
func PathOf(text string) Path {
	parts := strings.Split(text, ".")
	return Path{path{root: roots[parts[0]], keys: parts[1:]}}
}

// Value is the text, number or truth at the path's end; Missing if there is
// nothing, an empty text, or something else.
func (p Path) Value(e *lead.Event) lead.Value {
	f := frame{event: e}
	if s, ok := p.of.text(f); ok {
		if s == "" {
			return lead.Value{}
		}
		return lead.Value{Kind: lead.Text, Text: s}
	}
	if n, ok := p.of.number(f); ok && !math.IsNaN(n) {
		return lead.Value{Kind: lead.Number, Num: n}
	}
	if b, ok := p.of.boolean(f); ok {
		v := lead.Value{Kind: lead.Bool}
		if b {
			v.Num = 1
		}
		return v
	}
	return lead.Value{}
}

// pathArgument reads the path of distinct(…) and same(…).
func (c *compiler) pathArgument(function string, e ast.Expr, atom *Atom) bool {
	var parts []string
	for at := e; ; {
		switch at.Kind() {
		case ast.SelectKind:
			if !at.AsSelect().IsTestOnly() {
				parts = append(parts, at.AsSelect().FieldName())
				at = at.AsSelect().Operand()
				continue
			}
		case ast.CallKind:
			if call := at.AsCall(); call.FunctionName() == operators.Index {
				if key, ok := textLiteral(call.Args()[1]); ok {
					parts = append(parts, key)
					at = call.Args()[0]
					continue
				}
			}
		case ast.IdentKind:
			root := at.AsIdent()
			if _, ok := roots[root]; ok && len(parts) > 0 && !strings.Contains(strings.Join(parts, ""), ".") {
				atom.Path = root
				for i := len(parts) - 1; i >= 0; i-- {
					atom.Path += "." + parts[i]
				}
				return true
			}
		}
		break
	}
	p := Problem{
		Message:  phrase.New("%s(…) needs to know where in the events the value stands.", function),
		Expected: phrase.New("a path such as properties.asset or page.path"),
	}
	if e.Kind() == ast.IdentKind {
		p.Found = phrase.Verbatim(clip(e.AsIdent()))
		p.Suggestion = phrase.New("write %s", fmt.Sprintf("properties.%s", clip(e.AsIdent())))
		if _, ok := roots[e.AsIdent()]; ok {
			p.Suggestion = phrase.New("write %s.… with a name of it", e.AsIdent())
		}
	}
	c.report(e, p)
	return false
}

// resolveSame takes same(…) out of the tree.
func (c *compiler) resolveSame(e ast.Expr) {
	if !c.checkFunction(e) {
		return
	}
	args := e.AsCall().Args()
	atom := Atom{Kind: Same, Op: GreaterOrEqual, N: 1}
	ok := c.named(args[0], signalMeaning, &atom.Slot)
	ok = c.named(args[1], signalMeaning, &atom.Other) && ok
	ok = c.pathArgument("same", args[2], &atom) && ok
	ok = c.window("same", args[3:], &atom) && ok
	if ok && atom.Slot == atom.Other {
		c.report(args[1], Problem{
			Message:    phrase.New("same(…) compares two signals; these are one."),
			Found:      phrase.Verbatim(clip(args[1].AsIdent())),
			Expected:   phrase.New("another signal"),
			Suggestion: phrase.New("write count(signal) >= 1 to ask whether one occurred"),
		})
		ok = false
	}
	if !ok {
		c.poison(e)
		return
	}
	c.addAtom(e, atom)
}

// ageAtom reads the attribute of since(…).
func (c *compiler) ageAtom(e ast.Expr) (Atom, bool) {
	atom := Atom{Kind: Age}
	if !c.named(e, fieldMeaning, &atom.Slot) {
		return atom, false
	}
	if name := e.AsIdent(); c.env.ageless[name] {
		c.report(e, Problem{
			Message:  phrase.New("%s follows from other things, and nothing says how old it is.", name),
			Found:    phrase.Verbatim(name),
			Expected: phrase.New("an attribute of the playbook's own"),
		})
		return atom, false
	}
	return atom, true
}
