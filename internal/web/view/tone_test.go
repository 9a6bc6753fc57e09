package view

import (
	"fmt"
	"testing"
)

// Stages of a playbook have colours of their own as long as the scale has any, in its
// order.
func TestStagesHaveColoursOfTheirOwn(t *testing.T) {
	t.Parallel()
	for n := 1; n <= 50; n++ {
		rungs := []Rung{{Name: "Won", Role: "customer"}, {Name: "Lost", Role: "disqualified", Exit: true}}
		for i := range n {
			rungs = append(rungs, Rung{Name: fmt.Sprint("stage ", i), Role: "ready"})
		}
		all, seen := TonesOf(rungs), map[string]bool{}
		last := 0
		for i := range n {
			class := all[fmt.Sprint("stage ", i)]
			place := 0
			if _, err := fmt.Sscanf(class, "tone tone-%d", &place); err != nil || place < max(1, last) || place > tones {
				t.Errorf("of %d the stage %d is %q after %d", n, i, class, last)
			}
			last, seen[class] = place, true
		}
		if len(seen) != min(n, tones) || all["Won"] != "tone tone-won" || all["Lost"] != "bad" {
			t.Errorf("%d stages have %d colours, the last ones %q and %q", n, len(seen), all["Won"], all["Lost"])
		}
	}
}
