package playbook

import (
	"regexp"
	"slices"
	"strings"

	"galena/internal/rule"
)

// MaxConditions bounds the text of all conditions together, in bytes: they take
// longer to compile than anything else takes to read.
const MaxConditions = 128 << 10

// check compiles a condition; nil if it is wrong or there is none. Problems
// point at their place within the condition's text.
func (c *compiler) check(scope *rule.Env, when Condition, path string) *rule.Expr {
	if when.Text == "" {
		return nil // the parser has reported that it is missing
	}
	before := c.conditions
	c.conditions += len(when.Text)
	if c.conditions > MaxConditions {
		if before <= MaxConditions {
			c.report(when.Place, path, "the conditions up to here have more than %d bytes together; this playbook is too large", MaxConditions)
		}
		return nil
	}
	expr, problems := scope.Compile(when.Text)
	for _, p := range problems {
		at := c.source.within(when.Place, when.Text, p.Offset)
		c.add(Problem{
			Line: at.Line, Column: at.Column, Path: path,
			Message: strings.TrimSuffix(p.Message, "."), Found: p.Found, Expected: p.Expected, Suggestion: p.Suggestion,
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
	c.widen(expr.Atoms())
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
	for slot, reads := range map[int]string{
		BuiltinStage: "the stage", BuiltinPreviousStage: "the stage before", BuiltinPastStages: "the stages before", BuiltinCycle: "the cycle",
	} {
		if slices.Contains(expr.Fields(), slot) {
			c.forbid(when, path, whose, builtins[slot].Name, reads)
		}
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

// segments declares and compiles the segments, and then makes the scope in which
// all other conditions are read. A segment's mistakes are told at its own place.
func (c *compiler) segments() {
	catalogue := &c.plan.Catalogue
	var whens []SegmentDecl
	for _, s := range c.d.Segments {
		if c.declare(s.Name, segmentName, len(catalogue.Segments), "segments") {
			catalogue.Segments = append(catalogue.Segments, rule.Segment{Name: s.Name.Text})
			whens = append(whens, s)
		}
	}
	c.leads = rule.ForLeads(*catalogue)
	if len(whens) == 0 {
		return
	}
	for i, s := range whens {
		when := c.onAttributes(s.When, join(join("segments", s.Name.Text), "when"), "a segment")
		if when == nil { // reported; what asks for it shall not be reported, too
			when, _ = c.leads.Compile("false")
		}
		catalogue.Segments[i].When = when
	}
	c.leads = rule.ForLeads(*catalogue)
}
