// Package mutant tests the tests of the engine: it puts one mistake at a time
// into the engine's source, as an overlay that touches no file of the tree, and
// expects the comparison with the oracle to notice.
package mutant

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	_ "galena/internal/engine" // so that a change of it or of what it needs runs this again
)

// mutation is a mistake: in a file of the engine (or of what it stands on), a text that occurs there
// exactly once, and what stands in its place.
type mutation struct {
	name     string
	file     string
	from, to string
}

// A comparison is a test that must notice, in the oracle's directory. The seeds
// are fixed, so that a mutant is noticed always or never.
const (
	comparison      = "TestEngineMeetsOracle"
	acrossPlaybooks = "TestChainMeetsOracle"
)

// checks are how many cases a comparison draws for each seed. Those of one lead
// under several playbooks take longer and hold more.
var checks = map[string]int{comparison: 1000, acrossPlaybooks: 400}

// all are the mutations, by the comparison that must notice them.
var all = map[string][]mutation{comparison: mutations, acrossPlaybooks: publishing}

var seeds = []string{"20260105", "1", "2", "3"}

var arguments = []string{"-rapid.nofailfile", "-rapid.shrinktime=0s"}

// TestEngineAsItIs runs the comparison as it is run on the mutants: that they fail
// means something only if this passes.
func TestEngineAsItIs(t *testing.T) {
	skipShort(t)
	t.Parallel()
	binary := build(t, "")
	for comparison := range all {
		if out, err := run(binary, comparison); err != nil {
			t.Fatalf("%s fails without any mistake: %v\n%s", comparison, err, out)
		}
	}
}

func TestEveryMistakeIsNoticed(t *testing.T) {
	skipShort(t)
	for comparison, mutations := range all {
		for _, m := range mutations {
			t.Run(m.name, func(t *testing.T) {
				t.Parallel()
				out, err := run(build(t, overlay(t, m)), comparison)
				if err == nil {
					t.Fatalf("nobody noticed that in %s\n%s\nbecame\n%s", m.file, m.from, m.to)
				}
				if !bytes.Contains(out, []byte("--- FAIL: "+comparison)) {
					t.Fatalf("the mutant did not get as far as to fail: %v\n%s", err, out)
				}
			})
		}
	}
}

// TestMutationsFit is quick, and so also runs where mutants do not: a mutation
// must not rot while the engine is changed.
func TestMutationsFit(t *testing.T) {
	t.Parallel()
	names := map[string]bool{}
	for _, mutations := range all {
		for _, m := range mutations {
			if names[m.name] {
				t.Errorf("two mutations are called %q", m.name)
			}
			names[m.name] = true
			mutate(t, m)
		}
	}
}

func skipShort(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a test binary for each mutant")
	}
}

// mutate is the source of the file with the mistake in it.
func mutate(t *testing.T, m mutation) []byte {
	t.Helper()
	source, err := os.ReadFile(filepath.Join("..", m.file))
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(source), m.from); n != 1 {
		t.Errorf("%s: %s has %d times, not once\n%s", m.name, m.file, n, m.from)
	}
	return []byte(strings.Replace(string(source), m.from, m.to, 1))
}

// overlay writes the mutant's file and the list that puts it in the place of the
// real one.
func overlay(t *testing.T, m mutation) (list string) {
	t.Helper()
	real, err := filepath.Abs(filepath.Join("..", m.file))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	mutant := filepath.Join(dir, filepath.Base(m.file))
	if err := os.WriteFile(mutant, mutate(t, m), 0o600); err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(map[string]map[string]string{"Replace": {real: mutant}})
	if err != nil {
		t.Fatal(err)
	}
	list = filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(list, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return list
}

// watch reads the comparison's files. The go command keeps the results of tests
// and does not see what a child reads, so this process must.
func watch(t *testing.T) {
	t.Helper()
	for _, pattern := range []string{"../oracle/*.go", "../oracle/generate/*.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("no files %s (%v)", pattern, err)
		}
		for _, file := range files {
			if _, err := os.ReadFile(file); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// build makes the binary of the oracle's tests, with an overlay unless it is "".
func build(t *testing.T, overlay string) string {
	t.Helper()
	watch(t)
	binary := filepath.Join(t.TempDir(), "oracle.test")
	args := []string{"test", "-c", "-vet=off", "-ldflags=-s -w", "-o", binary}
	if overlay != "" {
		args = append(args, "-overlay", overlay)
	}
	cmd := exec.Command("go", append(args, "galena/internal/engine/oracle")...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	return binary
}

// run runs a comparison with one seed after the other until it fails.
func run(binary, comparison string) (out []byte, err error) {
	for _, seed := range seeds {
		cmd := exec.Command(binary, append([]string{
			"-test.run=^" + comparison + "$", "-test.timeout=2m", "-rapid.seed=" + seed, fmt.Sprintf("-rapid.checks=%d", checks[comparison]),
		}, arguments...)...)
		cmd.Dir = filepath.Join("..", "oracle")
		if out, err = cmd.CombinedOutput(); err != nil {
			break
		}
	}
	return out, err
}
