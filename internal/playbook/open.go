package playbook

import (
	"math"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"galena/internal/phrase"
)

// openMap reads an object of an event of a test into what decoded JSON would
// hold; nil if there is none.
func (o object) openMap(field string) map[string]any {
	n := o.values[field]
	if n == nil {
		return nil
	}
	n = follow(n)
	if n.Kind != yaml.MappingNode {
		o.mismatch(n, o.pathOf(field), phrase.New("%q is written as fields with values", field), phrase.New("fields with values"))
		return nil
	}
	m, _ := o.open(n, o.pathOf(field)).(map[string]any)
	return m
}

// open reads a value without a schema. Its types are those of JSON: what only
// some YAML readers take for a number must be quoted or written plainly, and
// words such as no, yes and dates are texts.
func (r *reader) open(n *yaml.Node, path string) any {
	n = follow(n)
	switch n.Kind {
	case yaml.MappingNode:
		m := make(map[string]any, len(n.Content)/2)
		for i := 0; i < len(n.Content); i += 2 {
			m[n.Content[i].Value] = r.open(n.Content[i+1], childPath(n, i+1, path))
		}
		return m
	case yaml.SequenceNode:
		list := make([]any, len(n.Content))
		for i, item := range n.Content {
			list[i] = r.open(item, childPath(n, i, path))
		}
		return list
	}
	switch n.Tag {
	case "!!null":
		return nil
	case "!!bool":
		return strings.EqualFold(n.Value, "true")
	case "!!int", "!!float":
		if jsonNumber.MatchString(n.Value) {
			if v, err := strconv.ParseFloat(n.Value, 64); err == nil && !math.IsInf(v, 0) {
				return v
			}
		}
		r.mismatch(n, path, phrase.New("YAML readers disagree about this value"), phrase.New("a plain number, or a text in quotes: %q", cutText(n.Value)))
		return nil
	}
	return n.Value
}

var jsonNumber = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$`)
