package sqlite

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"testing"

	"galena/internal/fault"
	"galena/internal/store"
)

// The kernel refuses to let a file grow past a limit of the process, so the test
// runs in a process of its own.
const limitedProcess = "GALENA_TEST_LIMITED_PROCESS"

func TestNothingIsWrittenAfterTheDiskFailed(t *testing.T) {
	if os.Getenv(limitedProcess) == "" {
		t.Parallel()
		command := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v")
		command.Env = append(os.Environ(), limitedProcess+"=1")
		if out, err := command.CombinedOutput(); err != nil || !strings.Contains(string(out), "--- PASS: "+t.Name()) {
			t.Errorf("%v\n%s", err, out)
		}
		return
	}

	s := newTestStore(t)
	if err := writeRows(s, 10); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(s.path + "-wal")
	if err != nil {
		t.Fatal(err)
	}
	signal.Ignore(syscall.SIGXFSZ)
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		t.Fatal(err)
	}
	free := limit.Cur
	limit.Cur = uint64(info.Size()) + 10_000
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		t.Fatal(err)
	}
	failed := writeRows(s, 100)
	limit.Cur = free
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		t.Fatal(err)
	}

	// The disk is well again, but nobody knows what it holds.
	later := s.Write(context.Background(), func(store.Tx) error {
		t.Error("a transaction began after the disk had failed")
		return nil
	})
	for what, err := range map[string]error{"the commit": failed, "the next transaction": later} {
		if !errors.Is(err, ErrDiskFailed) || fault.KindOf(err) != fault.Busy || !strings.Contains(fault.Text(err), "restart Galena") {
			t.Errorf("%s: got %v, want a fault of kind busy for %v", what, err, ErrDiskFailed)
		}
	}
	if got := leadsIn(t, s); got != 10 {
		t.Errorf("there are %d leads, want 10", got)
	}
	if err := s.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}

	again, err := Open(context.Background(), s.path, Options{})
	if err != nil {
		t.Fatalf("opening anew: %v", err)
	}
	if err := writeRows(again, 1); err != nil {
		t.Errorf("writing after opening anew: %v", err)
	}
	if got := leadsIn(t, again); got != 11 {
		t.Errorf("there are %d leads after opening anew, want 11", got)
	}
	if _, err := again.Check(context.Background()); err != nil {
		t.Errorf("Check: %v", err)
	}
	if err := again.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
}
