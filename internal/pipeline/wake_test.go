package pipeline_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/pipeline"
	"galena/internal/store"
)

func TestWakingDecidesAtTheExactMoment(t *testing.T) {
	t.Parallel()
	due := midday.Add(2 * lead.Day) // since(demo) >= 2d
	cases := []struct {
		name  string
		wakes []lead.Time
		want  []string
	}{
		{"too early", []lead.Time{due - 1}, []string{"made Lead of lead_1 at +0"}},
		{"just then", []lead.Time{due - 1, due}, []string{"made Lead of lead_1 at +0", "made Patient of lead_1 at +48"}},
		{"long after", []lead.Time{due.Add(9 * lead.Day)}, []string{"made Lead of lead_1 at +0", "made Patient of lead_1 at +48"}},
		{"again and again", []lead.Time{due, due, due + 1, due.Add(lead.Week)}, []string{"made Lead of lead_1 at +0", "made Patient of lead_1 at +48"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t, handbook)
			h.say(identify("u1", "", "ada@corp.example"), lead.Event{Name: "Demo", UserID: "u1"})
			for _, at := range c.wakes {
				h.wake(at)
			}
			log := h.decisions(1)
			if got := told(log); !slices.Equal(got, c.want) {
				t.Errorf("the log says %q, want %q", got, c.want)
			}
			if d := log[len(log)-1]; d.Stage == "Patient" && (d.At != due || d.Event != "" || d.Recorded < due) {
				t.Errorf("decided at %s by %q, recorded at %s, want at %s by time", d.At, d.Event, d.Recorded, due)
			}
			h.checkAll()
		})
	}
}

func TestAWakeThatDecidesNothingWritesNoDecision(t *testing.T) {
	t.Parallel()
	h := newHouse(t, handbook)
	h.say(visit("a1"))
	var last lead.Time
	for due := h.row(1).WakeAt; due != 0; due = h.row(1).WakeAt {
		if due <= last {
			t.Fatalf("woken at %s it is due at %s", last, due)
		}
		last = due
		h.wake(due)
		if got := h.stateOf(1).At; got != due {
			t.Errorf("woken at %s it stands at %s", due, got)
		}
	}
	if want := midday.Add(9 * lead.Day); last != want { // the third silence
		t.Errorf("it was last woken at %s, want %s", last, want)
	}
	if c := h.counts(); c.Decisions != 0 || c.Events != 1 {
		t.Errorf("%d decisions and %d events, want none and 1", c.Decisions, c.Events)
	}
	h.checkAll()
}

func TestAWakeLeavesOthersAsleep(t *testing.T) {
	t.Parallel()
	h := newHouse(t, handbook)
	h.say(visit("a1"))
	h.clock.now = midday.Add(60 * lead.Hour)
	h.say(visit("a2"))
	before := h.row(2)
	h.wake(midday.Add(3 * lead.Day))
	if after := h.row(2); string(after.State) != string(before.State) || after.WakeAt != before.WakeAt {
		t.Errorf("who is not due was stepped to %s", h.stateOf(2).At)
	}
	if at := h.stateOf(1).At; at != midday.Add(3*lead.Day) {
		t.Errorf("who is due stands at %s", at)
	}
}

// More are due at once than are woken in one commit.
func TestEverybodyDueIsWoken(t *testing.T) {
	t.Parallel()
	h := newHouse(t, handbook)
	var crowd []lead.Event
	for i := range pipeline.MaxWakes + 3 {
		crowd = append(crowd, visit(fmt.Sprint("a", i)))
	}
	h.say(crowd...)
	h.wake(midday.Add(3 * lead.Day))
	h.read(func(s store.Snapshot) error {
		late, err := s.Due(h.clock.now, 10)
		if len(late) > 0 {
			t.Errorf("%d at least are still due", len(late))
		}
		return err
	})
}

func TestWakeEndsWithItsContext(t *testing.T) {
	t.Parallel()
	h := newHouse(t, handbook)
	h.say(visit("a1"))
	h.clock.now = midday.Add(lead.Week)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := h.Wake(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("it answers %v", err)
	}
	if at := h.stateOf(1).At; at != midday {
		t.Errorf("it was stepped to %s all the same", at)
	}
}

// What was imported as history is folded to its own end; what fell due since is
// done by waking, and dated when it was.
func TestHistoryIsWokenIntoThePresent(t *testing.T) {
	t.Parallel()
	h := newHouse(t, handbook)
	old := midday.Add(-30 * lead.Day)
	history := func(e lead.Event) lead.Event {
		e.Origin, e.Backfill, e.Occurred = lead.Import, true, old
		return e
	}
	h.say(history(identify("u1", "", "ada@corp.example")), history(lead.Event{Name: "Demo", UserID: "u1"}))
	if at := h.stateOf(1).At; at != old {
		t.Errorf("folded to %s, want %s", at, old)
	}
	h.wake(midday)
	want := []string{"made Lead of lead_1 at -720", "made Patient of lead_1 at -672"}
	if got := told(h.decisions(1)); !slices.Equal(got, want) {
		t.Errorf("the log says %q, want %q", got, want)
	}
	// More history: she came back, so that she was not patient then.
	again := history(lead.Event{Name: "Demo", UserID: "u1"})
	again.Occurred = old.Add(lead.Day)
	h.say(again)
	want = append(want, "made Patient of lead_1 at -648")
	if got := told(h.decisions(1)); !slices.Equal(got, want) {
		t.Errorf("the log says %q, want %q", got, want)
	}
	h.checkAll()
}

// A live event is never received before the moment to which its lead was
// stepped, whatever the clock says.
func TestTheClockIsSetBack(t *testing.T) {
	t.Parallel()
	h := newHouse(t, handbook)
	h.say(visit("a1"))
	h.wake(midday.Add(3 * lead.Day))
	h.clock.now = midday.Add(lead.Hour)
	h.say(visit("a1"))
	h.read(func(s store.Snapshot) error {
		events, err := s.History(1)
		if got := events[1].Received; got != midday.Add(3*lead.Day) {
			t.Errorf("received at %s, want %s", got, midday.Add(3*lead.Day))
		}
		if got := events[1].Occurred; got != midday.Add(lead.Hour) {
			t.Errorf("occurred at %s, want %s", got, midday.Add(lead.Hour))
		}
		return err
	})
	h.checkAll()
}

func TestRunEndsWhenTheStoreFailsForGood(t *testing.T) {
	t.Parallel()
	h := newHouse(t, handbook)
	broken := &brokenStore{h.store}
	p := furnish(t, broken, h.clock, h.shelf)
	if err := p.Run(t.Context(), 1); fault.Text(err) != "The disk is gone." {
		t.Errorf("it ends with %v", err)
	}
	if _, err := p.Ingest(t.Context(), pipeline.Batch{Events: []lead.Event{visit("a1")}}); !errors.Is(err, pipeline.ErrStopping) {
		t.Errorf("afterwards it answers %v", err)
	}
}
