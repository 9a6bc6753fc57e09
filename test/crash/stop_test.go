package crash

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestSecondServerIsRefused starts a server on a folder that another runs on.
func TestSecondServerIsRefused(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
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
	data := t.TempDir()
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

// TestStoppingServerIsNotReady asks a server that stops whether it is ready: on
// a connection with half a request on it, since there are no new ones.
func TestStoppingServerIsNotReady(t *testing.T) {
	t.Parallel()
	s := serve(t, t.TempDir())
	address := strings.TrimPrefix(s.url, "http://")
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(conn, "GET /readyz HTTP/1.1\r\n"); err != nil {
		t.Fatal(err)
	}
	// Connections are taken one after the other: when this one is answered, the
	// one before it was taken.
	if status := get(t, s.url+"/readyz"); status != http.StatusOK {
		t.Fatalf("not ready before it stops: %d", status)
	}
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	awaitRefusal(t, address)
	if _, err := io.WriteString(conn, "Host: galena\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	if status := readStatus(t, bufio.NewReader(conn)); status != http.StatusServiceUnavailable {
		t.Errorf("a stopping server answers /readyz with %d, not 503", status)
	}
	s.expectCleanEnd(t)
}

// awaitRefusal returns when nobody listens at an address any more.
func awaitRefusal(t *testing.T, address string) {
	t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); {
		conn, err := net.DialTimeout("tcp", address, patience)
		if errors.Is(err, syscall.ECONNREFUSED) {
			return
		}
		if err == nil {
			conn.Close()
		}
	}
	t.Fatalf("a stopping server still takes connections after %s", patience)
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

func readStatus(t *testing.T, r *bufio.Reader) int {
	t.Helper()
	resp, err := http.ReadResponse(r, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode
}
