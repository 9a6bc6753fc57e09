package app_test

import (
	"testing"

	"galena/internal/lead"
)

// Accounts are ranked by the sum of their people's scores, and their timeline has
// the latest event of anybody first.
func TestRankedAccounts(t *testing.T) {
	t.Parallel()
	o := open(t)
	populate(o)
	o.say(identify("fi", "", "fi@small.example", nil), lead.Event{Name: "Visit", UserID: "fi"})
	ranked, all, err := o.RankedAccounts(t.Context())
	if err != nil || !all || len(ranked) != 2 || ranked[0].Name != "corp.example" {
		t.Fatalf("ranked are %v, %t, %v", ranked, all, err)
	}
	_, people, err := o.Account(t.Context(), "small.example")
	if err != nil {
		t.Fatal(err)
	}
	for limit, want := range map[int]int{0: 0, 1: 1, 9: 2} {
		moments, err := o.AccountTimeline(t.Context(), people, limit)
		if err != nil || len(moments) != want {
			t.Fatalf("%d moments of %d, %v", len(moments), limit, err)
		}
		for i, m := range moments {
			if m.Lead.UserIDs[0] != "fi" || i > 0 && m.Event.Occurred > moments[i-1].Event.Occurred {
				t.Errorf("moment %d is %+v", i, m)
			}
		}
	}
}
