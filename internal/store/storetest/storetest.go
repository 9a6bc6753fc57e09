// Package storetest is the contract of package store as tests: Exercise asks one
// implementation for every promise, Compare sets two against each other with
// random operations.
//
// It tests through the contract only and knows no implementation but the memory
// one, to which Compare compares.
package storetest

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"galena/internal/lead"
	"galena/internal/store"
)

// Opened is a store under test, open and empty. Whoever opened it closes it at
// the end of the test.
type Opened struct {
	Store store.Store
	// Reopen closes the store and opens it again on the same data. It is nil for
	// a store that forgets.
	Reopen func() store.Store
	// Beside is a second store on the same workspace, as another node has it. It
	// is nil for a store that one process must own.
	Beside store.Store
	// Writers is how many transactions Store writes at the same time; 0 stands
	// for one.
	Writers int
}

// Open opens an empty store whose clock is the given one.
type Open func(t *testing.T, clock func() lead.Time) Opened

// Exercise tests a store against the contract.
func Exercise(t *testing.T, open Open) {
	for _, group := range [][]test{transactions, contexts, concurrency, events, identity, corrections, leads, many, accounts, papers, listing, records, odd, durability} {
		for _, test := range group {
			t.Run(test.name, func(t *testing.T) {
				t.Parallel()
				test.run(&fixture{T: t, Opened: open(t, func() lead.Time { return today })})
			})
		}
	}
}

type test struct {
	name string
	run  func(f *fixture)
}

// today is what the clock of a store under test says.
const today lead.Time = 1_767_600_000_000

// fixture is a test with its store.
type fixture struct {
	*testing.T
	Opened
}

// node gives the store for the n-th of callers that work together: Store and, if
// there is one, Beside by turns.
func (f *fixture) node(n int) store.Store {
	if f.Beside != nil && n%2 == 1 {
		return f.Beside
	}
	return f.Store
}

// write runs a transaction that must succeed.
func (f *fixture) write(fn func(tx store.Tx) error) {
	f.Helper()
	if err := f.Store.Write(context.Background(), fn); err != nil {
		f.Fatalf("Write: %v", err)
	}
}

// read runs a reading that must succeed.
func (f *fixture) read(fn func(s store.Snapshot) error) {
	f.Helper()
	if err := f.Store.Read(context.Background(), fn); err != nil {
		f.Fatalf("Read: %v", err)
	}
}

// newLeads takes ids and gives each a row without a state.
func (f *fixture) newLeads(n int) []lead.ID {
	f.Helper()
	ids := make([]lead.ID, n)
	f.write(func(tx store.Tx) error {
		first, err := tx.NewLeads(n)
		rows := make([]store.LeadRow, n)
		for i := range ids {
			ids[i] = first + lead.ID(i)
			rows[i].ID = ids[i]
		}
		return firstOf(err, func() error { return tx.PutLeads(rows) })
	})
	return ids
}

func (f *fixture) join(child, parent lead.ID) {
	f.Helper()
	f.write(func(tx store.Tx) error {
		return tx.Join([]store.Join{{Child: child, Parent: parent, At: today, Event: "shown"}})
	})
}

func (f *fixture) link(id lead.ID, identifiers ...lead.Identifier) {
	f.Helper()
	f.write(func(tx store.Tx) error { return tx.Link(links(id, identifiers...)) })
}

func (f *fixture) append(events ...lead.Event) {
	f.Helper()
	f.write(func(tx store.Tx) error { return tx.Append(events) })
}

// ask gives what one reading answers, and fails the test if it cannot.
func ask[T any](f *fixture, reading func(s store.Snapshot) (T, error)) T {
	f.Helper()
	var answer T
	f.read(func(s store.Snapshot) (err error) {
		answer, err = reading(s)
		return err
	})
	return answer
}

// firstOf gives err, or else what the next step says.
func firstOf(err error, next func() error) error {
	if err != nil {
		return err
	}
	return next()
}

func user(value string) lead.Identifier  { return lead.Identifier{Kind: lead.User, Value: value} }
func anon(value string) lead.Identifier  { return lead.Identifier{Kind: lead.Anonymous, Value: value} }
func email(value string) lead.Identifier { return lead.Identifier{Kind: lead.Email, Value: value} }

func links(id lead.ID, identifiers ...lead.Identifier) []store.Link {
	made := make([]store.Link, len(identifiers))
	for i, identifier := range identifiers {
		made[i] = store.Link{Identifier: identifier, Lead: id, Since: today, Origin: id}
	}
	return made
}

// live is an event that came when it happened.
func live(id lead.ID, message string, at lead.Time) lead.Event {
	return lead.Event{
		Lead: id, MessageID: message, Type: lead.Track, Name: "Demo Requested", Origin: lead.Browser,
		Occurred: at, Received: at, Body: []byte(`{"properties":{"plan":"team"}}`),
	}
}

// manyEvents are live events of one lead, a millisecond apart.
func manyEvents(id lead.ID, prefix string, n int) []lead.Event {
	made := make([]lead.Event, n)
	for i := range made {
		made[i] = live(id, fmt.Sprintf("%s-%d", prefix, i), today+lead.Time(i))
	}
	return made
}

func messages(events []lead.Event) []string {
	var ids []string
	for i := range events {
		ids = append(ids, events[i].MessageID)
	}
	return ids
}

func idsOf(rows []store.LeadRow) []lead.ID {
	var ids []lead.ID
	for _, row := range rows {
		ids = append(ids, row.ID)
	}
	return ids
}

func identifiersOf(links []store.Link) []lead.Identifier {
	var ids []lead.Identifier
	for _, l := range links {
		ids = append(ids, l.Identifier)
	}
	return ids
}

func same[T comparable](f *fixture, what string, got, want []T) {
	f.Helper()
	if !slices.Equal(got, want) {
		f.Errorf("%s: got %v, want %v", what, got, want)
	}
}
