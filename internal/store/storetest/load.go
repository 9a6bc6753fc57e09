package storetest

import (
	"context"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"testing"

	"galena/internal/lead"
	"galena/internal/store"
)

const (
	presentLeads = 100_000
	stateBytes   = 400
	// SessionEvents is how many events one after the other are of one lead.
	SessionEvents = 8
)

var eventBody = []byte(`{"properties":{"path":"/pricing","title":"Pricing","url":"https://www.corp.example/pricing?utm_source=news",` +
	`"referrer":"https://search.example/"},"context":{"library":{"name":"analytics.js","version":"5.1.0"},` +
	`"locale":"de-DE","userAgent":"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36","ip":"203.0.113.9"}}`)

// Load writes what a busy site sends: sessions of eight events, 70 % of them of
// new anonymous visitors, the others of known leads. It measures a store, or
// gives it something to do.
type Load struct {
	random *rand.Rand
	n      uint64 // messages so far
}

// NewLoad makes a load that says the same for the same seed.
func NewLoad(seed uint64) *Load { return &Load{random: rand.New(rand.NewPCG(seed, 2))} }

func (l *Load) text(prefix string) string {
	var b [16]byte
	binary.LittleEndian.PutUint64(b[:], l.random.Uint64())
	binary.LittleEndian.PutUint64(b[8:], l.random.Uint64())
	return fmt.Sprintf("%s%x-%x-%x-%x-%x", prefix, b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

func (l *Load) state() []byte {
	state := make([]byte, stateBytes)
	for i := range state {
		state[i] = byte(l.random.Uint32())
	}
	return state
}

// Batch writes one transaction of a number of events, which Fill must precede, and
// gives them.
func (l *Load) Batch(tb testing.TB, s store.Store, n int) []lead.Event {
	tb.Helper()
	events := make([]lead.Event, n)
	sessions := len(events) / SessionEvents
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
			links = append(links, store.Link{Lead: rows[i].ID, Identifier: lead.Identifier{Kind: lead.Anonymous, Value: events[i*SessionEvents].AnonymousID}, Since: 1})
		}
		for i := range events {
			events[i].Lead = rows[i/SessionEvents].ID
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
	return events
}

// Fill makes the leads to which the load returns, in an empty store.
func (l *Load) Fill(tb testing.TB, s store.Store) {
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

// Benchmark measures how many events a second a store takes in transactions of
// several sizes.
func Benchmark(b *testing.B, open func(b *testing.B) store.Store) {
	for _, size := range []int{8, 104, 1000, 5000} {
		b.Run(fmt.Sprintf("events=%d", size), func(b *testing.B) {
			s, l := open(b), NewLoad(1)
			l.Fill(b, s)
			n := 0
			for b.Loop() {
				l.Batch(b, s, size)
				n += size
			}
			b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "events/s")
		})
	}
}
