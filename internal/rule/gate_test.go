package rule

import (
	"testing"

	"pgregory.net/rapid"
)

// A condition holds where its gate is open and lets the lead in, and nowhere else;
// and a gate stays as it is whatever becomes of what is not steady.
func TestGatesStandForConditions(t *testing.T) {
	t.Parallel()
	steady := func(a *Atom) bool { return a.Kind == Score && a.Slot == 0 }
	rapid.Check(t, func(t *rapid.T) {
		w := writer{t}
		for _, x := range w.conditions(leads, w.leadLeaf) {
			gate := x.Gate(steady)
			for range perRun {
				p := w.person()
				open := gate.IsOpen(p)
				if got, want := open && gate.LetsIn(p), x.OnLead(p) == True; got != want {
					t.Fatalf("%s\nopen %t, lets in %t, but holds is %t", x.Text(), open, got, want)
				}
				before := p.holds
				p.holds = func(a *Atom) Truth {
					if steady(a) {
						return before(a)
					}
					return w.truth()
				}
				if gate.IsOpen(p) != open {
					t.Fatalf("%s\nthe gate changed with what is not steady", x.Text())
				}
			}
		}
	})
}

func TestGatesTakeWhatTheyCan(t *testing.T) {
	t.Parallel()
	steady := func(a *Atom) bool { return a.Kind == Score && a.Slot == 0 }
	for text, open := range map[string]bool{
		// Nothing is known of the person, and no atom.
		"subscribed && count(demo_request) > 0":                   false,
		"count(demo_request) > 0 && (employees > 5 && score > 1)": false,
		"fit >= 20 && score >= 60":                                false,
		"!subscribed && score >= 60":                              false,
		"size(title) == 2":                                        false,
		"!known(title) && count(demo_request) > 0":                true,
		"subscribed || count(demo_request) > 0":                   true,
		"score >= 60 && since(demo_request) < 7d":                 true,
		"subscribed ? score > 1 : score > 2":                      true,
	} {
		gate := mustCompile(t, leads, text).Gate(steady)
		if gate.IsOpen(nobody()) != open {
			t.Errorf("%s: the gate is open: %t", text, !open)
		}
	}
}
