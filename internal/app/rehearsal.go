package app

import (
	"context"

	"galena/internal/lead"
	"galena/internal/pipeline"
	"galena/internal/store"
)

// Rehearsal tells what Ingest would answer, without keeping anything. The zero
// one rehearses on an empty workspace. Not safe for concurrent use.
type Rehearsal struct {
	// Known is the workspace that would take the events in; nil for an empty one.
	Known *Reader
	seen  map[lead.MessageHash]bool
}

// Ingest answers as the workspace would.
func (r *Rehearsal) Ingest(ctx context.Context, b pipeline.Batch) (pipeline.Receipt, error) {
	hashes := make([]lead.MessageHash, len(b.Events))
	for i := range b.Events {
		hashes[i] = lead.HashMessage(b.Events[i].MessageID)
	}
	known := map[lead.MessageHash]bool{}
	if r.Known != nil {
		err := r.Known.store.Read(ctx, func(snap store.Snapshot) (err error) {
			known, err = snap.Known(hashes)
			return err
		})
		if err != nil {
			return pipeline.Receipt{}, err
		}
	}
	if r.seen == nil {
		r.seen = map[lead.MessageHash]bool{}
	}
	var receipt pipeline.Receipt
	for _, h := range hashes {
		if known[h] || r.seen[h] {
			receipt.Duplicates++
		} else {
			receipt.Accepted++
		}
		r.seen[h] = true
	}
	return receipt, nil
}
