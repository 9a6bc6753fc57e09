package sqlite_test

import (
	"context"
	"path/filepath"
	"testing"

	"galena/internal/lead"
	"galena/internal/store"
	"galena/internal/store/sqlite"
	"galena/internal/store/storetest"
)

func openToMeasure(b *testing.B) store.Store {
	s, err := sqlite.Open(context.Background(), filepath.Join(b.TempDir(), "galena.db"), sqlite.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { s.Close() })
	return s
}

// BenchmarkWrite commits sessions: events, links of visitors, lead rows.
func BenchmarkWrite(b *testing.B) { storetest.Benchmark(b, openToMeasure) }

// BenchmarkRead asks what the pipeline asks for a batch of a thousand events, and
// what a page about one lead and a replay ask.
func BenchmarkRead(b *testing.B) {
	s, l := openToMeasure(b), storetest.NewLoad(1)
	l.Fill(b, s)
	var events []lead.Event
	for range 50 {
		events = l.Batch(b, s, 1000)
	}
	hashes := make([]lead.MessageHash, len(events))
	ids := make([]lead.ID, 0, len(events)/storetest.SessionEvents)
	visitors := make([]lead.Identifier, len(events)/storetest.SessionEvents)
	for i := range events {
		hashes[i] = lead.HashMessage(events[i].MessageID)
		if i%storetest.SessionEvents == 0 {
			visitors[len(ids)] = lead.Identifier{Kind: lead.Anonymous, Value: events[i].AnonymousID}
			ids = append(ids, events[i].Lead)
		}
	}
	for _, c := range []struct {
		name string
		read func(view store.Snapshot) error
	}{
		{"known=1000", func(view store.Snapshot) error { _, err := view.Known(hashes); return err }},
		{"states=125", func(view store.Snapshot) error { _, err := view.States(ids); return err }},
		{"find=125", func(view store.Snapshot) error { _, err := view.Find(visitors); return err }},
		{"history=8", func(view store.Snapshot) error { _, err := view.History(ids[0]); return err }},
		{"log=1000", func(view store.Snapshot) error { _, err := view.Log(20_000, 1000); return err }},
		{"due=100", func(view store.Snapshot) error { _, err := view.Due(lead.Never, 100); return err }},
	} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				if err := s.Read(context.Background(), c.read); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkListAtFirst lists leads that come for the first time.
func BenchmarkListAtFirst(b *testing.B) { storetest.BenchmarkListAtFirst(b, openToMeasure) }

// BenchmarkListing asks for pages and counts of a listing.
func BenchmarkListing(b *testing.B) { storetest.BenchmarkListing(b, openToMeasure) }
