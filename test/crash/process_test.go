package crash

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

const (
	// patience is how long anything here may take before it counts as stuck.
	patience = 30 * time.Second
	// recovery bounds a start after a kill on a machine that does much else, so that one
	// that hangs is noticed. How long it takes is for the benchmark StartAfterKill to say.
	recovery = 30 * time.Second
)

// server is a running galena.
type server struct {
	cmd   *exec.Cmd
	url   string
	log   *lockedBuffer
	ended chan struct{}
	err   error // of the process, once ended is closed
}

// at is how a command is told of a data folder, or of a database by its URL.
func at(place string) []string {
	if strings.HasPrefix(place, "postgres://") {
		return []string{"--database-url", place}
	}
	return []string{"--data", place}
}

// serve starts a server on a data folder or a database, and returns when it says that it
// listens. before are words that go before the command, such as a tracer's.
func serve(t *testing.T, data string, before ...string) *server {
	t.Helper()
	return serveWith(t, program, data, before...)
}

// serveWith is serve for one of the programs.
func serveWith(t *testing.T, program, data string, before ...string) *server {
	t.Helper()
	words := append(before, program, "serve", "--listen", "127.0.0.1:0")
	words = append(words, at(data)...)
	s := &server{cmd: exec.Command(words[0], words[1:]...), log: &lockedBuffer{}, ended: make(chan struct{})}
	stderr, err := s.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.kill)
	ready := make(chan string, 1)
	go func() {
		lines := bufio.NewScanner(io.TeeReader(stderr, s.log))
		for lines.Scan() {
			if url, ok := strings.CutPrefix(lines.Text(), "Galena listens on "); ok {
				ready <- url
			}
		}
		s.err = s.cmd.Wait()
		close(s.ended)
	}()
	select {
	case s.url = <-ready:
	case <-s.ended:
		t.Fatalf("the server ended instead of listening: %v\n%s", s.err, s.log)
	case <-time.After(patience):
		t.Fatalf("the server does not listen after %s:\n%s", patience, s.log)
	}
	return s
}

// kill ends the server as a crash does, and returns when it is gone.
func (s *server) kill() {
	// It may have ended already, which is what was wanted.
	_ = s.cmd.Process.Kill()
	<-s.ended
}

// stop tells the server to stop and demands that it does so cleanly.
func (s *server) stop(t *testing.T) {
	t.Helper()
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatalf("the server is gone before it was told to stop: %v\n%s", err, s.log)
	}
	s.expectCleanEnd(t)
}

func (s *server) expectCleanEnd(t *testing.T) {
	t.Helper()
	select {
	case <-s.ended:
		if s.err != nil {
			t.Fatalf("the server stopped with %v instead of 0:\n%s", s.err, s.log)
		}
	case <-time.After(patience):
		t.Fatalf("the server does not stop within %s:\n%s", patience, s.log)
	}
}

// galena runs a command to its end and returns what it printed and its exit code.
func galena(t *testing.T, words ...string) (stdout, stderr string, exit int) {
	t.Helper()
	// Reading a large log out takes longer than anything else here.
	ctx, cancel := context.WithTimeout(t.Context(), 20*patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, words...)
	var out, diagnostics bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &diagnostics
	err := cmd.Run()
	if failed := (*exec.ExitError)(nil); err != nil && !errors.As(err, &failed) {
		t.Fatalf("galena %s: %v", strings.Join(words, " "), err)
	}
	return out.String(), diagnostics.String(), cmd.ProcessState.ExitCode()
}

// mustGalena runs a command that has to succeed and returns what it printed.
func mustGalena(t *testing.T, words ...string) string {
	t.Helper()
	stdout, stderr, exit := galena(t, words...)
	if exit != 0 {
		t.Fatalf("galena %s ended with %d:\n%s%s", strings.Join(words, " "), exit, stdout, stderr)
	}
	return stdout
}

// newFolder names a data folder that is not there yet; galena makes its own.
func newFolder(t *testing.T) string {
	t.Helper()
	return filepath.Join(t.TempDir(), "data")
}

// newKey makes a server key.
func newKey(t *testing.T, data string) string {
	t.Helper()
	return strings.TrimSpace(mustGalena(t, append([]string{"key", "create", "--kind", "server", "--name", "load"}, at(data)...)...))
}

// lockedBuffer keeps what a process says while others may read it.
type lockedBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}
