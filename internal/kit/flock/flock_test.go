//go:build unix

package flock_test

import (
	"bufio"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"

	"galena/internal/kit/flock"
)

// holdVariable makes this test's program a process that holds the lock which it
// names, until its standard input ends.
const holdVariable = "GALENA_TEST_HOLD"

func TestMain(m *testing.M) {
	path := os.Getenv(holdVariable)
	if path == "" {
		os.Exit(m.Run())
	}
	lock, err := flock.Take(path)
	if err != nil {
		os.Stdout.WriteString(err.Error() + "\n")
		os.Exit(1)
	}
	os.Stdout.WriteString("held\n")
	os.Stdin.Read(make([]byte, 1))
	runtime.KeepAlive(lock) // the process lets it go by ending
}

func TestALockHasOneHolder(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "lock")
	first, err := flock.Take(path)
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file: %v, %v", info, err)
	}
	for range 2 { // being refused once changes nothing
		if _, err := flock.Take(path); !errors.Is(err, flock.ErrHeld) {
			t.Errorf("a second handle: %v", err)
		}
	}
	other, err := flock.Take(filepath.Join(filepath.Dir(path), "other"))
	if err != nil {
		t.Errorf("another lock: %v", err)
	} else if err := other.Release(); err != nil {
		t.Error(err)
	}
	if err := first.Release(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Errorf("the file is gone: %v", err)
	}
	again, err := flock.Take(path)
	if err != nil {
		t.Fatalf("after its release: %v", err)
	}
	if err := again.Release(); err != nil {
		t.Error(err)
	}
}

// The lock of a process ends with it, however it ends.
func TestALockIsHeldByAnotherProcess(t *testing.T) {
	t.Parallel()
	for _, killed := range []bool{false, true} {
		path := filepath.Join(t.TempDir(), "lock")
		program, err := os.Executable()
		if err != nil {
			t.Fatal(err)
		}
		other := exec.CommandContext(t.Context(), program)
		other.Env = append(os.Environ(), holdVariable+"="+path)
		in, err := other.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		out, err := other.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := other.Start(); err != nil {
			t.Fatal(err)
		}
		if said, err := bufio.NewReader(out).ReadString('\n'); err != nil || said != "held\n" {
			t.Fatalf("the other process says %q, %v", said, err)
		}
		if _, err := flock.Take(path); !errors.Is(err, flock.ErrHeld) {
			t.Errorf("while another process holds it: %v", err)
		}
		if killed {
			err = other.Process.Kill()
		} else {
			err = in.Close()
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := other.Wait(); (err != nil) != killed {
			t.Errorf("the other process ended with %v", err)
		}
		l, err := flock.Take(path)
		if err != nil {
			t.Fatalf("after the other process ended (killed: %t): %v", killed, err)
		}
		if err := l.Release(); err != nil {
			t.Error(err)
		}
	}
}

func TestWhatCannotBeLocked(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, path := range []string{dir, filepath.Join(dir, "none", "lock")} {
		if _, err := flock.Take(path); err == nil || errors.Is(err, flock.ErrHeld) {
			t.Errorf("%s: %v", path, err)
		}
	}
}

// Looking at a lock neither takes it nor stops anybody from taking it.
func TestHeldOnlyLooks(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "lock")
	look := func(want bool) {
		t.Helper()
		if held, err := flock.Held(path); err != nil || held != want {
			t.Errorf("held: %v, %v; want %v", held, err, want)
		}
	}
	look(false)
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("looking made the file: %v", err)
	}
	lock, err := flock.Take(path)
	if err != nil {
		t.Fatal(err)
	}
	look(true)
	if err := lock.Release(); err != nil {
		t.Fatal(err)
	}
	look(false)
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for {
			select {
			case <-stop:
				return
			default:
				_, _ = flock.Held(path)
				runtime.Gosched()
			}
		}
	}()
	for range 20 {
		lock, err := flock.Take(path)
		if err != nil {
			t.Fatalf("while somebody looks: %v", err)
		}
		if err := lock.Release(); err != nil {
			t.Fatal(err)
		}
	}
	close(stop)
	<-stopped
}
