package memory

import (
	"context"
	"sync/atomic"

	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/store"
)

// Store is a workspace in memory.
type Store struct {
	clock func() lead.Time
	now   atomic.Pointer[state]
	turn  chan struct{} // held by the one who writes
	shut  atomic.Bool
}

var _ store.Store = (*Store)(nil)

// New makes an empty store.
func New(clock func() lead.Time) *Store {
	s := &Store{clock: clock, turn: make(chan struct{}, 1)}
	first := empty()
	s.now.Store(&first)
	return s
}

// Read runs fn on the state of the moment.
func (s *Store) Read(ctx context.Context, fn func(store.Snapshot) error) error {
	if err := s.refusal(ctx); err != nil {
		return err
	}
	view := &snapshot{state: *s.now.Load(), ctx: ctx, clock: s.clock}
	defer func() { view.err = errOver }()
	return fn(view)
}

// Write runs fn when those before it have ended. ctx counts until then.
func (s *Store) Write(ctx context.Context, fn func(store.Tx) error) error {
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
	case <-ctx.Done():
	}
	if err := s.refusal(ctx); err != nil {
		return err
	}
	view := &tx{snapshot{state: *s.now.Load(), ctx: context.Background(), clock: s.clock}}
	defer func() { view.err = errOver }()
	if err := fn(view); err != nil {
		return err
	}
	if view.err != nil {
		return view.err
	}
	after := view.state
	s.now.Store(&after)
	return nil
}

// Derive is Write.
func (s *Store) Derive(ctx context.Context, fn func(store.Tx) error) error { return s.Write(ctx, fn) }

// Close makes the store refuse what comes after.
func (s *Store) Close() error {
	s.turn <- struct{}{}
	defer func() { <-s.turn }()
	s.shut.Store(true)
	return nil
}

// errOver is what a Tx or Snapshot answers after its function has returned.
var errOver = fault.New(fault.Internal, "A transaction was used after its end.")

// refusal tells why a transaction may not begin, nil if it may.
func (s *Store) refusal(ctx context.Context) error {
	if s.shut.Load() {
		return fault.New(fault.Busy, "The store has been closed; Galena is about to stop.")
	}
	if err := ctx.Err(); err != nil {
		return fault.Wrap(err, fault.Busy, "The request ended before the store was free.")
	}
	return nil
}
