// Package intake brings files and what was refused into a workspace: it feeds a
// file's rows to whoever takes events in, does so in the background for the pages,
// and sends a reject that somebody mended through the door at which it was refused.
//
// What rows and messages mean is decided by packages bulk and tracking; what is
// kept of an import is package app's. It keeps the uploaded files, in one folder.
package intake

import (
	"context"
	"errors"
	"io"
	"time"

	"galena/internal/bulk"
	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/pipeline"
)

// FeedBatch is how many events are handed over at once.
const FeedBatch = 1000

// BusyPause is how long a file waits before it tries a busy sink again.
const BusyPause = 200 * time.Millisecond

// Sink takes events in; an app.Writer is one, and an app.Rehearsal.
type Sink interface {
	Known(ctx context.Context, hashes []lead.MessageHash) (map[lead.MessageHash]bool, error)
	Ingest(ctx context.Context, b pipeline.Batch) (pipeline.Receipt, error)
}

// Feed reads a file to its end and hands its events to a sink in batches. each
// sees every row first, of those that are known already the ids only; took hears
// what became of every batch.
//
// What is known is asked for before events are made of it, since an import that
// goes on after it was interrupted has much of that and should get over it fast.
func Feed(ctx context.Context, in *File, to Sink, each func(*bulk.Row) error, took func(pipeline.Receipt)) error {
	f := feeding{in: in, to: to, each: each, took: took, ask: true}
	for {
		row, err := in.Scan()
		if errors.Is(err, io.EOF) {
			return f.flush(ctx)
		}
		if err != nil {
			return err
		}
		f.rows = append(f.rows, row)
		f.waiting += max(1, len(row.IDs)+len(row.Events))
		if f.waiting >= FeedBatch {
			if err := f.flush(ctx); err != nil {
				return err
			}
		}
	}
}

// feeding is a file on its way into a sink.
type feeding struct {
	in   *File
	to   Sink
	each func(*bulk.Row) error
	took func(pipeline.Receipt)

	rows    []bulk.Row
	waiting int  // events of the rows
	ask     bool // of late something was known
}

// flush hands over the rows that wait.
func (f *feeding) flush(ctx context.Context) error {
	known, err := f.known(ctx)
	if err != nil {
		return err
	}
	var batch pipeline.Batch
	over := 0 // events that are passed over
	for i := range f.rows {
		row := &f.rows[i]
		if len(row.IDs) > 0 && allKnown(row.IDs, known) {
			over += len(row.IDs)
		} else {
			f.in.Build(row)
		}
		if err := f.each(row); err != nil {
			return err
		}
		batch.Events = append(batch.Events, row.Events...)
		if row.Reject != nil {
			reject := *row.Reject
			reject.Body = f.in.addresses.InText(reject.Body)
			batch.Rejects = append(batch.Rejects, reject)
		}
	}
	var r pipeline.Receipt
	if len(batch.Events)+len(batch.Rejects) > 0 {
		if r, err = Insist(ctx, f.to, batch); err != nil {
			return err
		}
	}
	r.Duplicates += over
	f.took(r)
	f.ask = r.Duplicates > 0
	f.rows, f.waiting = f.rows[:0], 0
	return nil
}

// known asks for the ids of the rows that wait.
func (f *feeding) known(ctx context.Context) (map[lead.MessageHash]bool, error) {
	var hashes []lead.MessageHash
	for i := range f.rows {
		for _, id := range f.rows[i].IDs {
			hashes = append(hashes, lead.HashMessage(id))
		}
	}
	if !f.ask || len(hashes) == 0 {
		return nil, nil
	}
	return f.to.Known(ctx, hashes)
}

func allKnown(ids []string, known map[lead.MessageHash]bool) bool {
	for _, id := range ids {
		if !known[lead.HashMessage(id)] {
			return false
		}
	}
	return true
}

// Insist hands a batch over, again and again while the sink is busy.
func Insist(ctx context.Context, to Sink, b pipeline.Batch) (pipeline.Receipt, error) {
	for {
		r, err := to.Ingest(ctx, b)
		if err == nil || fault.KindOf(err) != fault.Busy {
			return r, err
		}
		select {
		case <-ctx.Done():
			return r, ctx.Err()
		case <-time.After(BusyPause):
		}
	}
}
