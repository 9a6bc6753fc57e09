package pipeline_test

import (
	"fmt"
	"testing"

	"galena/internal/lead"
)

// BenchmarkGroupCalls is what an event costs at ingest in batches of 100, of people
// of whom all of ten are of one company: visits, which have nothing to do with
// accounts; group calls that say the same again; and such as say something new.
func BenchmarkGroupCalls(b *testing.B) {
	for _, kind := range []struct {
		name string
		make func(n int, user, company string) lead.Event
	}{
		{"visits", func(_ int, user, _ string) lead.Event { return lead.Event{Name: "Visit", UserID: user} }},
		{"the same", func(_ int, user, company string) lead.Event {
			return with(lead.Event{Type: lead.Group, UserID: user, GroupID: company}, map[string]any{"tier": "pro", "seats": 80})
		}},
		{"new", func(n int, user, company string) lead.Event {
			return with(lead.Event{Type: lead.Group, UserID: user, GroupID: company}, map[string]any{"tier": "pro", "seats": n})
		}},
	} {
		b.Run(kind.name, func(b *testing.B) {
			c := &clock{midday}
			h := furnish(b, openSQLite(b, b.TempDir(), c), c, newShelf(handbook))
			defer h.store.Close()
			const people, batch = 2000, 100
			event := func(n int) lead.Event {
				return kind.make(n, fmt.Sprint("u", n%people), fmt.Sprint("g", n%people/10))
			}
			for n := 0; n < people; n += batch {
				var all []lead.Event
				for i := range batch {
					all = append(all, event(n+i))
				}
				h.say(all...)
			}
			n := people
			for b.Loop() {
				var all []lead.Event
				for range batch {
					all = append(all, event(n))
					n++
				}
				c.now += 1000
				h.say(all...)
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(n-people), "µs/event")
		})
	}
}
