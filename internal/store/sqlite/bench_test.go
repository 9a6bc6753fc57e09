package sqlite_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"testing"

	"galena/internal/lead"
	"galena/internal/store"
	"galena/internal/store/sqlite"
)

const (
	presentLeads  = 100_000
	batchEvents   = 1000
	sessionEvents = 8
	stateBytes    = 400
)

var eventBody = []byte(`{"properties":{"path":"/pricing","title":"Pricing","url":"https://www.corp.example/pricing?utm_source=news",` +
	`"referrer":"https://search.example/"},"context":{"library":{"name":"analytics.js","version":"5.1.0"},` +
	`"locale":"de-DE","userAgent":"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36","ip":"203.0.113.9"}}`)

// load makes sessions of eight events; 70 % of them are of new anonymous
// visitors, the others of known leads.
type load struct {
	random *rand.Rand
	n      uint64 // messages so far
}

func (l *load) text(prefix string) string {
	var b [16]byte
	binary.LittleEndian.PutUint64(b[:], l.random.Uint64())
	binary.LittleEndian.PutUint64(b[8:], l.random.Uint64())
	return fmt.Sprintf("%s%x-%x-%x-%x-%x", prefix, b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

func (l *load) state() []byte {
	state := make([]byte, stateBytes)
	for i := range state {
		state[i] = byte(l.random.Uint32())
	}
	return state
}

// batch writes one transaction of the load.
func (l *load) batch(tb testing.TB, s store.Store, events []lead.Event) {
	sessions := len(events) / sessionEvents
	visitors := sessions * 7 / 10
	var links []store.Link
	rows := make([]store.LeadRow, sessions)
	for i := range rows {
		rows[i] = store.LeadRow{State: l.state(), WakeAt: lead.Time(1 + l.random.Int64N(1<<40))}
	}
	for i := range events {
		l.n++
		events[i] = lead.Event{
			MessageID: l.text("msg-"), Type: lead.Page, Name: "Pricing", AnonymousID: l.text(""), Origin: lead.Browser,
			Source: 1, Occurred: lead.Time(l.n), Received: lead.Time(l.n), Body: eventBody,
		}
	}
	err := s.Write(context.Background(), func(tx store.Tx) error {
		first, err := tx.NewLeads(visitors)
		if err != nil {
			return err
		}
		links = links[:0]
		for i := range rows {
			rows[i].ID = first + lead.ID(i)
			if i >= visitors {
				rows[i].ID = 1 + lead.ID(l.random.Int64N(presentLeads))
				continue
			}
			links = append(links, store.Link{Lead: rows[i].ID, Identifier: lead.Identifier{Kind: lead.Anonymous, Value: events[i*sessionEvents].AnonymousID}, Since: 1})
		}
		for i := range events {
			events[i].Lead = rows[i/sessionEvents].ID
		}
		if err := tx.Append(events); err != nil {
			return err
		}
		if err := tx.Link(links); err != nil {
			return err
		}
		return tx.PutLeads(rows)
	})
	if err != nil {
		tb.Fatal(err)
	}
}

// fill makes the leads that the load returns to.
func (l *load) fill(tb testing.TB, s store.Store) {
	const at = 10_000
	for range presentLeads / at {
		err := s.Write(context.Background(), func(tx store.Tx) error {
			first, err := tx.NewLeads(at)
			if err != nil {
				return err
			}
			rows := make([]store.LeadRow, at)
			links := make([]store.Link, at)
			for i := range rows {
				id := first + lead.ID(i)
				rows[i] = store.LeadRow{ID: id, State: l.state(), WakeAt: lead.Time(1 + l.random.Int64N(1<<40))}
				links[i] = store.Link{Lead: id, Identifier: lead.Identifier{Kind: lead.User, Value: l.text("")}, Since: 1}
			}
			if err := tx.PutLeads(rows); err != nil {
				return err
			}
			return tx.Link(links)
		})
		if err != nil {
			tb.Fatal(err)
		}
	}
}

func openLoad(b *testing.B) (*sqlite.Store, *load) {
	s, err := sqlite.Open(context.Background(), filepath.Join(b.TempDir(), "galena.db"), sqlite.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { s.Close() })
	l := &load{random: rand.New(rand.NewPCG(1, 2))}
	l.fill(b, s)
	return s, l
}

// BenchmarkWrite commits sessions: events, links of visitors, lead rows.
func BenchmarkWrite(b *testing.B) {
	for _, size := range []int{8, 104, batchEvents, 5 * batchEvents} {
		b.Run(fmt.Sprintf("events=%d", size), func(b *testing.B) {
			s, l := openLoad(b)
			events := make([]lead.Event, size)
			n := 0
			for b.Loop() {
				l.batch(b, s, events)
				n += size
			}
			b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "events/s")
		})
	}
}

// BenchmarkRead asks what the pipeline asks for a batch of a thousand events, and
// what a page about one lead and a replay ask.
func BenchmarkRead(b *testing.B) {
	s, l := openLoad(b)
	events := make([]lead.Event, batchEvents)
	for range 50 {
		l.batch(b, s, events)
	}
	hashes := make([]lead.MessageHash, len(events))
	ids := make([]lead.ID, 0, len(events)/sessionEvents)
	visitors := make([]lead.Identifier, len(events)/sessionEvents)
	for i := range events {
		hashes[i] = lead.HashMessage(events[i].MessageID)
		if i%sessionEvents == 0 {
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
