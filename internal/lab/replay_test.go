package lab_test

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"

	"galena/internal/engine"
	"galena/internal/lab"
	"galena/internal/lead"
	"galena/internal/pipeline"
	"galena/internal/playbook"
	"galena/internal/sim"
	"galena/internal/store"
	"galena/internal/store/memory"
)

const inForce = `
galena: 1
name: In force
time_zone: UTC
signals:
  visit: {event: Visit}
  deal: {event: Deal Won}
scores:
  keen: {rules: [{on: visit, points: 10}]}
stages:
  - {name: Lead, role: identified, when: count(visit) >= 1}
  - {name: MQL, role: qualified, when: keen >= 40}
  - {name: Customer, role: customer, when: count(deal) >= 1}
`

// eager qualifies after two visits; it has another first stage, and visits count
// for less.
var eager = strings.NewReplacer("In force", "Eager", "keen >= 40", "keen >= 10", "points: 10", "points: 5", "name: Lead", "name: Somebody").Replace(inForce)

const noon = lead.Time(1_772_366_400_000) // 2026-03-01T12:00:00Z, a Sunday

func compile(t testing.TB, source string, version int) *engine.Engine {
	t.Helper()
	_, plan, problems := playbook.Load([]byte(source), version)
	if plan == nil {
		t.Fatal(problems)
	}
	return engine.New(plan)
}

// workspace is a store whose history was decided under a playbook, its version 1.
func workspace(t testing.TB, source string, now lead.Time, batches ...[]lead.Event) store.Store {
	t.Helper()
	clock := now
	s := memory.New(func() lead.Time { return clock })
	err := s.Write(t.Context(), func(tx store.Tx) error {
		return tx.PutPlaybook(store.Playbook{Version: 1, Source: []byte(source)})
	})
	if err != nil {
		t.Fatal(err)
	}
	p := pipeline.New(s, &pipeline.Versions{})
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- p.Run(ctx, 0) }()
	for _, b := range batches {
		if _, err := p.Ingest(t.Context(), pipeline.Batch{Events: b}); err != nil {
			t.Fatal(err)
		}
	}
	stop()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	return s
}

// did makes events of one person, so many days after noon.
func did(who string, events ...any) []lead.Event {
	var all []lead.Event
	for i := 0; i < len(events); i += 2 {
		at := noon.Add(int64(events[i+1].(int)) * lead.Day)
		all = append(all, lead.Event{
			MessageID: fmt.Sprint(who, i), Type: lead.Track, Name: events[i].(string), UserID: who,
			Origin: lead.Import, Backfill: true, Occurred: at,
		})
	}
	return all
}

func replay(t *testing.T, s store.Store, from, to *engine.Engine, o lab.Options) *lab.Report {
	t.Helper()
	r, err := lab.Replay(t.Context(), s, engine.NewChain(engine.Publication{Engine: from}), to, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func ids(all []lab.Mover) string {
	var s []string
	for _, m := range all {
		s = append(s, fmt.Sprintf("%d@%d", m.Lead, int64(m.At-noon)/lead.Day))
	}
	return strings.Join(s, " ")
}

// three people: one bought after four visits, one visits twice, one bought at once.
func three(t *testing.T) store.Store {
	return workspace(t, inForce, noon.Add(40*lead.Day),
		did("a", "Visit", 0, "Visit", 1, "Visit", 2, "Visit", 20, "Deal Won", 24),
		did("b", "Visit", 0, "Visit", 33),
		did("c", "Deal Won", 3))
}

func TestReplayTellsWhoWouldMove(t *testing.T) {
	t.Parallel()
	r := replay(t, three(t), compile(t, inForce, 1), compile(t, eager, 0), lab.Options{})
	if r.Version != 1 || r.Playbook != "Eager" || r.People != 3 || r.Events != 8 {
		t.Errorf("The report is of %d people, %d events, version %d against %q.", r.People, r.Events, r.Version, r.Playbook)
	}
	var told []string
	for _, s := range r.Stages {
		told = append(told, fmt.Sprintf("%s here %v entered %v gained %s lost %s", s.Name, s.Here, s.Entered, ids(s.Gained), ids(s.Lost)))
	}
	want := []string{
		"Somebody here {0 0} entered {0 2} gained 1@0 2@0 lost ",
		"MQL here {0 1} entered {1 2} gained 2@33 lost ",
		"Customer here {2 2} entered {2 2} gained  lost ",
		"Lead here {1 0} entered {2 0} gained  lost 1@0 2@0",
	}
	if !slices.Equal(told, want) {
		t.Errorf("Stages:\n%s\nwant\n%s", strings.Join(told, "\n"), strings.Join(want, "\n"))
	}
	if k := r.Stages[3].Known; k != (lab.Knows{Before: true}) {
		t.Errorf("Lead is known as %v.", k)
	}
	mql := []lab.Period{{From: "2026-03-01", Pair: lab.Pair{Before: 1, After: 1}}, {From: "2026-04-01", Pair: lab.Pair{After: 1}}}
	if got := r.Stages[1].Periods; !slices.Equal(got, mql) {
		t.Errorf("Entries by month are %v, want %v.", got, mql)
	}
}

func TestReplayCountsSinceAMomentAndByWeek(t *testing.T) {
	t.Parallel()
	r := replay(t, three(t), compile(t, inForce, 1), compile(t, eager, 0), lab.Options{Since: noon.Add(2 * lead.Day), Weekly: true})
	mql := r.Stages[1]
	// Under the eager playbook the first of them was qualified before that.
	if mql.Entered != (lab.Pair{Before: 1, After: 1}) || ids(mql.Gained) != "2@33" || ids(mql.Lost) != "1@20" {
		t.Errorf("MQL was entered %v, gained %s, lost %s.", mql.Entered, ids(mql.Gained), ids(mql.Lost))
	}
	weeks := []lab.Period{{From: "2026-03-16", Pair: lab.Pair{Before: 1}}, {From: "2026-03-30", Pair: lab.Pair{After: 1}}}
	if !slices.Equal(mql.Periods, weeks) {
		t.Errorf("Entries by week are %v, want %v.", mql.Periods, weeks)
	}
}

func TestReplayLooksBackFromOutcomes(t *testing.T) {
	t.Parallel()
	r := replay(t, three(t), compile(t, inForce, 1), compile(t, eager, 0), lab.Options{})
	if len(r.Outcomes) != 1 {
		t.Fatalf("Outcomes are %v.", r.Outcomes)
	}
	o := r.Outcomes[0]
	want := lab.OutcomeShift{
		Role: "customer", Known: 2,
		Before: lab.Foresight{Qualified: 1, Ahead: 4 * lead.Day}, After: lab.Foresight{Qualified: 1, Ahead: 23 * lead.Day},
		Leads: []lab.OutcomeLead{
			{Lead: 1, At: noon.Add(24 * lead.Day), Before: noon.Add(20 * lead.Day), After: noon.Add(lead.Day)},
			{Lead: 3, At: noon.Add(3 * lead.Day)},
		},
	}
	if !reflect.DeepEqual(o, want) {
		t.Errorf("The outcome is\n%+v, want\n%+v", o, want)
	}
}

func TestReplayComparesScores(t *testing.T) {
	t.Parallel()
	r := replay(t, three(t), compile(t, inForce, 1), compile(t, eager, 0), lab.Options{})
	want := lab.ScoreShift{
		Name: "keen", Known: lab.Knows{Before: true, After: true}, People: 3, Fallen: 2,
		Before: lab.Spread{Mean: 20_000, P50: 20_000, P90: 40_000, P99: 40_000, Most: 40_000},
		After:  lab.Spread{Mean: 10_000, P50: 10_000, P90: 20_000, P99: 20_000, Most: 20_000},
	}
	if len(r.Scores) != 1 || r.Scores[0] != want {
		t.Errorf("Scores are\n%+v, want\n%+v", r.Scores, want)
	}
}

// What came late and in pieces is folded as a whole: nothing would change under
// the playbook that is in force, however many fold.
func TestReplayOfThePlaybookInForceChangesNothing(t *testing.T) {
	t.Parallel()
	source, _ := playbook.Shipped("default")
	e := compile(t, string(source), 1)
	company := sim.New(7, sim.Options{Leads: 150, Start: noon.Add(-90 * lead.Day), End: noon})
	var batches [3][]lead.Event
	n := 0
	company.History(func(ev lead.Event) bool {
		ev.Backfill = true
		batches[n%3] = append(batches[n%3], ev)
		n++
		return true
	})
	s := workspace(t, string(source), noon, batches[:]...)
	var reports [2]string
	for i, workers := range []int{1, 5} {
		r := replay(t, s, e, compile(t, string(source), 0), lab.Options{Workers: workers})
		for _, st := range r.Stages {
			if len(st.Gained)+len(st.Lost) > 0 || st.Here.Before != st.Here.After || st.Entered.Before != st.Entered.After {
				t.Errorf("%d workers: %s would change: %+v", workers, st.Name, st)
			}
		}
		if r.Leads.Before == 0 || r.Events != int64(n) {
			t.Errorf("%d workers: %d events, %v leads.", workers, r.Events, r.Leads)
		}
		text, err := json.Marshal(r, json.Deterministic(true))
		if err != nil {
			t.Fatal(err)
		}
		reports[i] = string(text)
	}
	if reports[0] != reports[1] {
		t.Errorf("One worker reports\n%s\nand five\n%s", reports[0], reports[1])
	}
}

func TestReplayStopsWhenToldTo(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if _, err := lab.Replay(ctx, three(t), engine.NewChain(engine.Publication{Engine: compile(t, inForce, 1)}), compile(t, eager, 0), lab.Options{}); err == nil {
		t.Error("A replay that was told to stop went on.")
	}
}
