package app

import (
	"context"

	"galena/internal/lead"
	"galena/internal/pipeline"
)

// Rehearsal tells what Ingest would answer, without keeping anything. The zero
// one rehearses on an empty workspace. Not safe for concurrent use.
type Rehearsal struct {
	// On is the workspace that would take the events in; nil for an empty one.
	On   *Reader
	seen map[lead.MessageHash]bool
}

// Known finds which of the messages the workspace knows.
func (r *Rehearsal) Known(ctx context.Context, hashes []lead.MessageHash) (map[lead.MessageHash]bool, error) {
	if r.On == nil {
		return map[lead.MessageHash]bool{}, nil
	}
	return r.On.Known(ctx, hashes)
}

// Ingest answers as the workspace would.
func (r *Rehearsal) Ingest(ctx context.Context, b pipeline.Batch) (pipeline.Receipt, error) {
	hashes := make([]lead.MessageHash, len(b.Events))
	for i := range b.Events {
		hashes[i] = lead.HashMessage(b.Events[i].MessageID)
	}
	known, err := r.Known(ctx, hashes)
	if err != nil {
		return pipeline.Receipt{}, err
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
