package postgres_test

import (
	"testing"

	"galena/internal/kit/cluster"
	"galena/internal/store"
	"galena/internal/store/postgres"
	"galena/internal/store/storetest"
)

// BenchmarkWrite commits sessions: events, links of visitors, lead rows.
func BenchmarkWrite(b *testing.B) {
	durable(b)
	storetest.Benchmark(b, func(b *testing.B) store.Store { return openStore(b, cluster.URL(b), postgres.Options{}) })
}

// durable gives the cluster the settings of one that is to survive a loss of power.
func durable(b *testing.B) {
	cluster.Superuser(b, "ALTER SYSTEM SET fsync = on")
	cluster.Superuser(b, "ALTER SYSTEM SET full_page_writes = on")
	cluster.Superuser(b, "SELECT pg_reload_conf()")
}

// BenchmarkListAtFirst lists leads that come for the first time.
func BenchmarkListAtFirst(b *testing.B) {
	storetest.BenchmarkListAtFirst(b, func(b *testing.B) store.Store { return openStore(b, cluster.URL(b), postgres.Options{}) })
}

// BenchmarkListing asks for pages and counts of a listing.
func BenchmarkListing(b *testing.B) {
	storetest.BenchmarkListing(b, func(b *testing.B) store.Store { return openStore(b, cluster.URL(b), postgres.Options{}) })
}
