package crash

import (
	"errors"
	"net/http"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestSecondServerIsRefused starts a server on a folder that another runs on.
func TestSecondServerIsRefused(t *testing.T) {
	t.Parallel()
	data := newFolder(t)
	first := serve(t, data)
	begun := time.Now()
	stdout, stderr, exit := galena(t, "serve", "--data", data, "--listen", "127.0.0.1:0")
	if exit != 1 || stdout != "" {
		t.Errorf("the second server ended with %d and printed %q", exit, stdout)
	}
	if !strings.Contains(stderr, "Another galena already runs on the data folder") || !strings.Contains(stderr, data) || strings.Count(stderr, "\n") != 1 {
		t.Errorf("the second server did not say why in one line: %q", stderr)
	}
	if took := time.Since(begun); took > recovery {
		t.Errorf("the second server took %s to say so", took)
	}
	if status := get(t, first.url+"/readyz"); status != http.StatusOK {
		t.Errorf("the first server is not ready any more: %d", status)
	}
	first.stop(t)
}

// TestStopUnderLoad tells the server to stop while clients send.
func TestStopUnderLoad(t *testing.T) {
	t.Parallel()
	data := newFolder(t)
	key := newKey(t, data)
	const seed = 20260105
	clients := make([]*client, clientCount)
	for i := range clients {
		clients[i] = newClient(seed, i, key)
	}
	const rounds = 3
	for range rounds {
		s := serve(t, data)
		sent := start(clients, s.url)
		if status := get(t, s.url+"/readyz"); status != http.StatusOK {
			t.Errorf("not ready under load: %d", status)
		}
		time.Sleep(latestKill) // how long the load lasts; nothing is waited for
		s.stop(t)
		for range clients {
			if err := <-sent; err != nil {
				t.Fatal(err)
			}
		}
		expectRefused(t, s.url)
	}
	s := serve(t, data)
	for _, c := range clients {
		if err := c.finish(s.url); err != nil {
			t.Fatal(err)
		}
	}
	s.stop(t)
	report(t, compareLog(clients, readLog(t, data)))
	expectWhole(t, data)
}

// TestStoppingServerIsNotReady asks a server that was told to stop whether it is
// ready, until it takes no more connections: yes, then 503, then nothing.
func TestStoppingServerIsNotReady(t *testing.T) {
	t.Parallel()
	for _, s := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP} {
		if signal.Ignored(s) {
			continue // the tests run under nohup, and so would the server
		}
		t.Run(s.String(), func(t *testing.T) {
			t.Parallel()
			stopsInOrder(t, s)
		})
	}
}

func stopsInOrder(t *testing.T, end syscall.Signal) {
	t.Helper()
	s := serve(t, newFolder(t))
	web := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: patience}
	if status := get(t, s.url+"/readyz"); status != http.StatusOK {
		t.Fatalf("not ready before it stops: %d", status)
	}
	if err := s.cmd.Process.Signal(end); err != nil {
		t.Fatal(err)
	}
	var statuses []int
	for limit := time.Now().Add(patience); ; {
		if time.Now().After(limit) {
			t.Fatalf("a stopping server still answers after %s", patience)
		}
		resp, err := web.Get(s.url + "/readyz")
		if errors.Is(err, syscall.ECONNREFUSED) {
			break
		}
		if err != nil {
			continue // taken by the kernel for a listener that closed just then
		}
		resp.Body.Close()
		statuses = append(statuses, resp.StatusCode)
	}
	s.expectCleanEnd(t)
	stopping := slices.Index(statuses, http.StatusServiceUnavailable)
	if stopping < 0 {
		t.Fatalf("a stopping server never said 503: %v", statuses)
	}
	for i, status := range statuses {
		if want := http.StatusServiceUnavailable; i >= stopping && status != want || i < stopping && status != http.StatusOK {
			t.Fatalf("a stopping server said %d after %d answers: %v", status, i, statuses)
		}
	}
}

func expectRefused(t *testing.T, url string) {
	t.Helper()
	resp, err := http.Get(url + "/readyz")
	if err == nil {
		resp.Body.Close()
	}
	if !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("a stopped server answers: %v", err)
	}
}

func get(t *testing.T, url string) int {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	return resp.StatusCode
}
