package oracle

import (
	"fmt"
	"testing"

	"galena/internal/engine"
	"galena/internal/lead"
)

// TestNewestAreRemembered gives a rule that fades by steps more contributions
// than it remembers, some of them late and some of one date.
func TestNewestAreRemembered(t *testing.T) {
	t.Parallel()
	plan := compile(t, `
galena: 1
name: memory
time_zone: UTC
signals:
  visit: {type: page}
scores:
  interest:
    decay: {linear: 1, every: 7d}
    rules:
      - {on: visit, points: 5}
stages:
  - {name: Lead, role: identified, when: known(email)}
`)
	var events []lead.Event
	for i := range 2*remembered + 7 {
		received := monday.Add(int64(i) * lead.Hour / 2)
		e := lead.Event{Seq: int64(i + 1), MessageID: fmt.Sprintf("m%d", i+1), Type: lead.Page, Occurred: received, Received: received}
		switch i % 5 {
		case 1: // late, by more each time
			e.Occurred = received.Add(-int64(i) * lead.Hour / 3)
		case 2: // at the moment of the one before the last
			e.Occurred = received.Add(-lead.Hour)
		}
		events = append(events, e)
	}
	for _, n := range []int{remembered - 1, remembered, remembered + 1, len(events)} {
		at := events[n-1].Received.Add(lead.Day)
		want, got := byOracle(t, plan, events[:n], at), byEngine(t, plan, events[:n], at)
		if want.String() != got.String() {
			t.Fatalf("of %d:\n%s", n, difference(want.String(), got.String()))
		}
		e := engine.New(plan)
		state := e.NewState()
		e.Step(state, events[:n], at)
		for i, points := range e.Read(state) {
			if points != want.Scores[i].Points {
				t.Fatalf("of %d, %s reads %s, want %s", n, want.Scores[i].Name, points, want.Scores[i].Points)
			}
		}
	}
}
