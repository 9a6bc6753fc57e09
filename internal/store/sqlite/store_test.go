package sqlite_test

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"galena/internal/lead"
	"galena/internal/store"
	"galena/internal/store/sqlite"
	"galena/internal/store/storetest"
)

func openStore(t *testing.T, path string, options sqlite.Options) *sqlite.Store {
	t.Helper()
	s, err := sqlite.Open(context.Background(), path, options)
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return s
}

// open is a storetest.Open.
func open(t *testing.T, clock func() lead.Time) storetest.Opened {
	path := filepath.Join(t.TempDir(), "galena.db")
	s := openStore(t, path, sqlite.Options{Clock: clock})
	return storetest.Opened{Store: s, Reopen: func() store.Store {
		if err := s.Close(); err != nil {
			t.Fatalf("Close: %v", err)
		}
		s = openStore(t, path, sqlite.Options{Clock: clock})
		return s
	}}
}

func TestContract(t *testing.T) {
	t.Parallel()
	storetest.Exercise(t, open)
}

func TestAgainstMemory(t *testing.T) {
	t.Parallel()
	storetest.Compare(t, 20, open)
}

// A reader whose context ends just when its transaction begins leaves none behind
// on its connection, which others would stumble over.
func TestReadersThatGiveUp(t *testing.T) {
	t.Parallel()
	s := openStore(t, filepath.Join(t.TempDir(), "galena.db"), sqlite.Options{})
	for i := range 15_000 { // often enough to meet the moment between two steps
		ctx, cancel := context.WithTimeout(t.Context(), time.Duration(i%40)*time.Microsecond)
		err := s.Read(ctx, func(store.Snapshot) error { return ctx.Err() })
		cancel()
		if err != nil && !errors.Is(err, context.DeadlineExceeded) {
			t.Fatalf("after %d readers: %v", i, err)
		}
	}
}
