package oracle

import (
	"testing"

	"pgregory.net/rapid"

	"galena/internal/engine/oracle/generate"
	"galena/internal/lead"
)

// The walk leaps from one due moment to the next. Somebody who looks at every
// millisecond must come to the same decisions.
func TestWalkMissesNoMoment(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := generate.Any(generate.Options{Scale: 7, Stretch: lead.Minute}).Draw(t, "case")
		plan := compile(t, c.Playbook)
		for i := range plan.Rules { // ours alone
			plan.Rules[i].Silence /= lead.Minute
			plan.Rules[i].Decay.Every /= lead.Minute
		}
		s, err := tell(plan, c.Events, c.Looks[0])
		if err != nil {
			t.Fatal(err)
		}
		leaps, steps := walk(s, c.Looks[0]), crawl(s, c.Looks[0])
		want, got := Result{Decisions: steps.decisions}.String(), Result{Decisions: leaps.decisions}.String()
		if got != want {
			t.Fatalf("want\n%s\ngot\n%s", want, got)
		}
	})
}

// crawl is walk, a millisecond at a time.
func crawl(s *story, until lead.Time) *moment {
	m := &moment{story: s}
	wait := func(until lead.Time) {
		for m.known() && m.now < until {
			m.now++
			m.fallDue()
			m.decide("")
		}
	}
	for i := range s.events {
		wait(s.events[i].Effective())
		m.happen(i)
	}
	wait(until)
	return m
}
