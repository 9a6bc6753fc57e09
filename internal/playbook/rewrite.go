package playbook

import (
	"bytes"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"galena/internal/fault"
)

// tree is that of the text which a document was read from; nil of none, which stands
// for a text with errors.
func (d *Document) tree() *yaml.Node {
	if d == nil {
		return nil
	}
	return readTree(newSource(d.source), &collector{})
}

// rewriter tries ways to write a change until one changes nothing else.
type rewriter struct {
	src      *source
	text     []byte
	root     *yaml.Node
	comments []string // before
	changed  []byte   // nil: none did
}

func newRewriter(text []byte) *rewriter {
	src := newSource(text)
	root := readTree(src, &collector{})
	return &rewriter{src: src, text: text, root: root, comments: comments(root)}
}

// openRewriter is newRewriter for a text of which a playbook can be read.
func openRewriter(text []byte) (*Document, *rewriter, error) {
	doc, _, problems := Load(text, 0)
	if doc == nil {
		return nil, nil, Unusable(problems)
	}
	return doc, newRewriter(text), nil
}

// result is the changed text, if there is one and it is a playbook.
func (w *rewriter) result(label string) ([]byte, error) {
	if w.changed == nil {
		return nil, fault.New(fault.Invalid, "This part of %s is written in a way that only the text can change.", quote(label))
	}
	if err := flawOf(w.changed); err != nil {
		return nil, err
	}
	return w.changed, nil
}

// Misset is why a value cannot be set, with the path of the value or of what is wrong
// because of it.
type Misset struct {
	Path string
	Err  error
}

func (m *Misset) Error() string { return m.Err.Error() }
func (m *Misset) Unwrap() error { return m.Err }

func refusal(path, format string, args ...any) error {
	return &Misset{path, fault.New(fault.Invalid, format, args...)}
}

// flawOf is what is wrong with a changed text, nil if nothing is.
func flawOf(changed []byte) error {
	_, _, problems := Load(changed, 0)
	if p := firstError(problems); p != nil {
		return refusal(p.Path, "%s", p.unplaced().Said())
	}
	return nil
}

// unplaced is a problem without its place, which is in a text that nobody sees.
func (p Problem) unplaced() Problem {
	p.Line = 0
	return p
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
	i := fieldAt(host, field)
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
