package bulk

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/phrase"
	"galena/internal/spelling"
)

// ParseMapping reads a mapping. Its error is a fault.Invalid that names the line
// and column of everything that is wrong.
func ParseMapping(text []byte) (*Mapping, error) {
	if len(text) > MaxMapping {
		return nil, fault.New(fault.TooLarge, "the mapping has %d bytes, more than the %d allowed", len(text), MaxMapping)
	}
	var root yaml.Node
	if err := yaml.Load(text, &root); err != nil {
		return nil, fault.New(fault.Invalid, "the mapping is no YAML document: %s", err)
	}
	p := &mappingParser{}
	m := p.mapping(root.Content[0])
	if len(p.problems) > 0 {
		return nil, fault.New(fault.Invalid, "%s", phrase.Lines(p.problems...))
	}
	return m, nil
}

type mappingParser struct{ problems []phrase.Phrase }

// at notes a problem with its place.
func (p *mappingParser) at(n *yaml.Node, format string, args ...any) {
	p.problems = append(p.problems, phrase.New("line %d, column %d: %s", n.Line, n.Column, phrase.New(format, args...)))
}

// object calls read for each key of n, which must be among keys unless that is empty.
// Here and below, what is how a problem calls the part that is read: its key, or a
// phrase.
func (p *mappingParser) object(n *yaml.Node, what any, keys []string, read func(key string, k, v *yaml.Node)) bool {
	if n.Kind != yaml.MappingNode {
		p.at(n, "%s must be a list of keys with values, not %s", what, shape(n))
		return false
	}
	seen := make(map[string]bool, len(n.Content)/2)
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		if k.Kind != yaml.ScalarNode {
			p.at(k, "a key of %s must be a text, not %s", what, shape(k))
			continue
		}
		if len(keys) > 0 && !slices.Contains(keys, k.Value) {
			hint := phrase.New("known are %s", strings.Join(keys, ", "))
			if near := spelling.Nearest(k.Value, keys); near != "" {
				hint = phrase.New("did you mean %s?", quote(near))
			}
			p.at(k, "%s has no key %q; %s", what, k.Value, hint)
			continue
		}
		if seen[k.Value] {
			p.at(k, "%s has %q twice", what, k.Value)
			continue
		}
		seen[k.Value] = true
		read(k.Value, k, v)
	}
	return true
}

// text reads a scalar that is not null as it is written.
func (p *mappingParser) text(n *yaml.Node, what any) string {
	if n.Kind != yaml.ScalarNode || n.Tag == "!!null" {
		p.at(n, "%s must be a text, not %s", what, shape(n))
		return ""
	}
	return n.Value
}

// column reads the name of a column.
func (p *mappingParser) column(n *yaml.Node, what any) string {
	s := p.text(n, what)
	if n.Kind == yaml.ScalarNode && n.Tag != "!!null" && strings.TrimSpace(s) == "" {
		p.at(n, "%s must name a column", what)
	}
	return s
}

// texts reads one text or a list of them.
func (p *mappingParser) texts(n *yaml.Node, what any) []string {
	if n.Kind != yaml.SequenceNode {
		return []string{p.text(n, what)}
	}
	list := make([]string, len(n.Content))
	for i, c := range n.Content {
		list[i] = p.text(c, phrase.New("an item of %s", what))
	}
	return list
}

// choice reads one of the words allowed.
func (p *mappingParser) choice(n *yaml.Node, what any, allowed ...string) string {
	s := p.text(n, what)
	if n.Kind == yaml.ScalarNode && !slices.Contains(allowed, s) {
		p.at(n, "%s is %q; it must be one of %s", what, s, strings.Join(allowed, ", "))
	}
	return s
}

func (p *mappingParser) mapping(n *yaml.Node) *Mapping {
	m := &Mapping{}
	keys := []string{"source", "format", "delimiter", "missing", "user_id", "anonymous_id", "email", "several", "occurred", "traits", "rest", "events", "balance", "balance_as_of"}
	var scores []Field
	var asOf *Moment
	var asOfAt *yaml.Node
	whole := p.object(n, phrase.New("a mapping"), keys, func(key string, k, v *yaml.Node) {
		switch key {
		case "source":
			if m.Source = p.text(v, key); m.Source == "" || len(m.Source) > MaxID {
				p.at(v, "source must have between 1 and %d bytes", MaxID)
			}
		case "format":
			m.Format = Format(p.choice(v, key, string(CSV), string(NDJSON)))
		case "delimiter":
			if s := p.choice(v, key, ",", ";", "\t", "|"); s != "" {
				m.Delimiter = s[0]
			}
		case "missing":
			m.Missing = p.texts(v, key)
		case "user_id":
			m.UserID = p.column(v, key)
		case "anonymous_id":
			m.AnonymousID = p.column(v, key)
		case "email":
			m.Email, m.OtherEmails = p.emails(v)
		case "several":
			m.Several = p.choice(v, key, "keep", "first") == "keep"
		case "occurred":
			m.Occurred = p.moment(v, key)
		case "traits":
			m.Traits = p.fields(v, key)
		case "rest":
			m.KeepRest = p.choice(v, key, "keep", "drop") == "keep"
		case "events":
			m.Events = p.events(v)
		case "balance":
			scores = p.balance(v)
		case "balance_as_of":
			asOf, asOfAt = p.moment(v, key), k
		}
	})
	if len(scores) > 0 {
		m.Balance = &Balance{scores, asOf}
	} else if asOf != nil {
		p.at(asOfAt, "balance_as_of dates a balance, and there is none: name its columns, as in `balance: {fit: Fit Score}`")
	}
	if whole && m.Source == "" {
		p.at(n, "source is missing: name the import, as in `source: trade-fair-2026`")
	}
	if whole && m.UserID == "" && m.AnonymousID == "" && m.Email == "" {
		p.at(n, "a mapping needs at least one of user_id, anonymous_id and email, so that a row is somebody")
	}
	return m
}

// emails reads the column of addresses, or several of which the first that holds
// one counts.
func (p *mappingParser) emails(n *yaml.Node) (first string, others []string) {
	if n.Kind != yaml.SequenceNode {
		return p.column(n, "email"), nil
	}
	if len(n.Content) == 0 {
		p.at(n, "email names no column; leave it out")
	}
	for i, c := range n.Content {
		if column := p.column(c, phrase.New("an item of %s", "email")); i == 0 {
			first = column
		} else {
			others = append(others, column)
		}
	}
	return first, others
}

func (p *mappingParser) moment(n *yaml.Node, what string) *Moment {
	if n.Kind == yaml.ScalarNode {
		return &Moment{Column: p.column(n, what)}
	}
	t := &Moment{}
	if p.object(n, what, []string{"column", "layout", "zone"}, func(key string, k, v *yaml.Node) {
		switch key {
		case "column":
			t.Column = p.column(v, "column")
		case "layout":
			t.Layout = p.layout(v)
		case "zone":
			t.Zone = p.zone(v)
		}
	}) && t.Column == "" {
		p.at(n, "%s must name a column", what)
	}
	return t
}

// layout reads a layout and tries it.
func (p *mappingParser) layout(n *yaml.Node) string {
	s := p.text(n, "layout")
	if s == layoutUnix || s == layoutUnixMilli {
		return s
	}
	moment := time.Date(2017, time.November, 23, 18, 9, 7, 0, time.UTC)
	if back, err := time.Parse(s, moment.Format(s)); s != "" && (err != nil || back.Year() != 2017) {
		p.at(n, "layout %q is no reference time with a year; write the moment Mon Jan 2 15:04:05 2006 in your form, as in \"02.01.2006 15:04\", or %s or %s", s, layoutUnix, layoutUnixMilli)
	}
	return s
}

func (p *mappingParser) zone(n *yaml.Node) string {
	s := p.text(n, "zone")
	if _, err := time.LoadLocation(s); err != nil {
		p.at(n, "zone %q is unknown; write a name such as Europe/Berlin or UTC", s)
	}
	return s
}

// fields reads traits or properties.
func (p *mappingParser) fields(n *yaml.Node, what string) []Field {
	var list []Field
	p.object(n, what, nil, func(key string, k, v *yaml.Node) {
		if key == "" {
			p.at(k, "a name in %s is empty", what)
		}
		list = append(list, Field{Name: key, Datum: p.datum(v, what+"."+key)})
	})
	return list
}

var datumKinds = []string{"text", "number", "bool", "time"}

func (p *mappingParser) datum(n *yaml.Node, what string) Datum {
	if n.Kind == yaml.ScalarNode {
		return Datum{Column: p.column(n, what)}
	}
	d := Datum{}
	valued := false
	whole := p.object(n, what, []string{"column", "type", "layout", "zone", "numbers", "strip", "value"}, func(key string, k, v *yaml.Node) {
		switch key {
		case "column":
			d.Column = p.column(v, "column")
		case "type":
			d.Kind, _ = lead.KindNamed(p.choice(v, "type", datumKinds...))
		case "layout":
			d.Layout = p.layout(v)
		case "zone":
			d.Zone = p.zone(v)
		case "numbers":
			d.Numbers = p.numbers(v)
		case "strip":
			d.Strip = p.text(v, "strip")
		case "value":
			valued, d.Value = true, p.constant(v)
		}
	})
	switch {
	case !whole:
	case valued == (d.Column != ""):
		p.at(n, "%s must have either a column or a value", what)
	case valued && (d.Kind != lead.Missing || d.Strip != "" || d.Numbers != ""):
		p.at(n, "%s has a value, which needs no type and nothing to strip", what)
	case (d.Layout != "" || d.Zone != "") && d.Kind != lead.Moment:
		p.at(n, "%s has a layout or zone, so it needs `type: time`", what)
	}
	if whole && d.Numbers != "" && d.Kind != lead.Missing && d.Kind != lead.Number {
		p.at(n, "%s is of type %s; `numbers` is for `type: number`, or without a type for what may be a number", what, d.Kind)
	}
	return d
}

// numbers reads how numbers are written.
func (p *mappingParser) numbers(n *yaml.Node) NumberForm {
	s := NumberForm(p.text(n, "numbers"))
	known := make([]string, len(numberForms))
	for i, f := range numberForms {
		if known[i] = quote(string(f.form)); f.form == s {
			return s
		}
	}
	p.at(n, "numbers is %q; write one thousand two hundred thirty-four and a half as the column does: one of %s", string(s), strings.Join(known, ", "))
	return ""
}

// constant reads the value of a field that is the same for every row.
func (p *mappingParser) constant(n *yaml.Node) any {
	s := p.text(n, "value")
	switch n.Tag {
	case "!!bool":
		return strings.EqualFold(s, "true")
	case "!!int", "!!float":
		if f, err := strconv.ParseFloat(s, 64); err == nil && !math.IsInf(f, 0) && !math.IsNaN(f) {
			return f
		}
		p.at(n, "value %s is no plain number; quote it if it is a text", s)
	}
	return s
}

func (p *mappingParser) events(n *yaml.Node) []EventRule {
	if n.Kind != yaml.SequenceNode {
		p.at(n, "events must be a list, not %s", shape(n))
		return nil
	}
	rules := make([]EventRule, len(n.Content))
	for i, c := range n.Content {
		rules[i] = p.event(c)
	}
	return rules
}

func (p *mappingParser) event(n *yaml.Node) EventRule {
	e := EventRule{Type: lead.Track}
	var event, name string
	keys := []string{"event", "type", "name", "when", "properties", "times", "occurred"}
	whole := p.object(n, phrase.New("an event"), keys, func(key string, k, v *yaml.Node) {
		switch key {
		case "event":
			event = p.text(v, key)
		case "name":
			name = p.text(v, key)
		case "type":
			e.Type, _ = lead.TypeNamed(p.choice(v, key, "track", "page", "screen"))
		case "when":
			e.When = p.conditions(v)
		case "properties":
			e.Properties = p.fields(v, key)
		case "times":
			e.Times = p.repeat(v)
		case "occurred":
			e.Occurred = p.moment(v, key)
		}
	})
	switch {
	case !whole:
	case e.Type == lead.Track && (event == "" || name != ""):
		p.at(n, "an event of type track is named by `event`, as in `event: Form Submitted`")
	case e.Type != lead.Track && event != "":
		p.at(n, "a %s is named by `name`; `event` is for tracks", e.Type)
	}
	e.Name = event + name
	return e
}

func (p *mappingParser) conditions(n *yaml.Node) []Condition {
	if n.Kind != yaml.SequenceNode {
		return []Condition{p.condition(n)}
	}
	list := make([]Condition, len(n.Content))
	for i, c := range n.Content {
		list[i] = p.condition(c)
	}
	return list
}

func (p *mappingParser) condition(n *yaml.Node) Condition {
	c := Condition{}
	whole := p.object(n, "when", []string{"column", "in", "not_in"}, func(key string, k, v *yaml.Node) {
		switch key {
		case "column":
			c.Column = p.column(v, key)
		case "in":
			c.In = p.texts(v, key)
		case "not_in":
			c.NotIn = p.texts(v, key)
		}
		if key != "column" && v.Kind == yaml.SequenceNode && len(v.Content) == 0 {
			p.at(v, "%s is empty; leave it out to ask for any value", key)
		}
	})
	if whole && c.Column == "" {
		p.at(n, "when must name a column")
	}
	return c
}

func (p *mappingParser) repeat(n *yaml.Node) *Repeat {
	r := &Repeat{Max: MaxRepeats}
	whole := p.object(n, "times", []string{"column", "max"}, func(key string, k, v *yaml.Node) {
		switch key {
		case "column":
			r.Column = p.column(v, key)
		case "max":
			max, err := strconv.Atoi(p.text(v, key))
			if err != nil || max < 1 || max > MaxRepeats {
				p.at(v, "max must be a whole number between 1 and %d", MaxRepeats)
			}
			r.Max = max
		}
	})
	if whole && r.Column == "" {
		p.at(n, "times must name a column")
	}
	return r
}

// shape says in words what a node is.
func shape(n *yaml.Node) phrase.Phrase {
	switch n.Kind {
	case yaml.MappingNode:
		return phrase.New("a list of keys with values")
	case yaml.SequenceNode:
		return phrase.New("a list")
	case yaml.AliasNode:
		return phrase.New("an alias (write it out)")
	}
	if n.Tag == "!!null" {
		return phrase.New("nothing")
	}
	return phrase.Verbatim(strconv.Quote(n.Value))
}
