package app_test

import (
	"fmt"
	"testing"

	"galena/internal/app"
	"galena/internal/lead"
	"galena/internal/pipeline"
)

// A rehearsal tells what the workspace would answer, batch by batch, and leaves
// it as it was.
func TestARehearsalCountsAsTheWorkspaceDoes(t *testing.T) {
	t.Parallel()
	o := open(t)
	batch := func(ids ...int) pipeline.Batch {
		var b pipeline.Batch
		for _, id := range ids {
			e := visit("a1")
			e.Type, e.Origin, e.MessageID, e.Occurred = lead.Track, lead.Import, fmt.Sprint("m", id), midday
			b.Events = append(b.Events, e)
		}
		return b
	}
	if _, err := o.Ingest(t.Context(), batch(1, 2)); err != nil {
		t.Fatal(err)
	}
	batches := []pipeline.Batch{batch(2, 3, 3), {}, batch(1), batch(3, 4, 5, 4), batch(5, 6)}
	rehearsal := app.Rehearsal{On: o.Reader}
	var want []pipeline.Receipt
	for _, b := range batches {
		r, err := rehearsal.Ingest(t.Context(), b)
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, r)
	}
	if c, err := o.Counts(t.Context()); err != nil || c.Events != 2 {
		t.Errorf("after the rehearsal there are %d events, %v", c.Events, err)
	}
	var got []pipeline.Receipt
	for _, b := range batches {
		r, err := o.Ingest(t.Context(), b)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, r)
	}
	equal(t, "answers", got, want)

	// On an empty workspace.
	var empty app.Rehearsal
	r, err := empty.Ingest(t.Context(), batch(1, 2, 2))
	if want := (pipeline.Receipt{Accepted: 2, Duplicates: 1}); err != nil || r != want {
		t.Errorf("on an empty one %+v, %v, want %+v", r, err, want)
	}
}
