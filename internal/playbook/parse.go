package playbook

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"galena/internal/lead"
	"galena/internal/phrase"
	"galena/internal/rule"
)

// Parse reads a playbook. The Document is nil if there is an error among the
// problems. Names and conditions are checked by Compile.
func Parse(text []byte) (*Document, []Problem) {
	d, c := parse(text)
	problems := orderly(c.problems)
	if Failed(problems) {
		return nil, problems
	}
	return d, problems
}

// Load is Parse and Compile in one, so that all problems of a playbook are told
// at once. Document and Plan are nil if there is an error among them.
func Load(text []byte, version int) (*Document, *Plan, []Problem) {
	d, c := parse(text)
	var plan *Plan
	if d != nil {
		plan = compile(d, version, c)
	}
	problems := orderly(c.problems)
	if Failed(problems) {
		return nil, nil, problems
	}
	return d, plan, problems
}

// parse reads as much of a document as can be read; nil if that is nothing.
func parse(text []byte) (*Document, *collector) {
	r := &reader{}
	src := newSource(text)
	root := readTree(src, &r.collector)
	if root == nil {
		return nil, &r.collector
	}
	o, ok := r.object(root, "", &playbookShape)
	if !ok {
		return nil, &r.collector
	}
	if n := o.values["galena"]; n != nil {
		if n = follow(n); n.Kind != yaml.ScalarNode || n.Value != "1" || n.Tag != "!!int" {
			r.mismatch(n, "galena", phrase.New("this version of the format is not known"), phrase.Verbatim("1"))
		}
	}
	d := &Document{
		Name:     o.text("name", maxLabel),
		TimeZone: o.word("time_zone", maxLabel),
		source:   text,
	}
	if n := o.values["description"]; n != nil && !isNull(n) {
		d.Description = strings.TrimSpace(o.text("description", maxProse))
	}
	o.section("attributes", MaxAttributes, func(name Word, n *yaml.Node, path string) {
		d.Attributes = append(d.Attributes, r.attribute(name, n, path))
	})
	o.section("signals", MaxSignals, func(name Word, n *yaml.Node, path string) {
		d.Signals = append(d.Signals, r.signal(name, n, path))
	})
	o.section("segments", rule.MaxSegments, func(name Word, n *yaml.Node, path string) {
		s, _ := r.object(n, path, &segmentShape)
		d.Segments = append(d.Segments, SegmentDecl{Name: name, Label: s.label(name.Text), When: s.condition("when")})
	})
	o.section("personas", rule.MaxSegments-len(d.Segments), func(name Word, n *yaml.Node, path string) {
		p, _ := r.object(n, path, &personaShape)
		d.Personas = append(d.Personas, PersonaDecl{
			SegmentDecl: SegmentDecl{Name: name, Label: p.label(name.Text), When: p.condition("when")},
			Description: p.text("description", maxProse),
		})
	})
	labels := make(map[string]string, len(d.Signals))
	for _, s := range d.Signals {
		labels[s.Name.Text] = s.Label
	}
	rules := 0
	o.section("scores", MaxScores, func(name Word, n *yaml.Node, path string) {
		s := r.score(name, n, path, labels)
		if rules += len(s.Rules); rules > MaxRules && rules-len(s.Rules) <= MaxRules {
			r.report(name.Place, path, "the playbook has more than %d rules", MaxRules)
		}
		d.Scores = append(d.Scores, s)
	})
	o.section("totals", MaxScores-min(len(d.Scores), MaxScores), func(name Word, n *yaml.Node, path string) {
		d.Totals = append(d.Totals, r.total(name, n, path))
	})
	o.list("stages", MaxStages, func(n *yaml.Node, path string) {
		d.Stages = append(d.Stages, r.stage(n, path))
	})
	o.list("exits", MaxExits, func(n *yaml.Node, path string) {
		d.Exits = append(d.Exits, r.exit(n, path))
	})
	d.HandRaise = o.words("hand_raise", maxName)
	o.section("exclusions", MaxExclusions, func(name Word, n *yaml.Node, path string) {
		e, _ := r.object(n, path, &exclusionShape)
		d.Exclusions = append(d.Exclusions, ExclusionDecl{Name: name, Label: e.label(name.Text), When: e.condition("when")})
	})
	d.Grade = o.grade()
	o.agreement(d)
	o.list("tests", MaxTests, func(n *yaml.Node, path string) {
		d.Tests = append(d.Tests, r.test(n, path))
	})
	return d, &r.collector
}

// oneOf reads a word that must be one of a few.
func (r *reader) oneOf(w Word, path string, what phrase.Phrase, known []string) bool {
	if w.Text == "" || slices.Contains(known, w.Text) {
		return w.Text != ""
	}
	r.add(Problem{Line: w.Place.Line, Column: w.Place.Column, Path: path,
		Message: phrase.New("unknown %s %s", what, quote(w.Text)), Expected: phrase.New("one of %s", strings.Join(known, ", ")),
		Suggestion: r.suggest(w.Text, known)})
	return false
}

func (r *reader) attribute(name Word, n *yaml.Node, path string) AttributeDecl {
	a := AttributeDecl{Name: name, Label: name.Text, Kind: lead.Text, From: [][]string{{name.Text}}}
	if v := follow(n); v.Kind == yaml.ScalarNode {
		kind := Word{r.textOf(n, path, phrase.New("the type of an attribute"), maxLabel), placeOf(v)}
		if r.oneOf(kind, path, phrase.Term("type of attribute"), kindNames()) {
			a.Kind, _ = lead.KindNamed(kind.Text)
		}
		return a
	}
	o, ok := r.object(n, path, &attributeShape)
	if !ok {
		return a
	}
	a.Label = o.label(a.Label)
	if kind := o.word("type", maxLabel); r.oneOf(kind, o.pathOf("type"), phrase.Term("type of attribute"), kindNames()) {
		a.Kind, _ = lead.KindNamed(kind.Text)
	}
	if o.has("from") {
		a.From = nil
		for _, w := range o.words("from", lead.MaxText) {
			parts := strings.Split(w.Text, ".")
			if slices.Contains(parts, "") || len(parts) > maxPathDepth {
				r.report(w.Place, o.pathOf("from"), "%s is not the path of a trait such as title or company.employees", quote(w.Text))
				continue
			}
			a.From = append(a.From, parts)
		}
	}
	return a
}

func (r *reader) signal(name Word, n *yaml.Node, path string) SignalDecl {
	s := SignalDecl{Name: name, Label: name.Text}
	o, ok := r.object(n, path, &signalShape)
	if !ok {
		return s
	}
	s.Label = o.label(s.Label)
	s.Any = o.words("any", maxName)
	s.Where = o.condition("where")
	var types []string
	for _, w := range o.words("type", maxLabel) {
		if r.oneOf(w, o.pathOf("type"), phrase.Term("type of event"), typeNames()) {
			t, _ := lead.TypeNamed(w.Text)
			s.Types = append(s.Types, t)
			types = append(types, w.Text)
		}
	}
	s.Names = append(o.texts("event"), o.texts("name")...)
	if o.has("event") && !o.has("type") {
		s.Types = []lead.Type{lead.Track}
	}
	switch {
	case o.has("any"):
		for _, other := range []string{"event", "type", "name", "where"} {
			if o.has(other) {
				r.report(o.at(other), o.pathOf(other), "a signal with %q is the union of others and takes no %q", "any", other)
			}
		}
		s.Types, s.Names, s.Where = nil, nil, Condition{}
	case o.lacks("event", "type", "any"):
		r.report(name.Place, path, `the signal %s can never occur: it needs "event", "type" or "any"`, quote(name.Text))
	case o.has("event") && o.has("type") && !slices.Equal(types, []string{"track"}):
		r.report(o.at("event"), o.pathOf("event"), `"event" names track events; the names of pages and screens belong in "name"`)
	case o.has("event") && o.has("name"):
		r.report(o.at("name"), o.pathOf("name"), `the names of track events belong in "event"`)
	case o.has("name"):
		for _, t := range s.Types {
			if t != lead.Page && t != lead.Screen && t != lead.Track {
				r.report(o.at("name"), o.pathOf("name"), "the signal %s can never occur: events of type %v have no name", quote(name.Text), t)
			}
		}
	}
	return s
}

func (r *reader) total(name Word, n *yaml.Node, path string) TotalDecl {
	t := TotalDecl{Name: name, Label: name.Text}
	o, ok := r.object(n, path, &totalShape)
	if !ok {
		return t
	}
	t.Label = o.label(t.Label)
	t.Sum = o.words("sum", maxName)
	t.Balance = o.balance()
	t.Cap, t.Floor = o.bounds()
	return t
}
