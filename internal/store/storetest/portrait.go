package storetest

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"galena/internal/lead"
	"galena/internal/store"
)

// portrait is all that a store answers, so that two moments or two stores can be
// compared.
type portrait struct {
	Counts    store.Counts
	Log       []lead.Event
	Known     map[lead.MessageHash]bool
	Messages  []lead.Event
	Decided   []store.LoggedDecision
	Rejects   []lead.Reject
	Keys      []lead.Key
	Playbooks []store.Playbook
	InForce   int
	Sweep     store.Sweep
	Leads     []store.LeadRow
	Due       []store.LeadRow
	Surviving map[lead.ID]lead.ID
	States    map[lead.ID]store.LeadRow
	Holders   map[lead.Identifier]lead.ID
	Each      map[lead.ID]person
	Accounts  []store.Account
	Members   map[lead.ID]store.Member
	MembersOf map[string][]lead.ID
	Untold    map[lead.ID]bool
	Papers    []store.Paper
	Listing   listingPortrait
}

// person is what a store answers about one lead.
type person struct {
	Identifiers []store.Link
	Joins       []store.Join
	History     []lead.Event
	Latest      []lead.Event
	Decisions   []lead.Decision
}

// paint asks for everything about leads up to the id highest, paging as a caller
// would.
func paint(s store.Snapshot, highest lead.ID) (portrait, error) {
	const page = 7
	p := portrait{Each: map[lead.ID]person{}}
	var err error
	keep := func(e error) {
		if err == nil {
			err = e
		}
	}
	var e error
	p.Counts, e = s.Counts()
	keep(e)
	for after := int64(0); ; {
		events, e := s.Log(after, page)
		keep(e)
		if len(events) == 0 {
			break
		}
		p.Log = append(p.Log, events...)
		after = events[len(events)-1].Seq
	}
	hashes := []lead.MessageHash{lead.HashMessage("never sent")}
	for i := range p.Log {
		hashes = append(hashes, lead.HashMessage(p.Log[i].MessageID))
	}
	p.Known, e = s.Known(hashes)
	keep(e)
	p.Messages, e = s.Messages(hashes[:min(len(hashes), 5)])
	keep(e)
	for {
		rows, e := s.DecisionLog(int64(len(p.Decided)), page)
		keep(e)
		if len(rows) == 0 {
			break
		}
		p.Decided = append(p.Decided, rows...)
	}
	for after := int64(0); ; {
		rejects, e := s.Rejects(after, page)
		keep(e)
		if len(rejects) == 0 {
			break
		}
		p.Rejects = append(p.Rejects, rejects...)
		after = rejects[len(rejects)-1].Seq
	}
	p.Keys, e = s.Keys()
	keep(e)
	p.Playbooks, e = s.Playbooks()
	keep(e)
	p.InForce, e = s.InForce()
	keep(e)
	p.Sweep, e = s.Sweep()
	keep(e)
	for after := lead.ID(0); ; {
		rows, e := s.Leads(after, page)
		keep(e)
		if len(rows) == 0 {
			break
		}
		p.Leads = append(p.Leads, rows...)
		after = rows[len(rows)-1].ID
	}
	p.Due, e = s.Due(lead.Never, 1_000_000)
	keep(e)

	keep(paintAccounts(s, &p, highest))
	keep(paintPapers(s, &p))
	p.Listing, e = paintListing(s)
	keep(e)

	var ids []lead.ID
	var identifiers []lead.Identifier
	for id := lead.ID(0); id <= highest; id++ {
		ids = append(ids, id)
		var one person
		one.Identifiers, e = s.Identifiers(id)
		keep(e)
		one.Joins, e = s.Joins(id)
		keep(e)
		one.History, e = s.History(id)
		keep(e)
		for before := int64(0); ; {
			events, e := s.Latest(id, before, page)
			keep(e)
			if len(events) == 0 {
				break
			}
			one.Latest = append(one.Latest, events...)
			before = events[len(events)-1].Seq
		}
		one.Decisions, e = s.Decisions(id)
		keep(e)
		p.Each[id] = one
		identifiers = append(identifiers, identifiersOf(one.Identifiers)...)
	}
	keep(askMany(s, ids, p.Each))
	p.Surviving, e = s.Surviving(ids)
	keep(e)
	p.States, e = s.States(ids)
	keep(e)
	p.Holders, e = s.Find(identifiers)
	keep(e)
	return p, err
}

// portray paints a store as it is now.
func portray(t testing.TB, s store.Store, highest lead.ID) portrait {
	t.Helper()
	var p portrait
	err := s.Read(context.Background(), func(view store.Snapshot) (err error) {
		p, err = paint(view, highest)
		return err
	})
	if err != nil {
		t.Fatalf("reading everything: %v", err)
	}
	return p
}

// difference tells how two portraits differ, "" if they do not.
func difference(got, want portrait) string {
	return cmp.Diff(want, got, cmpopts.EquateEmpty())
}

// sample writes something of every kind: leads 1 to 4, of which 2 is part of 1.
func sample(tx store.Tx) error {
	if _, err := tx.NewLeads(4); err != nil {
		return err
	}
	key := lead.Key{Hash: [32]byte{1}, Hint: "gk_1", Kind: lead.ServerKey, Name: "shop", Created: today}
	steps := []func() error{
		func() error { return tx.Lock([]lead.ID{1, 2, 3}) },
		func() error {
			return tx.Append([]lead.Event{live(1, "one", today), live(2, "two", today+1), live(3, "three", today+2)})
		},
		func() error { return tx.Link(links(1, user("u1"), email("a@corp.example"))) },
		func() error { return tx.Link(links(2, anon("a2"))) },
		func() error {
			return tx.PutLeads([]store.LeadRow{{ID: 1, State: []byte("s1"), WakeAt: today}, {ID: 2}, {ID: 3, State: []byte{0}}})
		},
		func() error { return tx.Join([]store.Join{{Child: 2, Parent: 1, At: today, Event: "two"}}) },
		func() error {
			return tx.Decide([]lead.Decision{{Lead: 1, Cycle: 1, Stage: "MQL", From: "Lead", Role: "qualified", Nth: 1,
				At: today, Event: "one", Version: 1, Verb: lead.Made, Recorded: today}})
		},
		func() error {
			return tx.Reject([]lead.Reject{{Received: today, Source: 1, Index: 3, MessageID: "bad", Code: "no_type",
				Message: "The type is missing.", Body: []byte("{}")}})
		},
		func() error { return tx.PutKey(&key) },
		func() error {
			return tx.PutPlaybook(store.Playbook{Version: 1, Source: []byte("galena: 1"), Published: today, Note: "first",
				Signed: []store.Signature{{Role: "sales", Name: "Ada", At: today}}})
		},
		func() error { return tx.PutSweep(store.Sweep{Version: 1, Reached: 3}) },
		func() error { return tx.Count("duplicates", 2) },
		func() error {
			return tx.PutAccounts([]store.Account{{Name: "corp.example", Facts: []byte("f1"), Change: 1, Behind: true}, {Name: "g1"}})
		},
		func() error {
			return tx.PutMembers([]store.Member{{Lead: 1, Account: "corp.example", Told: 1}, {Lead: 3, Account: "corp.example"}})
		},
		func() error { return tx.PutPaper(store.Paper{Drawer: "users", Name: "u1", Text: []byte("Ada")}) },
		func() error {
			return tx.PutListed([]store.ListRow{{Lead: 1, Name: "Ada", Facts: []store.Fact{{Text: "ada"}}}, {Lead: 3, Stage: "MQL"}})
		},
		func() error { return tx.PutListMark(store.ListMark{Seq: 2, Form: 1, Over: true}) },
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// more is what sample would be as a second transaction: a further change of
// every kind.
func more(tx store.Tx) error {
	first, err := tx.NewLeads(1)
	if err != nil {
		return err
	}
	key := lead.Key{Hash: [32]byte{2}, Hint: "gk_2", Kind: lead.BrowserKey, Name: "site", Created: today}
	steps := []func() error{
		func() error { return tx.Append([]lead.Event{live(1, "four", today+3), live(first, "five", today+4)}) },
		func() error { return tx.Link(links(3, user("u1"), anon("a3"))) },
		func() error {
			return tx.PutLeads([]store.LeadRow{{ID: 1, State: []byte("other")}, {ID: first, WakeAt: 5}})
		},
		func() error { return tx.Join([]store.Join{{Child: 1, Parent: 3, At: today + 9}}) },
		func() error {
			return tx.Decide([]lead.Decision{{Lead: 1, Cycle: 1, Stage: "MQL", Nth: 1, Verb: lead.Retracted}})
		},
		func() error { return tx.Reject([]lead.Reject{{Code: "too_deep"}}) },
		func() error { return tx.PutKey(&key) },
		func() error {
			return tx.PutKey(&lead.Key{ID: 1, Hash: [32]byte{1}, Hint: "gk_1", Kind: lead.ServerKey, Name: "shop", Created: today, Disabled: true})
		},
		func() error { return tx.PutPlaybook(store.Playbook{Version: 2, Source: []byte("galena: 1 ")}) },
		func() error { return tx.PutSweep(store.Sweep{Version: 1, Reached: 4, Leads: 4, Over: true}) },
		func() error { return tx.Count("duplicates", 3) },
		func() error {
			return tx.PutAccounts([]store.Account{{Name: "corp.example", Facts: []byte("f2"), Change: 2, Behind: true}, {Name: "new"}})
		},
		func() error { return tx.PutMembers([]store.Member{{Lead: first, Account: "new"}, {Lead: 3}}) },
		func() error { return tx.PutPaper(store.Paper{Drawer: "users", Name: "u1"}) },
		func() error {
			return tx.PutListed([]store.ListRow{{Lead: first, Kind: store.ListContact}, {Lead: 3, Stage: "SQL"}})
		},
		func() error { return tx.PutListMark(store.ListMark{Seq: 3, Form: 1, Version: 2, Reached: 3}) },
		func() error { return tx.PutPaper(store.Paper{Drawer: "users", Name: "u2", Text: []byte("Bo")}) },
		func() error { return tx.Count("conflicts", 1) },
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// sampled is the highest id that sample and more use, and one that never existed.
const sampled = 6
