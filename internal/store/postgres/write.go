package postgres

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/store"
)

const (
	// attempts is how often a transaction is run that others keep disturbing.
	attempts = 8
	// pause is the longest wait before the second attempt; it doubles with each.
	pause = 4 * time.Millisecond
)

// Write runs fn in a transaction, and again in another when a neighbour changed
// what it had read, or the connection was lost before the commit. ctx counts
// until the first begins.
func (s *Store) Write(ctx context.Context, fn func(store.Tx) error) error {
	return s.write(ctx, s.beginWrite, fn)
}

// Derive is Write that does not wait for the disk.
func (s *Store) Derive(ctx context.Context, fn func(store.Tx) error) error {
	return s.write(ctx, s.beginDerive, fn)
}

func (s *Store) write(ctx context.Context, begin [2]*query, fn func(store.Tx) error) error {
	if s.readOnly {
		return fault.New(fault.Denied, "%s is open for reading only.", sentence(s.place))
	}
	end, err := s.turn(ctx, s.writing)
	if err != nil {
		return err
	}
	defer end()
	// What an attempt had locked when it failed, the next one locks first and in
	// order, so that two cannot wait for each other again and again.
	var asked []lead.ID
	for attempt := 1; ; attempt++ {
		again, locks, err := s.attempt(ctx, begin, asked, fn)
		if !again || attempt == attempts {
			return err
		}
		asked = locks
		ctx = context.WithoutCancel(ctx)
		time.Sleep(rand.N(pause << attempt))
	}
}

// attempt runs one transaction, which begins with some locks. again says that
// another may succeed; locks are all that this one asked for.
func (s *Store) attempt(ctx context.Context, begin [2]*query, first []lead.ID, fn func(store.Tx) error) (again bool, locks []lead.ID, err error) {
	view, release, err := s.begin(ctx, begin)
	if err != nil {
		return false, nil, err
	}
	defer release()
	view.ctx = context.WithoutCancel(ctx)
	view.names = !s.unnamed.Load()
	t := newTx(view)
	defer t.giveBack()
	if err = t.Lock(first); err == nil {
		err = fn(t)
	}
	if err == nil {
		err = t.finish()
	}
	return errors.Is(t.err, errAgain), t.asked, err
}
