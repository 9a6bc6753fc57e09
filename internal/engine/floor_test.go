package engine_test

import (
	"testing"

	"galena/internal/engine"
	"galena/internal/playbook"
)

// A rule with a floor above nothing is worth it to everybody, also to a lead of whom a
// state was cleared.
func TestFloorAboveNothing(t *testing.T) {
	t.Parallel()
	_, plan, problems := playbook.Load([]byte(`
galena: 1
name: Floor
time_zone: UTC
signals: {visit: {type: page}}
scores: {keen: {rules: [{on: visit, points: 1, floor: 3}]}}
stages: [{name: Lead, role: identified, when: keen > 3}]
`), 1)
	if plan == nil {
		t.Fatal(problems)
	}
	e := engine.New(plan)
	s := e.NewState()
	for range 2 {
		if got := e.Read(s)[0]; got != 3000 {
			t.Errorf("It reads %s.", got)
		}
		e.Clear(s)
	}
}
