package app_test

import (
	"fmt"
	"testing"

	"galena/internal/app"
	"galena/internal/lead"
)

// Accounts are ranked by the sum of their people's scores, page by page, and their
// timeline has the latest event of anybody first.
func TestRankedAccounts(t *testing.T) {
	t.Parallel()
	o := open(t)
	populate(o)
	o.say(identify("fi", "", "fi@small.example", nil), lead.Event{Name: "Visit", UserID: "fi"})
	if err := o.Follow(t.Context()); err != nil {
		t.Fatal(err)
	}
	ranked, next, err := o.RankedAccounts(t.Context(), "", 1)
	if err != nil || len(ranked) != 1 || ranked[0].Name != "corp.example" || next == "" {
		t.Fatalf("ranked are %v, then %q, %v", ranked, next, err)
	}
	exact, _, err := o.Account(t.Context(), "corp.example")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := fmt.Sprint(ranked[0]), fmt.Sprint(app.AccountSummary{Name: exact.Name, Leads: exact.Leads, Contacts: exact.Contacts, Visitors: exact.Visitors,
		Stage: exact.Stage, Best: exact.Best.Rounded(), Sum: exact.Sum.Rounded(), LastSeen: exact.LastSeen}); got != want {
		t.Errorf("it is listed as %s, and is %s", got, want)
	}
	rest, end, err := o.RankedAccounts(t.Context(), next, 9)
	if err != nil || len(rest) != 1 || rest[0].Name != "small.example" || end != "" {
		t.Errorf("after it are %v, then %q, %v", rest, end, err)
	}
	if _, _, err := o.RankedAccounts(t.Context(), "somewhere", 9); err == nil {
		t.Error("a place that is none was taken")
	}
	for name, want := range map[string]int{"EXAMPLE": 2, "mall": 1, "nobody": 0} {
		if found, next, err := o.FindAccounts(t.Context(), name, "", 2); err != nil || len(found) != want || next != "" {
			t.Errorf("by %q there are %v, then %q, %v", name, found, next, err)
		}
	}
	if found, next, err := o.FindAccounts(t.Context(), "example", "", 1); err != nil || len(found) != 1 || next != found[0].Name {
		t.Errorf("the first by name is %v, then %q, %v", found, next, err)
	}
	part, err := o.AccountPart(t.Context(), "small.example", 9)
	if err != nil || len(part.People) != 1 {
		t.Fatalf("its people are %v, %v", part.People, err)
	}
	if _, err := o.AccountPart(t.Context(), "nobody.example", 9); err == nil {
		t.Error("an account of nobody has a page")
	}
	for limit, want := range map[int]int{0: 0, 1: 1, 9: 2} {
		moments, err := o.AccountTimeline(t.Context(), part.People, limit)
		if err != nil || len(moments) != want {
			t.Fatalf("%d moments of %d, %v", len(moments), limit, err)
		}
		for i, m := range moments {
			if m.Who.Email != "fi@small.example" || i > 0 && m.Event.Occurred > moments[i-1].Event.Occurred {
				t.Errorf("moment %d is %+v", i, m)
			}
		}
	}
}

// Who left the funnel does not stand for a company of which others are in it.
func TestAnAccountIsWhereThoseInTheFunnelAre(t *testing.T) {
	t.Parallel()
	o := openWith(t, waysOut)
	populate(o)
	for i, want := range []string{"MQL", "Lead", "Lead", "Lead", "Recycled"} {
		if err := o.Follow(t.Context()); err != nil {
			t.Fatal(err)
		}
		exact, _, err := o.Account(t.Context(), "corp.example")
		if err != nil {
			t.Fatal(err)
		}
		listed, _, err := o.RankedAccounts(t.Context(), "", 1)
		if err != nil || len(listed) != 1 || exact.Stage != want || listed[0].Stage != want {
			t.Errorf("with %d people out, it is in %q and listed as %v, %v; want %q", i, exact.Stage, listed, err, want)
		}
		if who := []string{"ada", "cy", "di", "bo"}; i < len(who) {
			o.put(who[i], "Recycled", "no answer")
		}
	}
}
