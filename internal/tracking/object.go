package tracking

import (
	"maps"
	"slices"

	"github.com/go-json-experiment/json/jsontext"
)

// object is an object of a message, as text and as values, with what was added
// to it at the door.
type object struct {
	raw    []byte // as sent; nil for none
	values map[string]any
	more   []member // none of which raw has
}

// objectOf takes a member that must be an object; null, "" and the empty list,
// which PHP writes for an empty object, are none.
func objectOf(f *field) (object, error) {
	if values, ok := f.value.(map[string]any); ok {
		return object{raw: f.raw, values: values}, nil
	}
	if list, ok := f.value.([]any); f.none() || ok && len(list) == 0 {
		return object{}, nil
	}
	return object{}, refuse(CodeInvalidField, "%s is %s; give an object", f.name, kindName(f.kind))
}

// share adds the members that the object does not have.
func (o *object) share(all fields) {
	owned := false
	for i := range all {
		f := &all[i]
		if _, ok := o.values[f.name]; ok {
			continue
		}
		if !owned {
			// The messages of a batch have the values in common, not the map.
			values := make(map[string]any, len(o.values)+len(all))
			maps.Copy(values, o.values)
			o.values, owned = values, true
		}
		o.values[f.name] = f.any()
		o.more = append(o.more, f.member)
	}
}

// put sets a member to a text.
func (o *object) put(name, text string) {
	if _, ok := o.values[name]; ok {
		o.drop(name)
	}
	if o.values == nil {
		o.values = make(map[string]any, 1)
	}
	o.values[name] = text
	quoted, _ := jsontext.AppendQuote(nil, text)
	o.more = append(o.more, member{name, quoted})
}

// remove takes a member away; of an object that has no other nothing is left.
func (o *object) remove(name string) {
	o.drop(name)
	if delete(o.values, name); len(o.values) == 0 {
		o.values = nil
	}
}

// only takes all members away but those of some names.
func (o *object) only(names []string) {
	for _, m := range o.members() {
		if !slices.Contains(names, m.name) {
			o.remove(m.name)
		}
	}
}

// drop takes a member out of the text.
func (o *object) drop(name string) {
	kept := o.members()
	*o = object{values: o.values}
	for _, m := range kept {
		if m.name != name {
			o.more = append(o.more, m)
		}
	}
}

// members gives all members, those that were sent first.
func (o *object) members() []member {
	if o.raw == nil {
		return o.more
	}
	sent, _ := members(o.raw) // which was read before
	return append(sent, o.more...)
}

// member is the text of a member; nil if there is none of that name.
func (o *object) member(name string) []byte {
	for _, m := range o.members() {
		if m.name == name {
			return m.raw
		}
	}
	return nil
}

// none says whether there is nothing to write, not even an empty object.
func (o *object) none() bool { return o.raw == nil && o.more == nil }

// size is about how long append makes it.
func (o *object) size() int {
	n := len(o.raw) + 2
	for _, m := range o.more {
		n += m.size()
	}
	return n
}

func (o *object) append(b []byte) []byte {
	switch {
	case o.more == nil:
		return append(b, o.raw...)
	case o.raw == nil:
		b = append(b, '{')
	default:
		b = append(b, trim(o.raw[:len(o.raw)-1])...)
	}
	for _, m := range o.more {
		b = m.append(b)
	}
	return append(b, '}')
}

// size is about how long append makes it.
func (m *member) size() int { return len(m.name) + len(m.raw) + 8 }

// append writes the member into an object that is not closed yet.
func (m *member) append(b []byte) []byte {
	b = appendName(b, m.name)
	return append(b, m.raw...)
}

func appendName(b []byte, name string) []byte {
	if b[len(b)-1] != '{' {
		b = append(b, ',')
	}
	b, _ = jsontext.AppendQuote(b, name) // fails on invalid UTF-8 only, of which there is none
	return append(b, ':')
}
