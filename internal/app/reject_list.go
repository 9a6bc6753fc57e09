package app

import (
	"context"

	"galena/internal/lead"
	"galena/internal/store"
)

// RejectQuery says which rejects are wanted.
type RejectQuery struct {
	Before int64     // only those with a smaller number; 0 for all
	Since  lead.Time // only those that came then or later; 0 for all
	Limit  int       // at most so many; 0 for all
}

// LastRejects calls yield with what was refused and kept, the newest first, and
// says whether there is more that is older. It holds a page of it in memory.
func (r *Reader) LastRejects(ctx context.Context, q RejectQuery, yield func(*lead.Reject) error) (more bool, err error) {
	given := 0
	err = r.store.Read(ctx, func(snap store.Snapshot) error {
		for before := q.Before; ; {
			rejects, err := snap.LastRejects(before, page)
			if err != nil || len(rejects) == 0 {
				return err
			}
			// Nodes stamp what they refuse before it is numbered, so one that is too
			// old may stand before one that is not; a page of them does not.
			old := 0
			for i := range rejects {
				if err := ctx.Err(); err != nil {
					return err
				}
				if rejects[i].Received < q.Since {
					old++
					continue
				}
				if q.Limit > 0 && given == q.Limit {
					more = true
					return nil
				}
				given++
				if err := yield(&rejects[i]); err != nil {
					return err
				}
			}
			if old == len(rejects) {
				return nil
			}
			before = rejects[len(rejects)-1].Seq
		}
	})
	return more, err
}
