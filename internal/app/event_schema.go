package app

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/go-json-experiment/json"

	"galena/internal/lead"
	"galena/internal/store"
)

const (
	// SchemaLook is of how many of the latest events the schema tells.
	SchemaLook = 20_000
	// schemaFresh is how long it is told again without looking.
	schemaFresh = time.Minute

	// Bounds of what is told; senders that make names up reach them.
	maxSchemaNames  = 500
	maxSchemaFields = 200
	maxSchemaDepth  = 4
	maxExamples     = 3
	maxExample      = 60 // bytes
)

// Schema is what the latest events look like.
type Schema struct {
	At     lead.Time
	Looked int
	// All says that these are all events that there are.
	All    bool
	Shapes []Shape // the most frequent first
	// More says that there are more names than are told.
	More bool
}

// Shape is what the events of a type and a name look like.
type Shape struct {
	Type        lead.Type
	Name        string
	Events      int
	First, Last lead.Time // when they came
	Fields      []Field   // by their paths
	More        bool      // there are more fields than are told
}

// Field is a value in events: of a property or, of an identify or a group, a trait.
type Field struct {
	Path     string // with dots
	Events   int    // how many have it
	Types    []string
	Examples []string // different ones, the latest first
}

type schemaCache struct {
	mu     sync.Mutex
	made   time.Time
	schema *Schema
}

// Schema tells what the latest events look like, as of a minute ago at the most.
func (r *Reader) Schema(ctx context.Context) (*Schema, error) {
	r.seen.mu.Lock()
	defer r.seen.mu.Unlock()
	if r.seen.schema != nil && time.Since(r.seen.made) < schemaFresh {
		return r.seen.schema, nil
	}
	s, err := r.lookAtSchema(ctx)
	if err == nil {
		r.seen.schema, r.seen.made = s, time.Now()
	}
	return s, err
}

func (r *Reader) lookAtSchema(ctx context.Context) (*Schema, error) {
	d := &drawing{}
	return &d.Schema, r.store.Read(ctx, func(snap store.Snapshot) error {
		*d = drawing{shapes: map[shapeKey]*sketch{}}
		last, err := snap.LastSeq()
		if err != nil {
			return err
		}
		if d.At, err = snap.Now(); err != nil {
			return err
		}
		after := max(0, last-SchemaLook)
		d.All = after == 0
		for {
			if err := ctx.Err(); err != nil {
				return err
			}
			events, err := snap.Log(after, page)
			if err != nil {
				return err
			}
			if len(events) == 0 {
				break
			}
			for i := range events {
				d.see(&events[i])
			}
			after = events[len(events)-1].Seq
		}
		d.finish()
		return nil
	})
}

type shapeKey struct {
	t    lead.Type
	name string
}

// drawing is a schema that is being made.
type drawing struct {
	Schema
	shapes map[shapeKey]*sketch
}

type sketch struct {
	Shape
	fields map[string]*Field
}

func (d *drawing) see(e *lead.Event) {
	if e.Type >= lead.Act {
		return
	}
	d.Looked++
	key := shapeKey{e.Type, e.Name}
	s := d.shapes[key]
	if s == nil {
		if len(d.shapes) == maxSchemaNames {
			d.More = true
			return
		}
		s = &sketch{Shape: Shape{Type: e.Type, Name: e.Name, First: e.Received}, fields: map[string]*Field{}}
		d.shapes[key] = s
	}
	s.Events++
	s.Last = max(s.Last, e.Received)
	if err := e.Open(); err != nil {
		return
	}
	parts := e.Properties
	if e.Type == lead.Identify || e.Type == lead.Group {
		parts = e.Traits
	}
	s.fill("", parts, 1)
}

// fill notes the values of an object.
func (s *sketch) fill(prefix string, object map[string]any, depth int) {
	for _, name := range slices.Sorted(maps.Keys(object)) {
		v := object[name]
		path := prefix + name
		if inner, ok := v.(map[string]any); ok && depth < maxSchemaDepth && len(inner) > 0 {
			s.fill(path+".", inner, depth+1)
			continue
		}
		f := s.fields[path]
		if f == nil {
			if len(s.fields) == maxSchemaFields {
				s.More = true
				continue
			}
			f = &Field{Path: path}
			s.fields[path] = f
		}
		f.see(v)
	}
}

func (f *Field) see(v any) {
	f.Events++
	if t := jsonType(v); !slices.Contains(f.Types, t) {
		f.Types = append(f.Types, t)
	}
	text, ok := v.(string)
	if !ok {
		written, err := json.Marshal(v, json.Deterministic(true))
		if err != nil {
			return
		}
		text = string(written)
	}
	if len(text) > maxExample {
		cut := maxExample
		for cut > 0 && !utf8.RuneStart(text[cut]) {
			cut--
		}
		text = text[:cut] + "…"
	}
	if text = strings.TrimSpace(text); text == "" || text == "null" {
		return
	}
	if at := slices.Index(f.Examples, text); at >= 0 {
		f.Examples = slices.Delete(f.Examples, at, at+1)
	}
	f.Examples = slices.Insert(f.Examples, 0, text)
	f.Examples = f.Examples[:min(len(f.Examples), maxExamples)]
}

// jsonType names what a value is.
func jsonType(v any) string {
	switch v.(type) {
	case nil:
		return "null"
	case string:
		return "text"
	case float64:
		return "number"
	case bool:
		return "bool"
	case []any:
		return "list"
	}
	return "object"
}

func (d *drawing) finish() {
	for _, s := range d.shapes {
		for _, path := range slices.Sorted(maps.Keys(s.fields)) {
			slices.Sort(s.fields[path].Types)
			s.Fields = append(s.Fields, *s.fields[path])
		}
		d.Shapes = append(d.Shapes, s.Shape)
	}
	slices.SortFunc(d.Shapes, func(a, b Shape) int {
		return cmp.Or(cmp.Compare(b.Events, a.Events), cmp.Compare(a.Type, b.Type), cmp.Compare(a.Name, b.Name))
	})
}
