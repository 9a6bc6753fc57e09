package engine_test

import (
	"fmt"
	"testing"

	"galena/internal/engine"
	"galena/internal/lead"
	"galena/internal/playbook"
)

// history is what a lead of the default playbook does: n events, one every few
// hours, of which about half score.
func history(n int) []lead.Event {
	const start = lead.Time(1_767_225_600_000) // 2026-01-01
	paths := []string{"/", "/pricing", "/blog/a", "/features", "/careers", "/case-studies/x"}
	names := []string{"Ebook Downloaded", "Email Opened", "Webinar Attended", "Something Else", "Case Study Downloaded"}
	events := make([]lead.Event, n)
	for i := range events {
		at := start.Add(int64(i) * 5 * lead.Hour)
		e := lead.Event{Seq: int64(i + 1), MessageID: fmt.Sprint("m", i), UserID: "u", Occurred: at, Received: at, Origin: lead.Browser}
		switch {
		case i == 3:
			e.Type, e.Email = lead.Identify, "vp@corp.example"
			e.Traits = map[string]any{"email": "vp@corp.example", "title": "VP Marketing", "employees": 500.0, "industry": "software"}
		case i%3 == 0:
			e.Type, e.Name = lead.Track, names[i/3%len(names)]
		default:
			e.Type, e.Name = lead.Page, "Page"
			e.Properties = map[string]any{"path": paths[i%len(paths)]}
		}
		events[i] = e
	}
	return events
}

func benchEngine(b *testing.B) *engine.Engine {
	source, _ := playbook.Shipped("default")
	_, plan, problems := playbook.Load(source, 1)
	if plan == nil {
		b.Fatal(problems)
	}
	b.Logf("%d rules, %d signals, %d stages", len(plan.Rules), len(plan.Signals), len(plan.Stages))
	return engine.New(plan)
}

// BenchmarkFold is a whole life of 200 events; see events/s.
func BenchmarkFold(b *testing.B) {
	e, events := benchEngine(b), history(200)
	b.ReportAllocs()
	for b.Loop() {
		e.Step(e.NewState(), events, events[len(events)-1].Received)
	}
	b.ReportMetric(float64(b.N*len(events))/b.Elapsed().Seconds(), "events/s")
}

// BenchmarkStep is one more event for a lead with a history: what a live event
// costs, with decoding and encoding of the state and the next wake-up.
func BenchmarkStep(b *testing.B) {
	e, events := benchEngine(b), history(200)
	s := e.NewState()
	e.Step(s, events[:199], 0)
	stored := e.Encode(s)
	b.ReportAllocs()
	for b.Loop() {
		s, _ := e.Decode(stored)
		e.Step(s, events[199:], 0)
		e.WakeAt(s)
		e.Encode(s)
	}
	b.ReportMetric(float64(len(stored)), "state-bytes")
}

// BenchmarkExplain is every line of a lead with 200 events.
func BenchmarkExplain(b *testing.B) {
	e, events := benchEngine(b), history(200)
	b.ReportAllocs()
	for b.Loop() {
		e.Explain(events, events[len(events)-1].Received)
	}
}
