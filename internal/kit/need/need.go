// Package need lets a test say which programs of the machine it cannot do
// without. Where one is missing the test is skipped with a sentence, and fails
// instead on a machine that promised to have everything.
//
// It is for tests; nothing that ships imports it.
package need

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// All is the variable of the environment by which a machine promises to have
// every program that some test needs: with "1" a test that would be skipped fails.
const All = "GALENA_REQUIRE_ALL"

// Program finds a program by the first of its names that is on the path.
func Program(t testing.TB, names ...string) string {
	t.Helper()
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	Missing(t, strings.Join(names, " or ")+" is not installed")
	return ""
}

// Missing ends a test that cannot be run here, for the reason given: skipped, or
// failed where everything was promised.
func Missing(t testing.TB, reason string) {
	t.Helper()
	if os.Getenv(All) == "1" {
		t.Fatalf("%s, and %s=1 says that nothing may be skipped.", reason, All)
	}
	t.Skipf("Skipped: %s. Everything else is tested.", reason)
}
