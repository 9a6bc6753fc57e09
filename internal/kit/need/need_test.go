package need_test

import (
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"galena/internal/kit/need"
)

// recorder is a test that only notes how it ended.
type recorder struct {
	testing.TB
	ended string
}

func (r *recorder) Helper() {}

func (r *recorder) Skipf(format string, args ...any) {
	r.ended = "skipped: " + fmt.Sprintf(format, args...)
	runtime.Goexit()
}

func (r *recorder) Fatalf(format string, args ...any) {
	r.ended = "failed: " + fmt.Sprintf(format, args...)
	runtime.Goexit()
}

// ended runs a test on a goroutine of its own and tells how it ended.
func ended(test func(testing.TB)) string {
	r := &recorder{ended: "went on"}
	done := make(chan struct{})
	go func() {
		defer close(done)
		test(r)
	}()
	<-done
	return r.ended
}

func TestMissingProgram(t *testing.T) {
	for promise, want := range map[string]string{"": "skipped: ", "0": "skipped: ", "1": "failed: "} {
		t.Setenv(need.All, promise)
		got := ended(func(t testing.TB) { need.Program(t, "no-such-program", "nor-this-one") })
		if !strings.HasPrefix(got, want) || !strings.Contains(got, "no-such-program or nor-this-one is not installed") {
			t.Errorf("with %s=%q the test %s", need.All, promise, got)
		}
	}
}

func TestProgramThatIsThere(t *testing.T) {
	var path string
	got := ended(func(t testing.TB) { path = need.Program(t, "no-such-program", "go") })
	if got != "went on" || !strings.HasPrefix(filepath.Base(path), "go") {
		t.Errorf("found %q, and the test %s", path, got)
	}
}
