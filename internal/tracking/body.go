package tracking

import (
	"maps"

	"galena/internal/lead"
)

// write sets the event's body, and its traits and context to what the body says.
func (d *draft) write() {
	e := &d.event
	d.context.share(d.around.context)
	if d.integrations.raw == nil || d.integrations.values != nil {
		d.integrations.share(d.around.integrations)
	}
	if ip, _ := d.context.values["ip"].(string); ip == "" && e.Origin == lead.Browser && d.from.Network != "" {
		d.context.put("ip", d.from.Network)
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
