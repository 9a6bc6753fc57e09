package playbook

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// catalogue lists what a playbook says, thing by thing, for Diff.
type catalogue struct{ d *Document }

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
func called(name, label string) item {
	i := item{name: name}
	if label == name {
		label = ""
	}
	i.say("label", quoted(label))
	return i
}

func quoted(s string) string {
	if s == "" {
		return ""
	}
	return "“" + s + "”"
}

// plain is a condition on one line: how it is broken into lines means nothing.
func plain(c Condition) string { return strings.Join(strings.Fields(c.Text), " ") }

func (c catalogue) head() []item {
	i := item{name: ""}
	i.say("name", quoted(c.d.Name))
	i.say("description", quoted(c.d.Description))
	i.say("time zone", c.d.TimeZone.Text)
	return []item{i}
}

func (c catalogue) attributes() []item {
	var items []item
	for _, a := range c.d.Attributes {
		i := called(a.Name.Text, a.Label)
		i.say("kind", a.Kind.String())
		var paths []string
		for _, path := range a.From {
			paths = append(paths, strings.Join(path, "."))
		}
		i.say("source", strings.Join(paths, ", else "))
		items = append(items, i)
	}
	return items
}

func (c catalogue) signals() []item {
	var items []item
	for _, s := range c.d.Signals {
		i := called(s.Name.Text, s.Label)
		var types, names []string
		for _, t := range s.Types {
			types = append(types, t.String())
		}
		for _, n := range s.Names {
			names = append(names, quoted(n))
		}
		slices.Sort(types)
		slices.Sort(names)
		i.say("type", enumerate(types, "or"))
		i.say("event", enumerate(names, "or"))
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
func quotedAll(words []Word) string {
	all := make([]string, len(words))
	for i, w := range words {
		all[i] = quoted(w.Text)
	}
	return strings.Join(all, ", ")
}

// span is a duration in words; 0 is none.
func span(ms int64) string {
	if ms == 0 {
		return ""
	}
	return spanInWords(ms)
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
		i := called(s.Name.Text, s.Label)
		i.say("condition", plain(s.When))
		items = append(items, i)
	}
	return items
}

func (c catalogue) exclusions() []item {
	var items []item
	for _, x := range c.d.Exclusions {
		i := called(x.Name.Text, x.Label)
		i.say("condition", plain(x.When))
		items = append(items, i)
	}
	return items
}

func (c catalogue) grade() []item {
	var items []item
	for _, s := range c.d.Grade {
		i := item{name: scaleName(s.Bands[0].Mark)}
		i.say("score", s.Score.Text)
		var marks []string
		for _, b := range s.Bands {
			marks = append(marks, fmt.Sprintf("%s from %v", b.Mark, b.From))
		}
		i.say("marks", strings.Join(marks, ", "))
		items = append(items, i)
	}
	return items
}

func (c catalogue) examples() []item {
	var items []item
	for _, t := range c.d.Tests {
		i := item{name: quoted(t.Name.Text)}
		events := make([]TestEvent, len(t.Events))
		for k, e := range t.Events {
			e.Place, e.Stage.Place = Place{}, Place{}
			events[k] = e
		}
		i.aspects = append(i.aspects, aspect{"events", written(events), true}, aspect{"moment of the look", t.Look.String(), true})
		i.say("expectation", strings.Join(expectations(&t.Expect), "; "))
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

func expectations(x *Expectation) []string {
	var told []string
	named := func(what string, w *Word) {
		switch {
		case w == nil:
		case w.Text == "":
			told = append(told, "no "+what)
		default:
			told = append(told, what+" "+w.Text)
		}
	}
	named("stage", x.Stage)
	told = append(told, expectedWay(x)...)
	for _, s := range x.Scores {
		told = append(told, fmt.Sprintf("%s %v", s.Name.Text, s.Points))
	}
	named("exclusion", x.Excluded)
	named("grade", x.Grade)
	return told
}
