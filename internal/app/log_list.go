package app

import (
	"context"

	"galena/internal/engine"
	"galena/internal/lead"
	"galena/internal/pipeline"
	"galena/internal/store"
)

// Decisions calls yield with every row of the decision log and the lead whose it
// is today: lead by lead, each lead's in the order in which they were written. It
// sees one moment of the workspace, and stops at yield's first error.
func (r *Reader) Decisions(ctx context.Context, yield func(lead.ID, *lead.Decision) error) error {
	return r.store.Read(ctx, func(snap store.Snapshot) error {
		return eachRow(ctx, snap, func(snap store.Snapshot, row store.LeadRow) error {
			log, err := snap.Decisions(row.ID)
			if err != nil {
				return err
			}
			for i := range log {
				if err := yield(row.ID, &log[i]); err != nil {
					return err
				}
			}
			return nil
		})
	})
}

// Explanations calls yield with what Explain tells of everybody who was seen since
// a moment, by id, all at the same moment; 0 is now. It holds few leads' histories at
// a time.
func (r *Reader) Explanations(ctx context.Context, since, at lead.Time, yield func(lead.ID, *engine.Explanation) error) error {
	return r.store.Read(ctx, func(snap store.Snapshot) error {
		if at == 0 {
			now, err := snap.Now()
			if err != nil {
				return err
			}
			at = now
		}
		chain, err := r.versions.Chain(snap)
		if err != nil {
			return err
		}
		return eachRow(ctx, snap, func(snap store.Snapshot, row store.LeadRow) error {
			if since > 0 {
				if s, err := pipeline.StateOf(chain, snap, row); err != nil || s.Last < since {
					return err
				}
			}
			_, events, err := knownThen(snap, row.ID, at)
			if err != nil {
				return err
			}
			x, err := r.explain(snap, events, at)
			if err != nil {
				return err
			}
			return yield(row.ID, x)
		})
	})
}
