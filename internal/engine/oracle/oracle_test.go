package oracle

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"galena/internal/engine/oracle/generate"
	"galena/internal/lead"
)

// What must be true of any fold, whatever the playbook says.
func TestOracleAddsUp(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := generate.Any(generate.Options{}).Draw(t, "case")
		plan := compile(t, c.Playbook)
		at := c.Looks[0]
		result := byOracle(t, plan, c.Events, at)
		for _, s := range result.Scores {
			var total lead.Points
			for _, l := range s.Lines {
				if l.Raw+l.Limited+l.Lapsed+l.Capped+l.Decayed != l.Points {
					t.Fatalf("%s does not add up", l)
				}
				if (l.Raw == 0 && l.Capped == 0) != l.Failed {
					t.Fatalf("%s says nothing", l)
				}
				total += l.Points
			}
			if total != s.Points {
				t.Fatalf("the lines of %s sum to %s, it is %s", s.Name, total, s.Points)
			}
		}

		shuffled := rapid.Permutation(c.Events).Draw(t, "shuffled")
		if again := byOracle(t, plan, shuffled, at); again.String() != result.String() {
			t.Fatalf("in another order:\n%s", difference(result.String(), again.String()))
		}

		later := byOracle(t, plan, c.Events, slices.Max(c.Looks))
		if !strings.HasPrefix(decided(later.Decisions), decided(result.Decisions)) {
			t.Fatalf("time undid a decision:\n%s", difference(decided(result.Decisions), decided(later.Decisions)))
		}
	})
}
