package app

import (
	"context"

	"galena/internal/engine"
	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/store"
)

const (
	// maxSupposed is how often something is supposed to happen, maxWait how many days
	// are supposed to pass.
	maxSupposed = 20
	maxWait     = 730
)

// Supposition is what might happen to a lead.
type Supposition struct {
	// Signal is what occurs, by its name in the playbook, Times how often; "" for
	// nothing.
	Signal string
	Times  int
	// Attributes become others, by name; a value is as a trait would be, nil clears.
	Attributes map[string]any
	// Wait is how many days pass after that, without anything else.
	Wait int
}

// Supposed is a lead before and after what was supposed.
type Supposed struct {
	Before, After Lead
	Decisions     []lead.Decision // that would be made, in order
}

// WhatIf tells what would come of something for a lead, as of now. Nothing is
// written. It fails with fault.Invalid for what the playbook in force does not know.
func (r *Reader) WhatIf(ctx context.Context, ref Ref, what Supposition) (*Supposed, error) {
	x := &Supposed{}
	return x, r.store.Read(ctx, func(snap store.Snapshot) error {
		id, err := r.look(snap, ref)
		if err != nil {
			return err
		}
		now, err := snap.Now()
		if err != nil {
			return err
		}
		rows, err := snap.States([]lead.ID{id})
		if err != nil {
			return err
		}
		e, s, err := r.stateAt(snap, rows[id], now)
		if err != nil {
			return err
		}
		x.Before = *show(e, id, s, nil)
		if x.Decisions, err = suppose(e, s, what, s.At); err == nil {
			x.After = *show(e, id, s, nil)
		}
		return err
	})
}

// suppose does to a state what is supposed.
func suppose(e *engine.Engine, s *engine.State, what Supposition, now lead.Time) ([]lead.Decision, error) {
	plan := e.Plan()
	if what.Times < 0 || what.Times > maxSupposed || what.Wait < 0 || what.Wait > maxWait {
		return nil, fault.New(fault.Invalid, "Something can be supposed to happen up to %d times, and up to %d days to pass.", maxSupposed, maxWait)
	}
	values := map[int]lead.Value{}
	for name, raw := range what.Attributes {
		slot, value, err := valueFor(plan, name, raw)
		if err != nil {
			return nil, err
		}
		values[slot] = value
	}
	var made []lead.Decision
	if len(values) > 0 {
		made = append(made, e.Tell(s, values, now)...)
	}
	if what.Signal != "" {
		signal := -1
		for i := range plan.Signals {
			if plan.Signals[i].Name == what.Signal {
				signal = i
			}
		}
		if signal < 0 {
			return nil, fault.New(fault.Invalid, "The playbook knows no signal %q.", what.Signal)
		}
		for range max(what.Times, 1) {
			made = append(made, e.Suppose(s, signal, now)...)
		}
	}
	return append(made, e.Step(s, nil, now.Add(int64(what.Wait)*lead.Day))...), nil
}
