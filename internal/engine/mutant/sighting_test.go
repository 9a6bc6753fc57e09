package mutant

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write testdata/sightings anew")

// sighting is the one case in which a mistake was seen: a scenario, or of a test
// with random cases the one that a seed makes. Which it was is kept in
// testdata/sightings, so that a run need not search: that takes fifty times as long.
type sighting struct{ test, seed string }

// sightings is the file that keeps them: the mistake, the test and the seed on a
// line, with tabs between.
var sightings = filepath.Join("testdata", "sightings")

// readSightings reads what is kept, by the names of the mistakes.
func readSightings(t *testing.T) map[string]sighting {
	t.Helper()
	raw, err := os.ReadFile(sightings)
	if err != nil && !(*update && errors.Is(err, os.ErrNotExist)) {
		t.Fatal(err)
	}
	kept := map[string]sighting{}
	for row := range strings.Lines(string(raw)) {
		cells := strings.Split(strings.TrimSpace(row), "\t")
		if len(cells) != 3 {
			t.Fatalf("%s: a line is %q", sightings, row)
		}
		kept[cells[0]] = sighting{cells[1], cells[2]}
	}
	return kept
}

// writeSightings keeps those of all mistakes that were seen, in their order.
func writeSightings(t *testing.T, seen map[string]sighting) {
	t.Helper()
	var b strings.Builder
	for _, g := range groups {
		for _, m := range g.mutations {
			if s, ok := seen[m.name]; ok {
				fmt.Fprintf(&b, "%s\t%s\t%s\n", m.name, s.test, s.seed)
			}
		}
	}
	if err := os.WriteFile(sightings, []byte(b.String()), 0o600); err != nil {
		t.Error(err)
	}
}

// tests are the oracle's, in a binary that can make every mistake.
type tests struct {
	binary string
	mu     sync.Mutex
	sound  map[sighting]func() error
}

// patience is far more than any number of cases takes, also where others are busy.
const patience = 10 * time.Minute

// run runs some cases of a test with a mistake, by its number; 0 for none.
func (b *tests) run(mistake int, test, seed string, cases int) ([]byte, error) {
	pattern := "^" + strings.ReplaceAll(regexp.QuoteMeta(test), "/", "$/^") + "$"
	cmd := exec.Command(b.binary, "-test.run="+pattern, "-test.timeout="+patience.String(),
		"-rapid.seed="+seed, "-rapid.checks="+strconv.Itoa(cases), "-rapid.nofailfile", "-rapid.shrinktime=0s")
	cmd.Dir = filepath.Join("..", "oracle")
	cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%d", chosen, mistake))
	out, err := cmd.CombinedOutput()
	// One that never comes to an end is noticed, too.
	ended := bytes.Contains(out, []byte("--- FAIL: "+test)) || bytes.Contains(out, []byte("panic: test timed out"))
	if err != nil && (!errors.As(err, new(*exec.ExitError)) || !ended) {
		err = fmt.Errorf("%w: the mutant did not get as far as to fail: %w", errBroken, err)
	}
	return out, err
}

// errBroken is a run that tells nothing.
var errBroken = errors.New("broken")

// sees says whether a mistake shows in a case. That it fails means something only
// if the engine as it is passes; of many mistakes that show in one case this is
// asked once.
func (b *tests) sees(t *testing.T, mistake int, s sighting) bool {
	t.Helper()
	out, err := b.run(mistake, s.test, s.seed, 1)
	if errors.Is(err, errBroken) {
		t.Fatalf("%v\n%s", err, out)
	}
	if err == nil {
		return false
	}
	b.mu.Lock()
	sound := b.sound[s]
	if sound == nil {
		sound = sync.OnceValue(func() error {
			if out, err := b.run(0, s.test, s.seed, 1); err != nil {
				return fmt.Errorf("%v fails without any mistake: %w\n%s", s, err, out)
			}
			return nil
		})
		b.sound[s] = sound
	}
	b.mu.Unlock()
	if err := sound(); err != nil {
		t.Fatal(err)
	}
	return true
}

var (
	failedScenario = regexp.MustCompile(`--- FAIL: (` + byHand + `/\w+)`)
	failedSeed     = regexp.MustCompile(`-rapid\.seed=(\d+)`)
)

// search makes the trials of a mistake until one of their cases shows it.
func (b *tests) search(t *testing.T, mistake int, comparison string) (sighting, bool) {
	t.Helper()
	for _, trial := range trialsOf(comparison) {
		out, err := b.run(mistake, trial.test, trial.seed, trial.cases)
		if errors.Is(err, errBroken) {
			t.Fatalf("%v\n%s", err, out)
		}
		if err == nil {
			continue
		}
		found := sighting{trial.test, trial.seed}
		if m := failedScenario.FindSubmatch(out); m != nil {
			found.test = string(m[1])
		} else if m := failedSeed.FindSubmatch(out); m != nil {
			found.seed = string(m[1])
		}
		if !b.sees(t, mistake, found) {
			t.Fatalf("%v failed, but its case %v passes\n%s", trial, found, out)
		}
		return found, true
	}
	return sighting{}, false
}
