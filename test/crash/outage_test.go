package crash

import (
	"net/http"
	"testing"
	"time"

	"galena/internal/kit/cluster"
)

// TestDatabaseGoesAway stops the database under two nodes and their load. While
// it is away they live, are not ready and tell senders to come again; when it is
// back they go on by themselves, and what was acknowledged is there.
func TestDatabaseGoesAway(t *testing.T) {
	t.Parallel()
	const seed, outages = 20260106, 2
	database := cluster.New(t)
	key := newKey(t, database.URL)
	var twins [2][]*client
	for i := range twins {
		for n := range clientCount / 2 {
			twins[i] = append(twins[i], newClient(seed, n, key))
		}
	}
	nodes := [2]*server{serve(t, database.URL), serve(t, database.URL)}
	for range outages {
		var sent [2]<-chan error
		for i := range nodes {
			sent[i] = start(twins[i], nodes[i].url)
		}
		time.Sleep(latestKill) // how long the load lasts; nothing is waited for
		database.Stop(t)
		// They send until they hear 503, and nothing else.
		for i := range sent {
			for range twins[i] {
				if err := <-sent[i]; err != nil {
					t.Fatal(err)
				}
			}
		}
		for _, node := range nodes {
			if got := get(t, node.url+"/readyz"); got != http.StatusServiceUnavailable {
				t.Errorf("without a database /readyz is %d", got)
			}
			if got := get(t, node.url+"/healthz"); got != http.StatusOK {
				t.Errorf("without a database /healthz is %d", got)
			}
		}
		database.Start(t)
		for _, node := range nodes {
			untilReady(t, node)
		}
	}
	for i, node := range nodes {
		for _, c := range twins[i] {
			if err := c.finish(node.url); err != nil {
				t.Fatal(err)
			}
		}
		node.stop(t)
	}
	events := readLog(t, database.URL)
	report(t, compareLog(together(twins), events))
	expectWhole(t, database.URL)
	if len(events) == 0 {
		t.Error("nothing was sent")
	}
}

// untilReady waits until a node is ready again.
func untilReady(t *testing.T, s *server) {
	t.Helper()
	deadline, poll := time.After(recovery), time.NewTicker(20*time.Millisecond)
	defer poll.Stop()
	for get(t, s.url+"/readyz") != http.StatusOK {
		select {
		case <-poll.C:
		case <-deadline:
			t.Fatalf("not ready within %s after the database came back:\n%s", recovery, s.log)
		}
	}
}
