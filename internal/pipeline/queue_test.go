package pipeline_test

import (
	"fmt"
	"testing"

	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/pipeline"
)

// The queue is measured in events: a few large batches fill it as many small ones
// do. A batch larger than the queue has its turn when nothing else waits, and what
// was answered makes room.
func TestTooManyEventsWaiting(t *testing.T) {
	t.Parallel()
	h := newHouse(t, handbook)
	many := func(name string, size int) pipeline.Batch {
		events := make([]lead.Event, size)
		for i := range events {
			events[i] = lead.Event{MessageID: fmt.Sprint(name, i), AnonymousID: "b", Name: "Other"}
			h.complete(&events[i])
		}
		return pipeline.Batch{Events: events}
	}
	expectBusy := func(b pipeline.Batch) {
		t.Helper()
		if _, err := h.TryHand(b); fault.KindOf(err) != fault.Busy {
			t.Errorf("got %v, want a fault of kind busy", err)
		}
	}
	large := h.Hand(many("large", pipeline.MaxQueued+1))
	expectBusy(many("one", 1))
	h.Drain()
	if r, err := large.Answer(t.Context()); err != nil || r.Accepted != pipeline.MaxQueued+1 {
		t.Errorf("the large batch: %v, %v", r, err)
	}
	half := h.Hand(many("half", pipeline.MaxQueued/2))
	rest := h.Hand(many("rest", pipeline.MaxQueued/2-1))
	expectBusy(many("two", 2))
	last := h.Hand(many("last", 1))
	expectBusy(many("more", 1))
	h.Drain()
	for _, w := range []*pipeline.Waiting{half, rest, last} {
		if _, err := w.Answer(t.Context()); err != nil {
			t.Error(err)
		}
	}
	h.say(many("after", 1).Events...)
	if c := h.counts(); c.Events != 2*pipeline.MaxQueued+2 {
		t.Errorf("%d events are kept, want %d", c.Events, 2*pipeline.MaxQueued+2)
	}
}
