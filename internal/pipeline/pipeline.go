// Package pipeline carries events from the doors into the log: dedupe, identity,
// the engine's step, one commit; and the wake-ups of leads about which something
// changes by itself.
//
// It reads no clock but the store's, speaks no protocol and knows no command.
package pipeline

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"galena/internal/engine"
	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/store"
)

// Batch is what a door hands over in one call: events, opened, with Seq, Lead and
// Received not yet set, and what the door refused. Both are committed together.
type Batch struct {
	Events  []lead.Event
	Rejects []lead.Reject
}

// Receipt tells what became of a Batch that was committed.
type Receipt struct {
	Accepted   int // events now in the log, the first time
	Duplicates int // events whose message id was known, in the log or earlier in the batch
}

// Bounds of what waits and of what is committed together.
const (
	maxWaiting = 1024 // calls; more are told to come again
	// maxQueued is how many events and rejects wait: about what is committed in a
	// second. Who would wait longer is told so at once. A batch of more is taken
	// when nothing else waits.
	maxQueued = 20_000
	maxGroup  = 4000 // events in one commit: a few tens of milliseconds
	maxWakes  = 500  // leads woken in one commit, so that events never wait long
)

// Pipeline is the one writer of events into a store. Run must be running for
// anything to happen.
type Pipeline struct {
	store  store.Store
	engine *engine.Engine
	calls  chan *call
	queued atomic.Int64 // events and rejects of calls that are not answered yet

	closing sync.RWMutex // held for reading while a call is put in
	closed  bool
}

type call struct {
	batch   Batch
	receipt Receipt
	err     error
	done    chan struct{}
}

// New makes a pipeline that folds with e.
func New(s store.Store, e *engine.Engine) *Pipeline {
	return &Pipeline{store: s, engine: e, calls: make(chan *call, maxWaiting)}
}

// ErrStopping is what Ingest answers once the pipeline stops.
var ErrStopping = fault.New(fault.Busy, "The server is stopping. Send the events again in a moment.")

// Ingest commits a batch and returns when it is durable. The same message id may
// be sent any number of times; it lands once. The answer is fault.Busy when too
// much waits or the pipeline stops: nothing of the batch was kept then. When ctx
// ends first, the batch may or may not have been kept.
func (p *Pipeline) Ingest(ctx context.Context, b Batch) (Receipt, error) {
	if len(b.Events)+len(b.Rejects) == 0 {
		return Receipt{}, nil
	}
	c := &call{batch: b, done: make(chan struct{})}
	if err := p.enqueue(c); err != nil {
		return Receipt{}, err
	}
	select {
	case <-c.done:
		return c.receipt, c.err
	case <-ctx.Done():
		return Receipt{}, ctx.Err()
	}
}

// Waiting is how many calls wait for a commit.
func (p *Pipeline) Waiting() int { return len(p.calls) }

func (p *Pipeline) enqueue(c *call) error {
	p.closing.RLock()
	defer p.closing.RUnlock()
	if p.closed {
		return ErrStopping
	}
	size := c.batch.size()
	if all := p.queued.Add(size); all <= maxQueued || all == size {
		select {
		case p.calls <- c:
			return nil
		default:
		}
	}
	p.queued.Add(-size)
	return fault.New(fault.Busy, "Too many events are waiting to be written. Send them again in a moment.")
}

func (b *Batch) size() int64 { return int64(len(b.Events) + len(b.Rejects)) }

// answer tells the one who waits what became of its call.
func (p *Pipeline) answer(c *call, err error) {
	c.err = err
	p.queued.Add(-c.batch.size())
	close(c.done)
}

// Run commits what is handed in, and wakes leads every interval (0: never), until
// ctx ends; what was handed in by then is still committed. It returns the error
// of a store that can no longer be written to, else nil.
func (p *Pipeline) Run(ctx context.Context, wakeEvery time.Duration) error {
	var tick <-chan time.Time
	if wakeEvery > 0 {
		t := time.NewTicker(wakeEvery)
		defer t.Stop()
		tick = t.C
	}
	for {
		select {
		case c := <-p.calls:
			p.commit(p.gather(c))
		case <-tick:
			if err := p.Wake(ctx); err != nil && ctx.Err() == nil && fault.KindOf(err) != fault.Busy {
				p.stop()
				return err
			}
		case <-ctx.Done():
			p.stop()
			return nil
		}
	}
}

// stop refuses new calls and commits those that wait.
func (p *Pipeline) stop() {
	p.closing.Lock()
	p.closed = true
	p.closing.Unlock()
	for {
		select {
		case c := <-p.calls:
			p.commit(p.gather(c))
		default:
			return
		}
	}
}

// gather takes what waits behind a call, without waiting for more.
func (p *Pipeline) gather(first *call) []*call {
	group := []*call{first}
	for events := len(first.batch.Events); events < maxGroup; {
		select {
		case c := <-p.calls:
			group = append(group, c)
			events += len(c.batch.Events)
		default:
			return group
		}
	}
	return group
}

// commit writes a group in one transaction; if that fails for a reason of the
// group's own, each call is tried by itself, so that one cannot harm the others.
func (p *Pipeline) commit(group []*call) {
	err := p.write(group)
	if err != nil && len(group) > 1 && fault.KindOf(err) != fault.Busy {
		for _, c := range group {
			p.answer(c, p.write([]*call{c}))
		}
		return
	}
	for _, c := range group {
		p.answer(c, err)
	}
}

// write does not end with any caller's context: what began is finished.
func (p *Pipeline) write(group []*call) error {
	batches := make([]*Batch, len(group))
	for i, c := range group {
		batches[i] = &c.batch
	}
	var receipts []Receipt
	err := p.store.Write(context.Background(), func(tx store.Tx) error {
		c, err := newCommit(p.engine, tx)
		if err != nil {
			return err
		}
		receipts, err = c.take(batches)
		return err
	})
	if err != nil {
		return err
	}
	for i, c := range group {
		c.receipt = receipts[i]
	}
	return nil
}

// Wake steps every lead about which something is due by now.
func (p *Pipeline) Wake(ctx context.Context) error {
	for {
		woken := 0
		err := p.store.Write(ctx, func(tx store.Tx) error {
			c, err := newCommit(p.engine, tx)
			if err != nil {
				return err
			}
			woken, err = c.wake(maxWakes)
			return err
		})
		if err != nil || woken < maxWakes {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		// Events that came meanwhile go first.
		select {
		case c := <-p.calls:
			p.commit(p.gather(c))
		default:
		}
	}
}
