package postgres

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"galena/internal/kit/cluster"
)

// newTestStore opens an empty store for a test of this package's inside.
func newTestStore(t *testing.T) *Store {
	t.Helper()
	return openTestStore(t, cluster.URL(t))
}

func openTestStore(t *testing.T, url string) *Store {
	t.Helper()
	s, err := Open(context.Background(), url, Options{})
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// inSession lends a connection on which the workspace's tables can be named.
func (s *Store) inSession(t *testing.T, fn func(ctx context.Context, conn *pgx.Conn) error) {
	t.Helper()
	ctx := context.Background()
	err := s.withConnection(ctx, func(conn *pgx.Conn) error {
		if _, err := conn.Exec(ctx, "SET search_path = "+s.schema); err != nil {
			return err
		}
		return fn(ctx, conn)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// exec runs SQL beside the store.
func (s *Store) exec(t *testing.T, sql string) {
	t.Helper()
	s.inSession(t, func(ctx context.Context, conn *pgx.Conn) error {
		_, err := conn.Exec(ctx, sql)
		return err
	})
}

func TestQueriesCanBePrepared(t *testing.T) {
	t.Parallel()
	s := newTestStore(t)
	s.inSession(t, func(ctx context.Context, conn *pgx.Conn) error {
		for _, q := range queries {
			if _, err := conn.Prepare(ctx, q.text, q.text); err != nil {
				t.Errorf("%s\n%v", q.text, err)
			}
		}
		return nil
	})
}

// No query that runs in daily work may read a whole table that grows with the
// workspace, whatever the planner thinks of small ones.
func TestQueriesUseIndexes(t *testing.T) {
	t.Parallel()
	s := newTestStore(t)
	slow := []*query{sizes}
	for _, rule := range rules {
		slow = append(slow, rule.count)
	}
	grows := regexp.MustCompile(`Seq Scan on (events|leads|identifiers|joins|decisions|rejects)\b`)
	s.inSession(t, func(ctx context.Context, conn *pgx.Conn) error {
		if _, err := conn.Exec(ctx, "SET enable_seqscan = off; SET plan_cache_mode = force_generic_plan"); err != nil {
			return err
		}
		for i, q := range queries {
			if slices.Contains(slow, q) {
				continue
			}
			name := fmt.Sprint("q", i)
			prepared, err := conn.Prepare(ctx, name, q.text)
			if err != nil {
				t.Errorf("%s\n%v", q.text, err)
				continue
			}
			explain := "EXPLAIN EXECUTE " + name
			if n := len(prepared.ParamOIDs); n > 0 {
				explain += "(" + strings.TrimSuffix(strings.Repeat("NULL,", n), ",") + ")"
			}
			rows, err := conn.Query(ctx, explain)
			if err != nil {
				t.Errorf("%s\n%v", explain, err)
				continue
			}
			plan, err := pgx.CollectRows(rows, pgx.RowTo[string])
			if err != nil {
				t.Errorf("%s\n%v", q.text, err)
			}
			if text := strings.Join(plan, "\n"); grows.MatchString(text) {
				t.Errorf("%s\nplan:\n%s", q.text, text)
			}
		}
		return nil
	})
}
