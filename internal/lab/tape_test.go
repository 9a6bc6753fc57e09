package lab_test

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"galena/internal/engine"
	"galena/internal/engine/oracle/generate"
	"galena/internal/fault"
	"galena/internal/lab"
	"galena/internal/lead"
	"galena/internal/playbook"
	"galena/internal/sim"
)

// played is what came of one lead.
type played struct {
	state     []byte
	decisions string
}

func play(t rapid.TB, tape *lab.Tape, e *engine.Engine, at lead.Time, workers int) map[lead.ID]played {
	t.Helper()
	each := make([]map[lead.ID]played, workers)
	err := tape.Play(context.Background(), e, at, workers, func(w int) func(lead.ID, *engine.State, []lead.Decision) {
		each[w] = map[lead.ID]played{}
		return func(id lead.ID, s *engine.State, made []lead.Decision) {
			each[w][id] = played{e.Encode(s), fmt.Sprint(made)}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	all := map[lead.ID]played{}
	for _, some := range each {
		for id, p := range some {
			all[id] = p
		}
	}
	return all
}

// stepped is the same from the events themselves, without their names.
func stepped(e *engine.Engine, events []lead.Event, at lead.Time) played {
	s := e.NewState()
	made := e.Step(s, events, at)
	for i := range made {
		made[i].Event = ""
	}
	return played{e.Encode(s), fmt.Sprint(made)}
}

// Whatever the playbook and the history, a tape comes to what the events come to,
// also with a state that another lead has left behind.
func TestTapeComesToWhatTheEventsComeTo(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := generate.Any(generate.Options{}).Draw(t, "case")
		_, plan, problems := playbook.Load([]byte(c.Playbook), 1)
		if plan == nil {
			t.Fatal(problems)
		}
		e := engine.New(plan)
		events := slices.Clone(c.Events)
		slices.SortFunc(events, func(a, b lead.Event) int {
			if a.Before(&b) {
				return -1
			}
			return 1
		})
		at := c.Looks[len(c.Looks)-1]
		if n := len(events); n > 0 {
			at = max(at, events[n-1].Effective())
		}
		r := lab.NewRecorder(plan)
		lives := [][]lead.Event{events, events[:len(events)/2], nil, events}
		for i, life := range lives {
			r.Add(lead.ID(i+1), life)
		}
		got := play(t, lab.Splice(r), e, at, 1)
		for i, life := range lives {
			want := stepped(e, life, at)
			if g := got[lead.ID(i+1)]; !bytes.Equal(g.state, want.state) || g.decisions != want.decisions {
				t.Fatalf("of %d events the tape decides\n%s\nthe events\n%s (states equal: %v)", len(life), g.decisions, want.decisions, bytes.Equal(g.state, want.state))
			}
		}
	})
}

// What is said twice running tells how old it is, though nothing else.
func TestTapeHearsWhatIsSaidAgain(t *testing.T) {
	t.Parallel()
	e := compile(t, `
galena: 1
name: Fresh
time_zone: UTC
attributes: {title: text}
signals: {visit: {type: page}}
scores: {keen: {rules: [{on: visit, points: 1}]}}
stages: [{name: Lead, role: identified, when: since(title) > 7d}]
`, 1)
	var events []lead.Event
	for i := range 3 {
		at := noon.Add(int64(i) * 6 * lead.Day)
		ev := lead.Event{
			Seq: int64(i + 1), Type: lead.Identify, UserID: "u", Occurred: at, Received: at,
			Body: []byte(`{"traits":{"title":"VP"}}`),
		}
		if err := ev.Open(); err != nil {
			t.Fatal(err)
		}
		events = append(events, ev)
	}
	r := lab.NewRecorder(e.Plan())
	r.Add(1, events)
	at := noon.Add(18 * lead.Day)
	got, want := play(t, lab.Splice(r), e, at, 1)[1], stepped(e, events, at)
	if !bytes.Equal(got.state, want.state) || got.decisions != want.decisions || want.decisions != "[]" {
		t.Errorf("The tape decides %s, the events %s.", got.decisions, want.decisions)
	}
}

func TestRecordedWorkspace(t *testing.T) {
	t.Parallel()
	source, _ := playbook.Shipped("default")
	e := compile(t, string(source), 1)
	company := sim.New(3, sim.Options{Leads: 60, Start: noon.Add(-60 * lead.Day), End: noon})
	var events []lead.Event
	company.History(func(ev lead.Event) bool {
		ev.Backfill = true
		events = append(events, ev)
		return true
	})
	s := workspace(t, string(source), noon, events)
	tape, err := lab.Record(t.Context(), s, lab.Options{Workers: 3}, e.Plan())
	if err != nil {
		t.Fatal(err)
	}
	leads, n, kinds := tape.Size()
	if n != len(events) || kinds == 0 || kinds > n/4 {
		t.Errorf("The tape holds %d events of %d kinds, of %d events.", n, kinds, len(events))
	}
	one, four := play(t, tape, e, noon, 1), play(t, tape, e, noon, 4)
	if len(one) != leads {
		t.Errorf("%d leads of %d were played.", len(one), leads)
	}
	stages := 0
	for id, p := range one {
		if q := four[id]; !bytes.Equal(p.state, q.state) || p.decisions != q.decisions {
			t.Errorf("%s comes to something else when four play.", id)
		}
		if p.decisions != "[]" {
			stages++
		}
	}
	if r := replay(t, s, e, e, lab.Options{}); r.Leads.After != int64(stages) {
		t.Errorf("The tape has %d leads in stages, the replay %d.", stages, r.Leads.After)
	}
}

func TestTapeRefusesWhatItCannotAnswer(t *testing.T) {
	t.Parallel()
	e := compile(t, inForce, 1)
	curious := compile(t, `
galena: 1
name: Curious
time_zone: UTC
signals: {big: {event: Visit, where: properties.size > 5}}
scores: {keen: {rules: [{on: big, points: 1}]}}
stages: [{name: Lead, role: identified, when: keen > 0}]
`, 0)
	tape, err := lab.Record(t.Context(), three(t), lab.Options{}, e.Plan())
	if err != nil {
		t.Fatal(err)
	}
	err = tape.Play(t.Context(), curious, noon.Add(lead.Day), 1, nil)
	if fault.KindOf(err) != fault.Invalid {
		t.Errorf("The tape answered what it does not hold: %v", err)
	}
}
