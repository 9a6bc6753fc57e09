package app_test

import (
	"fmt"
	"testing"

	"galena/internal/lead"
	"galena/internal/pipeline"
)

// bring takes events of a source in, now.
func (o *office) bring(source int64, n int) {
	o.Helper()
	var b pipeline.Batch
	for range n {
		o.sent++
		b.Events = append(b.Events, lead.Event{Type: lead.Track, Name: "Visit", AnonymousID: fmt.Sprint("a", o.sent%50), MessageID: fmt.Sprint("brought ", o.sent),
			Origin: lead.Server, Source: source, Occurred: o.clock.now})
	}
	if _, err := o.Ingest(o.Context(), b); err != nil {
		o.Fatal(err)
	}
}

// What a source brought is told whether or not it was counted yet, and counts once
// however often it is counted.
func TestSourcesAreCountedOnce(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.bring(1, 30)
	o.bring(lead.SourceOfImport(7), 4)
	o.clock.now = o.clock.now.Add(lead.Day)
	check := func(when string, one, today int64) {
		t.Helper()
		all, err := o.Sources(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		got := all.Tallies[1]
		if got == nil || got.Events != one || got.Since(o.clock.now.Add(-lead.Hour)) != today || all.Behind != 0 {
			t.Errorf("%s: %+v, %d behind; want %d, %d of them today", when, got, all.Behind, one, today)
		}
		if imported := all.Tallies[-7]; imported == nil || imported.Events != 4 || imported.Last != midday {
			t.Errorf("%s: of the import %+v", when, imported)
		}
	}
	check("before any count", 30, 0)
	for range 2 {
		if err := o.Census(t.Context()); err != nil {
			t.Fatal(err)
		}
		check("counted", 30, 0)
	}
	o.bring(1, 5)
	check("after more came", 35, 5)
	if err := o.Census(t.Context()); err != nil {
		t.Fatal(err)
	}
	check("counted again", 35, 5)
	o.clock.now = o.clock.now.Add(20 * lead.Day)
	o.bring(1, 1)
	if err := o.Census(t.Context()); err != nil {
		t.Fatal(err)
	}
	all, err := o.Sources(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got := all.Tallies[1]; got.Events != 36 || len(got.Hours) != 1 {
		t.Errorf("after weeks: %+v; want only the last hour kept", got)
	}
}
