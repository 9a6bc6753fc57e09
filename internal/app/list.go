package app

import (
	"context"

	"galena/internal/lead"
	"galena/internal/store"
	"galena/internal/store/ahead"
)

// page is how many rows are read at once when everything is gone through.
const page = 500

// Leads calls yield with every lead, contact and visitor, by id, as they are
// now. It sees one moment of the workspace, and stops at yield's first error.
func (r *Reader) Leads(ctx context.Context, yield func(*Lead) error) error {
	return r.store.Read(ctx, func(snap store.Snapshot) error {
		now, err := snap.Now()
		if err != nil {
			return err
		}
		return eachRow(ctx, snap, func(snap store.Snapshot, row store.LeadRow) error {
			l, err := r.view(snap, row, now)
			if err != nil {
				return err
			}
			return yield(l)
		})
	})
}

// eachRow goes through all leads. What yield is given to ask reads ahead.
func eachRow(ctx context.Context, snap store.Snapshot, yield func(store.Snapshot, store.LeadRow) error) error {
	for after := lead.ID(0); ; {
		rows, err := snap.Leads(after, page)
		if err != nil || len(rows) == 0 {
			return err
		}
		ids := make([]lead.ID, len(rows))
		for i := range rows {
			ids[i] = rows[i].ID
		}
		reading := ahead.Of(snap, ids)
		for _, row := range rows {
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := yield(reading, row); err != nil {
				return err
			}
		}
		after = rows[len(rows)-1].ID
	}
}

// Events calls yield with every event in the order of the log, but for the
// tombstones of what was erased. Lead is the lead
// to whom it belongs today. Bodies are not opened.
func (r *Reader) Events(ctx context.Context, yield func(*lead.Event) error) error {
	return r.store.Read(ctx, func(snap store.Snapshot) error {
		for after := int64(0); ; {
			events, err := snap.Log(after, page)
			if err != nil || len(events) == 0 {
				return err
			}
			ids := make([]lead.ID, len(events))
			for i := range events {
				ids[i] = events[i].Lead
			}
			surviving, err := snap.Surviving(ids)
			if err != nil {
				return err
			}
			for i := range events {
				if err := ctx.Err(); err != nil {
					return err
				}
				if events[i].Type == lead.Tombstone {
					continue
				}
				events[i].Lead = surviving[events[i].Lead]
				if err := yield(&events[i]); err != nil {
					return err
				}
			}
			after = events[len(events)-1].Seq
		}
	})
}

// Rejects calls yield with everything that was refused and kept, in the order in
// which it came.
func (r *Reader) Rejects(ctx context.Context, yield func(*lead.Reject) error) error {
	return r.store.Read(ctx, func(snap store.Snapshot) error {
		for after := int64(0); ; {
			rejects, err := snap.Rejects(after, page)
			if err != nil || len(rejects) == 0 {
				return err
			}
			for i := range rejects {
				if err := ctx.Err(); err != nil {
					return err
				}
				if err := yield(&rejects[i]); err != nil {
					return err
				}
			}
			after = rejects[len(rejects)-1].Seq
		}
	})
}

// Counts tells how much a workspace holds.
type Counts = store.Counts

// Counts tells how much the workspace holds.
func (r *Reader) Counts(ctx context.Context) (Counts, error) {
	var c Counts
	err := r.store.Read(ctx, func(snap store.Snapshot) (err error) {
		c, err = snap.Counts()
		return err
	})
	return c, err
}
