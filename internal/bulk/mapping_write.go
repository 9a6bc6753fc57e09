package bulk

import (
	"fmt"
	"strconv"

	"go.yaml.in/yaml/v4"
)

// Document writes the mapping as the document that ParseMapping reads.
func (m *Mapping) Document() ([]byte, error) {
	doc := &yaml.Node{Kind: yaml.MappingNode}
	text := func(key, value string) {
		if value != "" {
			put(doc, key, scalar(value))
		}
	}
	text("source", m.Source)
	text("format", string(m.Format))
	if m.Delimiter != 0 {
		text("delimiter", string(rune(m.Delimiter)))
	}
	if len(m.Missing) > 0 {
		put(doc, "missing", scalars(m.Missing))
	}
	text("user_id", m.UserID)
	text("anonymous_id", m.AnonymousID)
	if len(m.OtherEmails) > 0 {
		put(doc, "email", scalars(append([]string{m.Email}, m.OtherEmails...)))
	} else {
		text("email", m.Email)
	}
	if m.Several {
		text("several", "keep")
	}
	if m.Occurred != nil {
		put(doc, "occurred", m.Occurred.node())
	}
	if len(m.Traits) > 0 {
		put(doc, "traits", fieldsNode(m.Traits))
	}
	rest := "drop"
	if m.KeepRest {
		rest = "keep"
	}
	text("rest", rest)
	if len(m.Events) > 0 {
		list := &yaml.Node{Kind: yaml.SequenceNode}
		for i := range m.Events {
			list.Content = append(list.Content, m.Events[i].node())
		}
		put(doc, "events", list)
	}
	if m.Balance != nil {
		put(doc, "balance", fieldsNode(m.Balance.Scores))
		if m.Balance.AsOf != nil {
			put(doc, "balance_as_of", m.Balance.AsOf.node())
		}
	}
	return yaml.Dump(doc)
}

func (t *Moment) node() *yaml.Node {
	return flow("column", t.Column, "layout", t.Layout, "zone", t.Zone)
}

func (d *Datum) node() *yaml.Node {
	if d.Column == "" {
		value := scalar(fmt.Sprint(d.Value))
		switch v := d.Value.(type) {
		case bool:
			value = &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!bool", Value: strconv.FormatBool(v)}
		case float64:
			value = &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!float", Value: strconv.FormatFloat(v, 'g', -1, 64)}
		}
		n := flow()
		put(n, "value", value)
		return n
	}
	kind := ""
	if d.Kind != 0 {
		kind = d.Kind.String()
	}
	if kind == "" && d.Strip == "" && d.Numbers == "" {
		return scalar(d.Column)
	}
	return flow("column", d.Column, "type", kind, "layout", d.Layout, "zone", d.Zone, "numbers", string(d.Numbers), "strip", d.Strip)
}

func fieldsNode(fields []Field) *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode}
	for i := range fields {
		put(n, fields[i].Name, fields[i].node())
	}
	return n
}

func (e *EventRule) node() *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode}
	if e.Type.String() == "track" {
		put(n, "event", scalar(e.Name))
	} else {
		put(n, "type", scalar(e.Type.String()))
		if e.Name != "" {
			put(n, "name", scalar(e.Name))
		}
	}
	if len(e.When) > 0 {
		list := &yaml.Node{Kind: yaml.SequenceNode}
		for _, c := range e.When {
			w := flow("column", c.Column)
			if len(c.In) > 0 {
				put(w, "in", scalars(c.In))
			}
			if len(c.NotIn) > 0 {
				put(w, "not_in", scalars(c.NotIn))
			}
			list.Content = append(list.Content, w)
		}
		put(n, "when", list)
	}
	if len(e.Properties) > 0 {
		put(n, "properties", fieldsNode(e.Properties))
	}
	if e.Times != nil {
		t := flow("column", e.Times.Column)
		put(t, "max", &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!int", Value: strconv.Itoa(e.Times.Max)})
		put(n, "times", t)
	}
	if e.Occurred != nil {
		put(n, "occurred", e.Occurred.node())
	}
	return n
}

func put(n *yaml.Node, key string, value *yaml.Node) {
	n.Content = append(n.Content, scalar(key), value)
}

// scalar is a text; the dumper quotes it where it would read as something else.
func scalar(s string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s}
}

func scalars(list []string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle}
	for _, s := range list {
		n.Content = append(n.Content, scalar(s))
	}
	return n
}

// flow is {key: value, …} of the pairs whose value is not empty.
func flow(pairs ...string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode, Style: yaml.FlowStyle}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			put(n, pairs[i], scalar(pairs[i+1]))
		}
	}
	return n
}
