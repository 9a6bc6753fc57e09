package rule

import (
	"encoding/binary"
	"maps"
	"math"
	"slices"

	"cel.dev/cel-go/common/ast"

	"galena/internal/lead"
)

// Reads is what conditions of events read of events of one type, besides type and
// name. Of two events that agree in it, and in those, every such condition says
// the same. Immutable.
type Reads struct {
	of lead.Type
	// paths lead into what was sent; the first key is "properties", "traits" or
	// "context". A path alone stands for all below it.
	paths [][]string
	// pagePath and campaign: these are read, and follow from the page's address
	// where they were not sent.
	pagePath, campaign bool
}

// Reader is what reads events: a condition of ForEvents, a Number of ForBoth, a
// Path.
type Reader interface{ reads() []path }

func (x *Expr) reads() []path {
	if x == nil {
		return nil
	}
	return x.paths
}

func (n *Number) reads() []path { return n.x.paths }
func (p Path) reads() []path    { return []path{p.of} }

// ReadsOf gathers what is read of events of a type; a nil condition reads nothing.
func ReadsOf(t lead.Type, readers ...Reader) *Reads {
	r := &Reads{of: t}
	for _, x := range readers {
		for _, p := range x.reads() {
			r.add(p)
		}
	}
	slices.SortFunc(r.paths, slices.Compare[[]string])
	// What begins with another is read with it, and comes after it.
	var kept [][]string
	for _, p := range r.paths {
		if n := len(kept); n == 0 || !begins(p, kept[n-1]) {
			kept = append(kept, p)
		}
	}
	r.paths = kept
	return r
}

func begins(p, with []string) bool { return len(p) >= len(with) && slices.Equal(p[:len(with)], with) }

// add reads a path as a condition writes it.
func (r *Reads) add(p path) {
	from := func(before ...string) { r.paths = append(r.paths, append(before, p.keys...)) }
	switch p.root {
	case propertiesRoot:
		from("properties")
	case traitsRoot:
		from("traits")
	case contextRoot:
		from("context")
	case pageRoot:
		if r.of == lead.Page {
			from("properties")
		} else {
			from("context", "page")
		}
		r.pagePath = r.pagePath || len(p.keys) == 0 || p.keys[0] == "path"
	default:
		from("context", "campaign")
		r.campaign = true
	}
}

// Parts are those of an event's body that must be open for it to be read.
func (r *Reads) Parts() lead.Parts {
	var parts lead.Parts
	for _, p := range r.paths {
		switch p[0] {
		case "properties":
			parts |= lead.PartProperties
		case "traits":
			parts |= lead.PartTraits
		default:
			parts |= lead.PartContext
		}
	}
	if r.campaign && r.of == lead.Page { // which may stand in the page's address
		parts |= lead.PartProperties
	}
	return parts
}

// Covers says that whoever keeps what r reads can ask the conditions of o, too.
func (r *Reads) Covers(o *Reads) bool {
	if o.pagePath && !r.pagePath || o.campaign && !r.campaign {
		return false
	}
	for _, p := range o.paths {
		if !slices.ContainsFunc(r.paths, func(q []string) bool { return begins(p, q) }) {
			return false
		}
	}
	return true
}

// Append writes what is read of an open event, so that two events have the same
// text if and only if they agree in it.
func (r *Reads) Append(to []byte, e *lead.Event) []byte {
	to = append(to, byte(e.Type))
	to = appendText(to, e.Name)
	for _, p := range r.paths {
		to = appendPath(to, part(e, p[0]), p[1:])
	}
	page := pageRoot.sent(e)
	if r.needsAddress(e, page) {
		to = append(to, 'u')
		to = appendText(to, address(page))
	}
	return to
}

// Keep copies what is read of an open event: an event with nothing else in it.
func (r *Reads) Keep(e *lead.Event) lead.Event {
	kept := lead.Event{Type: e.Type, Name: e.Name}
	parts := map[string]map[string]any{"properties": e.Properties, "traits": e.Traits, "context": e.Context}
	taken := map[string]map[string]any{}
	take := func(p []string) {
		from := parts[p[0]]
		switch {
		case from == nil:
		case len(p) == 1:
			taken[p[0]] = maps.Clone(from)
		default:
			if taken[p[0]] == nil {
				taken[p[0]] = map[string]any{}
			}
			copyPath(taken[p[0]], from, p[1:])
		}
	}
	for _, p := range r.paths {
		take(p)
	}
	if r.needsAddress(e, pageRoot.sent(e)) {
		url := []string{"context", "page", "url"}
		if e.Type == lead.Page {
			url = []string{"properties", "url"}
		}
		// What was taken as a whole is the event's own and has it already.
		if !slices.ContainsFunc(r.paths, func(p []string) bool { return begins(url, p) }) {
			take(url)
		}
	}
	kept.Properties, kept.Traits, kept.Context = taken["properties"], taken["traits"], taken["context"]
	return kept
}

// needsAddress says that something which is read follows from the page's address.
func (r *Reads) needsAddress(e *lead.Event, page map[string]any) bool {
	return r.pagePath && !contains(page, "path") || r.campaign && campaignRoot.sent(e) == nil
}

func part(e *lead.Event, name string) map[string]any {
	switch name {
	case "properties":
		return e.Properties
	case "traits":
		return e.Traits
	}
	return e.Context
}

// copyPath copies what stands at a path, or where it breaks off. What was copied
// before is kept.
func copyPath(to, from map[string]any, keys []string) {
	v, ok := from[keys[0]]
	if !ok {
		return
	}
	inner, isMap := v.(map[string]any)
	if len(keys) == 1 || !isMap {
		to[keys[0]] = v
		return
	}
	next, ok := to[keys[0]].(map[string]any)
	if !ok {
		next = map[string]any{}
		to[keys[0]] = next
	}
	copyPath(next, inner, keys[1:])
}

// appendPath writes what stands at a path, or where it breaks off.
func appendPath(to []byte, m map[string]any, keys []string) []byte {
	if m == nil {
		return append(to, 'n')
	}
	for i, key := range keys {
		v, ok := m[key]
		if !ok {
			return append(to, '-', byte(i))
		}
		inner, isMap := v.(map[string]any)
		if i == len(keys)-1 || !isMap {
			return appendValue(append(to, '=', byte(i)), v)
		}
		m = inner
	}
	return appendValue(to, m)
}

// appendValue writes a value of a JSON document, differently for different ones.
func appendValue(to []byte, v any) []byte {
	switch v := v.(type) {
	case string:
		return appendText(append(to, 's'), v)
	case float64:
		return binary.BigEndian.AppendUint64(append(to, 'f'), math.Float64bits(v))
	case bool:
		return append(to, 'b', boolByte(v))
	case []any:
		to = binary.AppendUvarint(append(to, 'l'), uint64(len(v)))
		for _, item := range v {
			to = appendValue(to, item)
		}
		return to
	case map[string]any:
		to = binary.AppendUvarint(append(to, 'm'), uint64(len(v)))
		for _, key := range slices.Sorted(maps.Keys(v)) {
			to = appendValue(appendText(to, key), v[key])
		}
		return to
	}
	return append(to, '0') // null
}

func appendText(to []byte, s string) []byte {
	return append(binary.AppendUvarint(to, uint64(len(s))), s...)
}

func boolByte(b bool) byte {
	if b {
		return 1
	}
	return 0
}

// findReads lists the paths that a checked tree reads: each as far as its keys
// are written out, and all of a map whose keys are not.
func (c *compiler) findReads(e ast.Expr) {
	if c.env.scope == inLeads {
		return
	}
	n := &nativePlan{compiler: c}
	var visit func(e ast.Expr)
	visit = func(e ast.Expr) {
		if p, ok := n.path(e, ""); ok {
			c.x.paths = append(c.x.paths, p)
			return
		}
		switch e.Kind() {
		case ast.IdentKind:
			if r, ok := roots[e.AsIdent()]; ok {
				c.x.paths = append(c.x.paths, path{root: r})
			}
		case ast.SelectKind:
			s := e.AsSelect()
			if p, ok := n.path(s.Operand(), s.FieldName()); ok && s.IsTestOnly() {
				c.x.paths = append(c.x.paths, p)
				return
			}
			visit(s.Operand())
		case ast.CallKind:
			if e.AsCall().IsMemberFunction() {
				visit(e.AsCall().Target())
			}
			for _, arg := range e.AsCall().Args() {
				visit(arg)
			}
		case ast.ListKind:
			for _, item := range e.AsList().Elements() {
				visit(item)
			}
		case ast.MapKind:
			for _, entry := range e.AsMap().Entries() {
				visit(entry.AsMapEntry().Key())
				visit(entry.AsMapEntry().Value())
			}
		case ast.ComprehensionKind:
			loop := e.AsComprehension()
			for _, inner := range []ast.Expr{loop.IterRange(), loop.AccuInit(), loop.LoopCondition(), loop.LoopStep(), loop.Result()} {
				visit(inner)
			}
		}
	}
	visit(e)
}
