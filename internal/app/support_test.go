package app_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"testing"

	"galena/internal/app"
	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/pipeline"
	"galena/internal/store"
	"galena/internal/store/memory"
)

const handbook = `
galena: 1
name: Office
time_zone: UTC
attributes:
  employees: {type: number}
  studies: {type: bool}
signals:
  visit: {label: visited us, event: Visit}
  demo: {label: asked for a demo, event: Demo}
scores:
  fit:
    rules:
      - {name: size, label: 50 employees or more, when: employees >= 50, points: 20}
  keen:
    cap: 60
    rules:
      - {on: visit, points: 10, limit: 3}
      - {on: demo, points: 45.4, limit: once}
totals:
  score: {sum: [fit, keen], cap: 70}
stages:
  - {name: Lead, role: identified, when: reachable && count(visit) >= 1}
  - {name: MQL, role: qualified, when: score >= 60}
exclusions:
  student: {when: studies}
`

const midday = lead.Time(1_772_366_400_000) // 2026-03-01T12:00:00Z

type clock struct{ now lead.Time }

func (c *clock) read() lead.Time { return c.now }

// office is a workspace that an App owns, with its pipeline running.
type office struct {
	testing.TB
	*app.App
	store store.Store
	clock *clock
	sent  int
}

func open(t testing.TB) *office { return openWith(t, handbook) }

func openWith(t testing.TB, source string) *office {
	t.Helper()
	c := &clock{midday}
	s := memory.New(c.read)
	a, err := app.New(t.Context(), s, []byte(source))
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- a.Run(ctx, 0) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return &office{TB: t, App: a, store: s, clock: c}
}

// say takes events in as one batch, now, and moves the clock on by an hour.
func (o *office) say(events ...lead.Event) {
	o.Helper()
	for i := range events {
		e := &events[i]
		o.sent++
		e.MessageID = fmt.Sprint("message ", o.sent)
		if e.Type == 0 {
			e.Type = lead.Track
		}
		e.Origin, e.Occurred = lead.Browser, o.clock.now
	}
	if _, err := o.Ingest(o.Context(), pipeline.Batch{Events: events}); err != nil {
		o.Fatal(err)
	}
	o.clock.now = o.clock.now.Add(lead.Hour)
}

func (o *office) write(fn func(store.Tx) error) {
	o.Helper()
	if err := o.store.Write(context.Background(), fn); err != nil {
		o.Fatal(err)
	}
}

func visit(anonymous string) lead.Event { return lead.Event{Name: "Visit", AnonymousID: anonymous} }

func identify(user, anonymous, email string, traits map[string]any) lead.Event {
	e := lead.Event{Type: lead.Identify, UserID: user, AnonymousID: anonymous, Email: email}
	if traits != nil {
		e.Body, _ = json.Marshal(map[string]any{"traits": traits})
		if err := e.Open(); err != nil {
			panic(err)
		}
	}
	return e
}

// refused checks that an error is a fault of a kind, with a text for people.
func refused(t testing.TB, err error, kind fault.Kind, text string) {
	t.Helper()
	if err == nil || fault.KindOf(err) != kind || fault.Text(err) != text {
		t.Errorf("%s: %q, want %s: %q", fault.KindOf(err), fault.Text(err), kind, text)
	}
}

var errEnough = errors.New("enough")

func equal[T comparable](t testing.TB, what string, got, want []T) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}
