package engine_test

import (
	"testing"

	"galena/internal/engine"
	"galena/internal/playbook"
)

// TestShippedPlaybooksPassTheirTests runs the tests that they carry. Each has
// some: without, nobody would know what it is meant to do.
func TestShippedPlaybooksPassTheirTests(t *testing.T) {
	t.Parallel()
	for _, name := range playbook.ShippedNames() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text, _ := playbook.Shipped(name)
			d, plan, problems := playbook.Load(text, 1)
			if plan == nil {
				t.Fatal(problems)
			}
			if len(d.Tests) < 2 {
				t.Errorf("it has %d tests", len(d.Tests))
			}
			for i := range d.Tests {
				for _, differs := range engine.Trial(plan, &d.Tests[i]) {
					t.Errorf("%s: %s", d.Tests[i].Name.Text, differs)
				}
			}
		})
	}
}
