package playbook

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/phrase"
	"galena/internal/rule"
)

// Dial is a value of a playbook that can be set by itself, where it stands, with
// all else in the text left as it is.
type Dial struct {
	// Path names it within the playbook: "scores.interest.rules[2].points", or
	// "stages[1].when#1" for the first threshold in a condition.
	Path string
	Kind DialKind
	// Of is the label of the score or the name of the stage, Label that of the rule
	// or what is compared: "score >=".
	Of, Label string
	// Value is what is written; "" of a limit that is not.
	Value string

	from, to int  // where it stands in the text, without a byte order mark
	flow     bool // of a limit that is not written: its rule stands in braces
	indent   int  // likewise: how far the fields of its rule are indented
}

// DialKind says what a dial sets.
type DialKind string

// The kinds of dials.
const (
	DialPoints    DialKind = "points"
	DialLimit     DialKind = "limit"
	DialHalfLife  DialKind = "half_life"
	DialThreshold DialKind = "threshold"
)

// forms are what may be set: nothing that YAML takes for anything but a plain text.
var dialForms = map[DialKind]*regexp.Regexp{
	DialPoints:    regexp.MustCompile(`^-?[0-9]{1,9}(\.[0-9]{1,3})?$`),
	DialLimit:     regexp.MustCompile(`^[0-9a-z]+( [0-9a-z]+){0,4}$`),
	DialHalfLife:  regexp.MustCompile(`^[0-9]{1,6}(ms|s|m|h|d|w)$`),
	DialThreshold: regexp.MustCompile(`^-?[0-9]{1,9}(\.[0-9]{1,3})?$`),
}

// Dials lists what can be set in a playbook, in its order; nothing of nil. What is
// written in a way that leaves in doubt where it ends is left out.
func (d *Document) Dials() []Dial {
	root := d.tree()
	if root == nil {
		return nil
	}
	a := &amender{src: newSource(d.source)}
	scores := followed(root, "scores")
	for i, s := range d.Scores {
		path := "scores." + s.Name.Text
		node := follow(scores.Content[2*i+1])
		if decay := followed(node, "decay"); decay != nil {
			a.scalar(Dial{Path: path + ".decay.half_life", Kind: DialHalfLife, Of: s.Label}, valueOf(decay, "half_life"))
		}
		rules := followed(node, "rules")
		if rules == nil || valueOf(node, "rules").Kind == yaml.AliasNode {
			continue
		}
		for j := range s.Rules {
			if rules.Content[j].Kind != yaml.AliasNode {
				a.rule(fmt.Sprintf("%s.rules[%d]", path, j), s.Label, &s.Rules[j], rules.Content[j])
			}
		}
	}
	var names []string
	for _, s := range d.Scores {
		names = append(names, s.Name.Text)
	}
	for _, t := range d.Totals {
		names = append(names, t.Name.Text)
	}
	for i, st := range d.Stages {
		path := fmt.Sprintf("stages[%d]", i)
		a.thresholds(path+".when", st.Name.Text, st.When, names)
		a.thresholds(path+".fast_track", st.Name.Text, st.FastTrack, names)
		a.thresholds(path+".back_when", st.Name.Text, st.BackWhen, names)
	}
	return a.dials
}

// valueOf is the value of a field of a mapping; nil if there is none.
func valueOf(n *yaml.Node, name string) *yaml.Node {
	if n == nil || n.Kind != yaml.MappingNode {
		return nil
	}
	if i := fieldAt(n, name); i >= 0 {
		return n.Content[i+1]
	}
	return nil
}

// fieldAt is the place in Content of a field of a mapping; -1 if there is none.
func fieldAt(n *yaml.Node, name string) int {
	for i := 0; i < len(n.Content); i += 2 {
		if n.Content[i].Value == name {
			return i
		}
	}
	return -1
}

// followed is valueOf, or what an alias there names.
func followed(n *yaml.Node, name string) *yaml.Node {
	if v := valueOf(n, name); v != nil {
		return follow(v)
	}
	return nil
}

type amender struct {
	src   *source
	dials []Dial
}

// span finds a scalar in the text, without its quotes; false where it is written
// in a way that says more than its characters.
func (a *amender) span(n *yaml.Node) (from, to int, ok bool) {
	if n == nil || n.Kind != yaml.ScalarNode || n.Value == "" {
		return 0, 0, false
	}
	at, ok := a.src.offset(placeOf(n))
	if !ok {
		return 0, 0, false
	}
	at = a.src.skipAnchor(at)
	if mark := a.src.text[at]; mark == '"' || mark == '\'' {
		at++
	}
	if !bytes.HasPrefix(a.src.text[at:], []byte(n.Value)) {
		return 0, 0, false
	}
	return at, at + len(n.Value), true
}

func (a *amender) scalar(d Dial, n *yaml.Node) {
	if from, to, ok := a.span(n); ok && dialForms[d.Kind].MatchString(n.Value) {
		d.Value, d.from, d.to = n.Value, from, to
		a.dials = append(a.dials, d)
	}
}

func (a *amender) rule(path, of string, rl *RuleDecl, n *yaml.Node) {
	points := valueOf(n, "points")
	a.scalar(Dial{Path: path + ".points", Kind: DialPoints, Of: of, Label: rl.Label}, points)
	limit := Dial{Path: path + ".limit", Kind: DialLimit, Of: of, Label: rl.Label}
	if written := valueOf(n, "limit"); written != nil {
		a.scalar(limit, written)
		return
	}
	if rl.Kind == WhileTrue || rl.Reset != nil || rl.Compute.Text != "" {
		return
	}
	_, to, ok := a.span(points)
	if !ok {
		return
	}
	limit.flow, limit.indent = n.Style&yaml.FlowStyle != 0, n.Content[0].Column-1
	if mark := a.src.text[to:]; len(mark) > 0 && (mark[0] == '"' || mark[0] == '\'') {
		to++
	}
	if !limit.flow { // after the line, and whatever comment stands at its end
		for to < len(a.src.text) && lineBreak(a.src.text[to:]) == 0 {
			to++
		}
	}
	limit.from, limit.to = to, to
	a.dials = append(a.dials, limit)
}

// thresholds finds the numbers with which a condition compares scores.
func (a *amender) thresholds(path, of string, when Condition, scores []string) {
	for i, t := range thresholdsIn(when.Text, scores) {
		at, ok := a.src.offset(a.src.within(when.Place, when.Text, t.from))
		number := when.Text[t.from:t.to]
		if ok && bytes.HasPrefix(a.src.text[at:], []byte(number)) {
			a.dials = append(a.dials, Dial{Path: fmt.Sprintf("%s#%d", path, i+1), Kind: DialThreshold, Of: of, Label: t.what, Value: number, from: at, to: at + len(number)})
		}
	}
}

// compared is a number in a condition, and what is compared with it.
type compared struct {
	what     string
	from, to int
}

var (
	conditionWord = regexp.MustCompile(`^(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[A-Za-z_][A-Za-z0-9_.]*|[\s\S])`)
	comparison    = regexp.MustCompile(`^\s*(>=|<=|>|<)\s*(-?[0-9]+(?:\.[0-9]+)?)`)
)

// thresholdsIn finds where a condition compares one of some names with a number,
// whatever stands in its texts.
func thresholdsIn(text string, names []string) []compared {
	var all []compared
	for at := 0; at < len(text); {
		word := conditionWord.FindString(text[at:])
		at += len(word)
		if !slices.Contains(names, word) {
			continue
		}
		if m := comparison.FindStringSubmatchIndex(text[at:]); m != nil {
			all = append(all, compared{word + " " + text[at+m[2]:at+m[3]], at + m[4], at + m[5]})
			at += m[1]
		}
	}
	return all
}

// Turn sets one dial and leaves every other byte of the text as it is. It refuses
// with fault.Invalid what the dial cannot be set to, or what would change anything
// else.
func Turn(text []byte, path, value string) ([]byte, error) {
	doc, _, _ := Load(text, 0)
	before := doc.Dials()
	i := slices.IndexFunc(before, func(d Dial) bool { return d.Path == path })
	if i < 0 {
		return nil, fault.New(fault.Invalid, "There is no value %s that can be set by itself. Change it in the text.", quote(path))
	}
	d := before[i]
	if d.Value == value {
		return text, nil
	}
	if !dialForms[d.Kind].MatchString(value) {
		return nil, fault.New(fault.Invalid, "%s cannot be set to %s. Write %s.", d.name(), quote(value), d.Kind.example(value))
	}
	insert := value
	if d.Value == "" {
		insert = ", limit: " + value
		if !d.flow {
			insert = endOf(text) + strings.Repeat(" ", d.indent) + "limit: " + value
		}
	}
	changed := splice(text, d.from, d.to, insert)
	doc, _, problems := Load(changed, 0)
	if p := firstError(problems); p != nil {
		return nil, fault.New(fault.Invalid, "%s cannot be set to %s: %s", d.name(), quote(value), p.unplaced().Said())
	}
	after := doc.Dials()
	if len(after) != len(before) {
		return nil, fault.New(fault.Invalid, "%s cannot be set by itself. Change it in the text.", d.name())
	}
	for j := range after {
		want := before[j].Value
		if j == i {
			want = value
		}
		if after[j].Path != before[j].Path || after[j].Value != want {
			return nil, fault.New(fault.Invalid, "%s cannot be set by itself. Change it in the text.", d.name())
		}
	}
	return changed, nil
}

// example says what could be written instead of a value that is no dial's.
func (k DialKind) example(value string) phrase.Phrase {
	switch k {
	case DialLimit:
		return phrase.New("once, a number, or one such as 1 per day")
	case DialHalfLife:
		return phrase.New("a time such as %s", rule.SpanLike(value, "30d"))
	case DialThreshold:
		return phrase.New("a number such as %s", rule.NumberLike(value, "60"))
	}
	return phrase.New("a number such as %s", rule.NumberLike(value, "15"))
}

// name is what people call the dial.
func (d *Dial) name() string {
	return quote(strings.TrimSpace(d.Of + " " + d.Label))
}

// splice replaces a part of a text; places are counted after a byte order mark.
func splice(text []byte, from, to int, insert string) []byte {
	mark := len(text) - len(bytes.TrimPrefix(text, byteOrderMark))
	return slices.Concat(text[:mark+from], []byte(insert), text[mark+to:])
}

// endOf is how the lines of a text end.
func endOf(text []byte) string {
	if i := bytes.IndexByte(text, '\n'); i > 0 && text[i-1] == '\r' {
		return "\r\n"
	}
	return "\n"
}

// Novelty is an event that a rule shall give points for.
type Novelty struct {
	Type lead.Type
	Name string
	// Signal is the word for it that the playbook has; "" makes one.
	Signal string
	Score  string // by name
	Points string
}

// AddRule adds a rule, and a signal where there is none, at the beginning of the
// lists, and leaves every other byte of the text as it is.
func AddRule(text []byte, n Novelty) ([]byte, error) {
	if !dialForms[DialPoints].MatchString(n.Points) {
		return nil, fault.New(fault.Invalid, "%s are no points. Write %s.", quote(n.Points), DialPoints.example(n.Points))
	}
	doc, _, problems := Load(text, 0)
	if doc == nil {
		return nil, Unusable(problems)
	}
	src := newSource(text)
	root := readTree(src, &collector{})
	end, changed := endOf(text), text
	at := slices.IndexFunc(doc.Scores, func(s ScoreDecl) bool { return s.Name.Text == n.Score })
	if at < 0 {
		return nil, fault.New(fault.Invalid, "There is no score %s that has rules.", quote(n.Score))
	}
	signal := n.Signal
	if signal == "" {
		signal = freeName(doc, n.Name)
	}
	// From the end to the beginning, so that places stay what they are.
	type insertion struct {
		at   int
		text string
	}
	var inserts []insertion
	rules := valueOf(followed(root, "scores").Content[2*at+1], "rules")
	place, indent, ok := beginning(src, rules)
	if !ok {
		return nil, fault.New(fault.Invalid, "The rules of %s are not written one below the other. Add this one in the text.", quote(n.Score))
	}
	inserts = append(inserts, insertion{place, fmt.Sprintf("%s- {on: %s, points: %s}%s", strings.Repeat(" ", indent), signal, n.Points, end)})
	if n.Signal == "" {
		place, indent, ok := beginning(src, valueOf(root, "signals"))
		if !ok {
			return nil, fault.New(fault.Invalid, "The signals are not written one below the other. Add this one in the text.")
		}
		name, err := json.Marshal(n.Name)
		if err != nil {
			return nil, fault.Wrap(err, fault.Invalid, "The name %s cannot be written.", quote(n.Name))
		}
		kind := "event: " + string(name)
		if n.Type != lead.Track {
			kind = "type: " + n.Type.String()
			if n.Name != "" {
				kind += ", name: " + string(name)
			}
		}
		label := n.Name
		if label == "" {
			label = n.Type.String()
		}
		called, err := json.Marshal(label)
		if err != nil {
			return nil, fault.Wrap(err, fault.Invalid, "The name %s cannot be written.", quote(n.Name))
		}
		inserts = append(inserts, insertion{place, fmt.Sprintf("%s%s: {label: %s, %s}%s", strings.Repeat(" ", indent), signal, called, kind, end)})
	}
	slices.SortFunc(inserts, func(a, b insertion) int { return b.at - a.at })
	for _, i := range inserts {
		changed = splice(changed, i.at, i.at, i.text)
	}
	after, _, problems := Load(changed, 0)
	if after == nil {
		return nil, fault.New(fault.Invalid, "The rule cannot be added: %s", problems[0].Said())
	}
	for _, c := range Diff(doc, after, nil) {
		if c.What != added {
			return nil, fault.New(fault.Invalid, "The rule cannot be added by itself. Add it in the text.")
		}
	}
	return changed, nil
}

// beginning is where the first line of a list or of fields begins that stand one
// below the other, and how far they are indented.
func beginning(src *source, n *yaml.Node) (at, indent int, ok bool) {
	if n == nil || n.Style&yaml.FlowStyle != 0 || len(n.Content) == 0 || n.Kind != yaml.MappingNode && n.Kind != yaml.SequenceNode {
		return 0, 0, false
	}
	line, column := n.Line, n.Column
	at = src.starts[line-1]
	indent = column - 1
	// Nothing but white space may stand before it, such as the name of the field.
	if len(bytes.TrimLeft(src.text[at:at+indent], " ")) > 0 {
		return 0, 0, false
	}
	return at, indent, true
}

var wordless = regexp.MustCompile(`[^a-z0-9]+`)

// freeName makes a name that nothing in the playbook has.
func freeName(d *Document, from string) string {
	const most = 40
	name := strings.Trim(wordless.ReplaceAllString(strings.ToLower(from), "_"), "_")
	if name == "" || name[0] >= '0' && name[0] <= '9' {
		name = "event_" + name
	}
	name = strings.Trim(name[:min(len(name), most)], "_")
	taken := map[string]bool{}
	for _, a := range d.Attributes {
		taken[a.Name.Text] = true
	}
	for _, s := range d.Signals {
		taken[s.Name.Text] = true
	}
	for _, s := range d.Segments {
		taken[s.Name.Text] = true
	}
	for _, p := range d.Personas {
		taken[p.Name.Text] = true
	}
	for _, s := range d.Scores {
		taken[s.Name.Text] = true
	}
	for _, t := range d.Totals {
		taken[t.Name.Text] = true
	}
	free := name
	for i := 2; taken[free]; i++ {
		free = fmt.Sprintf("%s_%d", name, i)
	}
	return free
}
