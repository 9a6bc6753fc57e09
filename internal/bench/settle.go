package bench

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"galena/internal/app"
	"galena/internal/fault"
	"galena/internal/identity"
	"galena/internal/lead"
	"galena/internal/pipeline"
	"galena/internal/server"
)

const (
	settleBatch  = 500 // leads that come in one batch
	settleAtOnce = 8   // batches, which are then committed together
)

// settlement is a workspace in which the first leads are.
type settlement struct {
	key    string // with which the rest is sent
	events int64  // that are there
	found  bool   // an earlier measurement had filled it
}

// settle brings the first leads into an empty workspace, without HTTP: each says
// who it is, and beside it a browser comes that nobody knows yet. When it returns they
// are woken and listed. A workspace that it filled before is taken as it is, with what
// measurements have sent since.
func settle(ctx context.Context, place string, playbook []byte, leads int, progress func(leads int)) (to settlement, err error) {
	err = server.Hold(ctx, place, playbook, func(o *server.Owned) error {
		counts, err := o.Counts(ctx)
		if err != nil {
			return err
		}
		if to.found = counts.Events > 0; to.found {
			last, _ := arrival(leads - 1)
			if _, err := o.Lead(ctx, app.Ref{UserID: last.UserID}); err != nil {
				return errNotEmpty
			}
		}
		to.events = counts.Events
		if to.key, err = o.CreateKey(ctx, lead.ServerKey, "bench"); err != nil || to.found {
			return err
		}
		return inBatches(leads, settleBatch, progress, func(from, to int) error {
			b := pipeline.Batch{}
			for n := from; n < to; n++ {
				who, browser := arrival(n)
				b.Events = append(b.Events, who, browser)
			}
			_, err := o.Ingest(ctx, b)
			return err
		})
	})
	return to, err
}

// A workspace that is busy, such as one whose machine has much else to do, is asked
// again after a pause: what it has taken is known by its ids and comes once.
const (
	settlePause = time.Second
	maxSettling = 60 // times
)

// inBatches does all leads in batches of a size, a few at a time.
func inBatches(leads, size int, progress func(leads int), do func(from, to int) error) error {
	var next atomic.Int64
	errs := make([]error, settleAtOnce)
	var settling sync.WaitGroup
	for w := range errs {
		settling.Go(func() {
			for from := int(next.Add(int64(size))) - size; from < leads; from = int(next.Add(int64(size))) - size {
				to := min(from+size, leads)
				errs[w] = do(from, to)
				for again := 0; fault.KindOf(errs[w]) == fault.Busy && again < maxSettling; again++ {
					time.Sleep(settlePause)
					errs[w] = do(from, to)
				}
				if errs[w] != nil {
					return
				}
				if progress != nil && w == 0 {
					progress(from)
				}
			}
		})
	}
	settling.Wait()
	return errors.Join(errs...)
}

// settled is when the first leads came.
const settled = lead.Time(1_767_225_600_000) // 2026-01-01

// arrival is the nth lead, and a browser.
func arrival(n int) (who, browser lead.Event) {
	at := settled.Add(int64(n))
	email, _, _ := identity.Email(address(uint64(n)))
	traits := map[string]any{"email": email, "title": "Head of Sales", "employees": float64(n % 400), "industry": "software"}
	who = lead.Event{
		MessageID: fmt.Sprintf("settle-%x", n), Type: lead.Identify, UserID: fmt.Sprintf("user-%x", n), Email: email, Company: identity.Company(email),
		Origin: lead.Import, Backfill: true, Occurred: at, Traits: traits,
		Body: fmt.Appendf(nil, `{"traits":{"email":"%s","title":"Head of Sales","employees":%d,"industry":"software"}}`, email, n%400),
	}
	browser = lead.Event{
		MessageID: fmt.Sprintf("settle-browser-%x", n), Type: lead.Page, Name: "Page", AnonymousID: fmt.Sprintf("browser-%x", n),
		Origin: lead.Import, Backfill: true, Occurred: at,
		Properties: map[string]any{"path": "/"}, Body: []byte(`{"properties":{"path":"/"}}`),
	}
	return who, browser
}

// settlePlain brings as many rows into a plain server's table.
func settlePlain(ctx context.Context, keep plainKeeper, leads int, progress func(leads int)) error {
	var one sync.Mutex // there is one writer
	return inBatches(leads, settleBatch, progress, func(from, to int) error {
		var events []plainEvent
		for n := from; n < to; n++ {
			who, browser := arrival(n)
			events = append(events,
				plainEvent{MessageID: who.MessageID, Type: "identify", UserID: who.UserID, Timestamp: who.Occurred.String(), Traits: who.Body},
				plainEvent{MessageID: browser.MessageID, Type: "page", Name: "Page", AnonymousID: browser.AnonymousID, Timestamp: browser.Occurred.String(), Properties: browser.Body})
		}
		one.Lock()
		defer one.Unlock()
		return keep.commit(ctx, events)
	})
}
