package rule

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// drawn writes an outline with brackets around what goes together.
func drawn(o *Outline) string {
	if o.Joint == One {
		return o.Text()
	}
	var parts []string
	for _, p := range o.Parts {
		parts = append(parts, drawn(p))
	}
	return fmt.Sprintf("[%s]", strings.Join(parts, map[Joint]string{All: " and ", Any: " or "}[o.Joint]))
}

func TestOutline(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`subscribed`:                                                    `subscribed`,
		`subscribed && fit >= 20`:                                       `[subscribed and fit >= 20]`,
		`subscribed || fit >= 20 && score > 5`:                          `[subscribed or [fit >= 20 and score > 5]]`,
		`(subscribed || fit >= 20) && employees in [1, 2]`:              `[[subscribed or fit >= 20] and employees in [1, 2]]`,
		`((subscribed && fit >= 20))`:                                   `[subscribed and fit >= 20]`,
		`(subscribed) && (fit >= 20)`:                                   `[(subscribed) and (fit >= 20)]`,
		`!(subscribed && fit >= 20)`:                                    `!(subscribed && fit >= 20)`,
		`subscribed ? fit >= 20 : score > 5 && fit > 1`:                 `subscribed ? fit >= 20 : score > 5 && fit > 1`,
		`title.matches("a && b || c") && tags.exists(t, t == "x || y")`: `[title.matches("a && b || c") and tags.exists(t, t == "x || y")]`,
		`count(demo_request, 30d) >= 2 && since(pricing_visit) < 7d`:    `[count(demo_request, 30d) >= 2 and since(pricing_visit) < 7d]`,
	} {
		if got := drawn(mustCompile(t, leads, text).Outline()); got != want {
			t.Errorf("%s is taken apart into %s, want %s", text, got, want)
		}
	}
}

// truthOfParts is what the parts of an outline come to together.
func truthOfParts(o *Outline, l Lead) Truth {
	if o.Joint == One {
		return o.OnLead(l)
	}
	all := o.Joint == All
	come := truthOf(all)
	for _, p := range o.Parts {
		switch truth := truthOfParts(p, l); {
		case truth == truthOf(!all):
			return truth
		case truth == Unknown:
			come = Unknown
		}
	}
	return come
}

// Whatever is taken apart comes to the same as a whole.
func TestPartsComeToTheWhole(t *testing.T) {
	t.Parallel()
	leaves := []string{"subscribed", "employees >= 50", "fit >= 20", "count(pricing_visit) >= 1", "in_stage > 7d", "known(title)", `title == "x"`}
	var condition func(*rapid.T, int) string
	condition = func(t *rapid.T, depth int) string {
		if depth == 0 || rapid.IntRange(0, 2).Draw(t, "leaf") == 0 {
			return rapid.SampledFrom(leaves).Draw(t, "what")
		}
		one, other := condition(t, depth-1), condition(t, depth-1)
		return rapid.SampledFrom([]string{one + " && " + other, one + " || " + other, "(" + one + ")", "!(" + one + ")", "(" + one + " || " + other + ") && " + one}).Draw(t, "joined")
	}
	rapid.Check(t, func(t *rapid.T) {
		text := condition(t, 3)
		x, problems := leads.Compile(text)
		if x == nil {
			t.Fatalf("%s: %v", text, problems)
		}
		for who, l := range map[string]Lead{"somebody": somebody(), "nobody": nobody()} {
			if got, want := truthOfParts(x.Outline(), l), x.OnLead(l); got != want {
				t.Fatalf("%s: the parts of %s come to %v, the whole to %v", who, text, got, want)
			}
		}
	})
}

// A part asks where the whole remembers.
func TestPartsKeepMemories(t *testing.T) {
	t.Parallel()
	x := mustCompile(t, leads, "distinct(pricing_visit, page.path) >= 2 && distinct(demo_request, page.path) >= 3")
	for i := range x.atoms {
		x.atoms[i].Memory = 7 + x.atoms[i].Slot
	}
	for _, part := range x.Outline().Parts {
		if a := part.Atoms()[0]; a.Memory != 7+a.Slot {
			t.Errorf("%s asks memory %d", part.Text(), a.Memory)
		}
	}
}
