package app

import (
	"context"

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
	}
	return err
}
