package sdk

import (
	"testing"
	"time"
)

// Server is where a scenario sends to.
type Server struct {
	BaseURL  string // "http://127.0.0.1:8080"
	WriteKey string
	// Landed gives, for each message id in the server's log, how often it is
	// there. The log may hold other messages before a scenario begins; while it
	// runs, nobody else may send.
	Landed func() map[string]int
	// Slow says that the server takes fewer events in a second than a library
	// sends, and says so.
	Slow bool
}

// patience is for how long a library may take to get everything through.
const patience = time.Minute

// exactlyOnce waits until the library has an answer to each request, and checks
// that what was sent, and nothing else, is in the log, once.
func exactlyOnce(t *testing.T, s Server, n *network, before map[string]int, sent []string) {
	t.Helper()
	seen := make(map[string]bool, len(sent))
	for _, id := range sent {
		if id == "" || seen[id] {
			t.Fatalf("the library sent the message id %q twice", id)
		}
		seen[id] = true
	}
	deadline, poll := time.After(patience), time.NewTicker(20*time.Millisecond)
	defer poll.Stop()
	for n.unanswered() > 0 || !all(s.Landed(), sent) {
		select {
		case <-poll.C:
		case <-deadline:
			t.Fatalf("not all of %d messages landed in time; %v, %d unanswered", len(sent), n, n.unanswered())
		}
	}
	for id, times := range s.Landed() {
		switch {
		case seen[id] && times != 1:
			t.Errorf("message %s landed %d times", id, times)
		case !seen[id] && before[id] == 0:
			t.Errorf("message %s landed, which was not sent", id)
		}
	}
	if s.Slow != (n.limited > 0) {
		t.Errorf("the server is slow: %v; %v", s.Slow, n)
	}
	if n.lost == 0 || n.refused == 0 {
		t.Errorf("the network was too good: %v", n)
	}
	t.Logf("%d messages in %v", len(sent), n)
}

func all(landed map[string]int, sent []string) bool {
	for _, id := range sent {
		if landed[id] == 0 {
			return false
		}
	}
	return true
}
