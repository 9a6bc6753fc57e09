package playbook

import (
	"slices"
	"testing"
)

// What counts for no score and no stage is told with what it is for, and nothing else is.
func TestPurposes(t *testing.T) {
	t.Parallel()
	d, plan, problems := Load([]byte(`
galena: 1
name: Purposes
time_zone: UTC
attributes:
  told: {type: text}
  asked: {type: number}
  sent: {type: text}
  barred: {type: bool}
  inner: {type: bool}
  shown: {type: text}
signals:
  visit: {event: Visit}
  demo: {event: Demo}
  trial: {event: Trial}
  wish: {any: [demo, trial]}
  idle: {event: Idle}
segments:
  insiders: {when: inner}
scores:
  keen:
    rules:
      - {on: visit, points: 10}
      - {on: wish, points: 20}
stages:
  - {name: Lead, role: identified, when: reachable}
  - {name: SQL, role: ready, when: keen >= 10}
hand_raise: wish
handoff:
  on: SQL
  routes:
    - {name: large, when: 'asked >= 10 && sent != "shown"', to: {team: large}}
    - {to: {team: sales}}
  fallback: {queue: all}
  context: [told, sent]
exclusions:
  some: {when: barred || insiders}
`), 1)
	if plan == nil {
		t.Fatal(problems)
	}
	for _, part := range Outline(d, plan).Inputs {
		want := map[string][]Purpose{"told": {ForSales}, "asked": {ForRouting}, "sent": {ForRouting, ForSales}, "barred": {ForExclusion}, "inner": {ForExclusion},
			"demo": {ForUnion}, "trial": {ForUnion}, "wish": {ForHandRaise}}[part.Name]
		if !slices.Equal(part.For, want) {
			t.Errorf("%s is for %q, want %q", part.Name, part.For, want)
		}
	}
}
