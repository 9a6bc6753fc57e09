package sqlite_test

import (
	"context"
	"path/filepath"
	"testing"

	"galena/internal/store"
	"galena/internal/store/sqlite"
	"galena/internal/store/storetest"
)

// BenchmarkWrite commits sessions: events, links of visitors, lead rows.
func BenchmarkWrite(b *testing.B) {
	storetest.Benchmark(b, func(b *testing.B) store.Store {
		s, err := sqlite.Open(context.Background(), filepath.Join(b.TempDir(), "galena.db"), sqlite.Options{})
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { s.Close() })
		return s
	})
}
