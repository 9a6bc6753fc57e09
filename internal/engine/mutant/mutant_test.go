// Package mutant tests the tests of the engine: it puts one mistake at a time
// into the engine's source, as an overlay that touches no file of the tree, and
// expects the comparison with the oracle to notice.
package mutant

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
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
	// byPaths is about attributes that no random playbook has.
	byPaths = "TestPathsOfAccounts"
)

// A trial runs some cases of one test. Those of a mutant are made one after the other
// until one fails: most fail at the first.
type trial struct {
	test  string
	seed  string
	cases int
}

// trialsOf are those of mistakes that a comparison must notice: cases worked out by
// hand first, which take no time and are about what random ones seldom show. Cases of
// one lead under several playbooks take longer and hold more.
func trialsOf(comparison string) []trial {
	n := 250
	if comparison == acrossPlaybooks {
		n = 120
	}
	return []trial{
		{byHand, "1", 1}, {byPaths, "1", n}, {comparison, "20260105", n}, {comparison, "1", n},
		// Few get here: what only rare cases show.
		{comparison, "2", 2 * n}, {comparison, "3", 2 * n}, {comparison, "4", 2 * n},
	}
}

// groups are the mutations by the comparison that must notice them.
var groups = []struct {
	comparison string
	mutations  []mutation
}{{comparison, mutations}, {acrossPlaybooks, publishing}}

// TestEveryMistakeIsNoticed makes them one at a time. Where a mistake was seen last it
// is looked for first; if it does not show there any more, since playbooks or cases are
// made otherwise, all trials are made. With -update, what was seen is kept.
func TestEveryMistakeIsNoticed(t *testing.T) {
	if testing.Short() {
		t.Skip("makes every mistake, and runs the comparison with each")
	}
	kept := readSightings(t)
	b := &tests{binary: build(t, slices.Concat(mutations, publishing)), sound: map[sighting]func() error{}}
	var mu sync.Mutex
	seen := map[string]sighting{}
	if *update {
		t.Cleanup(func() { writeSightings(t, seen) })
	}
	number := 0
	for _, g := range groups {
		for _, m := range g.mutations {
			number++
			n := number
			t.Run(m.name, func(t *testing.T) {
				t.Parallel()
				s, known := kept[m.name]
				if !known || !b.sees(t, n, s) {
					var noticed bool
					if s, noticed = b.search(t, n, g.comparison); !noticed {
						t.Fatalf("nobody noticed that in %s\n%s\nbecame\n%s", m.file, m.from, m.to)
					}
					t.Logf("shows in %v, which %s does not say", s, sightings)
				}
				mu.Lock()
				defer mu.Unlock()
				seen[m.name] = s
			})
		}
	}
}

// TestMutationsFit is quick, and so also runs where mutants do not: a mutation
// must not rot while the engine is changed.
func TestMutationsFit(t *testing.T) {
	t.Parallel()
	names := map[string]bool{}
	defer func() {
		for name := range readSightings(t) {
			if !names[name] {
				t.Errorf("%s tells of the mistake %q, which nobody makes; run this package's tests with -update", sightings, name)
			}
		}
	}()
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
