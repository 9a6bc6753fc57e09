// Package mutant tests the tests of the engine: it puts one mistake at a time
// into the engine's source, as an overlay that touches no file of the tree, and
// expects the comparison with the oracle to notice.
package mutant

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	_ "galena/internal/engine" // so that a change of it or of what it needs runs this again
)

// mutation is a mistake: in a file of the engine (or of what it stands on), a text that occurs there
// exactly once, within a function, and what stands in its place.
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
	byHand          = "TestScenarios"
)

// A trial runs one test. Those of a mutant are made one after the other until one
// fails: nearly all fail at the first.
type trial struct {
	test   string
	seed   string
	checks int
}

// trialsOf are those of mistakes that a comparison must notice: random cases
// first, then those worked out by hand, which are about what random ones seldom
// show. Cases of one lead under several playbooks take longer and hold more.
func trialsOf(comparison string) []trial {
	n := 250
	if comparison == acrossPlaybooks {
		n = 120
	}
	return []trial{
		{comparison, "20260105", n}, {byHand, "1", 1}, {comparison, "1", n},
		// Few get here: what only rare cases show.
		{comparison, "2", 2 * n}, {comparison, "3", 2 * n}, {comparison, "4", 2 * n},
	}
}

// groups are the mutations by the comparison that must notice them.
var groups = []struct {
	comparison string
	mutations  []mutation
}{{comparison, mutations}, {acrossPlaybooks, publishing}}

func TestEveryMistakeIsNoticed(t *testing.T) {
	if testing.Short() {
		t.Skip("makes every mistake, and runs the comparison with each")
	}
	binary := build(t, slices.Concat(mutations, publishing))
	// That a mutant fails means something only if this passes.
	t.Run("the engine as it is", func(t *testing.T) {
		t.Parallel()
		for _, g := range groups {
			if trial, out, err := run(binary, 0, g.comparison); err != nil {
				t.Fatalf("%v fails without any mistake: %v\n%s", trial, err, out)
			}
		}
	})
	number := 0
	for _, g := range groups {
		for _, m := range g.mutations {
			number++
			n := number
			t.Run(m.name, func(t *testing.T) {
				t.Parallel()
				trial, out, err := run(binary, n, g.comparison)
				if err == nil {
					t.Fatalf("nobody noticed that in %s\n%s\nbecame\n%s", m.file, m.from, m.to)
				}
				// One that never comes to an end is noticed, too.
				ended := bytes.Contains(out, []byte("--- FAIL: "+trial.test)) || bytes.Contains(out, []byte("panic: test timed out"))
				if !errors.As(err, new(*exec.ExitError)) || !ended {
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
	for _, g := range groups {
		for _, m := range g.mutations {
			if names[m.name] {
				t.Errorf("two mutations are called %q", m.name)
			}
			names[m.name] = true
			source, err := os.ReadFile(filepath.Join("..", m.file))
			if err != nil {
				t.Errorf("%s: %v", m.name, err)
			} else if n := strings.Count(string(source), m.from); n != 1 {
				t.Errorf("%s: %s has %d times, not once\n%s", m.name, m.file, n, m.from)
			}
		}
	}
}

// run makes the trials of a mutant, by its number, until one fails.
func run(binary string, number int, comparison string) (last trial, out []byte, err error) {
	for _, last = range trialsOf(comparison) {
		cmd := exec.Command(binary, "-test.run=^"+last.test+"$", "-test.timeout=2m",
			"-rapid.seed="+last.seed, fmt.Sprintf("-rapid.checks=%d", last.checks), "-rapid.nofailfile", "-rapid.shrinktime=0s")
		cmd.Dir = filepath.Join("..", "oracle")
		cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%d", chosen, number))
		if out, err = cmd.CombinedOutput(); err != nil {
			break
		}
	}
	return last, out, err
}
