package crash

import (
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"time"
)

const (
	defaultKills = 50
	shortKills   = 5
	clientCount  = 4
	// The server is killed so long after the load begins.
	earliestKill = 20 * time.Millisecond
	latestKill   = 300 * time.Millisecond
)

// TestKills kills the server under load, again and again, on one data folder.
// Every event that was acknowledged must be in the log once, every other one at
// most once, and every lead's state must be the fold of its log.
//
// GALENA_KILLS is how often, GALENA_SEED repeats the load of an earlier run.
func TestKills(t *testing.T) {
	t.Parallel()
	kills := number(t, "GALENA_KILLS", defaultKills)
	if testing.Short() {
		kills = min(kills, shortKills)
	}
	seed := uint64(number(t, "GALENA_SEED", int(time.Now().UnixNano())))
	t.Logf("%d kills, GALENA_SEED=%d", kills, seed)
	random := rand.New(rand.NewPCG(seed, 0))

	data := newFolder(t)
	key := newKey(t, data)
	clients := make([]*client, clientCount)
	for i := range clients {
		clients[i] = newClient(seed, i, key)
	}
	var slowest time.Duration
	for n := range kills {
		begun := time.Now()
		// By turns one that is killed with all in its tail, and one that writes back.
		s := serveWith(t, []string{program, hasty}[n%2], data)
		slowest = max(slowest, time.Since(begun))
		sent := start(clients, s.url)
		// The moment of the kill is chance, not a wait for something.
		time.Sleep(earliestKill + time.Duration(random.Int64N(int64(latestKill-earliestKill))))
		s.kill()
		for range clients {
			if err := <-sent; err != nil {
				t.Fatal(err)
			}
		}
	}
	s := serve(t, data)
	for _, c := range clients {
		if err := c.finish(s.url); err != nil {
			t.Fatal(err)
		}
	}
	s.stop(t)

	events := readLog(t, data)
	report(t, compareLog(clients, events))
	expectWhole(t, data)
	resent, lost, givenUp := 0, 0, 0
	for _, c := range clients {
		resent, lost, givenUp = resent+c.resent, lost+c.lost, givenUp+len(c.givenUp)
	}
	t.Logf("%d events in the log, %d messages sent twice, %d batches without an answer, %d of them given up; slowest start %s", len(events), resent, lost, givenUp, slowest.Round(time.Millisecond))
	if resent == 0 || lost < kills || !testing.Short() && givenUp == 0 {
		t.Error("The load did not do what it is for: some messages go twice, every kill leaves batches without an answer, some of those are given up.")
	}
	if slowest > recovery {
		t.Errorf("A start after a kill took %s, more than %s.", slowest, recovery)
	}
}

// start lets clients send until the server is gone.
func start(clients []*client, url string) <-chan error {
	sent := make(chan error, len(clients))
	for _, c := range clients {
		go func() { sent <- c.send(url) }()
	}
	return sent
}

// number reads a variable of the environment.
func number(t *testing.T, name string, otherwise int) int {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("%s=%q is not a number.", name, text)
	}
	return n
}
