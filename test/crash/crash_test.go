// Package crash runs the real galena and treats it badly: it is killed under
// load, told to stop under load, started twice on one folder, and watched by a
// tracer. What a client was told is then compared with what the log holds.
//
// It knows galena by its command line and its HTTP side only, as an operator
// does; no package of the program is used. It holds tests only.
package crash

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	_ "galena/internal/cli" // so that a change of the program runs this again
)

// program is the path of the galena under test, built once for all tests; hasty
// is one whose store writes back and merges all the time.
var program, hasty string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "galena-crash-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	program, hasty = filepath.Join(dir, "galena"), filepath.Join(dir, "hasty")
	code := 1
	if build(program) && build(hasty, "-tags", "hasty") {
		code = m.Run()
	}
	os.RemoveAll(dir)
	os.Exit(code)
}

func build(path string, flags ...string) bool {
	words := append([]string{"build", "-o", path}, flags...)
	out, err := exec.Command("go", append(words, "galena/cmd/galena")...).CombinedOutput()
	if err != nil {
		fmt.Fprintf(os.Stderr, "galena cannot be built: %s\n%s", err, out)
	}
	return err == nil
}
