package engine_test

import (
	"slices"
	"testing"

	"galena/internal/engine"
	"galena/internal/playbook"
)

const recycling = `
galena: 1
name: recycling
time_zone: UTC
signals:
  asked: {event: Asked}
stages:
  - {name: Lead, role: identified, when: count(asked) >= 1}
exits:
  - {name: Recycled, role: recycled, by_hand: true, reasons: [no budget]}
tests:
  - name: as it is
    events: [{event: Asked, user: u}, {after: 1d, stage: Recycled, reason: no budget}]
    expect: {stage: Recycled, cycle: 1, reason: no budget, entered: [Lead, Recycled]}
  - name: as it is not
    events: [{event: Asked, user: u}, {after: 1d, stage: Recycled, reason: no budget}]
    expect: {cycle: 2, reason: "", entered: [Lead]}
`

func TestTrialOfAWay(t *testing.T) {
	t.Parallel()
	d, plan, problems := playbook.Load([]byte(recycling), 1)
	if plan == nil {
		t.Fatal(problems)
	}
	if differs := engine.Trial(plan, &d.Tests[0]); len(differs) > 0 {
		t.Errorf("as it is: %q", differs)
	}
	want := []string{
		"the cycle is 1, expected 2",
		"the reason is no budget, expected none",
		"entered were Lead, Recycled, expected Lead",
	}
	var differs []string
	for _, said := range engine.Trial(plan, &d.Tests[1]) {
		differs = append(differs, said.String())
	}
	if !slices.Equal(differs, want) {
		t.Errorf("as it is not: %q, want %q", differs, want)
	}
}
