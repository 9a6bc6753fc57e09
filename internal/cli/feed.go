package cli

import (
	"context"
	"errors"
	"io"
	"os"
	"time"

	"galena/internal/bulk"
	"galena/internal/fault"
	"galena/internal/pipeline"
)

// feedBatch is how many events are handed over at once.
const feedBatch = 1000

// busyPause is how long a command waits before it tries a busy sink again.
const busyPause = 200 * time.Millisecond

// sink takes events in; an app.Writer is one.
type sink interface {
	Ingest(ctx context.Context, b pipeline.Batch) (pipeline.Receipt, error)
}

// feed reads a file to its end and hands its events to a sink in batches. each
// sees every row first; took hears what became of every batch.
func feed(ctx context.Context, in *bulk.Reader, to sink, each func(*bulk.Row) error, took func(pipeline.Receipt)) error {
	var batch pipeline.Batch
	flush := func() error {
		r, err := insist(ctx, to, batch)
		if err == nil {
			took(r)
			batch = pipeline.Batch{}
		}
		return err
	}
	for {
		row, err := in.Next()
		if errors.Is(err, io.EOF) {
			return flush()
		}
		if err != nil {
			return err
		}
		if err := each(&row); err != nil {
			return err
		}
		batch.Events = append(batch.Events, row.Events...)
		if row.Reject != nil {
			batch.Rejects = append(batch.Rejects, *row.Reject)
		}
		if len(batch.Events)+len(batch.Rejects) >= feedBatch {
			if err := flush(); err != nil {
				return err
			}
		}
	}
}

// insist hands a batch over, again and again while the sink is busy.
func insist(ctx context.Context, to sink, b pipeline.Batch) (pipeline.Receipt, error) {
	for {
		r, err := to.Ingest(ctx, b)
		if err == nil || fault.KindOf(err) != fault.Busy {
			return r, err
		}
		select {
		case <-ctx.Done():
			return r, err
		case <-time.After(busyPause):
		}
	}
}

// rejectsFile keeps the rows that were refused, with the reasons. A nil one
// keeps nothing.
type rejectsFile struct {
	f *os.File
	w *bulk.RefusedWriter
}

// createRejects makes the file, which must not be the one that is read.
func createRejects(name, source string) (*rejectsFile, error) {
	if name == "" {
		return nil, nil
	}
	there, err := os.Stat(name)
	if read, err2 := os.Stat(source); err == nil && err2 == nil && os.SameFile(there, read) {
		return nil, fault.New(fault.Invalid, "--rejects names the file that is imported, %s. Choose another.", source)
	}
	f, err := os.OpenFile(name, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "Cannot write the rejects to %s", name)
	}
	return &rejectsFile{f, bulk.NewRefusedWriter(f)}, nil
}

func (r *rejectsFile) write(row *bulk.Row) error {
	if r == nil {
		return nil
	}
	return r.w.Row(row)
}

func (r *rejectsFile) close() error {
	if r == nil {
		return nil
	}
	return errors.Join(r.w.Flush(), r.f.Close())
}
