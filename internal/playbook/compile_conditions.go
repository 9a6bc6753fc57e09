package playbook

import (
	"regexp"
	"slices"

	"galena/internal/phrase"
	"galena/internal/rule"
)

// MaxConditions bounds the text of all conditions together, in bytes: they take
// longer to compile than anything else takes to read.
const MaxConditions = 128 << 10

// check compiles a condition; nil if it is wrong or there is none. Problems
// point at their place within the condition's text.
func (c *compiler) check(scope *rule.Env, when Condition, path string) *rule.Expr {
	if !c.affords(when, path) {
		return nil
	}
	expr, problems := scope.Compile(when.Text)
	c.tell(problems, when, path)
	return expr
}

// affords counts a text before it is compiled and says whether there is one, and
// whether it is still within the bound.
func (c *compiler) affords(when Condition, path string) bool {
	if when.Text == "" {
		return false // the parser has reported that it is missing
	}
	before := c.conditions
	c.conditions += len(when.Text)
	if c.conditions > MaxConditions {
		if before <= MaxConditions {
			c.report(when.Place, path, "the conditions up to here have more than %d bytes together; this playbook is too large", MaxConditions)
		}
		return false
	}
	return true
}

// tell reports what is wrong within a condition.
func (c *compiler) tell(problems []rule.Problem, when Condition, path string) {
	for _, p := range problems {
		at := c.source.within(when.Place, when.Text, p.Offset)
		c.add(Problem{
			Line: at.Line, Column: at.Column, Path: path,
			Message: p.Message.Clause(), Found: p.Found, Expected: p.Expected, Suggestion: p.Suggestion,
		})
	}
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
func (c *compiler) onAttributes(when Condition, path string, whose phrase.Phrase) *rule.Expr {
	expr := c.check(c.leads, when, path)
	if expr != nil {
		c.attributesOnly(expr, when, path, whose)
	}
	return expr
}

// readsLead is a compiled text that reads a lead.
type readsLead interface {
	Atoms() []rule.Atom
	Fields() []int
}

// attributesOnly reports what a text reads besides attributes.
func (c *compiler) attributesOnly(x readsLead, when Condition, path string, whose phrase.Phrase) {
	for i := range x.Atoms() {
		a := &x.Atoms()[i]
		name, reads := "", phrase.Phrase{}
		switch a.Kind {
		case rule.Count:
			name, reads = "count", phrase.Term("how often a signal occurred")
			c.used[a.Slot] = true
		case rule.Since:
			name, reads = "since", phrase.Term("when a signal occurred")
			c.used[a.Slot] = true
		case rule.InStage:
			continue // told with the rest of the way through the funnel
		case rule.Distinct, rule.Same:
			name, reads = "distinct", phrase.Term("what signals had in them")
			if a.Kind == rule.Same {
				name = "same"
				c.used[a.Other] = true
			}
			c.used[a.Slot] = true
		case rule.Age:
			name, reads = "since", phrase.Term("how old an attribute is")
		case rule.Score:
			name = c.plan.Catalogue.Scores[a.Slot]
			reads = phrase.New("the score %s", quote(name))
		}
		c.forbid(when, path, whose, name, reads)
	}
	for _, r := range wayReadings(x) {
		c.forbid(when, path, whose, r.name, r.words)
	}
}

// reading is something that a text reads, by its name and in words.
type reading struct {
	name  string
	words phrase.Phrase
}

// wayReadings are what a text reads of the lead's way through the funnel.
func wayReadings(x readsLead) (found []reading) {
	for _, a := range x.Atoms() {
		if a.Kind == rule.InStage {
			found = append(found, reading{"in_stage", phrase.Term("the time in a stage")})
		}
	}
	for _, way := range []struct {
		slot  int
		words phrase.Phrase
	}{
		{BuiltinStage, phrase.Term("the stage")}, {BuiltinPreviousStage, phrase.Term("the stage before")},
		{BuiltinPastStages, phrase.Term("the stages before")}, {BuiltinCycle, phrase.Term("the cycle")},
	} {
		if slices.Contains(x.Fields(), way.slot) {
			found = append(found, reading{builtins[way.slot].Name, way.words})
		}
	}
	return found
}

// atSignal compiles the condition of a rule that receives signals. It may read
// neither points, which hang on the rule, nor the lead's way through the funnel:
// a version that is published later must be able to say what it would have given.
func (c *compiler) atSignal(when Condition, path string) *rule.Expr {
	expr := c.check(c.leads, when, path)
	if expr == nil {
		return nil
	}
	place := func(name string) Place { return c.source.within(when.Place, when.Text, placeOfName(when.Text, name)) }
	for _, a := range expr.Atoms() {
		if a.Kind == rule.Score {
			name := c.plan.Catalogue.Scores[a.Slot]
			c.report(place(name), path, `the condition of a rule may not read points; this reads the score %s. To stop points above a score, write "stop"`, quote(name))
		}
	}
	for _, r := range wayReadings(expr) {
		c.report(place(r.name), path, "the condition of a rule may not read %s: points do not hang on how far the lead has come", r.words)
	}
	c.widen(expr.Atoms())
	return expr
}

// computed compiles points that are reckoned; nil if the rule has none.
func (c *compiler) computed(r *RuleDecl, path string) *rule.Number {
	if r.Compute.Text == "" || !c.affords(r.Compute, path) {
		return nil
	}
	scope := c.leads
	if r.Kind == PerSignal {
		scope = c.both
	}
	number, problems := scope.CompileNumber(r.Compute.Text)
	c.tell(problems, r.Compute, path)
	if number == nil {
		return nil
	}
	c.attributesOnly(number, r.Compute, path, phrase.Term("what reckons the points of a rule"))
	if number.DividesByZero() {
		c.warn(r.Compute.Place, path, "the rule %s gives nothing where it divides by 0", quote(r.Name.Text))
	}
	return number
}

func (c *compiler) forbid(when Condition, path string, whose phrase.Phrase, name string, reads phrase.Phrase) {
	at := c.source.within(when.Place, when.Text, placeOfName(when.Text, name))
	c.report(at, path, "%s may read attributes only; this reads %s", whose, reads)
}

// placeOfName is where a name first stands in a text; 0 if it does not.
func placeOfName(text, name string) int {
	if at := regexp.MustCompile(`\b` + regexp.QuoteMeta(name) + `\b`).FindStringIndex(text); at != nil {
		return at[0]
	}
	return 0
}

// segments declares and compiles the segments and personas, and then makes the
// scope in which all other conditions are read. Their mistakes are told once, at
// their own places.
func (c *compiler) segments() {
	catalogue := &c.plan.Catalogue
	type named struct {
		SegmentDecl
		section string
		whose   phrase.Phrase
	}
	var all []named
	declare := func(s SegmentDecl, kind nameKind, section string, whose phrase.Phrase) {
		if c.declare(s.Name, kind, len(catalogue.Segments), section) {
			catalogue.Segments = append(catalogue.Segments, rule.Segment{Name: s.Name.Text})
			all = append(all, named{s, section, whose})
		}
	}
	for _, s := range c.d.Segments {
		declare(s, segmentName, "segments", phrase.Term("the condition of a segment"))
	}
	for _, p := range c.d.Personas {
		declare(p.SegmentDecl, personaName, "personas", phrase.Term("the condition of a persona"))
	}
	c.leads, c.both = rule.ForLeads(*catalogue), rule.ForBoth(*catalogue)
	if len(all) == 0 {
		return
	}
	for i, s := range all {
		path := join(join(s.section, s.Name.Text), "when")
		when := c.onAttributes(s.When, path, s.whose)
		if when == nil { // reported; what asks for it shall not be reported, too
			when, _ = c.leads.Compile("false")
		}
		if c.plan.Persona != 0 && slices.Contains(when.Fields(), c.plan.Persona) {
			at := c.source.within(s.When.Place, s.When.Text, placeOfName(s.When.Text, personaAttribute))
			c.report(at, path, "%s cannot ask for the persona, which is found by such conditions", s.whose)
		}
		catalogue.Segments[i].When = when
		if s.section == "personas" {
			c.plan.Personas = append(c.plan.Personas, Persona{Name: s.Name.Text, Label: s.Label, When: when})
		} else {
			c.plan.Segments = append(c.plan.Segments, Segment{Name: s.Name.Text, Label: s.Label, When: when})
		}
	}
	c.leads, c.both = rule.ForLeads(*catalogue), rule.ForBoth(*catalogue)
}
