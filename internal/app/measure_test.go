package app_test

import (
	"testing"

	"galena/internal/lead"
)

// A day has one measure, the last that was taken; a year of them is kept.
func TestMeasures(t *testing.T) {
	t.Parallel()
	o := open(t)
	take := func(bytes int64) {
		t.Helper()
		if err := o.TakeMeasure(t.Context(), bytes); err != nil {
			t.Fatal(err)
		}
	}
	take(1000)
	o.say(visit("one"), visit("two"))
	take(2000)
	all, err := o.Measures(t.Context())
	if err != nil || len(all) != 1 || all[0].Bytes != 2000 || all[0].Events != 2 || all[0].Leads != 2 || all[0].Day.String() != "2026-03-01T00:00:00.000Z" {
		t.Fatalf("the measures are %+v (%v)", all, err)
	}
	const days = 370
	for range days {
		o.clock.now = o.clock.now.Add(lead.Day)
		take(3000)
	}
	all, err = o.Measures(t.Context())
	if err != nil || len(all) != 366 || all[0].Bytes != 3000 || all[365].Day.Add(lead.Day) <= o.clock.now {
		t.Errorf("after %d days there are %d measures, from %v (%v)", days, len(all), all[0], err)
	}
}
