package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"golang.org/x/term"

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
type rejectsFile struct{ f *os.File }

func createRejects(name string) (*rejectsFile, error) {
	if name == "" {
		return nil, nil
	}
	f, err := os.OpenFile(name, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "Cannot write the rejects to %s", name)
	}
	return &rejectsFile{f}, nil
}

func (r *rejectsFile) write(row *bulk.Row) error {
	if r == nil {
		return nil
	}
	line, err := json.Marshal(struct {
		Row     int    `json:"row"`
		Code    string `json:"code"`
		Message string `json:"message"`
		Text    string `json:"text"`
	}{row.Number, row.Reject.Code, row.Reject.Message, string(row.Reject.Body)})
	if err != nil {
		return err
	}
	_, err = r.f.Write(append(line, '\n'))
	return err
}

func (r *rejectsFile) close() error {
	if r == nil {
		return nil
	}
	return r.f.Close()
}

// progress shows on a terminal how far a long reading is; elsewhere nothing.
type progress struct {
	w     io.Writer
	shown time.Time
	on    bool
}

func newProgress(w io.Writer) *progress {
	f, ok := w.(*os.File)
	return &progress{w: w, on: ok && term.IsTerminal(int(f.Fd()))}
}

func (p *progress) rows(n int) {
	if p.on && time.Since(p.shown) > 100*time.Millisecond {
		p.shown = time.Now()
		fmt.Fprintf(p.w, "\r%d rows", n)
	}
}

func (p *progress) done() {
	if p.on && !p.shown.IsZero() {
		fmt.Fprint(p.w, "\r\033[K")
	}
}
