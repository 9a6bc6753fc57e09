package pipeline_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"galena/internal/lead"
	"galena/internal/pipeline"
	"galena/internal/playbook"
	"galena/internal/store"
)

// tiers is a playbook whose fit comes from the company.
const tiers = `
galena: 1
name: Tiers
time_zone: UTC
attributes:
  tier: {type: text, from: [account.tier]}
  seats: {type: number, from: [account.seats]}
signals:
  visit: {event: Visit}
scores:
  fit:
    rules:
      - {name: pro, when: 'tier == "pro"', points: 20}
      - {name: seats, when: seats >= 50, points: 30}
stages:
  - {name: Known, role: identified, when: count(visit) >= 1}
  - {name: MQL, role: qualified, when: fit >= 20 && count(visit) >= 1}
`

func visits(user string) lead.Event { return lead.Event{Name: "Visit", UserID: user} }

func group(user, account string, traits map[string]any) lead.Event {
	return with(lead.Event{Type: lead.Group, UserID: user, GroupID: account}, traits)
}

func colleague(user, email, company string) lead.Event {
	return lead.Event{Type: lead.Identify, UserID: user, Email: email, Company: company}
}

func (h *house) spread() {
	h.Helper()
	if err := h.Tell(context.Background()); err != nil {
		h.Fatal(err)
	}
}

// fit is what the company gives a person, as the stored state has it.
func (h *house) fit(user string) lead.Points {
	h.Helper()
	return h.engine().Read(h.stateOf(h.who(lead.User, user)))[0]
}

// news are the numbers of the changes of which a person was told.
func (h *house) news(user string) (changes []int64) {
	h.Helper()
	h.read(func(s store.Snapshot) error {
		record, err := s.History(h.who(lead.User, user))
		for i := range record {
			if record[i].Name == lead.ActAccount {
				n, err := lead.ReadAct[lead.AccountNews](&record[i])
				if err != nil {
					return err
				}
				changes = append(changes, n.Change)
			}
		}
		return err
	})
	return changes
}

func wants[T comparable](h *house, what string, got, want T) {
	h.Helper()
	if got != want {
		h.Errorf("%s: got %v, want %v", what, got, want)
	}
}

// TestColleagues is the story of a company whose plan one of its people tells.
func TestColleagues(t *testing.T) {
	t.Parallel()
	h := newHouse(t, tiers)
	h.say(colleague("ann", "ann@corp.example", ""), visits("ann"), colleague("bob", "bob@corp.example", ""), visits("bob"),
		colleague("cid", "cid@other.example", ""), visits("cid"))
	h.say(group("ann", "corp.example", map[string]any{"tier": "pro"}))
	wants(h, "ann knows at once", h.fit("ann"), lead.Whole(20))
	wants(h, "bob does not yet", h.fit("bob"), 0)
	h.clock.now += 800
	h.spread()
	wants(h, "bob was told", h.fit("bob"), lead.Whole(20))
	wants(h, "cid is of another company", h.fit("cid"), 0)
	wants(h, "news of ann", fmt.Sprint(h.news("ann")), "[]")
	wants(h, "news of bob", fmt.Sprint(h.news("bob")), "[1]")
	wants(h, "bob's stages", fmt.Sprint(told(h.decisions(h.who(lead.User, "bob")))[1:]), fmt.Sprintf("[made MQL of %s at +0]", h.who(lead.User, "bob")))

	// The same again changes nothing; several changes that wait are told as one.
	h.say(group("bob", "corp.example", map[string]any{"tier": "pro"}))
	h.spread()
	wants(h, "news of ann", fmt.Sprint(h.news("ann")), "[]")
	h.say(group("bob", "corp.example", map[string]any{"seats": 10}))
	h.say(group("bob", "corp.example", map[string]any{"seats": 80}))
	h.say(group("bob", "corp.example", map[string]any{"tier": nil}))
	h.spread()
	h.spread()
	wants(h, "news of ann", fmt.Sprint(h.news("ann")), "[4]")
	wants(h, "ann has the seats and lost the tier", h.fit("ann"), lead.Whole(30))

	// Whoever comes later is told, too; who leaves and comes back, again.
	h.say(colleague("dan", "dan@corp.example", ""), visits("dan"))
	h.say(group("cid", "corp.example", nil))
	h.spread()
	wants(h, "dan", h.fit("dan"), lead.Whole(30))
	wants(h, "cid", h.fit("cid"), lead.Whole(30))
	h.say(group("cid", "g1", map[string]any{"seats": 1}))
	h.say(group("cid", "corp.example", nil))
	h.spread()
	wants(h, "cid again", h.fit("cid"), lead.Whole(30))
	wants(h, "news of cid", fmt.Sprint(h.news("cid")), "[4 4]")

	// An older word does not count against a newer one.
	old := group("ann", "corp.example", map[string]any{"seats": 2})
	old.Backfill, old.Occurred, old.Origin = true, midday-1000, lead.Import
	h.say(old)
	h.spread()
	wants(h, "dan still", h.fit("dan"), lead.Whole(30))
	h.sound()
}

// TestColleaguesReadTheSame has one of a company's people name, of two paths of an
// attribute, the one that comes after that which the company told: nobody reads it by
// that, neither who said it nor who is told.
func TestColleaguesReadTheSame(t *testing.T) {
	t.Parallel()
	h := newHouse(t, strings.Replace(tiers, "[account.seats]", "[account.seats, account.size]", 1))
	h.say(colleague("ann", "ann@corp.example", ""), visits("ann"), colleague("bob", "bob@corp.example", ""), visits("bob"))
	h.say(group("ann", "corp.example", map[string]any{"seats": 5}))
	h.spread()
	for range 2 { // the second time it is nothing new
		h.say(group("ann", "corp.example", map[string]any{"size": 80}))
		h.spread()
		wants(h, "bob, who was told", h.fit("bob"), 0)
		wants(h, "ann, who said it", h.fit("ann"), 0)
	}
	h.say(group("bob", "corp.example", map[string]any{"seats": 60}))
	h.spread()
	wants(h, "ann, who was told", h.fit("ann"), lead.Whole(30))
	wants(h, "bob, who said it", h.fit("bob"), lead.Whole(30))
	h.sound()
}

// sound compares the stored with what folding the log gives, by the engine and by
// the oracle.
func (h *house) sound() {
	h.Helper()
	h.checkAll()
	h.soundAccounts()
}

// soundAccounts compares who is of which account with what the states say; nobody
// waits to be told.
func (h *house) soundAccounts() {
	h.Helper()
	h.read(func(s store.Snapshot) error {
		rows, err := s.Leads(0, 1000)
		if err != nil {
			return err
		}
		var ids []lead.ID
		for _, row := range rows {
			ids = append(ids, row.ID)
		}
		members, err := s.Members(ids)
		for _, id := range ids {
			account := h.stateOf(id).Attribute(playbook.BuiltinAccount).Text
			if members[id].Account != account {
				h.Errorf("%s is a member of %q, and its account is %q", id, members[id].Account, account)
			}
		}
		waiting, err2 := s.Untold(9)
		if len(waiting) > 0 {
			h.Errorf("%v were not told", waiting)
		}
		accounts, err3 := s.AccountList("", 1000)
		for _, a := range accounts {
			if a.Behind {
				h.Errorf("%q is behind, and nobody waits", a.Name)
			}
		}
		for _, e := range []error{err2, err3} {
			if e != nil {
				return e
			}
		}
		return err
	})
}

func TestManyColleagues(t *testing.T) {
	t.Parallel()
	h := newHouse(t, tiers)
	people := 2*pipeline.MaxTold + 10
	var events []lead.Event
	for i := range people {
		events = append(events, colleague(fmt.Sprint("u", i), fmt.Sprintf("u%d@corp.example", i), ""), visits(fmt.Sprint("u", i)))
	}
	h.say(events...)
	h.say(group("u0", "corp.example", map[string]any{"tier": "pro"}))
	before := h.counts().Events
	commits := &writtenStore{Store: h.store}
	p := pipeline.New(commits, h.shelf.versions)
	if err := p.Tell(t.Context()); err != nil {
		t.Fatal(err)
	}
	wants(h, "acts", h.counts().Events-before, int64(people-1))
	wants(h, "commits", commits.writes, 3)
	h.sound()
}

type writtenStore struct {
	store.Store
	writes int
}

func (s *writtenStore) Write(ctx context.Context, fn func(store.Tx) error) error {
	s.writes++
	return s.Store.Write(ctx, fn)
}

func TestAccountsOfThoseWhoAreCorrected(t *testing.T) {
	t.Parallel()
	h := newHouse(t, tiers)
	by := lead.Signature{Author: "ann"}
	h.say(colleague("ann", "ann@corp.example", ""), visits("ann"), colleague("bob", "bob@corp.example", ""), visits("bob"),
		colleague("cid", "cid@other.example", ""), visits("cid"))
	said := group("ann", "corp.example", map[string]any{"tier": "pro"})
	said.MessageID = "said"
	h.say(said, group("cid", "other.example", map[string]any{"tier": "free", "seats": 60}))
	h.spread()
	as := func(user string) pipeline.Who {
		id := h.who(lead.User, user)
		return func(store.Snapshot) (lead.ID, error) { return id, nil }
	}
	cid := h.who(lead.User, "cid")
	if _, err := h.Merge(t.Context(), as("bob"), as("cid"), "merge", by); err != nil {
		t.Fatal(err)
	}
	h.spread()
	h.sound()
	if _, err := h.Unmerge(t.Context(), cid, "unmerge", by); err != nil {
		t.Fatal(err)
	}
	h.spread()
	wants(h, "bob after the parting", h.fit("bob"), lead.Whole(20))
	wants(h, "cid after the parting", h.fit("cid"), lead.Whole(30))
	h.sound()

	// What a robot said of a company stays the company's, and its own people are told.
	if _, err := h.Judge(t.Context(), as("ann"), "verdict", lead.Judgement{Robot: true, Messages: []string{"said"}, Signature: by}); err != nil {
		t.Fatal(err)
	}
	h.spread()
	wants(h, "ann, told by her company", h.fit("ann"), lead.Whole(20))
	if _, err := h.Erase(t.Context(), as("ann"), "erase", by); err != nil {
		t.Fatal(err)
	}
	h.spread()
	h.say(colleague("dan", "dan@corp.example", ""))
	h.spread()
	wants(h, "the company remembers", h.fit("dan"), lead.Whole(20))
	h.read(func(s store.Snapshot) error {
		ids, err := s.MembersOf("corp.example", 0, 9)
		wants(h, "members", len(ids), 2)
		return err
	})
	h.soundAccounts()
}

func past(e lead.Event, occurred lead.Time) lead.Event {
	e.Backfill, e.Occurred, e.Origin = true, occurred, lead.Import
	return e
}

func from(browser string, e lead.Event) lead.Event {
	e.AnonymousID = browser
	return e
}

// What a person heard of another company on the way, or says too late, is not the
// last word of the own one: they are told again, within whichever commit it came.
func TestAccountsAreToldAgain(t *testing.T) {
	t.Parallel()
	tier := func(name string) map[string]any { return map[string]any{"tier": name} }
	for _, c := range []struct {
		name string
		tell func(h *house)
	}{
		{"who came by way of another account, within one commit", func(h *house) {
			h.say(group("bob", "a", tier("pro")), group("bob", "b", tier("free")), group("bob", "a", nil))
		}},
		{"who came by way of another account, and has a late visit in the commit", func(h *house) {
			h.say(visits("bob"))
			h.say(group("bob", "a", tier("pro")), group("bob", "b", tier("free")), group("bob", "a", nil), past(visits("bob"), midday-5))
		}},
		{"who was of another account before a visitor joined, and is back after it", func(h *house) {
			h.say(group("ann", "a", tier("pro")), group("bob", "a", nil), from("browser", visits("")))
			h.spread()
			h.say(group("bob", "b", tier("free")), from("browser", visits("bob")), group("bob", "a", nil))
		}},
		{"who was of another account before somebody else was joined, and is back after it", func(h *house) {
			h.say(group("ann", "a", tier("pro")), group("bob", "a", nil), visits("cid"), from("browser", visits("")))
			h.spread()
			h.say(group("bob", "b", tier("free")), from("browser", visits("cid")), group("bob", "a", nil))
		}},
		{"who goes to another account and back after a visitor joined", func(h *house) {
			h.say(group("ann", "a", tier("pro")), group("bob", "a", nil), from("browser", visits("")))
			h.spread()
			h.say(from("browser", visits("bob")), group("bob", "b", tier("free")), group("bob", "a", nil))
		}},
		{"whose history after the joining of a visitor tells of another account", func(h *house) {
			h.say(group("ann", "a", tier("pro")), past(group("bob", "a", nil), midday-9), from("browser", visits("")))
			h.spread()
			h.clock.now += 9
			h.say(from("browser", visits("bob")), past(group("bob", "b", nil), midday-5), group("bob", "a", nil))
		}},
		{"who turns out to be somebody who turned out to be a visitor, and whose history is of the account", func(h *house) {
			h.say(group("ann", "a", tier("pro")), group("bob", "a", nil), visits("cid"), from("browser", visits("")))
			h.spread()
			h.clock.now += 5
			h.say(group("ann", "a", tier("pro")))
			h.clock.now += 4
			alias := lead.Event{Type: lead.Alias, UserID: "bob", PreviousID: "cid", Origin: lead.Server}
			h.say(from("browser", visits("cid")), past(group("cid", "a", tier("free")), midday+3), alias)
		}},
		{"whose clock is behind that of the company's last word", func(h *house) {
			h.say(group("ann", "a", tier("pro")), group("bob", "a", nil))
			h.spread()
			h.clock.now += 5
			h.say(group("ann", "a", tier("pro")))
			h.clock.now -= 3
			h.say(group("bob", "a", tier("free")))
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t, tiers)
			c.tell(h)
			h.spread()
			wants(h, "bob's tier of pro", h.fit("bob"), lead.Whole(20))
			h.sound()
		})
	}
}
