package playbook

import (
	"bytes"
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

// Passages lists the conditions of a playbook, in its order; nothing of one with
// errors. What aliases share is left out: it would change in several places.
func Passages(text []byte) []Passage {
	doc, _, problems := Load(text, 0)
	if Failed(problems) {
		return nil
	}
	root := readTree(newSource(text), &collector{})
	if root == nil {
		return nil
	}
	return passages(doc, root)
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

// unshared is a node that stands for itself alone; nil for one that is an alias or
// that aliases can name.
func unshared(n *yaml.Node) *yaml.Node {
	if n == nil || n.Kind == yaml.AliasNode || n.Anchor != "" {
		return nil
	}
	return n
}

// own is an unshared field of an unshared mapping.
func own(n *yaml.Node, field string) *yaml.Node { return unshared(valueOf(unshared(n), field)) }

// entry is the i-th value of a mapping, nth the i-th of a list, if they are
// unshared.
func entry(n *yaml.Node, i int) *yaml.Node {
	if n == nil {
		return nil
	}
	return unshared(n.Content[2*i+1])
}

func nth(n *yaml.Node, i int) *yaml.Node {
	if n == nil {
		return nil
	}
	return unshared(n.Content[i])
}

// Rewrite sets one condition, adds it or, with "", takes it out, and leaves all else
// in the text as it is. It refuses with fault.Invalid a condition that is wrong.
func Rewrite(text []byte, path, condition string) ([]byte, error) {
	condition = strings.TrimSpace(condition)
	if strings.ContainsAny(condition, "\r\n") {
		return nil, fault.New(fault.Invalid, "A condition of several lines is changed in the text.")
	}
	doc, _, problems := Load(text, 0)
	if doc == nil {
		return nil, fault.New(fault.Invalid, "The playbook has problems, the first at %s.", problems[0])
	}
	src := newSource(text)
	root := readTree(src, &collector{})
	all := passages(doc, root)
	i := slices.IndexFunc(all, func(p Passage) bool { return p.Path == path })
	if i < 0 {
		return nil, fault.New(fault.Invalid, "There is no condition %s that can be set by itself. Change it in the text.", quote(path))
	}
	p := &all[i]
	if p.Text == condition {
		return text, nil
	}
	w := &rewriter{src: src, text: text, root: root, comments: comments(root)}
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

// result is the changed text, if there is one and it is a playbook.
func (w *rewriter) result(label string) ([]byte, error) {
	if w.changed == nil {
		return nil, fault.New(fault.Invalid, "This part of %s is written in a way that only the text can change.", quote(label))
	}
	if _, _, problems := Load(w.changed, 0); Failed(problems) {
		at := slices.IndexFunc(problems, func(p Problem) bool { return p.Severity == Error })
		problem := problems[at]
		problem.Line = 0 // of a text that is not kept
		return nil, fault.New(fault.Invalid, "%s", problem)
	}
	return w.changed, nil
}

// rewriter tries ways to write a change until one changes nothing else.
type rewriter struct {
	src      *source
	text     []byte
	root     *yaml.Node
	comments []string // before
	changed  []byte   // nil: none did
}

// try keeps a text if it reads as the tree does now.
func (w *rewriter) try(from, to int, insert string) bool {
	changed := splice(w.text, from, to, insert)
	after := readTree(newSource(changed), &collector{})
	if after == nil || !saysTheSame(w.root, after) || !slices.Equal(w.comments, comments(after)) {
		return false
	}
	w.changed = changed
	return true
}

// comments are all comments of a tree, in order of the alphabet: to which value the
// reader gives one depends on how the value is written.
func comments(n *yaml.Node) []string {
	var all []string
	var walk func(n *yaml.Node)
	walk = func(n *yaml.Node) {
		for _, c := range []string{n.HeadComment, n.LineComment, n.FootComment} {
			if c != "" {
				all = append(all, c)
			}
		}
		for _, child := range n.Content {
			walk(child)
		}
	}
	walk(n)
	slices.Sort(all)
	return all
}

// saysTheSame tells whether two trees say the same. Texts may be quoted in another
// way.
func saysTheSame(a, b *yaml.Node) bool {
	if a.Kind != b.Kind || a.Anchor != b.Anchor || len(a.Content) != len(b.Content) || a.Style&yaml.FlowStyle != b.Style&yaml.FlowStyle ||
		strings.TrimSpace(a.Value) != strings.TrimSpace(b.Value) {
		return false
	}
	for i := range a.Content {
		if !saysTheSame(a.Content[i], b.Content[i]) {
			return false
		}
	}
	return true
}

// ways are the forms of a text, the one that it has first.
func ways(of *yaml.Node, text string) []string {
	single := "'" + strings.ReplaceAll(text, "'", "''") + "'"
	double := `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text) + `"`
	all := []string{text, single, double}
	plainest := !strings.ContainsAny(text, `"\`)
	switch {
	case of != nil && of.Style&yaml.DoubleQuotedStyle != 0 && plainest:
		return []string{double, text, single}
	case of != nil && of.Style&yaml.SingleQuotedStyle != 0 && !strings.Contains(text, "'"):
		return []string{single, text, double}
	}
	return all
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

// extent is where a scalar stands with its quotes; of one below | or > where its
// text does; of fields where they do, with their braces.
func (w *rewriter) extent(n *yaml.Node) (from, to int, ok bool) {
	start := placeOf(n)
	if n.Kind == yaml.MappingNode && len(n.Content) > 0 {
		from, begins := w.src.offset(start)
		_, to, ok := w.extent(n.Content[len(n.Content)-1])
		if n.Style&yaml.FlowStyle != 0 && ok {
			rest := w.src.text[to:]
			to += len(rest) - len(bytes.TrimLeft(rest, whiteSpace)) + 1
			ok = to <= len(w.src.text) && w.src.text[to-1] == '}'
		}
		return from, to, ok && begins
	}
	at, ok := w.src.offset(start)
	if !ok || strings.TrimSpace(n.Value) == "" {
		return 0, 0, false
	}
	end := w.src.within(start, n.Value, len(n.Value))
	to, inside := w.src.offset(end)
	if end == start || !inside && to != len(w.src.text) {
		to = len(w.src.text)
	}
	switch {
	case n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		from, ok = w.src.offset(w.src.within(start, n.Value, 0))
		return from, to, ok && from < to
	case n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) != 0:
		rest := w.src.text[to:]
		to += len(rest) - len(bytes.TrimLeft(rest, whiteSpace)) + 1
		return at, to, to <= len(w.src.text) && w.src.text[to-1] == w.src.text[at]
	}
	return at, to, at < to
}

// insert adds a field, written in one of some ways, after one whose value is on one
// line, rather after one that is preferred, the first before the others.
func (w *rewriter) insert(host *yaml.Node, field string, value *yaml.Node, written []string, preferred ...string) {
	flow := host.Style&yaml.FlowStyle != 0
	indent := strings.Repeat(" ", host.Content[0].Column-1)
	kept := host.Content
	defer func() { host.Content = kept }()
	var places []int
	for _, name := range preferred {
		places = append(places, fieldsNamed(host, name)...)
	}
	for _, i := range append(places, fieldsNamed(host)...) {
		if kept[i+1].Kind != yaml.ScalarNode {
			continue
		}
		_, to, ok := w.extent(kept[i+1])
		if !ok {
			continue
		}
		if !flow {
			for to < len(w.src.text) && lineBreak(w.src.text[to:]) == 0 {
				to++
			}
		}
		host.Content = slices.Insert(slices.Clone(kept), i+2, &yaml.Node{Kind: yaml.ScalarNode, Value: field}, value)
		for _, way := range written {
			added := ", " + field + ": " + way
			if !flow {
				added = endOf(w.text) + indent + field + ": " + way
			}
			if w.try(to, to, added) {
				return
			}
		}
	}
}

// fieldsNamed are the places in Content of the keys that have some names, in their
// order; of all keys without names.
func fieldsNamed(n *yaml.Node, names ...string) []int {
	var at []int
	for i := 0; i < len(n.Content); i += 2 {
		if len(names) == 0 || slices.Contains(names, n.Content[i].Value) {
			at = append(at, i)
		}
	}
	return at
}

// drop takes a field out.
func (w *rewriter) drop(host *yaml.Node, field string) {
	i := 2 * slices.IndexFunc(fieldsNamed(host), func(i int) bool { return host.Content[i].Value == field })
	_, to, ok := w.extent(host.Content[i+1])
	from, begins := w.src.offset(placeOf(host.Content[i]))
	if !ok || !begins {
		return
	}
	// A comment about it would be one about its neighbour.
	if rest, _, _ := bytes.Cut(w.src.text[to:], []byte("\n")); host.Style&yaml.FlowStyle == 0 && len(bytes.TrimSpace(rest)) > 0 {
		return
	}
	kept := host.Content
	host.Content = slices.Delete(slices.Clone(kept), i, i+2)
	defer func() { host.Content = kept }()
	if before := bytes.TrimRight(w.src.text[:from], whiteSpace); i > 0 {
		// From the end of the field before, or of its line.
		if bytes.HasSuffix(before, []byte(",")) {
			before = before[:len(before)-1]
		}
		w.try(len(before), to, "")
		return
	}
	if i+2 < len(kept) {
		if next, ok := w.src.offset(placeOf(kept[i+2])); ok {
			w.try(from, next, "")
		}
	}
}
