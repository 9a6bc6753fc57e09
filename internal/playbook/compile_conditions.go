package playbook

import (
	"regexp"
	"slices"

	"galena/internal/rule"
)

// check compiles a condition; nil if it is wrong or there is none. Problems
// point at their place within the condition's text.
func (c *compiler) check(scope *rule.Env, when Condition, path string) *rule.Expr {
	if when.Text == "" {
		return nil // the parser has reported that it is missing
	}
	expr, problems := scope.Compile(when.Text)
	for _, p := range problems {
		at := c.source.within(when.Place, when.Text, p.Offset)
		c.add(Problem{
			Line: at.Line, Column: at.Column, Path: path,
			Message: p.Message, Found: p.Found, Expected: p.Expected, Suggestion: p.Suggestion,
		})
	}
	return expr
}

// condition compiles a condition that may read everything about a lead.
func (c *compiler) condition(when Condition, path string) *rule.Expr {
	expr := c.check(c.leads, when, path)
	if expr == nil {
		return nil
	}
	c.widen(expr.Atoms(), when.Place, path)
	return expr
}

// onAttributes compiles a condition that may read attributes only: points that
// hung on points, counts or stages would have no order to be computed in.
func (c *compiler) onAttributes(when Condition, path, whose string) *rule.Expr {
	expr := c.check(c.leads, when, path)
	if expr == nil {
		return nil
	}
	for i := range expr.Atoms() {
		a := &expr.Atoms()[i]
		name, reads := "", ""
		switch a.Kind {
		case rule.Count:
			name, reads = "count", "how often a signal occurred"
			c.used[a.Slot] = true
		case rule.Since:
			name, reads = "since", "when a signal occurred"
			c.used[a.Slot] = true
		case rule.InStage:
			name, reads = "in_stage", "the time in a stage"
		case rule.Score:
			name = c.plan.Catalogue.Scores[a.Slot]
			reads = "the score " + quote(name)
		}
		c.forbid(when, path, whose, name, reads)
	}
	if slices.Contains(expr.Fields(), BuiltinStage) {
		c.forbid(when, path, whose, builtins[BuiltinStage].Name, "the stage")
	}
	return expr
}

func (c *compiler) forbid(when Condition, path, whose, name, reads string) {
	offset := 0
	if at := regexp.MustCompile(`\b` + regexp.QuoteMeta(name) + `\b`).FindStringIndex(when.Text); at != nil {
		offset = at[0]
	}
	at := c.source.within(when.Place, when.Text, offset)
	c.report(at, path, "the condition of %s may read attributes only; this reads %s", whose, reads)
}
