package crash

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"galena/internal/kit/need"
)

// TestSyncPrecedesAnswer traces a server's system calls and shows that every
// answer "200" was written after the log was synced: what no kill can show,
// since the kernel keeps what a dead process wrote.
func TestSyncPrecedesAnswer(t *testing.T) {
	t.Parallel()
	strace := need.Program(t, "strace")
	if out, err := exec.Command(strace, "-f", "-o", os.DevNull, program, "version").CombinedOutput(); err != nil {
		need.Missing(t, fmt.Sprintf("strace is not allowed to trace here (%v: %s)", err, strings.TrimSpace(string(out))))
	}
	data := newFolder(t)
	key := newKey(t, data)
	trace := filepath.Join(t.TempDir(), "trace")
	s := serve(t, data, strace, "-f", "-y", "-s", "64", "-o", trace,
		"-e", "trace=read,recvfrom,write,writev,sendto,pwrite64,fsync,fdatasync", "-e", "signal=none", "--")
	const requests = 20
	// Each request has a connection of its own, by which the trace tells them apart.
	web := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: patience}
	for n := range requests {
		body := fmt.Sprintf(`{"messageId":"m-%d","event":"Demo Requested","anonymousId":"browser-%d"}`, n, n%3)
		req, err := http.NewRequest(http.MethodPost, s.url+"/v1/track", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.SetBasicAuth(key, "")
		resp, err := web.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			t.Fatalf("event %d was answered with %s", n, resp.Status)
		}
	}
	stopTraced(t, s, trace)

	file, err := os.Open(trace)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	calls, err := readTrace(file)
	if err != nil {
		t.Fatal(err)
	}
	found, err := exchanges(calls, "POST /v1/track", "HTTP/1.1 200")
	if err != nil {
		t.Fatal(err)
	}
	if len(found) != requests {
		t.Fatalf("the trace shows %d of %d requests", len(found), requests)
	}
	for n, x := range found {
		if !x.syncedBefore(calls, "galena.db-wal") {
			t.Errorf("request %d was answered before what it brought was synced (lines %d to %d of the trace)", n, x.request.entered, x.answer.left)
		}
	}
}

// stopTraced stops a server that runs under a tracer: the server itself, whose
// process id begins the trace; the tracer ends with it.
func stopTraced(t *testing.T, s *server, trace string) {
	t.Helper()
	text, err := os.ReadFile(trace)
	if err != nil {
		t.Fatal(err)
	}
	word, _, _ := strings.Cut(string(text), " ")
	pid, err := strconv.Atoi(word)
	if err != nil {
		t.Fatalf("the trace does not begin with a process id: %.80q", text)
	}
	process, err := os.FindProcess(pid)
	if err != nil {
		t.Fatal(err)
	}
	if err := process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	s.expectCleanEnd(t)
}

// TestTraceIsReadRight shows that the comparison notices what it is for.
func TestTraceIsReadRight(t *testing.T) {
	t.Parallel()
	const (
		request = `7 read(9<socket:[11]>, "POST /v1/track HTTP/1.1\r\nHost: x"..., 4096) = 310`
		frame   = `7 pwrite64(5</d/galena.db-wal>, "\0\1"..., 4120, 32) = 4120`
		sync    = `7 fdatasync(5</d/galena.db-wal>) = 0`
		answer  = `7 write(9<socket:[11]>, "HTTP/1.1 200 OK\r\nContent-Type: "..., 170) = 170`
	)
	tests := []struct {
		name   string
		lines  []string
		synced bool
	}{
		{"sync, then answer", []string{request, frame, sync, answer}, true},
		{"no sync at all, as with synchronous=OFF", []string{request, frame, answer}, false},
		{"answer, then sync", []string{request, frame, answer, sync}, false},
		{"sync before the write", []string{request, sync, frame, answer}, false},
		{"sync before the request", []string{frame, sync, request, answer}, false},
		{"sync of another file", []string{request, frame, `7 fsync(4</d/galena.db>) = 0`, answer}, false},
		{"sync that failed", []string{request, frame, `7 fdatasync(5</d/galena.db-wal>) = -1 EIO (Input/output error)`, answer}, false},
		{"calls of two threads, interleaved", []string{
			`7 read(9<socket:[11]>,  <unfinished ...>`,
			`8 futex(0xc0, FUTEX_WAKE) = 1`,
			`7 <... read resumed>"POST /v1/track HTTP/1.1\r\nHost: x"..., 4096) = 310`,
			frame,
			`8 fdatasync(5</d/galena.db-wal> <unfinished ...>`,
			`7 read(9<socket:[12]>, 0xc000, 4096) = -1 EAGAIN (Resource temporarily unavailable)`,
			`8 <... fdatasync resumed>) = 0`,
			`7 write(9<socket:[11]>, "HTTP/1.1 200 OK\r\n"..., 170 <unfinished ...>`,
			`7 <... write resumed>) = 170`,
		}, true},
		{"sync not yet done when the answer begins", []string{
			request, frame,
			`8 fdatasync(5</d/galena.db-wal> <unfinished ...>`,
			`7 write(9<socket:[11]>, "HTTP/1.1 200 OK\r\n"..., 170 <unfinished ...>`,
			`8 <... fdatasync resumed>) = 0`,
			`7 <... write resumed>) = 170`,
		}, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			calls, err := readTrace(strings.NewReader(strings.Join(test.lines, "\n")))
			if err != nil {
				t.Fatal(err)
			}
			found, err := exchanges(calls, "POST /v1/track", "HTTP/1.1 200")
			if err != nil || len(found) != 1 {
				t.Fatalf("%d exchanges, %v", len(found), err)
			}
			if got := found[0].syncedBefore(calls, "galena.db-wal"); got != test.synced {
				t.Errorf("synced before the answer: %t, want %t", got, test.synced)
			}
		})
	}
	calls, err := readTrace(strings.NewReader(request + "\n" + sync))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := exchanges(calls, "POST /v1/track", "HTTP/1.1 200"); err == nil {
		t.Error("a request without an answer is not noticed")
	}
}
