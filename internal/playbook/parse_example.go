package playbook

import (
	"go.yaml.in/yaml/v4"

	"galena/internal/lead"
	"galena/internal/phrase"
)

// testStart is when the first event of a test happens unless it says otherwise:
// 2026-01-05T09:00:00Z, a Monday.
const testStart lead.Time = 1_767_603_600_000

func (r *reader) test(n *yaml.Node, path string) Test {
	o, ok := r.object(n, path, &testShape)
	if !ok {
		return Test{}
	}
	t := Test{Name: o.word("name", maxLabel)}
	now := testStart
	o.list("events", MaxTestEvents, func(n *yaml.Node, path string) {
		e := r.testEvent(n, path, now, len(t.Events) == 0)
		now = e.At
		t.Events = append(t.Events, e)
	})
	if o.has("events") && len(t.Events) == 0 {
		r.report(o.at("events"), o.pathOf("events"), "the test has no events")
	}
	t.Look = now.Add(o.duration("after", 0))
	if value := o.values["expect"]; value != nil {
		t.Expect = r.expectation(value, o.pathOf("expect"))
	}
	return t
}

// testEvent reads an event of a test; now is when the one before happened.
func (r *reader) testEvent(n *yaml.Node, path string, now lead.Time, first bool) TestEvent {
	o, ok := r.object(n, path, &eventShape)
	e := TestEvent{Place: placeOf(o.node), At: now, Type: lead.Track}
	if !ok {
		return e
	}
	switch {
	case o.has("at") && o.has("after"):
		r.report(o.at("after"), o.pathOf("after"), `an event has either "at" or "after"`)
	case o.has("after"):
		e.At = now.Add(o.duration("after", 0))
	case o.has("at"):
		if at := o.moment("at"); at != 0 {
			e.At = at
		}
		if e.At < now && !first {
			r.report(o.at("at"), o.pathOf("at"), "the events of a test stand in order; the one before this happens at %v", now)
			e.At = now
		}
	}
	if o.has("stage") {
		return o.testAct(e)
	}
	switch {
	case o.has("type"):
		if w := o.word("type", maxLabel); r.oneOf(w, o.pathOf("type"), phrase.Term("type of event"), typeNames()) {
			e.Type, _ = lead.TypeNamed(w.Text)
		}
	case !o.has("event"):
		r.report(e.Place, path, `an event of a test needs "event", "type" or "stage"`)
	}
	if o.has("reason") {
		r.report(o.at("reason"), o.pathOf("reason"), `"reason" says why a person puts the lead into a stage and needs "stage"`)
	}
	e.Name = o.eventName(e.Type)
	e.User, e.Anonymous, e.Group = o.text("user", lead.MaxText), o.text("anonymous", lead.MaxText), o.text("group", lead.MaxText)
	e.Properties, e.Traits, e.Context = o.openMap("properties"), o.openMap("traits"), o.openMap("context")
	return e
}

// eventName reads the name that an event of a type has, in the field for it.
func (o object) eventName(t lead.Type) string {
	field, other := "name", "event"
	if t == lead.Track {
		field, other = other, field
	}
	if o.has(other) {
		o.report(o.at(other), o.pathOf(other), "an event of type %v takes no %q", t, other)
		return ""
	}
	named := t == lead.Track || t == lead.Page || t == lead.Screen
	switch {
	case t == lead.Track && !o.has(field):
		o.report(placeOf(o.node), o.path, `an event of type track needs "event", its name`)
	case !named && o.has(field):
		o.report(o.at(field), o.pathOf(field), "an event of type %v has no name", t)
		return ""
	}
	return o.text(field, lead.MaxText)
}

func (r *reader) expectation(n *yaml.Node, path string) Expectation {
	o, ok := r.object(n, path, &expectShape)
	x := Expectation{Place: placeOf(o.node)}
	if !ok {
		return x
	}
	if len(o.node.Content) == 0 {
		r.report(x.Place, path, `the test expects nothing: it needs "stage", "scores", "excluded", "grade", "cycle", "reason" or "entered"`)
	}
	x.Stage, x.Excluded, x.Grade, x.Reason = o.maybe("stage"), o.maybe("excluded"), o.maybe("grade"), o.maybe("reason")
	if n, ok := o.whole("cycle"); ok {
		x.Cycle = &n
	}
	if o.has("entered") {
		o.list("entered", MaxTestEvents, func(n *yaml.Node, path string) {
			x.Entered = append(x.Entered, Word{r.textOf(n, path, phrase.New("an item of %q", "entered"), maxLabel), placeOf(n)})
		})
	}
	if o.has("scores") {
		o.section("scores", MaxScores, func(name Word, n *yaml.Node, path string) {
			if p, ok := r.pointsOf(n, path, inQuotes(name.Text)); ok {
				x.Scores = append(x.Scores, ExpectedScore{name, p})
			}
		})
	}
	return x
}

// maybe reads a text that may be empty, which is not the same as none.
func (o object) maybe(field string) *Word {
	n := o.values[field]
	if n == nil {
		return nil
	}
	if v := follow(n); v.Kind == yaml.ScalarNode && v.Tag == "!!str" && v.Value == "" {
		return &Word{"", placeOf(v)}
	}
	w := o.word(field, maxLabel)
	return &w
}
