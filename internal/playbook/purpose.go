package playbook

import (
	"regexp"
	"slices"
)

// Purpose is what an attribute or a signal is for beside scores and stages.
type Purpose string

// The purposes, in the order in which they are told.
const (
	ForExclusion Purpose = "exclusion" // tells who is taken out
	ForPersona   Purpose = "persona"   // tells what kind of person somebody is
	ForUnion     Purpose = "union"     // is one of several that together are a signal
	ForHandRaise Purpose = "hand_raise"
	ForRouting   Purpose = "routing" // says whose a lead becomes
	ForSales     Purpose = "sales"   // is told to whoever gets the lead
	ForNurture   Purpose = "nurture" // lets in, out or on in a track
)

// named finds names in a condition's text, and texts in quotes, in which there are none.
var named = regexp.MustCompile(`"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[A-Za-z_][A-Za-z0-9_]*`)

// purposes tells what attributes and signals are for beside scores and stages, by name.
func purposes(d *Document) map[string][]Purpose {
	all := map[string][]Purpose{}
	add := func(what Purpose, names ...string) {
		for _, name := range names {
			if !slices.Contains(all[name], what) {
				all[name] = append(all[name], what)
			}
		}
	}
	words := func(what Purpose, words []Word) {
		for _, w := range words {
			add(what, w.Text)
		}
	}
	// A segment's name stands for what its condition names.
	segments := map[string]Condition{}
	for _, s := range d.Segments {
		segments[s.Name.Text] = s.When
	}
	var condition func(what Purpose, c Condition, deep int)
	condition = func(what Purpose, c Condition, deep int) {
		names := named.FindAllString(c.Text, -1)
		add(what, names...)
		for _, name := range names {
			if inner, is := segments[name]; is && deep < len(segments) {
				condition(what, inner, deep+1)
			}
		}
	}
	for _, x := range d.Exclusions {
		condition(ForExclusion, x.When, 0)
	}
	for _, p := range d.Personas {
		condition(ForPersona, p.When, 0)
	}
	for _, s := range d.Signals {
		words(ForUnion, s.Any)
	}
	words(ForHandRaise, d.HandRaise)
	if h := d.Handoff; h != nil {
		for _, r := range h.Routes {
			condition(ForRouting, r.When, 0)
		}
		words(ForSales, h.Context)
	}
	var steps func(all []Step)
	steps = func(all []Step) {
		for i := range all {
			add(ForNurture, all[i].For.Text)
			condition(ForNurture, all[i].When, 0)
			steps(all[i].Then)
			steps(all[i].Else)
		}
	}
	for i := range d.Tracks {
		t := &d.Tracks[i]
		condition(ForNurture, t.Enrol, 0)
		condition(ForNurture, t.Exit, 0)
		steps(t.Steps)
	}
	return all
}
