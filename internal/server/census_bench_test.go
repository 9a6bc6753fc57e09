package server

import (
	"fmt"
	"testing"

	"galena/internal/lead"
	"galena/internal/pipeline"
)

// What it costs on SQLite to count what sources brought, beside what it costs to
// take it in.
func BenchmarkCensus(b *testing.B) {
	const events = 10_000
	o, err := Own(b.Context(), b.TempDir(), nil)
	if err != nil {
		b.Fatal(err)
	}
	defer o.Close()
	sent := 0
	ingest := func() error {
		for range events / 1000 {
			var batch pipeline.Batch
			for range 1000 {
				sent++
				e := lead.Event{Type: lead.Page, Name: "Pricing", AnonymousID: fmt.Sprint("a", sent%5000), MessageID: fmt.Sprint("m", sent),
					Origin: lead.Browser, Source: int64(1 + sent%4), Body: []byte(`{"properties":{"path":"/pricing"},"context":{"page":{"path":"/pricing"}}}`)}
				if err := e.Open(); err != nil {
					return err
				}
				batch.Events = append(batch.Events, e)
			}
			if _, err := o.Ingest(b.Context(), batch); err != nil {
				return err
			}
		}
		return nil
	}
	census := func() error { return o.Census(b.Context()) }
	err = run(b.Context(), o.App, func() error {
		measure(b, "ingest", events, func() error { return nil }, ingest)
		if err := census(); err != nil {
			return err
		}
		measure(b, "census", events, ingest, census)
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
}

// measure tells what fn costs for each event, without what goes before it.
func measure(b *testing.B, name string, events int, before, fn func() error) {
	b.Run(name, func(b *testing.B) {
		for range b.N {
			b.StopTimer()
			if err := before(); err != nil {
				b.Fatal(err)
			}
			b.StartTimer()
			if err := fn(); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(events), "ns/event")
	})
}
