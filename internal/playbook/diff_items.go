package playbook

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// catalogue lists what a playbook says, thing by thing, for Diff.
type catalogue struct {
	words
	d *Document
}

// sections are those of the agreement.
var sections = []struct {
	title, kind string
	ordered     bool // the order of the things matters
	list        func(catalogue) []item
}{
	{"The playbook", "playbook", false, catalogue.head},
	{"What we know about people", "attribute", false, catalogue.attributes},
	{"What people do", "signal", false, catalogue.signals},
	{"Whom we mean", "segment", false, catalogue.segments},
	{"Kinds of people", "persona", true, catalogue.personas},
	{"What it is worth", "rule", false, catalogue.scores},
	{"Totals", "total", false, catalogue.totals},
	{"The stages", "stage", true, catalogue.stages},
	{"The ways out", "exit", true, catalogue.exits},
	{"The ways out", "hand-raise", false, catalogue.handRaise},
	{"Who is left out", "exclusion", true, catalogue.exclusions},
	{"Grades", "scale", false, catalogue.grade},
	{"The handoff to sales", "handoff", false, catalogue.handoff},
	{"The handoff to sales", "route", true, catalogue.routes},
	{"The handoff to sales", "rung", false, catalogue.rungs},
	{"The handoff to sales", "question", true, catalogue.questions},
	{"Nurture", "track", false, catalogue.tracks},
	{"Credit", "attribution", false, catalogue.attribution},
	{"Credit", "model", false, catalogue.models},
	{"Goals", "goal", false, catalogue.goals},
	{"Costs", "cost", false, catalogue.costs},
	{"What else is agreed", "agreement", false, catalogue.review},
	{"Examples that must hold", "example", false, catalogue.examples},
}

// called makes an item with a label, which is told only where it is not the name.
func (w words) called(name, label string) item {
	i := item{name: name}
	if label == name {
		label = ""
	}
	i.say("label", w.quoted(label))
	return i
}

// plain is a condition on one line: how it is broken into lines means nothing.
func plain(c Condition) string { return strings.Join(strings.Fields(c.Text), " ") }

func (c catalogue) head() []item {
	i := item{name: ""}
	i.say("name", c.quoted(c.d.Name))
	i.say("description", c.quoted(c.d.Description))
	i.say("time zone", c.d.TimeZone.Text)
	return []item{i}
}

func (c catalogue) attributes() []item {
	var items []item
	for _, a := range c.d.Attributes {
		i := c.called(a.Name.Text, a.Label)
		i.say("kind", c.kind(a.Kind))
		var paths []string
		for _, path := range a.From {
			paths = append(paths, strings.Join(path, "."))
		}
		i.say("source", strings.Join(paths, c.say(", else ")))
		items = append(items, i)
	}
	return items
}

func (c catalogue) signals() []item {
	var items []item
	for _, s := range c.d.Signals {
		i := c.called(s.Name.Text, s.Label)
		var types, names []string
		for _, t := range s.Types {
			types = append(types, t.String())
		}
		for _, n := range s.Names {
			names = append(names, c.quoted(n))
		}
		slices.Sort(types)
		slices.Sort(names)
		i.say("type", c.anyOf(types))
		i.say("event", c.anyOf(names))
		i.say("condition", plain(s.Where))
		i.say("union of", set(s.Any))
		items = append(items, i)
	}
	return items
}

func texts(words []Word, between string) string {
	all := make([]string, len(words))
	for i, w := range words {
		all[i] = w.Text
	}
	return strings.Join(all, between)
}

// set is of names whose order means nothing.
func set(words []Word) string {
	sorted := slices.SortedFunc(slices.Values(words), func(a, b Word) int { return strings.Compare(a.Text, b.Text) })
	return texts(sorted, ", ")
}

// quotedAll is of texts that may hold anything, in their order.
func (w words) quotedAll(texts []Word) string {
	all := make([]string, len(texts))
	for i, one := range texts {
		all[i] = w.quoted(one.Text)
	}
	return strings.Join(all, ", ")
}

// spanIfAny is a duration in words; 0 is none.
func (w words) spanIfAny(ms int64) string {
	if ms == 0 {
		return ""
	}
	return w.span(ms)
}

// amountOf is a number; 0 is none.
func amountOf(n int64) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprint(n)
}

func (c catalogue) segments() []item {
	var items []item
	for _, s := range c.d.Segments {
		i := c.called(s.Name.Text, s.Label)
		i.say("condition", plain(s.When))
		items = append(items, i)
	}
	return items
}

func (c catalogue) exclusions() []item {
	var items []item
	for _, x := range c.d.Exclusions {
		i := c.called(x.Name.Text, x.Label)
		i.say("condition", plain(x.When))
		items = append(items, i)
	}
	return items
}

func (c catalogue) grade() []item {
	var items []item
	for _, s := range c.d.Grade {
		i := item{name: c.term(scaleName(s.Bands[0].Mark))}
		i.say("score", s.Score.Text)
		var marks []string
		for _, b := range s.Bands {
			marks = append(marks, c.say("%s from %s", b.Mark, c.points(b.From)))
		}
		i.say("marks", strings.Join(marks, ", "))
		items = append(items, i)
	}
	return items
}

func (c catalogue) examples() []item {
	var items []item
	for _, t := range c.d.Tests {
		i := item{name: c.quoted(t.Name.Text)}
		events := make([]TestEvent, len(t.Events))
		for k, e := range t.Events {
			e.Place, e.Stage.Place = Place{}, Place{}
			events[k] = e
		}
		i.aspects = append(i.aspects, aspect{"events", written(events), true}, aspect{"moment of the look", t.Look.String(), true})
		i.say("expectation", strings.Join(c.expectations(&t.Expect), "; "))
		items = append(items, i)
	}
	return items
}

// written is a value as text that is equal for equal ones.
func written(v any) string {
	// What a playbook holds can always be written; the keys come sorted.
	text, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

func (c catalogue) expectations(x *Expectation) []string {
	var told []string
	named := func(none, one string, w *Word) {
		switch {
		case w == nil:
		case w.Text == "":
			told = append(told, none)
		default:
			told = append(told, one+" "+w.Text)
		}
	}
	named(c.say("no stage"), c.say("stage"), x.Stage)
	told = append(told, c.expectedWay(x)...)
	for _, s := range x.Scores {
		told = append(told, s.Name.Text+" "+c.points(s.Points))
	}
	named(c.say("no exclusion"), c.say("exclusion"), x.Excluded)
	named(c.say("no grade"), c.say("grade"), x.Grade)
	return told
}
