package app

import (
	"context"
	"crypto/rand"

	"galena/internal/fault"
	"galena/internal/identity"
	"galena/internal/lead"
	"galena/internal/phrase"
	"galena/internal/pipeline"
	"galena/internal/playbook"
	"galena/internal/store"
)

// valueFor reads what an attribute of the playbook is to become.
func valueFor(plan *playbook.Plan, name string, raw any) (slot int, v lead.Value, err error) {
	for slot = playbook.Builtins; slot < len(plan.Attributes); slot++ {
		a := &plan.Attributes[slot]
		if a.Name != name || pathOf(a) == nil {
			continue
		}
		v, ok := lead.Convert(raw, a.Kind)
		if !ok {
			return 0, v, fault.New(fault.Invalid, "%s is a %s, which %q is not.", a.Label, phrase.Term(a.Kind.String()), raw)
		}
		return slot, v, nil
	}
	return 0, v, fault.New(fault.Invalid, "The playbook has no attribute %q that a person can set.", name)
}

// pathOf is the trait of a person that fills an attribute; nil where none does.
func pathOf(a *playbook.Attribute) []string {
	for _, path := range a.From {
		if len(path) == 1 || path[0] != "account" {
			return path
		}
	}
	return nil
}

// Settable are the attributes of the playbook in force that a person can set.
func (r *Reader) Settable() []playbook.Attribute {
	var all []playbook.Attribute
	for _, a := range r.Plan().Attributes[playbook.Builtins:] {
		if pathOf(&a) != nil {
			all = append(all, a)
		}
	}
	return all
}

// SetAttributes says by hand what attributes of a lead are: by an event as an own
// system would send it, whose context says whose word it is. A nil clears one. The
// next event that says otherwise counts again.
func (a *App) SetAttributes(ctx context.Context, ref Ref, values map[string]any, by lead.Signature) error {
	if err := sign(&by, by); err != nil {
		return err
	}
	if len(values) == 0 {
		return fault.New(fault.Invalid, "Nothing was changed.")
	}
	traits := map[string]any{}
	plan := a.Plan()
	for name, raw := range values {
		slot, _, err := valueFor(plan, name, raw)
		if err != nil {
			return err
		}
		put(traits, pathOf(&plan.Attributes[slot]), raw)
	}
	e := lead.Event{MessageID: "set-" + rand.Text(), Type: lead.Identify, Origin: lead.Server}
	err := a.store.Read(ctx, func(snap store.Snapshot) error {
		id, err := a.look(snap, ref)
		if err != nil {
			return err
		}
		links, err := snap.Identifiers(id)
		if err != nil {
			return err
		}
		if e.Occurred, err = snap.Now(); err != nil {
			return err
		}
		return address(&e, id, links)
	})
	if err != nil {
		return err
	}
	e.Body, err = bodyOf(traits, by)
	if err != nil {
		return err
	}
	if err := e.Open(); err != nil {
		return err
	}
	_, err = a.Ingest(ctx, pipeline.Batch{Events: []lead.Event{e}})
	return err
}

// address makes an event that of a lead, by the best of its names.
func address(e *lead.Event, id lead.ID, links []store.Link) error {
	for _, kind := range []lead.IdentifierKind{lead.User, lead.Email, lead.Phone, lead.Anonymous} {
		for _, l := range links {
			if l.Identifier.Kind != kind {
				continue
			}
			switch v := l.Identifier.Value; kind {
			case lead.User:
				e.UserID = v
			case lead.Email:
				e.Email, e.Company = v, identity.Company(v)
			case lead.Phone:
				e.Phone = v
			default:
				e.AnonymousID = v
			}
			return nil
		}
	}
	return fault.New(fault.Conflict, "%s is known by no name any more, so nothing can be said of it.", id)
}

// put sets a value at a path.
func put(m map[string]any, path []string, v any) {
	for _, name := range path[:len(path)-1] {
		inner, ok := m[name].(map[string]any)
		if !ok {
			inner = map[string]any{}
			m[name] = inner
		}
		m = inner
	}
	m[path[len(path)-1]] = v
}
