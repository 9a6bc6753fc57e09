package oracle

import (
	"fmt"
	"testing"

	"galena/internal/engine"
	"galena/internal/lead"
)

// TestNewestValuesAreKept gives same(…) and distinct(…) more values than they
// keep, some late, some again, some of one date.
func TestNewestValuesAreKept(t *testing.T) {
	t.Parallel()
	plan := compile(t, `
galena: 1
name: values
time_zone: UTC
signals:
  opened: {event: Opened}
  clicked: {event: Clicked}
scores:
  interest:
    rules:
      - {on: clicked, when: "same(opened, clicked, properties.mail)", points: 1}
      - {on: clicked, name: recent, when: "same(opened, clicked, properties.mail, 20h)", points: 10}
      - {on: opened, when: "distinct(opened, properties.mail, 30h) >= 20", points: 100}
      - {on: opened, name: ever, when: "distinct(opened, properties.mail) > 63", points: 1000}
stages:
  - {name: Lead, role: identified, when: known(email)}
`)
	var events []lead.Event
	for i := range 400 {
		received := monday.Add(int64(i) * lead.Hour / 2)
		e := lead.Event{Seq: int64(i + 1), MessageID: fmt.Sprintf("m%d", i+1), Type: lead.Track, Name: "Opened", Occurred: received, Received: received}
		mail := i
		switch i % 7 {
		case 1: // what was opened long ago, at the very end of what is kept
			e.Name, mail = "Clicked", i-80
		case 2:
			e.Name, mail = "Clicked", i-2
		case 3: // late
			e.Occurred = received.Add(-int64(i%50) * lead.Hour)
		case 4: // again, and late
			mail, e.Occurred = i/2, received.Add(-3*lead.Hour)
		case 5: // of one date
			e.Occurred = events[i-1].Occurred
		}
		e.Body = fmt.Appendf(nil, `{"properties":{"mail":%d}}`, mail)
		if err := e.Open(); err != nil {
			t.Fatal(err)
		}
		events = append(events, e)
	}
	at := events[len(events)-1].Received
	want, got := byOracle(t, plan, events, at), byEngine(t, plan, events, at)
	if want.String() != got.String() {
		t.Fatal(difference(want.String(), got.String()))
	}
	if points := want.Scores[0].Points; points < lead.Whole(1000) {
		t.Fatalf("only %s points: the conditions hardly ever held", points)
	}
	e := engine.New(plan)
	state := e.NewState()
	e.Step(state, events, at)
	stored, err := e.Decode(e.Encode(state))
	if err != nil || e.Read(stored)[0] != want.Scores[0].Points {
		t.Fatalf("stored, it reads %v, want %s (%v)", e.Read(stored), want.Scores[0].Points, err)
	}
}
