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

	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/store"
)

// Batch is what a door hands over in one call: events, opened, with Seq, Lead and
// Received not yet set, and what the door refused. Both are committed together.
// An act comes from no door, and its Lead is set, or it is one of an import and
// carries the identifiers of its row.
type Batch struct {
	Events  []lead.Event
	Rejects []lead.Reject
}

// Receipt tells what became of a Batch that was committed.
type Receipt struct {
	Accepted   int // events now in the log, the first time
	Duplicates int // events whose message id was known, in the log or earlier in the batch
	Refused    int // acts of an import that are about nobody; each is kept as a reject
}

// Bounds of what waits and of what is committed together.
const (
	maxWaiting = 1024 // calls; more are told to come again
	// maxQueued is how many events and rejects wait: about what is committed in a
	// second. Who would wait longer is told so at once. A batch of more is taken
	// when nothing else waits.
	maxQueued = 20_000
	maxGroup  = 2000 // events in one commit: a tenth of a second
	maxWakes  = 200  // leads woken in one commit, so that events never wait long
)

// Pipeline is the one writer of events into a store. Run must be running for
// anything to happen.
type Pipeline struct {
	store    store.Store
	versions *Versions
	calls    chan *call
	queued   atomic.Int64 // events and rejects of calls that are not answered yet
	beside   int          // how many commit besides Run itself
	enlisted atomic.Bool  // see Enlist; once true, always

	closing sync.RWMutex // held for reading while a call is put in
	closed  bool
}

type call struct {
	batch   Batch
	receipt Receipt
	err     error
	done    chan struct{}
}

// New makes a pipeline that folds under the versions of a playbook; one must have
// been published in the store before anything is taken in.
func New(s store.Store, v *Versions) *Pipeline {
	return &Pipeline{store: s, versions: v, calls: make(chan *call, maxWaiting)}
}

// Parallel lets Run make so many commits at the same time, in a store that takes
// several; it is said before Run. Events that wait together have no order, and the
// store's locks keep two commits from each other's leads.
func (p *Pipeline) Parallel(commits int) { p.beside = commits - 1 }

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

// Run commits what is handed in, and wakes and sweeps leads every interval (0:
// never), until ctx ends; what was handed in by then is still committed. It returns the error
// of a store that can no longer be written to, else nil.
func (p *Pipeline) Run(ctx context.Context, wakeEvery time.Duration) error {
	var tick <-chan time.Time
	if wakeEvery > 0 {
		t := time.NewTicker(wakeEvery)
		defer t.Stop()
		tick = t.C
	}
	running, end := context.WithCancel(ctx)
	var beside sync.WaitGroup
	defer beside.Wait()
	defer end()
	for range p.beside {
		beside.Go(func() { p.commitUntil(running) })
	}
	for {
		select {
		case c := <-p.calls:
			p.commit(p.gather(c))
		case <-tick:
			if err := p.keepUp(ctx); err != nil && ctx.Err() == nil && fault.KindOf(err) != fault.Busy {
				p.stop()
				return err
			}
		case <-ctx.Done():
			p.stop()
			return nil
		}
	}
}

// commitUntil commits what is handed in until ctx ends.
func (p *Pipeline) commitUntil(ctx context.Context) {
	for {
		select {
		case c := <-p.calls:
			p.commit(p.gather(c))
		case <-ctx.Done():
			return
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
	asked := questionOf(batches)
	var receipts []Receipt
	err := p.store.Write(context.Background(), func(tx store.Tx) error {
		tx.Expect(asked.messages, asked.ids)
		c, err := newCommit(p.versions, tx)
		if err != nil {
			return err
		}
		receipts, err = c.take(asked, batches)
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

// keepUp does what time, publications and a workspace's age ask for.
func (p *Pipeline) keepUp(ctx context.Context) error {
	if err := p.Wake(ctx); err != nil {
		return err
	}
	if err := p.Tell(ctx); err != nil {
		return err
	}
	for {
		begun := time.Now()
		progress, err := p.Sweep(ctx)
		if err != nil {
			return err
		}
		if progress.Over {
			break
		}
		if err := p.giveWay(ctx, begun); err != nil {
			return err
		}
	}
	if err := p.Enlist(ctx); err != nil {
		return err
	}
	return p.Follow(ctx)
}

// Wake steps every lead about which something is due by now.
func (p *Pipeline) Wake(ctx context.Context) error {
	for {
		woken, begun := 0, time.Now()
		err := p.store.Write(ctx, func(tx store.Tx) error {
			c, err := newCommit(p.versions, tx)
			if err != nil {
				return err
			}
			woken, err = c.wake(maxWakes)
			return err
		})
		if err != nil || woken < maxWakes {
			return err
		}
		if err := p.giveWay(ctx, begun); err != nil {
			return err
		}
	}
}

// giveWay commits the events that came while something else was done, which began
// at a time, and those that come within as long again: who sends one after the
// other has more than one commit between two slices of other work.
func (p *Pipeline) giveWay(ctx context.Context, begun time.Time) error {
	select {
	case c := <-p.calls:
		p.commit(p.gather(c))
	default:
		return ctx.Err()
	}
	over := time.NewTimer(time.Since(begun))
	defer over.Stop()
	for {
		select {
		case c := <-p.calls:
			p.commit(p.gather(c))
		case <-over.C:
			return ctx.Err()
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
