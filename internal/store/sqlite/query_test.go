package sqlite

import (
	"context"
	"database/sql"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// newTestStore opens an empty store for a test of this package's inside.
func newTestStore(t *testing.T) *Store {
	t.Helper()
	s, err := Open(context.Background(), filepath.Join(t.TempDir(), "galena.db"), Options{})
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func TestQueriesCanBePrepared(t *testing.T) {
	t.Parallel()
	s := newTestStore(t)
	for _, q := range queries {
		if _, err := s.writer.prepared(q); err != nil {
			t.Errorf("%s\n%v", q.text, err)
		}
	}
}

// No query that runs in daily work may read a whole table that grows with the
// workspace, or sort what it finds.
func TestQueriesUseIndexes(t *testing.T) {
	t.Parallel()
	s := newTestStore(t)
	slow := []*query{sizes, countRows, joinedRows} // of Check
	for _, rule := range rules {
		slow = append(slow, rule.count)
	}
	grows := regexp.MustCompile(`^SCAN (events|leads|identifiers|joins|decisions|rejects|listing|listing_facts)\b|TEMP B-TREE`)
	// These sort the little that one lead has.
	sorted := []*query{identifiersOf, joinsInto, decisionsOfLead}
	for _, q := range queries {
		if slices.Contains(slow, q) || strings.HasPrefix(q.text, "PRAGMA") {
			continue
		}
		args := make([]any, parameters(q.text))
		rows, err := s.writer.conn.QueryContext(context.Background(), "EXPLAIN QUERY PLAN "+q.text, args...)
		if err != nil {
			t.Errorf("%s\n%v", q.text, err)
			continue
		}
		for rows.Next() {
			var id, parent, unused sql.NullInt64
			var step string
			if err := rows.Scan(&id, &parent, &unused, &step); err != nil {
				t.Fatal(err)
			}
			if grows.MatchString(step) && !(slices.Contains(sorted, q) && strings.HasPrefix(step, "USE TEMP B-TREE FOR")) {
				t.Errorf("%s\nplan: %s", q.text, step)
			}
		}
		if err := rows.Err(); err != nil {
			t.Errorf("%s\n%v", q.text, err)
		}
		rows.Close()
	}
}

// parameters counts the parameters of a query; they are numbered, or single
// question marks.
func parameters(text string) int {
	all := regexp.MustCompile(`\?\d*`).FindAllString(text, -1)
	n := 0
	for _, p := range all {
		if p == "?" {
			return len(all)
		}
		n = max(n, int(p[1]-'0'))
	}
	return n
}
