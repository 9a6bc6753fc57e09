package metrics

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"galena/internal/lead"
	"galena/internal/store"
	"galena/internal/store/memory"
	"galena/internal/tracking"
)

// shown reads what is shown: a number for each series. It fails on what is no
// text of Prometheus.
func shown(t *testing.T, m *Metrics) map[string]float64 {
	t.Helper()
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	if w.Code != 200 || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/plain; version=0.0.4") {
		t.Fatalf("%d %v %s", w.Code, w.Header(), w.Body)
	}
	all := map[string]float64{}
	for line := range strings.Lines(w.Body.String()) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		cut := strings.LastIndexByte(line, ' ')
		n, err := strconv.ParseFloat(strings.TrimSpace(line[max(cut, 0):]), 64)
		if cut < 0 || err != nil {
			t.Fatalf("the line %q", line)
		}
		all[line[:cut]] = n
	}
	return all
}

func check(t *testing.T, got map[string]float64, want map[string]float64) {
	t.Helper()
	for name, n := range want {
		if is, ok := got[name]; !ok || is != n {
			t.Errorf("%s is %v (there: %v), want %v", name, is, ok, n)
		}
	}
}

func TestPassed(t *testing.T) {
	t.Parallel()
	m := New()
	check(t, shown(t, m), map[string]float64{`galena_events_total{result="accepted"}`: 0, `galena_events_total{result="duplicate"}`: 0, `galena_events_total{result="suppressed"}`: 0})
	for _, p := range []tracking.Passage{
		{Accepted: 3, Duplicates: 2, Rejected: []string{"too_deep", "no_user_anon_id", "too_deep"}, Took: 20 * time.Millisecond},
		{Accepted: 1, Suppressed: 3, Took: 3 * time.Second},
		{Refused: "busy", Took: time.Millisecond},
		{Refused: "invalid_json", Took: time.Millisecond},
		{Refused: "invalid_json"},
	} {
		m.Passed(p)
	}
	check(t, shown(t, m), map[string]float64{
		`galena_events_total{result="accepted"}`:               4,
		`galena_events_total{result="duplicate"}`:              2,
		`galena_events_total{result="suppressed"}`:             3,
		`galena_events_rejected_total{code="too_deep"}`:        2,
		`galena_events_rejected_total{code="no_user_anon_id"}`: 1,
		`galena_requests_refused_total{code="busy"}`:           1,
		`galena_requests_refused_total{code="invalid_json"}`:   2,
		`galena_ingest_seconds_bucket{le="0.01"}`:              0,
		`galena_ingest_seconds_bucket{le="0.025"}`:             1,
		`galena_ingest_seconds_bucket{le="2.5"}`:               1,
		`galena_ingest_seconds_bucket{le="5"}`:                 2,
		`galena_ingest_seconds_count`:                          2,
		`galena_ingest_seconds_sum`:                            3.02,
	})
	if got := shown(t, m); got["go_goroutines"] == 0 || got["process_start_time_seconds"] == 0 {
		t.Error("the program itself is not shown")
	}
}

func TestWatch(t *testing.T) {
	t.Parallel()
	m, waiting := New(), 7
	var failed error
	m.Watch(func() int { return waiting }, func(context.Context) (Totals, error) { return Totals{Events: 12, Leads: 5, Conflicts: 3}, failed })
	check(t, shown(t, m), map[string]float64{"galena_queue_requests": 7, "galena_log_events": 12, "galena_leads": 5, "galena_identity_conflicts_total": 3})
	waiting, failed = 8, errors.New("no such table")
	got := shown(t, m) // all but the totals
	check(t, got, map[string]float64{"galena_queue_requests": 8})
	if _, ok := got["galena_leads"]; ok {
		t.Error("totals are shown that are not known")
	}
}

func TestStore(t *testing.T) {
	t.Parallel()
	m := New()
	s := m.Store(memory.New(func() lead.Time { return 1_000_000 }))
	ctx := t.Context()
	number := 0
	commit := func(events int, wake bool, fail error) error {
		return s.Write(ctx, func(tx store.Tx) error {
			id, err := tx.NewLeads(1)
			if err != nil {
				return err
			}
			if err := tx.PutLeads([]store.LeadRow{{ID: id, WakeAt: 10}}); err != nil {
				return err
			}
			var all []lead.Event
			for range events {
				number++
				all = append(all, lead.Event{Lead: id, Type: lead.Page, MessageID: fmt.Sprint(number)})
			}
			for part := range slices.Chunk(all, 2) {
				if err := tx.Append(part); err != nil {
					return err
				}
			}
			if wake {
				if _, err := tx.Due(20, 100); err != nil {
					return err
				}
			}
			return fail
		})
	}
	failure := errors.New("full")
	for _, err := range []error{commit(5, false, nil), commit(0, true, nil), commit(1, true, nil)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := commit(4, true, failure); !errors.Is(err, failure) {
		t.Fatal(err)
	}
	check(t, shown(t, m), map[string]float64{
		"galena_commit_events_count": 2, "galena_commit_events_sum": 6, `galena_commit_events_bucket{le="1"}`: 1,
		"galena_commit_seconds_count": 2, "galena_commit_failures_total": 1, "galena_wakes_total": 2 + 3,
	})
}

// again is a store that runs each transaction twice, as one may.
type again struct{ store.Store }

var errAgain = errors.New("again")

func (a again) Write(ctx context.Context, fn func(store.Tx) error) error {
	err := a.Store.Write(ctx, func(tx store.Tx) error {
		if err := fn(tx); err != nil {
			return err
		}
		return errAgain
	})
	if !errors.Is(err, errAgain) {
		return err
	}
	return a.Store.Write(ctx, fn)
}

func TestStoreRunsAgain(t *testing.T) {
	t.Parallel()
	m := New()
	s := m.Store(again{memory.New(func() lead.Time { return 1_000_000 })})
	err := s.Write(t.Context(), func(tx store.Tx) error {
		id, err := tx.NewLeads(1)
		if err == nil {
			err = tx.PutLeads([]store.LeadRow{{ID: id}})
		}
		if err == nil {
			err = tx.Append([]lead.Event{{Lead: id, Type: lead.Page, MessageID: "m"}})
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	check(t, shown(t, m), map[string]float64{"galena_commit_events_count": 1, "galena_commit_events_sum": 1, "galena_commit_failures_total": 0})
}
