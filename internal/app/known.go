package app

import (
	"context"

	"galena/internal/lead"
	"galena/internal/store"
)

// Known finds which of the messages the workspace has taken in, whatever became of
// them since: none of them would be taken again.
func (r *Reader) Known(ctx context.Context, hashes []lead.MessageHash) (map[lead.MessageHash]bool, error) {
	var known map[lead.MessageHash]bool
	err := r.store.Read(ctx, func(snap store.Snapshot) (err error) {
		known, err = snap.Known(hashes)
		return err
	})
	return known, err
}
