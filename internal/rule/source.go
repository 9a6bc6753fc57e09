package rule

import "galena/internal/lead"

// source is where a native predicate gets a value. Each method is false when
// there is none or it is of another kind: to a condition that is the same.
type source interface {
	text(f frame) (string, bool)
	number(f frame) (float64, bool)
	boolean(f frame) (bool, bool)
}

// attribute is a field of the catalogue.
type attribute struct{ slot int }

func (a attribute) text(f frame) (string, bool) {
	v := f.lead.Attribute(a.slot)
	if v == nil || v.Kind != lead.Text {
		return "", false
	}
	return v.Text, true
}

func (a attribute) number(f frame) (float64, bool) {
	v := f.lead.Attribute(a.slot)
	if v == nil || v.Kind != lead.Number {
		return 0, false
	}
	return v.Num, true
}

func (a attribute) boolean(f frame) (bool, bool) {
	v := f.lead.Attribute(a.slot)
	if v == nil || v.Kind != lead.Bool {
		return false, false
	}
	return v.Num != 0, true
}

// eventName and eventType are the two texts that every event has.
type (
	eventName struct{}
	eventType struct{}
)

func (eventName) text(f frame) (string, bool)  { return f.event.Name, true }
func (eventName) number(frame) (float64, bool) { return 0, false }
func (eventName) boolean(frame) (bool, bool)   { return false, false }

func (eventType) text(f frame) (string, bool)  { return f.event.Type.String(), true }
func (eventType) number(frame) (float64, bool) { return 0, false }
func (eventType) boolean(frame) (bool, bool)   { return false, false }

// path leads into one of an event's maps. It has at least one key.
type path struct {
	root root
	keys []string
}

// value is what was sent at the path's end; null is a value.
func (p path) value(f frame) (any, bool) {
	m := p.root.sent(f.event)
	for _, key := range p.keys[:len(p.keys)-1] {
		m, _ = m[key].(map[string]any)
	}
	v, ok := m[p.keys[len(p.keys)-1]]
	return v, ok
}

func (p path) text(f frame) (string, bool) {
	if v, ok := p.value(f); ok {
		s, ok := v.(string)
		return s, ok
	}
	if len(p.keys) == 1 {
		return p.root.derived(f.event, p.keys[0])
	}
	return "", false
}

func (p path) number(f frame) (float64, bool) {
	v, _ := p.value(f)
	n, ok := v.(float64)
	return n, ok
}

func (p path) boolean(f frame) (bool, bool) {
	v, _ := p.value(f)
	b, ok := v.(bool)
	return b, ok
}
