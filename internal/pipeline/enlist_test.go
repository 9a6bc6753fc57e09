package pipeline_test

import (
	"context"
	"fmt"
	"testing"

	"galena/internal/lead"
	"galena/internal/pipeline"
	"galena/internal/store"
)

// forgetAccounts makes a workspace one that was written before there were accounts.
func (h *house) forgetAccounts() {
	h.Helper()
	h.write(func(tx store.Tx) error {
		ids := h.surviving()
		if err := tx.Lock(ids); err != nil {
			return err
		}
		accounts, err := tx.AccountList("", 1000)
		if err != nil {
			return err
		}
		var names []string
		for i, a := range accounts {
			names = append(names, a.Name)
			accounts[i] = store.Account{Name: a.Name}
		}
		if _, err := tx.Accounts(names); err != nil {
			return err
		}
		nobodys := make([]store.Member, len(ids))
		for i, id := range ids {
			nobodys[i].Lead = id
		}
		if err := tx.PutMembers(nobodys); err != nil {
			return err
		}
		if err := tx.PutAccounts(accounts); err != nil {
			return err
		}
		return tx.Settle(names)
	})
}

// enlist makes a workspace's accounts known from its log, in slices.
func (h *house) enlist(events int) (slices int) {
	h.Helper()
	for over := false; !over; slices++ {
		var err error
		if over, err = h.EnlistSome(context.Background(), events); err != nil {
			h.Fatal(err)
		}
	}
	return slices
}

// A workspace from before there were accounts has nobody of whom they are. Its log
// makes them known, and what was said then reaches everybody.
func TestWorkspaceFromBeforeAccounts(t *testing.T) {
	t.Parallel()
	h := newHouse(t, tiers)
	h.say(from("browser", group("", "corp.example", map[string]any{"seats": 80})), colleague("bob", "bob@corp.example", ""), visits("bob"))
	// Ann says all that corp.example knows of its tier, and heard otherwise elsewhere.
	h.say(group("ann", "corp.example", map[string]any{"tier": "pro"}), from("browser", visits("ann")))
	h.say(group("ann", "g1", map[string]any{"tier": "free"}))
	h.say(group("ann", "corp.example", nil))
	h.say(group("cid", "g1", nil), colleague("dan", "dan@other.example", ""), visits("dan"))
	if _, err := h.Erase(t.Context(), is(h.who(lead.User, "dan")), h.act(), someone); err != nil {
		t.Fatal(err)
	}
	h.forgetAccounts()
	h.spread()
	wants(h, "bob was told nothing", h.fit("bob"), 0)

	if over, err := h.EnlistSome(t.Context(), 4); err != nil || over {
		t.Fatalf("after four events it is over: %t (%v)", over, err)
	}
	// The next goes on, in a program that knows nothing of the first.
	next := pipeline.New(h.store, h.shelf.versions)
	if err := next.Enlist(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.spread()
	for _, user := range []string{"ann", "bob"} {
		wants(h, user, h.fit(user), lead.Whole(50))
		wants(h, "news of "+user, len(h.news(user)), 1)
	}
	wants(h, "cid's tier is free", h.fit("cid"), 0)
	wants(h, "news of cid", fmt.Sprint(h.news("cid")), "[1]")
	h.sound()

	// Once is enough.
	h.forgetAccounts()
	if err := pipeline.New(h.store, h.shelf.versions).Enlist(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.read(func(s store.Snapshot) error {
		accounts, err := s.AccountList("", 9)
		wants(h, "accounts", len(accounts), 0)
		return err
	})
}

// A workspace that has known of accounts from its beginning is not gone through.
func TestFoundWorkspaceIsEnlisted(t *testing.T) {
	t.Parallel()
	h := newHouse(t, tiers)
	h.write(pipeline.Found)
	h.say(group("ann", "corp.example", map[string]any{"tier": "pro"}), colleague("bob", "bob@corp.example", ""))
	h.forgetAccounts()
	wants(h, "slices", h.enlist(1), 1)
	h.read(func(s store.Snapshot) error {
		accounts, err := s.AccountList("", 9)
		wants(h, "accounts", len(accounts), 0)
		return err
	})
}

// What keeps a workspace up to date makes its accounts known, too.
func TestKeepingUpEnlists(t *testing.T) {
	t.Parallel()
	h := newHouse(t, tiers)
	h.say(group("ann", "corp.example", map[string]any{"tier": "pro"}), colleague("bob", "bob@corp.example", ""))
	h.forgetAccounts()
	for range 2 { // the second tells those whom the first made known
		if err := h.KeepUp(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	wants(h, "bob", h.fit("bob"), lead.Whole(20))
	h.sound()
}
