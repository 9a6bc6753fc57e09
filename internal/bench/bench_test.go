// Package bench measures how fast a server takes events in over HTTP, and
// beside it, in the same run, a plain server that only decodes events, knows
// their ids and keeps them. Rates of one machine say little; the ratio of the
// two says what knowing people, scoring them and deciding costs.
//
// It holds benchmarks only; `make bench` runs them.
package bench

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"
)

const (
	// connections that send at the same time, each a request after the other.
	connections = 32
	// turns is how often the two servers take turns within one measurement, so
	// that both see the same moods of the machine.
	turns = 8
	// defaultLeads are there before anything is measured; GALENA_BENCH_LEADS says
	// otherwise.
	defaultLeads = 20_000
)

// target is a server that is measured.
type target struct {
	name  string
	crowd *crowd
}

// BenchmarkIngest reports events per second, the ratio to the plain server, and
// how long Galena's answers took.
func BenchmarkIngest(b *testing.B) {
	leads := leadsAtFirst(b)
	galena := &target{"galena", newCrowd(b, leads, startGalena)}
	plain := &target{"plain", newCrowd(b, leads, startPlain)}
	for _, t := range []*target{galena, plain} {
		begun := time.Now()
		t.crowd.settleIn(b)
		b.Logf("%s: %d leads came within %s", t.name, leads, time.Since(begun).Round(time.Millisecond))
	}
	for _, size := range []int{100, 1} {
		b.Run(fmt.Sprintf("batch=%d", size), func(b *testing.B) { compare(b, galena, plain, size) })
	}
}

func compare(b *testing.B, galena, plain *target, size int) {
	requests := (b.N + turns - 1) / turns
	took := map[*target]time.Duration{}
	var answers []time.Duration
	for turn := range turns {
		order := []*target{galena, plain}
		if turn%2 == 1 {
			slices.Reverse(order)
		}
		for _, t := range order {
			begun := time.Now()
			latencies := t.crowd.send(b, requests, size)
			took[t] += time.Since(begun)
			if t == galena {
				answers = append(answers, latencies...)
			}
		}
	}
	rate := func(t *target) float64 { return float64(turns*requests*size) / took[t].Seconds() }
	slices.Sort(answers)
	b.ReportMetric(rate(galena), "galena-events/s")
	b.ReportMetric(rate(plain), "plain-events/s")
	b.ReportMetric(rate(galena)/rate(plain), "ratio")
	b.ReportMetric(float64(answers[len(answers)*99/100].Microseconds())/1000, "galena-p99-ms")
	b.ReportMetric(0, "ns/op") // of both together, which says nothing
}

func leadsAtFirst(b *testing.B) int {
	text := os.Getenv("GALENA_BENCH_LEADS")
	if text == "" {
		return defaultLeads
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		b.Fatalf("GALENA_BENCH_LEADS=%q is not a number of leads.", text)
	}
	return n
}
