package bench

import (
	"slices"
	"strings"
	"testing"
	"time"

	"galena/internal/engine"
	"galena/internal/kit/cluster"
	"galena/internal/kit/need"
	"galena/internal/lead"
	"galena/internal/playbook"
)

func plan(t *testing.T) *playbook.Plan {
	t.Helper()
	source, _ := playbook.Shipped("default")
	_, p, problems := playbook.Load(source, 1)
	if p == nil {
		t.Fatal(problems)
	}
	return p
}

// The load is what it says it is: in order, the same every time, and as long as
// was asked for.
func TestLives(t *testing.T) {
	t.Parallel()
	all, events, identified := lives{seed: 1, mean: 24}, 0, 0
	const people = 2000
	for n := range people {
		life := all.life(n)
		if n < 20 {
			again := all.life(n)
			if err := open(again); err != nil {
				t.Fatal(err)
			}
			if len(again) != len(life) || again[0].Received != life[0].Received {
				t.Fatalf("Life %d is another when it is asked for again.", n)
			}
		}
		if !slices.IsSortedFunc(life, func(a, b lead.Event) int {
			if a.Before(&b) {
				return -1
			}
			return 1
		}) {
			t.Fatalf("Life %d is not in the order of the fold.", n)
		}
		if last := life[len(life)-1]; last.Received > livesEnd {
			t.Fatalf("Life %d ends at %s.", n, last.Received)
		}
		events += len(life)
		if life[0].Email != "" {
			identified++
		}
	}
	if mean := events / people; mean < 20 || mean > 34 || identified < people/4 || identified > people*7/20 {
		t.Errorf("%d events in a life, %d of %d people say who they are.", mean, identified, people)
	}
}

func TestFoldMeasures(t *testing.T) {
	t.Parallel()
	r, err := Fold(t.Context(), FoldOptions{Plan: plan(t), Events: 40, Total: 2000, Rounds: 1})
	if err != nil {
		t.Fatal(err)
	}
	for what, rate := range map[string]Rate{"fold": r.Fold, "again": r.Again, "tape": r.Tape, "sum": r.Sum, "decode": r.Decode} {
		if rate.WallSecond <= 0 {
			t.Errorf("%s goes at %v.", what, rate)
		}
	}
	if r.Rules < 20 || r.Events < 1000 || r.sums == 0 {
		t.Errorf("%d rules, %d events, sum %d.", r.Rules, r.Events, r.sums)
	}
}

func TestReplayMeasures(t *testing.T) {
	t.Parallel()
	r, err := Replay(t.Context(), ReplayOptions{Plan: plan(t), Leads: 300, Events: 6000, Rounds: 1})
	if err != nil {
		t.Fatal(err)
	}
	if r.Events < 4000 || r.InStage == 0 || r.Entered < r.InStage || r.Kinds == 0 || r.Kinds > r.Events/2 || r.Replay.Wall <= 0 || r.DuckDB != nil {
		t.Errorf("The replay is %+v.", r)
	}
}

// table is a small history as rows.
func tableOf(t *testing.T) *rows {
	p := plan(t)
	_, flat, _, err := record(t.Context(), engine.New(p), ReplayOptions{Plan: p, Leads: 200, Events: 4000})
	if err != nil {
		t.Fatal(err)
	}
	return flat
}

func TestWorkersSumUpTheSame(t *testing.T) {
	t.Parallel()
	flat := tableOf(t)
	one := flat.sum(1)
	if one.Leads < 50 || !one.like(flat.sum(7)) || one.like(total{one.Leads, one.Points * 1.001}) {
		t.Errorf("One sums up %v, seven %v.", one, flat.sum(7))
	}
}

// What PostgreSQL is measured with comes to what the loop comes to, or is refused.
func TestPostgreSQLSumsUpTheSame(t *testing.T) {
	t.Parallel()
	need.Program(t, "psql")
	url, flat := cluster.URL(t), tableOf(t)
	var r ReplayResult
	if err := flat.inSQL(t.Context(), ReplayOptions{Database: url}, &r); err != nil {
		t.Fatal(err)
	}
	if r.PostgreSQL == nil || r.PostgreSQL.Wall <= 0 {
		t.Errorf("PostgreSQL took %v.", r.PostgreSQL)
	}
	if err := flat.compare("Somebody", total{1, 2}); err == nil || !strings.Contains(err.Error(), "Somebody sums up 1 leads") {
		t.Errorf("A wrong sum is answered with %v.", err)
	}
}

// The plain servers know events by their ids, whatever else they leave out.
func TestPlainServersKeepEventsOnce(t *testing.T) {
	t.Parallel()
	sent := []plainEvent{{MessageID: "a", Type: "track", Event: "Visit"}, {MessageID: "b", Type: "page"}, {MessageID: "a", Type: "track"}}
	t.Run("SQLite", func(t *testing.T) {
		p, err := openPlainSQLite(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		keepTwice(t, p, sent)
		var n int
		if err := p.db.QueryRow("SELECT count(*) FROM events").Scan(&n); err != nil || n != 2 {
			t.Errorf("%d events are kept (%v).", n, err)
		}
		if err := p.close(); err != nil {
			t.Error(err)
		}
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		p, err := openPlainPostgres(t.Context(), cluster.URL(t))
		if err != nil {
			t.Fatal(err)
		}
		keepTwice(t, p, sent)
		var n int
		if err := p.conn.QueryRow(t.Context(), "SELECT count(*) FROM galena_bench_plain").Scan(&n); err != nil || n != 2 {
			t.Errorf("%d events are kept (%v).", n, err)
		}
		if err := p.close(); err != nil {
			t.Error(err)
		}
	})
}

func keepTwice(t *testing.T, p plainKeeper, events []plainEvent) {
	t.Helper()
	for range 2 {
		if err := p.commit(t.Context(), events); err != nil {
			t.Fatal(err)
		}
	}
}

func TestPercentiles(t *testing.T) {
	t.Parallel()
	var all []time.Duration
	for i := range 200 {
		all = append(all, time.Duration(200-i)*time.Millisecond)
	}
	if got := percentiles(all); got != (Answers{200, 101, 199}) {
		t.Errorf("Percentiles are %v.", got)
	}
	if got := percentiles(nil); got != (Answers{}) {
		t.Errorf("Percentiles of nothing are %v.", got)
	}
}
