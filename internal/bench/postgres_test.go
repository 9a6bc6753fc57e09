package bench

import (
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"galena/internal/kit/cluster"
)

// BenchmarkPostgres reports events per second of one node and of two on a
// PostgreSQL database, and their ratios to the plain server on another database
// of the same cluster. The cluster syncs what it commits.
//
// GALENA_BENCH_URL are parameters for the nodes' URLs, such as
// default_query_exec_mode=cache_statement.
func BenchmarkPostgres(b *testing.B) {
	leads := leadsAtFirst(b)
	for _, setting := range []string{"fsync = on", "full_page_writes = on"} {
		cluster.URL(b) // skips where nothing is installed
		cluster.Superuser(b, "ALTER SYSTEM SET "+setting)
	}
	cluster.Superuser(b, "SELECT pg_reload_conf()")

	// Each crowd settles in at once: a server waits for no silent connection.
	var targets []*target
	add := func(name, key string, addresses ...string) {
		begun, t := time.Now(), &target{name, newCrowdAt(b, leads, key, addresses...)}
		t.crowd.settleIn(b)
		b.Logf("%s: %d leads came within %s", t.name, leads, time.Since(begun).Round(time.Millisecond))
		targets = append(targets, t)
	}
	address, key := startPlainPostgres(b, cluster.URL(b))
	add("plain", key, address)
	for nodes := 1; nodes <= 2; nodes++ {
		database := cluster.URL(b) + "&" + os.Getenv("GALENA_BENCH_URL")
		key := newKey(b, database)
		var addresses []string
		for range nodes {
			addresses = append(addresses, startNode(b, database))
		}
		add(fmt.Sprint("nodes-", nodes), key, addresses...)
	}
	for _, size := range []int{100, 1} {
		b.Run(fmt.Sprintf("batch=%d", size), func(b *testing.B) { compareNodes(b, targets, size) })
	}
}

// compareNodes lets the targets take turns; the first is what the others are
// compared with.
func compareNodes(b *testing.B, targets []*target, size int) {
	plain := targets[0]
	requests := (b.N + turns - 1) / turns
	took, answers := map[*target]time.Duration{}, map[*target][]time.Duration{}
	order := slices.Clone(targets)
	for range turns {
		for _, t := range order {
			begun := time.Now()
			latencies := t.crowd.send(b, requests, size)
			took[t] += time.Since(begun)
			answers[t] = append(answers[t], latencies...)
		}
		order = append(order[1:], order[0])
	}
	for _, t := range targets {
		b.ReportMetric(float64(turns*requests*size)/took[t].Seconds(), t.name+"-events/s")
		if t != plain {
			b.ReportMetric(took[plain].Seconds()/took[t].Seconds(), t.name+"-ratio")
			b.ReportMetric(p99(answers[t]), t.name+"-p99-ms")
		}
	}
	b.ReportMetric(0, "ns/op") // of all together, which says nothing
}
