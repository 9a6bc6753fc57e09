package playbook

import (
	"bytes"
	"strings"
	"testing"

	"galena/internal/lead"
)

const dialled = "\ufeff# a comment\r\n" + `galena: 1
name: N
time_zone: UTC
signals:
  # about visits
  visit: {event: Visit}
scores:
  keen:
    decay: {half_life: 30d} # slow
    rules:
      # the first
      - {on: visit, points: 15, limit: 1 per day}
      - on: visit
        name: again
        points: 5 # five
        cap: 10
  fit:
    rules: [{name: x, when: reachable, points: 3}]
totals:
  score: {sum: [keen]}
stages:
  - name: A
    role: identified
    when: >-
      stage != "score >= 1" && score >=
      60 && keen > 5.5
`

// Each dial changes itself, and not a byte beside it.
func TestTurn(t *testing.T) {
	t.Parallel()
	if _, _, problems := Load([]byte(dialled), 0); Failed(problems) {
		t.Fatal(problems)
	}
	for _, test := range []struct{ path, value, from, to string }{
		{"scores.keen.decay.half_life", "2w", "30d}", "2w}"},
		{"scores.keen.rules[0].points", "-7", "points: 15", "points: -7"},
		{"scores.keen.rules[0].limit", "once", "1 per day", "once"},
		{"scores.keen.rules[1].points", "5.5", "points: 5 #", "points: 5.5 #"},
		{"scores.keen.rules[1].limit", "3", "# five\n", "# five\r\n        limit: 3\n"},
		{"scores.fit.rules[0].points", "4", "points: 3", "points: 4"},
		{"stages[0].when#1", "61", "      60 &&", "      61 &&"},
		{"stages[0].when#2", "6", "keen > 5.5", "keen > 6"},
	} {
		got, err := Turn([]byte(dialled), test.path, test.value)
		rewritten(t, test, got, err, dialled, test.from, test.to)
	}
	flow := strings.Replace(dialled, `, limit: 1 per day`, "", 1)
	got, err := Turn([]byte(flow), "scores.keen.rules[0].limit", "1 per day")
	if err != nil || string(got) != dialled {
		t.Errorf("a limit that was not there: %v\n%s", err, got)
	}
}

func TestTurnRefuses(t *testing.T) {
	t.Parallel()
	for path, value := range map[string]string{
		"scores.keen.rules[9].points": "1", "scores.keen.rules[0].points": "1, cap: 2", "scores.keen.rules[0].limit": "often",
		"scores.keen.decay.half_life": "soon", "stages[0].when#1": "1 || true", "stages[0].when#3": "1",
	} {
		got, err := Turn([]byte(dialled), path, value)
		refused(t, path+" at "+value, got, err)
	}
}

// Every dial of every shipped playbook can be turned, and back again to the byte.
func TestTurnShipped(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"default", "b2c-shop"} {
		source, _ := Shipped(name)
		doc, _ := mustLoad(t, source)
		dials := doc.Dials()
		if len(dials) < 10 {
			t.Errorf("%s has %d dials", name, len(dials))
		}
		for _, d := range dials {
			value := map[DialKind]string{DialPoints: "7", DialLimit: "2 per day", DialHalfLife: "9d", DialThreshold: "7"}[d.Kind]
			if d.Value == "" || d.Value == value {
				continue
			}
			turned, err := Turn(source, d.Path, value)
			if err != nil {
				if d.Kind == DialPoints || d.Kind == DialThreshold || d.Kind == DialHalfLife {
					t.Errorf("%s: %s: %v", name, d.Path, err)
				}
				continue
			}
			if back, err := Turn(turned, d.Path, d.Value); err != nil || !bytes.Equal(back, source) {
				t.Errorf("%s: %s does not come back: %v", name, d.Path, err)
			}
		}
	}
}

func TestAddRule(t *testing.T) {
	t.Parallel()
	got, err := AddRule([]byte(dialled), Novelty{Type: lead.Track, Name: "Visit", Score: "keen", Points: "5"})
	rewritten(t, "another event", got, err, dialled, "  visit: {event", "  visit_2: {label: \"Visit\", event: \"Visit\"}\r\n  visit: {event",
		"      - {on: visit, points: 15", "      - {on: visit_2, points: 5}\r\n      - {on: visit, points: 15")
	for _, n := range []Novelty{
		{Type: lead.Track, Name: "x", Score: "fit", Points: "5"},     // on one line
		{Type: lead.Track, Name: "x", Score: "score", Points: "5"},   // a total
		{Type: lead.Track, Name: "x", Score: "keen", Points: "many"}, // no number
	} {
		got, err := AddRule([]byte(dialled), n)
		refused(t, n, got, err)
	}
	source, _ := Shipped("default")
	for _, name := range []string{"Brochure: \"Sent\" # x", "", "\U0001f600", "9 lives", "a\nb"} {
		changed, err := AddRule(source, Novelty{Type: lead.Page, Name: name, Score: "interest_points", Points: "-2.5"})
		if err != nil {
			t.Errorf("%q: %v", name, err)
			continue
		}
		doc, _, _ := Load(changed, 0)
		if s := doc.Signals[0]; name != "" && s.Names[0] != name || s.Types[0] != lead.Page {
			t.Errorf("%q became %+v", name, s)
		}
	}
}
