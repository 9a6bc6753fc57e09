package playbook

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"galena/internal/lead"
	"galena/internal/phrase"
	"galena/internal/rule"
	"galena/internal/spelling"
)

// reader turns nodes into values of the types that the schema wants. What it
// cannot read it reports, and answers with the zero value.
type reader struct {
	collector
}

// object is a mapping of a known shape.
type object struct {
	*reader
	node   *yaml.Node
	path   string
	shape  *shape
	values map[string]*yaml.Node
	// misspelt are the known fields that unknown ones were probably meant to be;
	// that they are missing needs no saying.
	misspelt map[string]bool
}

// follow steps from an alias to what it names.
func follow(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
}

// object reads a mapping and reports fields that its shape does not know and
// those that it misses.
func (r *reader) object(n *yaml.Node, path string, s *shape) (object, bool) {
	n = follow(n)
	o := object{reader: r, node: n, path: path, shape: s, values: map[string]*yaml.Node{}, misspelt: map[string]bool{}}
	if n.Kind != yaml.MappingNode {
		r.mismatch(n, path, phrase.New("%s is written as fields with values", s.title), phrase.New("fields such as %s", example(s)))
		return o, false
	}
	known := s.names()
	for i := 0; i < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if !slices.Contains(known, key.Value) {
			o.misspelt[r.unknown(n, i, path, s, known)] = true
			continue
		}
		if o.values[key.Value] == nil {
			o.values[key.Value] = value
		}
	}
	for _, f := range s.fields {
		if f.required && o.values[f.name] == nil && !o.misspelt[f.name] {
			r.report(placeOf(n), path, "%s needs the field %q", s.title, f.name)
		}
	}
	return o, true
}

func example(s *shape) string { return fmt.Sprintf("%q", s.fields[0].name+": …") }

// unknown reports the i-th key of a mapping and says which field was probably
// meant. Where it is the rest of a text that a comma cut in two, as commas do
// between braces, it says that.
func (r *reader) unknown(n *yaml.Node, i int, path string, s *shape, known []string) (meant string) {
	if r.full() {
		return ""
	}
	key, value := n.Content[i], n.Content[i+1]
	p := Problem{Line: key.Line, Column: key.Column, Path: join(path, key.Value)}
	if flow := n.Style&yaml.FlowStyle != 0; flow && i > 0 && value.Kind == yaml.ScalarNode && value.Tag == "!!null" && value.Value == "" {
		p.Message = phrase.New("between braces a comma ends a value, and %s is left over", quote(key.Value))
		p.Expected = phrase.New("the whole value of %q in quotes", n.Content[i-2].Value)
	} else {
		p.Message = phrase.New("unknown field %s in %s", quote(key.Value), s.title)
		meant = spelling.Nearest(key.Value, known)
		p.Suggestion = didYouMean(meant)
		if meant == "" {
			p.Expected = phrase.New("one of %s", strings.Join(known, ", "))
		}
	}
	r.add(p)
	return meant
}

// lacks says whether none of the fields is given, not even misspelt.
func (o object) lacks(fields ...string) bool {
	return !slices.ContainsFunc(fields, func(f string) bool { return o.has(f) || o.misspelt[f] })
}

// has says whether a field is given.
func (o object) has(field string) bool { return o.values[field] != nil }

// at is the place of a field's value, or of the object where it has none.
func (o object) at(field string) Place {
	if n := o.values[field]; n != nil {
		return placeOf(n)
	}
	return placeOf(o.node)
}

func (o object) pathOf(field string) string { return join(o.path, field) }

// isNull says whether a field is given without a value.
func isNull(n *yaml.Node) bool {
	n = follow(n)
	return n.Kind == yaml.ScalarNode && n.Tag == "!!null"
}

// describe says in words what a node holds.
func describe(n *yaml.Node) phrase.Phrase {
	switch n.Kind {
	case yaml.MappingNode:
		return phrase.New("fields with values")
	case yaml.SequenceNode:
		return phrase.New("a list")
	}
	switch n.Tag {
	case "!!null":
		return phrase.New("nothing")
	case "!!int", "!!float":
		return phrase.New("the number %s", cutText(n.Value))
	case "!!bool":
		return phrase.New("the truth value %s", cutText(n.Value))
	}
	return phrase.New("the text %s", quote(n.Value))
}

// inQuotes is the name of a field, as problems have it.
func inQuotes(field string) phrase.Phrase { return phrase.Verbatim(quote(field)) }

func cutText(s string) string {
	q := quote(s)
	return q[1 : len(q)-1]
}

// mismatch reports a node of the wrong kind.
func (r *reader) mismatch(n *yaml.Node, path string, message, expected phrase.Phrase) {
	r.add(Problem{Line: n.Line, Column: n.Column, Path: path, Message: message, Found: describe(n), Expected: expected})
}

// text reads a text of at most so many characters; "" if there is none.
func (o object) text(field string, most int) string {
	n := o.values[field]
	if n == nil {
		return ""
	}
	return o.textOf(n, o.pathOf(field), inQuotes(field), most)
}

// textOf reads a scalar as text. Numbers and truth values must be quoted to be
// text, so that every YAML reader and this one agree on what is meant.
func (r *reader) textOf(n *yaml.Node, path string, what phrase.Phrase, most int) string {
	n = follow(n)
	switch {
	case n.Kind != yaml.ScalarNode:
		r.mismatch(n, path, phrase.New("%s is not text", what), phrase.New("text"))
	case n.Tag == "!!null":
		r.mismatch(n, path, phrase.New("%s is empty", what), phrase.New("text"))
	case n.Tag == "!!int" || n.Tag == "!!float" || n.Tag == "!!bool":
		r.mismatch(n, path, phrase.New("%s is not text", what), phrase.New("text; put it in quotes: %q", cutText(n.Value)))
	case strings.TrimSpace(n.Value) == "":
		r.mismatch(n, path, phrase.New("%s is empty", what), phrase.New("text"))
	case utf8.RuneCountInString(n.Value) > most:
		r.report(placeOf(n), path, "%s has more than %d characters", what, most)
	default:
		return n.Value
	}
	return ""
}

// word reads a text together with its place.
func (o object) word(field string, most int) Word {
	return Word{o.text(field, most), o.at(field)}
}

// label reads a label, the fallback where none is given.
func (o object) label(fallback string) string {
	if o.has("label") {
		return o.text("label", maxLabel)
	}
	return fallback
}

// condition reads CEL text; a bare truth value is one too, and of a bare number
// the compiler says what is wrong with it.
func (o object) condition(field string) Condition {
	n := o.values[field]
	if n == nil {
		return Condition{}
	}
	n = follow(n)
	switch {
	case n.Kind == yaml.ScalarNode && n.Tag == "!!bool":
		return Condition{strings.ToLower(n.Value), placeOf(n)}
	case n.Kind == yaml.ScalarNode && (n.Tag == "!!int" || n.Tag == "!!float"):
		return Condition{n.Value, placeOf(n)}
	}
	return Condition{o.textOf(n, o.pathOf(field), inQuotes(field), rule.MaxText), placeOf(n)}
}

// items calls f for the one item that a field holds, or for each of its list.
func (o object) items(field string, f func(n *yaml.Node, path string)) {
	n := o.values[field]
	if n == nil {
		return
	}
	path := o.pathOf(field)
	list := follow(n)
	if list.Kind != yaml.SequenceNode {
		f(n, path)
		return
	}
	switch {
	case len(list.Content) == 0:
		o.report(placeOf(list), path, "the list %q is empty", field)
	case len(list.Content) > maxItems:
		o.report(placeOf(list), path, "the list %q has more than %d items", field, maxItems)
	default:
		for i, item := range list.Content {
			f(item, fmt.Sprintf("%s[%d]", path, i))
		}
	}
}

// texts reads one text or a list of them; one that is repeated is reported.
func (o object) texts(field string) []string {
	var words []string
	for _, w := range o.words(field, lead.MaxText) {
		words = append(words, w.Text)
	}
	return words
}

// words is texts with the places.
func (o object) words(field string, most int) []Word {
	var words []Word
	seen := map[string]bool{}
	o.items(field, func(n *yaml.Node, path string) {
		text := o.textOf(n, path, phrase.New("an item of %q", field), most)
		switch {
		case text == "":
		case seen[text]:
			o.report(placeOf(n), path, "%s stands in %q twice", quote(text), field)
		default:
			seen[text] = true
			words = append(words, Word{text, placeOf(n)})
		}
	})
	return words
}

// section calls f for each entry of a mapping of names, as the document's
// sections are; a section without entries may be left empty.
func (o object) section(field string, most int, f func(name Word, n *yaml.Node, path string)) {
	n := o.values[field]
	if n == nil || isNull(n) {
		return
	}
	n = follow(n)
	path := o.pathOf(field)
	if n.Kind != yaml.MappingNode {
		o.mismatch(n, path, phrase.New("%q is written as names with what they stand for", field), phrase.New("names with values"))
		return
	}
	if len(n.Content)/2 > most {
		o.report(placeOf(n), path, "%q has more than %d entries", field, most)
		return
	}
	for i := 0; i < len(n.Content); i += 2 {
		key := n.Content[i]
		entry := join(path, key.Value)
		o.checkName(key, entry)
		f(Word{key.Value, placeOf(key)}, n.Content[i+1], entry)
	}
}

// checkName reports a text that cannot be a name.
func (r *reader) checkName(n *yaml.Node, path string) {
	if isName(n.Value) {
		return
	}
	p := Problem{Line: n.Line, Column: n.Column, Path: path, Message: phrase.New("%s cannot be a name", quote(n.Value)),
		Expected: phrase.New("at most %d lower-case letters, digits and underscores, beginning with a letter", maxName)}
	if better := asName(n.Value); isName(better) {
		p.Suggestion = didYouMean(better)
	}
	r.add(p)
}

func isName(s string) bool {
	if s == "" || len(s) > maxName || s[0] < 'a' || s[0] > 'z' {
		return false
	}
	return strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789_") == ""
}

// asName makes a name of a text: "Demo Request" becomes "demo_request".
func asName(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '_':
			return r
		case r == ' ', r == '-', r == '.':
			return '_'
		}
		return -1
	}, strings.ToLower(strings.TrimSpace(s)))
}

// list calls f for each item of a list that the schema wants as such.
func (o object) list(field string, most int, f func(n *yaml.Node, path string)) {
	n := o.values[field]
	if n == nil || isNull(n) {
		return
	}
	n = follow(n)
	path := o.pathOf(field)
	switch {
	case n.Kind != yaml.SequenceNode:
		o.mismatch(n, path, phrase.New("%q is not a list", field), phrase.New(`a list, each item on a line that begins with "- "`))
	case len(n.Content) > most:
		o.report(placeOf(n), path, "%q has more than %d items", field, most)
	default:
		for i, item := range n.Content {
			f(item, fmt.Sprintf("%s[%d]", path, i))
		}
	}
}
