package tracking

import (
	"maps"

	"galena/internal/lead"
	"galena/internal/privacy"
)

// write sets the event's body, and its traits and context to what the body says.
func (d *draft) write() {
	e := &d.event
	d.context.share(d.around.context)
	if d.integrations.raw == nil || d.integrations.values != nil {
		d.integrations.share(d.around.integrations)
	}
	d.keepAddress()
	if d.from.Objects && e.UserID == "" && e.Type != lead.Identify {
		d.traits = object{}
		d.context.only(plainContext)
	}
	// RudderStack's libraries put what an identify says into context.traits.
	if traits, _ := d.context.values["traits"].(map[string]any); e.Type == lead.Identify && len(d.traits.values) == 0 && len(traits) > 0 {
		d.traits = object{raw: d.context.member("traits"), values: maps.Clone(traits)}
	}
	e.Traits, e.Context = d.traits.values, d.context.values

	opened := [...]struct {
		name string
		*object
	}{{"traits", &d.traits}, {"context", &d.context}, {"integrations", &d.integrations}}
	size := 2
	for i := range d.rest {
		size += d.rest[i].size()
	}
	for _, o := range opened {
		size += len(o.name) + 4 + o.size()
	}
	b := append(make([]byte, 0, size), '{')
	for i := range d.rest {
		b = d.rest[i].append(b)
	}
	for _, o := range opened {
		if !o.none() {
			b = o.append(appendName(b, o.name))
		}
	}
	e.Body = append(b, '}')
}

// keepAddress leaves of the address in the context what is kept of it, and notes
// that from which a browser's message came where it says none.
func (d *draft) keepAddress() {
	sent, there := d.context.values["ip"]
	written, _ := sent.(string)
	if written == "" && d.from.Origin == lead.Browser {
		if kept := d.from.Addresses.Kept(d.from.Address); kept != "" {
			d.context.put("ip", kept)
			return
		}
	}
	kept := d.from.Addresses.Of(written)
	switch {
	case !there || kept == written && (kept != "" || d.from.Addresses == privacy.Whole):
	case kept == "":
		d.context.remove("ip")
	default:
		d.context.put("ip", kept)
	}
}
