package playbook

import (
	"cmp"
	"fmt"

	"go.yaml.in/yaml/v4"
)

// Bound is a number that a score, a rule or a mark of the grade begins or ends at,
// where it stands in the text or could.
type Bound struct {
	// Path names it within the playbook: "scores.interest.rules[2].cap".
	Path string
	// Section is "scores", "totals" or "grade". Of is the label of the score or total,
	// Label that of a rule; of a mark Of is its scale, "letters" or "numbers", and Label
	// the label of the score that gives it.
	Section, Of, Label string
	// Field is "cap", "floor" or the mark.
	Field string
	Value string // "" where none is written

	host *yaml.Node
	near []string // the fields after which it is added, the best first
}

// Bounds lists the caps and floors of a playbook and the marks of its grade, in its
// order, those that are not written too; nothing of nil.
func (d *Document) Bounds() []Bound {
	root := d.tree()
	if root == nil {
		return nil
	}
	return bounds(d, root)
}

func bounds(doc *Document, root *yaml.Node) []Bound {
	var all []Bound
	add := func(b Bound, path string, host *yaml.Node, field string, near ...string) {
		if host == nil || host.Kind != yaml.MappingNode {
			return
		}
		if written := valueOf(host, field); written != nil {
			if unshared(written) == nil || written.Kind != yaml.ScalarNode || !dialForms[DialPoints].MatchString(written.Value) {
				return
			}
			b.Value = written.Value
		}
		b.Path, b.Field, b.host, b.near = path+"."+field, field, host, near
		all = append(all, b)
	}
	both := func(b Bound, path string, host *yaml.Node, near ...string) {
		add(b, path, host, "cap", append([]string{"floor"}, near...)...)
		add(b, path, host, "floor", append([]string{"cap"}, near...)...)
	}
	labels := map[string]string{}
	for i, s := range doc.Scores {
		labels[s.Name.Text] = s.Label
		path, host := "scores."+s.Name.Text, entry(own(root, "scores"), i)
		both(Bound{Section: "scores", Of: s.Label}, path, host, "label")
		for j := range s.Rules {
			if s.Rules[j].Reset == nil {
				both(Bound{Section: "scores", Of: s.Label, Label: s.Rules[j].Label}, fmt.Sprintf("%s.rules[%d]", path, j), nth(own(host, "rules"), j), "points")
			}
		}
	}
	for i, t := range doc.Totals {
		labels[t.Name.Text] = t.Label
		both(Bound{Section: "totals", Of: t.Label}, "totals."+t.Name.Text, entry(own(root, "totals"), i), "label")
	}
	for _, s := range []*shape{&lettersShape, &numbersShape} {
		scale := own(own(root, "grade"), s.name)
		if scale == nil || scale.Kind != yaml.MappingNode {
			continue
		}
		label := ""
		if of := valueOf(scale, "score"); of != nil {
			label = labels[follow(of).Value]
		}
		var before []string
		for _, f := range s.fields {
			if f.name == "score" {
				continue
			}
			add(Bound{Section: "grade", Of: s.name, Label: label}, "grade."+s.name, scale, f.name, before...)
			before = append([]string{f.name}, before...)
		}
	}
	return all
}

// SetBounds sets some bounds by their paths, adds them or, with "", takes them out,
// and leaves every other byte of the text as it is. It refuses with fault.Invalid what
// does not go together.
func SetBounds(text []byte, values map[string]string) ([]byte, error) {
	doc, w, err := openRewriter(text)
	if err != nil {
		return nil, err
	}
	// Between two changes the text may be no playbook: a mark that passes another, say.
	for i, b := range bounds(doc, w.root) {
		name := cmp.Or(b.Label, b.Of)
		value, given := values[b.Path]
		if !given || value == b.Value {
			continue
		}
		if value != "" && !dialForms[DialPoints].MatchString(value) {
			return nil, refusal(b.Path, "%s of %s cannot be set to %s. Write %s.", quote(b.Field), quote(name), quote(value), DialPoints.example(value))
		}
		b = bounds(doc, w.root)[i]
		switch at := fieldAt(b.host, b.Field); {
		case value == "":
			w.drop(b.host, b.Field)
		case at < 0:
			w.insert(b.host, b.Field, &yaml.Node{Kind: yaml.ScalarNode, Value: value}, []string{value}, b.near...)
		default:
			n := b.host.Content[at+1]
			if from, to, ok := w.extent(n); ok {
				n.Value = value
				w.try(from, to, value)
			}
		}
		if w.changed == nil {
			return nil, refusal(b.Path, "%s of %s is written in a way that only the text can change.", quote(b.Field), quote(name))
		}
		w = newRewriter(w.changed)
	}
	if err := flawOf(w.text); err != nil {
		return nil, err
	}
	return w.text, nil
}
