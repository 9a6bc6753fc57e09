package playbook

import (
	"slices"
	"testing"
)

const fadingText = `galena: 1
name: N
time_zone: UTC
signals: {visit: {event: Visit}}
scores:
  keen:
    label: Keen # so
    decay: {half_life: 30d} # slow
    rules:
      - {on: visit, points: 15, decay: none}
      - on: visit
        name: again
        points: 5 # five
        decay:
          linear: 1
          every: 7d # weekly
      - {name: x, when: reachable, points: 3}
  other:
    rules:
      - {on: visit, points: "min(properties.x, 5)", decay: &d {expires: 9d}}
      - {on: visit, name: y, points: 5, decay: *d}
      - {on: visit, name: z, points: -7}
  fit:
    rules: [{name: x, when: reachable, points: 3}]
`

// A decay is set where it stands, and not a byte beside it.
func TestFade(t *testing.T) {
	t.Parallel()
	doc, _ := mustLoad(t, []byte(fadingText))
	var paths []string
	for _, f := range doc.Fadings() {
		paths = append(paths, f.Path+" "+f.Points.String())
	}
	if want := []string{"scores.keen 15", "scores.keen.rules[0] 15", "scores.keen.rules[1] 5", "scores.other -7", "scores.other.rules[2] -7"}; !slices.Equal(paths, want) {
		t.Fatalf("the decays are %q, want %q", paths, want)
	}
	for _, test := range []struct {
		path     string
		manner   *Manner
		from, to string
	}{
		{"scores.keen", &Manner{Halving, "2w", ""}, "{half_life: 30d}", "{half_life: 2w}"},
		{"scores.keen", &Manner{Linear, "7d", "2.5"}, "{half_life: 30d}", "{linear: 2.5, every: 7d}"},
		{"scores.keen.rules[0]", &Manner{Shrinking, "7d", "25"}, "decay: none}", "decay: {percent: 25, every: 7d}}"},
		{"scores.keen.rules[0]", nil, ", decay: none}", "}"},
		{"scores.keen.rules[1]", &Manner{Linear, "9d", "2"}, "linear: 1\n          every: 7d", "linear: 2\n          every: 9d"},
		{"scores.keen.rules[1]", &Manner{Expiring, "90d", ""}, "linear: 1\n          every: 7d", "expires: 90d"},
		{"scores.keen.rules[1]", &Manner{Kind: Lasting}, "\n          linear: 1\n          every: 7d", " none"},
		{"scores.other.rules[2]", &Manner{Expiring, "90d", ""}, "points: -7}", "points: -7, decay: {expires: 90d}}"},
		{"scores.other.rules[2]", nil, "", ""},
	} {
		got, err := Fade([]byte(fadingText), test.path, test.manner)
		rewritten(t, test, got, err, fadingText, test.from, test.to)
	}
	for path, manner := range map[string]Manner{
		"scores.keen":          {Kind: Lasting}, // since its comment would be left over
		"scores.keen.rules[0]": {Linear, "7d", "0"}, "scores.keen.rules[1]": {Shrinking, "7d", "100"},
		"scores.other.rules[2]": {Halving, "1d}, cap: {", ""}, "scores.other": {Halving, "1s", ""}, "scores.fit": {Halving, "1d", ""},
	} {
		got, err := Fade([]byte(fadingText), path, &manner)
		refused(t, path, got, err)
	}
}

// What is written of a decay is the decay.
func TestManner(t *testing.T) {
	t.Parallel()
	for _, d := range []Decay{{}, {Kind: Halving, Every: 86_400_000}, {Kind: Linear, Every: 3_600_000, Loss: 2_500}, {Kind: Shrinking, Every: 60_000, Percent: 99}, {Kind: Expiring, Every: 60_000}} {
		if got, err := MannerOf(d).Decay(); err != nil || got != d {
			t.Errorf("%+v comes back as %+v, %v", d, got, err)
		}
	}
}
