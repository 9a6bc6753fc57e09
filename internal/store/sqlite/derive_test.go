package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"path/filepath"
	"testing"

	"galena/internal/store"
)

var synchronous = define(`PRAGMA synchronous`)

// Whatever becomes of what is derived, the commits after it are synced.
func TestSyncedAfterDerive(t *testing.T) {
	t.Parallel()
	s, err := Open(context.Background(), filepath.Join(t.TempDir(), "galena.db"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for name, derive := range map[string]func(store.Tx) error{
		"succeeds": func(tx store.Tx) error { return tx.Count("some", 1) },
		"fails":    func(store.Tx) error { return errors.New("broken") },
		"panics":   func(store.Tx) error { panic("on purpose") },
	} {
		func() {
			defer func() { _ = recover() }()
			_ = s.Derive(context.Background(), func(tx store.Tx) error {
				if got := syncing(t, s); got != 1 { // NORMAL
					t.Errorf("%s: what is derived is committed under synchronous=%d", name, got)
				}
				return derive(tx)
			})
		}()
		if err := s.Write(context.Background(), func(tx store.Tx) error { return tx.Count("other", 1) }); err != nil {
			t.Fatal(err)
		}
		if got := syncing(t, s); got != 2 { // FULL
			t.Errorf("%s: commits after it are made under synchronous=%d", name, got)
		}
	}
}

// syncing is the setting of the writing connection.
func syncing(t *testing.T, s *Store) (n int) {
	t.Helper()
	if err := s.writer.each(context.Background(), synchronous, nil, func(rows *sql.Rows) error { return rows.Scan(&n) }); err != nil {
		t.Fatal(err)
	}
	return n
}
