package postgres_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"

	"galena/internal/kit/cluster"
	"galena/internal/lead"
	"galena/internal/store"
	"galena/internal/store/listsql"
	"galena/internal/store/postgres"
	"galena/internal/store/storetest"
)

func openStore(t testing.TB, url string, options postgres.Options) *postgres.Store {
	t.Helper()
	s, err := postgres.Open(context.Background(), url, options)
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

// opener makes workspaces in one database, each in a schema of its own.
func opener(t *testing.T) storetest.Open {
	url := cluster.URL(t)
	var made atomic.Int64
	return func(t *testing.T, clock func() lead.Time) storetest.Opened {
		n := made.Add(1)
		options := postgres.Options{Schema: fmt.Sprint("workspace_", n), Clock: clock}
		if n%2 == 0 { // walk along an order where others would fetch
			options.Listing = listsql.Bounds{Probed: 6, Fetched: 3, Counted: 1000, Looked: 1000}
		}
		s := openStore(t, url, options)
		return storetest.Opened{
			Store: s, Writers: s.Writers(), Beside: openStore(t, url, options),
			Reopen: func() store.Store {
				if err := s.Close(); err != nil {
					t.Fatalf("Close: %v", err)
				}
				s = openStore(t, url, options)
				return s
			},
		}
	}
}

func TestContract(t *testing.T) {
	t.Parallel()
	storetest.Exercise(t, opener(t))
}

func TestAgainstMemory(t *testing.T) {
	t.Parallel()
	storetest.Compare(t, 6, opener(t))
}

func TestTheDatabaseHasASize(t *testing.T) {
	t.Parallel()
	s := openStore(t, cluster.URL(t), postgres.Options{})
	if size, err := s.Size(t.Context()); err != nil || size < 1_000_000 {
		t.Errorf("the database takes %d bytes (%v)", size, err)
	}
}
