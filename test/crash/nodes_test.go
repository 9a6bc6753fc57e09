package crash

import (
	"math/rand/v2"
	"testing"
	"time"

	"galena/internal/kit/cluster"
)

// TestNodes runs two servers on one database. To both the same messages are sent
// at the same time, and again and again one of them is killed. Every event that
// either acknowledged must be in the log once, every person be one lead, and
// every lead's state be the fold of its log.
//
// GALENA_SEED repeats the load of an earlier run.
func TestNodes(t *testing.T) {
	t.Parallel()
	const kills = 6
	seed := uint64(number(t, "GALENA_SEED", int(time.Now().UnixNano())))
	t.Logf("GALENA_SEED=%d", seed)
	random := rand.New(rand.NewPCG(seed, 1))

	database := cluster.URL(t)
	key := newKey(t, database)
	// Twins have the same number and the same chance, and so say the same.
	var twins [2][]*client
	for i := range twins {
		for n := range clientCount / 2 {
			twins[i] = append(twins[i], newClient(seed, n, key))
		}
	}
	for round := range kills {
		nodes := [2]*server{serve(t, database), serve(t, database)}
		var sent [2]<-chan error
		for i := range nodes {
			sent[i] = start(twins[i], nodes[i].url)
		}
		pause := func() { // the moment of the kill is chance, not a wait for something
			time.Sleep(earliestKill + time.Duration(random.Int64N(int64(latestKill-earliestKill))))
		}
		pause()
		nodes[round%2].kill()
		pause()
		nodes[1-round%2].stop(t)
		for i := range sent {
			for range twins[i] {
				if err := <-sent[i]; err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	last := serve(t, database)
	for i := range twins {
		for _, c := range twins[i] {
			if err := c.finish(last.url); err != nil {
				t.Fatal(err)
			}
		}
	}
	last.stop(t)

	events := readLog(t, database)
	report(t, compareLog(together(twins), events))
	expectWhole(t, database)
	both := 0
	for n, one := range twins[0] {
		for i, f := range one.fates {
			if f == acknowledged && i < len(twins[1][n].fates) && twins[1][n].fates[i] == acknowledged {
				both++
			}
		}
	}
	t.Logf("%d events in the log, %d of them acknowledged by both nodes", len(events), both)
	if both == 0 {
		t.Error("The load did not do what it is for: no message was sent to both nodes.")
	}
}

// together is what twins know of their messages: those that either had
// acknowledged. Of a batch that one of them gave up the other may have sent a
// part, so nothing is expected of those.
func together(twins [2][]*client) []*client {
	var known []*client
	for n, one := range twins[0] {
		other := twins[1][n]
		c := &client{number: n, seed: one.seed, fates: make([]fate, max(len(one.fates), len(other.fates)))}
		for _, fates := range [][]fate{one.fates, other.fates} {
			for i, f := range fates {
				c.fates[i] = max(c.fates[i], f)
			}
		}
		known = append(known, c)
	}
	return known
}
