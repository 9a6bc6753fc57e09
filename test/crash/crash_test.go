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

// program is the path of the galena under test, built once for all tests.
var program string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "galena-crash-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	program = filepath.Join(dir, "galena")
	code := 1
	if out, err := exec.Command("go", "build", "-o", program, "galena/cmd/galena").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "galena cannot be built: %s\n%s", err, out)
	} else {
		code = m.Run()
	}
	os.RemoveAll(dir)
	os.Exit(code)
}
