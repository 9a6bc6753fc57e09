package pipeline_test

import (
	"context"

	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/store"
)

// countingStore counts how often histories are read within a Write.
type countingStore struct {
	store.Store
	histories int
}

func (s *countingStore) Write(ctx context.Context, fn func(store.Tx) error) error {
	return s.Store.Write(ctx, func(tx store.Tx) error { return fn(&countingTx{tx, s}) })
}

type countingTx struct {
	store.Tx
	counts *countingStore
}

func (t *countingTx) History(id lead.ID) ([]lead.Event, error) {
	t.counts.histories++
	return t.Tx.History(id)
}

// poisonedStore fails every transaction in which a message with a certain id is
// appended, as a row would that no disk takes.
type poisonedStore struct {
	store.Store
	poison string
	kind   fault.Kind
	again  bool // run each function twice, as after a serialization failure
}

func (s *poisonedStore) Write(ctx context.Context, fn func(store.Tx) error) error {
	if s.again {
		lost := fault.New(fault.Internal, "The first attempt is lost.")
		_ = s.Store.Write(ctx, func(tx store.Tx) error {
			_ = fn(tx)
			return lost
		})
	}
	return s.Store.Write(ctx, func(tx store.Tx) error { return fn(&poisonedTx{tx, s}) })
}

type poisonedTx struct {
	store.Tx
	by *poisonedStore
}

func (t *poisonedTx) Append(events []lead.Event) error {
	for i := range events {
		if events[i].MessageID == t.by.poison {
			return fault.New(t.by.kind, "Message %q is poison.", t.by.poison)
		}
	}
	return t.Tx.Append(events)
}

// brokenStore can no longer be written to.
type brokenStore struct{ store.Store }

func (s *brokenStore) Write(context.Context, func(store.Tx) error) error {
	return fault.New(fault.Internal, "The disk is gone.")
}

// slowStore lets a test hold the writer: Write waits until gate is closed or
// gives way, after it has said that it is there.
type slowStore struct {
	store.Store
	there, gate chan struct{}
}

func newSlowStore(s store.Store) *slowStore {
	return &slowStore{s, make(chan struct{}, 1000), make(chan struct{})}
}

func (s *slowStore) Write(ctx context.Context, fn func(store.Tx) error) error {
	s.there <- struct{}{}
	<-s.gate
	return s.Store.Write(ctx, fn)
}
