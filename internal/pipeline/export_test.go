package pipeline

import (
	"context"

	"galena/internal/store"
)

// CommitTogether commits batches as one group, as Run does with calls that wait
// at the same time.
func (p *Pipeline) CommitTogether(batches ...Batch) ([]Receipt, error) {
	group := make([]*call, len(batches))
	for i, b := range batches {
		group[i] = &call{batch: b, done: make(chan struct{})}
		p.queued.Add(b.size())
	}
	p.commit(group)
	receipts := make([]Receipt, len(group))
	for i, c := range group {
		if c.err != nil {
			return nil, c.err
		}
		receipts[i] = c.receipt
	}
	return receipts, nil
}

// MaxWaiting is how many calls wait before more are told to come again.
const MaxWaiting = maxWaiting

// MaxQueued is how many events wait before more are told to come again.
const MaxQueued = maxQueued

// MaxWakes is how many leads are woken in one commit.
const MaxWakes = maxWakes

// MaxSwept is how many leads are brought to a new version in one commit.
const MaxSwept = maxSwept

// Waiting is a call that was handed in.
type Waiting struct{ c *call }

// Hand hands a batch in without waiting for the answer.
func (p *Pipeline) Hand(b Batch) *Waiting {
	w, err := p.TryHand(b)
	if err != nil {
		panic(err)
	}
	return w
}

// TryHand hands a batch in if there is room for it.
func (p *Pipeline) TryHand(b Batch) (*Waiting, error) {
	c := &call{batch: b, done: make(chan struct{})}
	return &Waiting{c}, p.enqueue(c)
}

// Answer waits for it.
func (w *Waiting) Answer(ctx context.Context) (Receipt, error) {
	select {
	case <-w.c.done:
		return w.c.receipt, w.c.err
	case <-ctx.Done():
		return Receipt{}, ctx.Err()
	}
}

// Drain commits what waits now.
func (p *Pipeline) Drain() {
	for len(p.calls) > 0 {
		p.commit(p.gather(<-p.calls))
	}
}

// MaxTold is how many members are told of their account in one commit.
const MaxTold = maxTold

// KeepUp is what Run does when time has passed.
func (p *Pipeline) KeepUp(ctx context.Context) error { return p.keepUp(ctx) }

// EnlistSome is one commit of Enlist, of at most so many events.
func (p *Pipeline) EnlistSome(ctx context.Context, events int) (over bool, err error) {
	return p.enlist(ctx, events)
}

// TellSome is one commit of Tell, of at most so many members.
func (p *Pipeline) TellSome(ctx context.Context, members int) error {
	return p.store.Write(ctx, func(tx store.Tx) error {
		c, err := newCommit(p.versions, tx)
		if err != nil {
			return err
		}
		_, err = c.tell(members)
		return err
	})
}

// MaxExpired is how many leads one part of a pass looks at.
const MaxExpired = maxExpired
