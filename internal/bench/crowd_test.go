package bench

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// A busy server is asked again, and what it refused is told; one that refuses for
// good ends the measurement.
func TestCrowdAsksABusyServerAgain(t *testing.T) {
	t.Parallel()
	var asked atomic.Int64
	var broken atomic.Bool
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case broken.Load():
			http.Error(w, "no such key", http.StatusUnauthorized)
		case asked.Add(1)%2 == 1:
			http.Error(w, "busy", http.StatusServiceUnavailable)
		}
	}))
	defer server.Close()
	c, err := newCrowd(10, 0, "key", strings.TrimPrefix(server.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.close()
	answers, err := c.sendPaced(t.Context(), 40, 3, time.Microsecond)
	if err != nil {
		t.Fatal(err)
	}
	if busy := c.waited(); len(answers) != 40 || asked.Load() != int64(40+busy) || busy == 0 || c.waited() != 0 {
		t.Errorf("40 requests were answered %d times; %d were asked, %d said busy.", len(answers), asked.Load(), busy)
	}
	broken.Store(true)
	if _, err := c.send(t.Context(), time.Minute, 1); err == nil || !strings.Contains(err.Error(), "401") {
		t.Errorf("A server that refuses is answered with %v.", err)
	}
}
