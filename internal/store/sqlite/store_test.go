package sqlite_test

import (
	"context"
	"path/filepath"
	"testing"

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
