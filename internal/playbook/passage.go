package playbook

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"galena/internal/fault"
)

// Passage is a condition of a playbook where it stands in the text, or could.
type Passage struct {
	// Path names it within the playbook: "stages[1].when".
	Path string
	// Section is the one that it stands in, such as "scores"; Of is the label of the
	// score that a rule belongs to, Label the label, or of stages the name, of what
	// has the condition.
	Section, Of, Label string
	// Field is "when", "where", "fast_track" or "back_when".
	Field string
	// Text is the condition; "" of one that could be there and is not.
	Text string
	// Optional ones can be left out.
	Optional bool

	host  *yaml.Node // the mapping that has it
	value *yaml.Node // nil where it is not there
}

// OfEvent says that the condition reads an event and not a lead.
func (p *Passage) OfEvent() bool { return p.Field == "where" }

// Reads says what the condition may read besides attributes.
func (p *Passage) Reads() (segments, signals, scores bool) {
	switch p.Section {
	case "stages", "exits":
		return true, true, true
	case "scores":
		return true, p.Optional, false
	}
	return p.Section == "exclusions", false, false
}

// Passages lists the conditions of a playbook, in its order; nothing of nil. What
// aliases share is left out: it would change in several places.
func (d *Document) Passages() []Passage {
	root := d.tree()
	if root == nil {
		return nil
	}
	return passages(d, root)
}

func passages(doc *Document, root *yaml.Node) []Passage {
	l := &passageList{}
	signals := own(root, "signals")
	for i, s := range doc.Signals {
		if p := (Passage{Section: "signals", Label: s.Label, Optional: true}); len(s.Any) == 0 {
			l.add(p, entry(signals, i), "signals."+s.Name.Text, "where", true)
		}
	}
	named := func(section string, i int, name Word, label string) {
		l.add(Passage{Section: section, Label: label}, entry(own(root, section), i), section+"."+name.Text, "when", false)
	}
	for i, s := range doc.Segments {
		named("segments", i, s.Name, s.Label)
	}
	for i, p := range doc.Personas {
		named("personas", i, p.Name, p.Label)
	}
	for i, s := range doc.Scores {
		rules := own(entry(own(root, "scores"), i), "rules")
		for j := range s.Rules {
			p := Passage{Section: "scores", Of: s.Label, Label: s.Rules[j].Label, Optional: s.Rules[j].Kind == PerSignal}
			l.add(p, nth(rules, j), fmt.Sprintf("scores.%s.rules[%d]", s.Name.Text, j), "when", p.Optional)
		}
	}
	for i, s := range doc.Stages {
		for _, field := range []string{"when", "fast_track", "back_when"} {
			p := Passage{Section: "stages", Label: s.Name.Text, Optional: field == "back_when" || field == "fast_track" && s.When.Text != ""}
			l.add(p, nth(own(root, "stages"), i), fmt.Sprintf("stages[%d]", i), field, false)
		}
	}
	for i, e := range doc.Exits {
		l.add(Passage{Section: "exits", Label: e.Name.Text}, nth(own(root, "exits"), i), fmt.Sprintf("exits[%d]", i), "when", false)
	}
	for i, e := range doc.Exclusions {
		named("exclusions", i, e.Name, e.Label)
	}
	return l.all
}

type passageList struct{ all []Passage }

// add adds a field of a host; one that is not there only where it could be added.
func (l *passageList) add(p Passage, host *yaml.Node, path, field string, addable bool) {
	if host == nil || host.Kind != yaml.MappingNode {
		return
	}
	written := valueOf(host, field)
	if written == nil && !addable || written != nil && (unshared(written) == nil || written.Kind != yaml.ScalarNode) {
		return
	}
	p.Path, p.Field, p.host, p.value = path+"."+field, field, host, written
	if written != nil {
		p.Text = strings.TrimSpace(written.Value)
	}
	l.all = append(l.all, p)
}

// Rewrite sets one condition, adds it or, with "", takes it out, and leaves all else
// in the text as it is. It refuses with fault.Invalid a condition that is wrong.
func Rewrite(text []byte, path, condition string) ([]byte, error) {
	condition = strings.TrimSpace(condition)
	if strings.ContainsAny(condition, "\r\n") {
		return nil, fault.New(fault.Invalid, "A condition of several lines is changed in the text.")
	}
	doc, w, err := openRewriter(text)
	if err != nil {
		return nil, err
	}
	all := passages(doc, w.root)
	i := slices.IndexFunc(all, func(p Passage) bool { return p.Path == path })
	if i < 0 {
		return nil, fault.New(fault.Invalid, "There is no condition %s that can be set by itself. Change it in the text.", quote(path))
	}
	p := &all[i]
	if p.Text == condition {
		return text, nil
	}
	switch {
	case condition == "":
		w.drop(p.host, p.Field)
	case p.value == nil:
		w.insert(p.host, p.Field, &yaml.Node{Kind: yaml.ScalarNode, Value: condition}, ways(nil, condition), "on", "name", "event", "type")
	default:
		w.replace(p, condition)
	}
	return w.result(p.Label)
}

func (w *rewriter) replace(p *Passage, condition string) {
	from, to, ok := w.extent(p.value)
	if !ok {
		return
	}
	was := p.value.Value
	p.value.Value = condition
	defer func() { p.value.Value = was }()
	if p.value.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 {
		w.try(from, to, condition)
		return
	}
	for _, way := range ways(p.value, condition) {
		if w.try(from, to, way) {
			return
		}
	}
}
