package server

import (
	"context"
	"os"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

const (
	// memoryBound is what a server's heap may grow to before its garbage is
	// collected more often: with the caches of SQLite and the program itself it
	// stays below 300 MB.
	memoryBound = 160 << 20
	// Below the bound the heap may grow by so much of what is alive between
	// collections: where little is, collecting each time that doubles takes a quarter
	// of what single events cost.
	memoryPercent = 400
	// Where more is alive, as the filters of a log of hundreds of millions of
	// events are, the heap may be so many quarters of that: a bound that is hardly
	// above it would have the server do nothing but collect.
	memoryQuarters = 6
	memoryLook     = 5 * time.Second
)

// boundMemory keeps the heap small until ctx ends. Who sets GOMEMLIMIT decides
// alone, and of the growth who sets GOGC.
func boundMemory(ctx context.Context) {
	if os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	before := debug.SetMemoryLimit(memoryBound)
	defer debug.SetMemoryLimit(before)
	if os.Getenv("GOGC") == "" {
		percent := debug.SetGCPercent(memoryPercent)
		defer debug.SetGCPercent(percent)
	}
	look := time.NewTicker(memoryLook)
	defer look.Stop()
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	for {
		select {
		case <-look.C:
			metrics.Read(live)
			debug.SetMemoryLimit(memoryLimit(live[0].Value.Uint64()))
		case <-ctx.Done():
			return
		}
	}
}

// memoryLimit is the limit where so many bytes were alive after the last collection.
func memoryLimit(live uint64) int64 { return max(memoryBound, int64(live)/4*memoryQuarters) }
