package playbook

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/phrase"
	"galena/internal/rule"
)

// Fading is how the points of a score or a rule fade, where it stands in the text or
// could.
type Fading struct {
	// Path names the score or the rule: "scores.interest.rules[2]".
	Path string
	// Of is the label of the score, Label that of the rule; "" of the score itself.
	Of, Label string
	Decay     Decay
	// Own says that it is written here; a rule without has its score's.
	Own bool
	// Points are what one contribution is worth at first; of a score the most that
	// one of its rules gives, and 0 if none gives a number that is written.
	Points lead.Points

	host *yaml.Node
}

// Fadings lists how points fade, of each score and of its rules that give points
// over time; nothing of nil.
func (d *Document) Fadings() []Fading {
	root := d.tree()
	if root == nil {
		return nil
	}
	return fadings(d, root)
}

func fadings(doc *Document, root *yaml.Node) []Fading {
	var all []Fading
	add := func(f Fading, host *yaml.Node) {
		written := valueOf(host, "decay")
		if host == nil || host.Kind != yaml.MappingNode || written != nil && unshared(written) == nil {
			return
		}
		f.host, f.Own = host, written != nil
		all = append(all, f)
	}
	for i, s := range doc.Scores {
		host := entry(own(root, "scores"), i)
		at := len(all)
		add(Fading{Path: "scores." + s.Name.Text, Of: s.Label, Decay: s.Decay}, host)
		most := lead.Points(0)
		rules := 0
		for j := range s.Rules {
			rl := &s.Rules[j]
			if rl.Kind == WhileTrue || rl.Reset != nil {
				continue
			}
			rules++
			if rl.Points.Abs() > most.Abs() {
				most = rl.Points
			}
			add(Fading{Path: fmt.Sprintf("scores.%s.rules[%d]", s.Name.Text, j), Of: s.Label, Label: rl.Label, Decay: rl.Decay, Points: rl.Points}, nth(own(host, "rules"), j))
		}
		switch {
		case at == len(all) || all[at].Label != "": // the score itself is not listed
		case rules == 0:
			all = all[:at]
		default:
			all[at].Points = most
		}
	}
	return all
}

// Manner is a decay as people write it.
type Manner struct {
	Kind DecayKind
	Span string // 30d
	Loss string // of Linear, points; of Shrinking, hundredths
}

// fields are what is written of it.
func (m Manner) fields() [][2]string {
	switch m.Kind {
	case Halving:
		return [][2]string{{"half_life", m.Span}}
	case Linear:
		return [][2]string{{"linear", m.Loss}, {"every", m.Span}}
	case Shrinking:
		return [][2]string{{"percent", m.Loss}, {"every", m.Span}}
	case Expiring:
		return [][2]string{{"expires", m.Span}}
	}
	return nil
}

// MannerOf writes a decay.
func MannerOf(d Decay) Manner {
	m := Manner{Kind: d.Kind}
	if d.Kind != Lasting {
		m.Span = FormatDuration(d.Every)
	}
	switch d.Kind {
	case Linear:
		m.Loss = d.Loss.String()
	case Shrinking:
		m.Loss = fmt.Sprint(d.Percent)
	}
	return m
}

// Decay reads what somebody wrote; fault.Invalid says what is wrong with it.
func (m Manner) Decay() (Decay, error) {
	if m.Kind == Lasting {
		return Decay{}, nil
	}
	if err := m.flaw(); err != nil {
		return Decay{}, err
	}
	r := &reader{}
	node := m.node()
	d := object{reader: r, node: node, shape: &decayShape, values: map[string]*yaml.Node{}, misspelt: map[string]bool{}}
	for i := 0; i < len(node.Content); i += 2 {
		d.values[node.Content[i].Value] = node.Content[i+1]
	}
	decay := d.manner()
	if len(r.problems) > 0 {
		return Decay{}, fault.New(fault.Invalid, "%s", r.problems[0].unplaced().Said())
	}
	return decay, nil
}

// What of a Manner a Misset names.
const (
	MannerSpan = "span"
	MannerLoss = "loss"
)

// flaw is what somebody would have to write otherwise, said without the fields of
// playbooks, which a form does not show.
func (m Manner) flaw() error {
	switch m.Kind {
	case Linear:
		if !plainNumber.MatchString(m.Loss) {
			return refusal(MannerLoss, "%s is no number of points. Write %s.", quote(m.Loss), phrase.New("a number such as %s", rule.NumberLike(m.Loss, "5")))
		}
		if strings.HasPrefix(m.Loss, "-") || strings.Trim(m.Loss, "0.") == "" {
			return refusal(MannerLoss, "Points fade by losing some each time. Write a number above 0.")
		}
	case Shrinking:
		if n, err := strconv.Atoi(m.Loss); err != nil || n < 1 || n > 99 {
			return refusal(MannerLoss, "%s is no share of what is left. Write a whole number from 1 to 99.", quote(m.Loss))
		}
	}
	ms, err := ParseDuration(m.Span)
	switch {
	case !dialForms[DialHalfLife].MatchString(m.Span):
		return refusal(MannerSpan, "%s is no time. Write %s.", quote(m.Span), DialHalfLife.example(m.Span))
	case err != nil:
		return &Misset{MannerSpan, err}
	case ms < minSpan:
		return refusal(MannerSpan, "%s is too short. Write %s or more.", quote(m.Span), FormatDuration(minSpan))
	}
	return nil
}

var plainNumber = dialForms[DialPoints]

// node is the mapping that it is written as.
func (m Manner) node() *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode, Style: yaml.FlowStyle}
	for _, f := range m.fields() {
		value := &yaml.Node{Kind: yaml.ScalarNode, Value: f[1], Tag: "!!str"}
		if plainNumber.MatchString(f[1]) {
			value.Tag = "!!float"
			if !strings.Contains(f[1], ".") {
				value.Tag = "!!int"
			}
		}
		n.Content = append(n.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: f[0]}, value)
	}
	return n
}

// Fade says how points fade from now on, nil as the score's of a rule, and leaves
// every other byte of the text as it is.
func Fade(text []byte, path string, manner *Manner) ([]byte, error) {
	doc, w, err := openRewriter(text)
	if err != nil {
		return nil, err
	}
	all := fadings(doc, w.root)
	i := slices.IndexFunc(all, func(f Fading) bool { return f.Path == path })
	if i < 0 {
		return nil, fault.New(fault.Invalid, "There is no decay %s that can be set by itself. Change it in the text.", quote(path))
	}
	f := &all[i]
	name := cmp.Or(f.Label, f.Of)
	if manner == nil || manner.Kind == Lasting && f.Label == "" {
		if !f.Own {
			return text, nil
		}
		w.drop(f.host, "decay")
		return w.result(name)
	}
	decay, err := manner.Decay()
	if err != nil {
		return nil, err
	}
	if f.Own && decay == f.Decay {
		return text, nil
	}
	value, written := &yaml.Node{Kind: yaml.ScalarNode, Value: "none"}, "none"
	if manner.Kind != Lasting {
		value = manner.node()
		var fields []string
		for _, field := range manner.fields() {
			fields = append(fields, field[0]+": "+field[1])
		}
		written = "{" + strings.Join(fields, ", ") + "}"
		if was := valueOf(f.host, "decay"); was != nil && was.Kind == yaml.MappingNode && was.Style&yaml.FlowStyle == 0 {
			value.Style = 0 // one below the other, as they are
			written = strings.Join(fields, endOf(text)+strings.Repeat(" ", was.Column-1))
		}
	}
	if !f.Own {
		w.insert(f.host, "decay", value, []string{written}, "points", "label")
		return w.result(name)
	}
	at := fieldAt(f.host, "decay") + 1
	was := f.host.Content[at]
	if from, to, ok := w.extent(was); ok {
		f.host.Content[at] = value
		// Fields below the name of the decay cannot become a word where they stand.
		if was.Kind == yaml.MappingNode && was.Style&yaml.FlowStyle == 0 && value.Kind == yaml.ScalarNode {
			from = len(bytes.TrimRight(w.src.text[:from], whiteSpace))
			written = " " + written
		}
		w.try(from, to, written)
		f.host.Content[at] = was
	}
	return w.result(name)
}
