package app_test

import (
	"fmt"
	"testing"

	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/store"
)

func TestAccounts(t *testing.T) {
	t.Parallel()
	o := open(t)
	populate(o) // four people of corp.example, one without a company, two visitors
	o.say(identify("fi", "", "fi@small.example", nil), lead.Event{Name: "Visit", UserID: "fi"})
	o.say(lead.Event{Type: lead.Group, UserID: "ed", GroupID: "Guild"})
	all, err := o.Accounts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, a := range all {
		got = append(got, fmt.Sprint(a.Name, " ", a.Leads, a.Contacts, a.Visitors, " ", a.Stage, " ", a.Best, " ", a.Sum))
	}
	// Bo studies and is excluded: he is one of the people and counts no points.
	equal(t, "accounts", got, []string{"corp.example 4 0 0 MQL 70 90", "small.example 1 0 0 Lead 10 10", "Guild 0 1 0  0 0"})
	a, people, err := o.Account(t.Context(), "corp.example")
	if err != nil {
		t.Fatal(err)
	}
	var who []string
	for _, l := range people {
		who = append(who, l.UserIDs[0])
	}
	equal(t, "people", who, []string{"ada", "cy", "di", "bo"})
	if a.People() != 4 || a.Sum != lead.Whole(90) {
		t.Errorf("it is %+v", a)
	}
	for _, name := range []string{"", "guild", "corp"} {
		_, _, err := o.Account(t.Context(), name)
		refused(t, err, fault.NotFound, fmt.Sprintf("Nobody is known of an account %q. `galena account list` shows those that are.", name))
	}
}

// Whoever begins today has no events from before there were accounts, however many
// come before anything else is done.
func TestNewWorkspaceHasNobodyToEnlist(t *testing.T) {
	t.Parallel()
	o := open(t)
	var progress []byte
	if err := o.store.Read(t.Context(), func(s store.Snapshot) (err error) {
		progress, err = s.Paper("progress", "accounts")
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if string(progress) != "over" {
		t.Errorf("the log is gone through from %q on", progress)
	}
}
