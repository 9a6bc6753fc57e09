package app

import (
	"context"
	"fmt"

	"galena/internal/pipeline"
	"galena/internal/privacy"
	"galena/internal/staff"
	"galena/internal/store"
)

// Policy is what the workspace keeps of people. In a shared workspace what another
// node did about it is known here within a second.
func (a *App) Policy(ctx context.Context) (privacy.Policy, error) { return a.keys.kept(ctx) }

// Policy is what the workspace keeps of people.
func (r *Reader) Policy(ctx context.Context) (privacy.Policy, error) {
	var p privacy.Policy
	err := r.store.Read(ctx, func(snap store.Snapshot) (err error) {
		p, err = pipeline.Policy(snap)
		return err
	})
	return p, err
}

// Retention tells of the last pass that took away what is too old, or of that under
// way.
func (r *Reader) Retention(ctx context.Context) (pipeline.Pass, error) {
	var p pipeline.Pass
	err := r.store.Read(ctx, func(snap store.Snapshot) (err error) {
		p, err = pipeline.PassOf(snap)
		return err
	})
	return p, err
}

// Overdue counts what would go by a policy now, of each up to MaxCounted. Sooner says
// that this is more than goes by the present one, or would go at a later time: whoever
// chooses the policy is asked first.
func (r *Reader) Overdue(ctx context.Context, p privacy.Policy) (d pipeline.Overdue, sooner bool, err error) {
	err = r.store.Read(ctx, func(snap store.Snapshot) error {
		now, err := snap.Now()
		if err != nil {
			return err
		}
		chain, err := r.versions.Chain(snap)
		if err != nil {
			return err
		}
		if d, err = pipeline.OverdueBy(snap, chain.Newest().Plan(), p, now, MaxCounted); err != nil || !d.Any() {
			return err
		}
		present, err := pipeline.Policy(snap)
		if err != nil {
			return err
		}
		pass, err := pipeline.PassOf(snap)
		sooner = pass.Day == 0 || p.Sooner(present, now)
		return err
	})
	return d, sooner, err
}

// Retain does the next part of a pass; see pipeline.Retain. What a pass took away is
// in the record of who did what.
func (a *App) Retain(ctx context.Context, asked bool) (pipeline.Slice, error) {
	s, err := a.Pipeline.Retain(ctx, asked)
	if err != nil || !s.Over || s.Visitors+s.Leads+s.Rejects == 0 {
		return s, err
	}
	return s, a.store.Write(ctx, func(tx store.Tx) error {
		now, err := tx.Now()
		if err != nil {
			return err
		}
		took := fmt.Sprintf("visitors %d, leads %d, rejects %d", s.Visitors, s.Leads, s.Rejects)
		return staff.Record(tx, now, &staff.User{Name: "Galena"}, "privacy.pass", "", took)
	})
}

// SetPolicy says what the workspace keeps of people from now on; by is nil for the
// command line. What is too old by it goes at once, a part at a time. Addresses of
// events that are there stay as they are.
func (a *App) SetPolicy(ctx context.Context, p privacy.Policy, by *staff.User) error {
	if err := p.Check(); err != nil {
		return err
	}
	err := a.store.Write(ctx, func(tx store.Tx) error {
		now, err := tx.Now()
		if err != nil {
			return err
		}
		if err := pipeline.PutPolicy(tx, p); err != nil {
			return err
		}
		return staff.Record(tx, now, by, "privacy.changed", "", p.String())
	})
	if err == nil {
		a.keys.putPolicy(p)
		select {
		case a.chosen <- struct{}{}:
		default:
		}
	}
	return err
}

// Chosen tells whoever keeps to the policy that this process chose another.
func (a *App) Chosen() <-chan struct{} { return a.chosen }
