package pipeline_test

import (
	"context"
	"fmt"
	"testing"

	"galena/internal/lead"
	"galena/internal/store"
	"galena/internal/store/memory"
)

// askedStore counts what is asked within transactions about the past and the
// identifiers of leads: about one, and about many at once.
type askedStore struct {
	store.Store
	one, many int
}

func (s *askedStore) counted(fn func(store.Tx) error) func(store.Tx) error {
	return func(tx store.Tx) error { return fn(&askedTx{tx, s}) }
}

func (s *askedStore) Write(ctx context.Context, fn func(store.Tx) error) error {
	return s.Store.Write(ctx, s.counted(fn))
}

func (s *askedStore) Derive(ctx context.Context, fn func(store.Tx) error) error {
	return s.Store.Derive(ctx, s.counted(fn))
}

type askedTx struct {
	store.Tx
	of *askedStore
}

func (t *askedTx) History(id lead.ID) ([]lead.Event, error) {
	t.of.one++
	return t.Tx.History(id)
}

func (t *askedTx) Identifiers(id lead.ID) ([]store.Link, error) {
	t.of.one++
	return t.Tx.Identifiers(id)
}

func (t *askedTx) Decisions(id lead.ID) ([]lead.Decision, error) {
	t.of.one++
	return t.Tx.Decisions(id)
}

func (t *askedTx) HistoriesOf(ids []lead.ID, limit int) ([][]lead.Event, error) {
	t.of.many++
	return t.Tx.HistoriesOf(ids, limit)
}

func (t *askedTx) IdentifiersOf(ids []lead.ID) (map[lead.ID][]store.Link, error) {
	t.of.many++
	return t.Tx.IdentifiersOf(ids)
}

func (t *askedTx) DecisionsOf(ids []lead.ID) (map[lead.ID][]lead.Decision, error) {
	t.of.many++
	return t.Tx.DecisionsOf(ids)
}

// Whoever goes through many leads asks no question for each: on a database in a
// process of its own each of them would cost more than the answer.
func TestNoQuestionIsAskedForEachLead(t *testing.T) {
	t.Parallel()
	const people = 90
	c := &clock{midday}
	s := &askedStore{Store: memory.New(c.read)}
	h := furnish(t, s, c, newShelf(handbook))
	var events []lead.Event
	for n := range people {
		user := fmt.Sprint("user ", n)
		events = append(events,
			lead.Event{Type: lead.Identify, UserID: user, Email: user + "@corp.example", Origin: lead.Server, Traits: map[string]any{"email": user + "@corp.example"}},
			lead.Event{UserID: user, Name: "Demo", Origin: lead.Server})
	}
	h.say(events...)
	follow := func() {
		if err := h.Follow(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	for _, step := range []struct {
		name string
		do   func()
	}{
		{"listing", follow},
		{"waking", func() { h.wake(midday.Add(4 * lead.Day)) }},
		{"waking after a publication", func() { h.publish(editions[0], true, true); h.wake(midday.Add(9 * lead.Day)) }},
		{"sweeping", func() { h.publish(editions[1], true, true); c.now = c.now.Add(1); h.sweep() }},
		{"listing after a publication", func() { h.publish(editions[2], true, true); c.now = c.now.Add(20 * lead.Day); follow() }},
	} {
		s.one, s.many = 0, 0
		step.do()
		if s.one > 0 || s.many > 4 {
			t.Errorf("%s %d leads asks %d questions about one and %d about many.", step.name, people, s.one, s.many)
		}
	}
}
