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
	// minPaced is how many answers at half load are looked at, at least: of fewer,
	// one in a hundred would be chance.
	minPaced = 300
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
// how long Galena's answers took: at full load, and at half of it, where no
// queue of the generator's making is measured. Its loads are people who act in
// sessions, and the worst, where every event is of a random lead.
func BenchmarkIngest(b *testing.B) {
	leads := leadsAtFirst(b)
	galena := &target{"galena", newCrowd(b, leads, startGalena)}
	plain := &target{"plain", newCrowd(b, leads, startPlain)}
	for _, t := range []*target{galena, plain} {
		begun := time.Now()
		t.crowd.settleIn(b)
		b.Logf("%s: %d leads came within %s", t.name, leads, time.Since(begun).Round(time.Millisecond))
	}
	for _, load := range []struct {
		name      string
		scattered bool
	}{{"sessions", false}, {"worst", true}} {
		for _, size := range []int{100, 1} {
			b.Run(fmt.Sprintf("load=%s/batch=%d", load.name, size), func(b *testing.B) {
				galena.crowd.scatter(load.scattered)
				plain.crowd.scatter(load.scattered)
				compare(b, galena, plain, size)
			})
		}
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
	b.StopTimer()                                                // b.N is to follow from the full load alone
	interval := 2 * took[galena] / time.Duration(turns*requests) // half of the rate just seen
	paced := galena.crowd.sendPaced(b, max(turns*requests, minPaced), size, interval)
	rate := func(t *target) float64 { return float64(turns*requests*size) / took[t].Seconds() }
	b.ReportMetric(rate(galena), "galena-events/s")
	b.ReportMetric(rate(plain), "plain-events/s")
	b.ReportMetric(rate(galena)/rate(plain), "ratio")
	b.ReportMetric(p99(answers), "galena-p99-ms")
	b.ReportMetric(p99(paced), "galena-half-p99-ms")
	b.ReportMetric(0, "ns/op") // of both together, which says nothing
}

// p99 is what 99 of a hundred stay below, in milliseconds.
func p99(all []time.Duration) float64 {
	slices.Sort(all)
	return float64(all[len(all)*99/100].Microseconds()) / 1000
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
