package storetest

import (
	"fmt"
	"slices"

	"galena/internal/lead"
	"galena/internal/store"
)

// partOf undoes the join of a lead, if it was joined, and lets some of what the
// survivor has go along: what, the bits of choice say.
func partOf(tx store.Tx, child lead.ID, choice int) (any, error) {
	surviving, err := tx.Surviving([]lead.ID{child})
	survivor := surviving[child]
	if err != nil || survivor == 0 || survivor == child {
		return survivor, err
	}
	links, err := tx.Identifiers(survivor)
	if err != nil {
		return nil, err
	}
	history, err := tx.History(survivor)
	if err != nil {
		return nil, err
	}
	joins, err := tx.Joins(survivor)
	if err != nil {
		return nil, err
	}
	p := store.Parting{Child: child}
	for i, l := range links {
		if (choice+i)%2 == 0 {
			p.Identifiers = append(p.Identifiers, l.Identifier)
		}
	}
	for i := range history {
		if (choice+i)%3 == 0 {
			p.Events = append(p.Events, history[i].Seq)
		}
	}
	parent := map[lead.ID]lead.ID{}
	for _, j := range joins {
		parent[j.Child] = j.Parent
	}
	for i, j := range joins {
		under := j.Child
		for under != child && under != survivor {
			under = parent[under]
		}
		if (choice+i)%4 == 0 && under != child {
			p.Joins = append(p.Joins, j.Child)
		}
	}
	return p, tx.Part(p)
}

func (f *fixture) part(p store.Parting) {
	f.Helper()
	f.write(func(tx store.Tx) error { return tx.Part(p) })
}

func (f *fixture) history(id lead.ID) []lead.Event {
	f.Helper()
	return ask(f, func(s store.Snapshot) ([]lead.Event, error) { return s.History(id) })
}

var corrections = []test{
	{"messages are found by their hashes", func(f *fixture) {
		ids := f.newLeads(2)
		f.append(live(ids[0], "a", today), live(ids[1], "b", today), live(ids[0], "c", today))
		hash := lead.HashMessage
		found := ask(f, func(s store.Snapshot) ([]lead.Event, error) {
			return s.Messages([]lead.MessageHash{hash("c"), hash("nobody's"), hash("a"), hash("c")})
		})
		same(f, "messages", messages(found), []string{"a", "c"})
		none := ask(f, func(s store.Snapshot) ([]lead.Event, error) { return s.Messages(nil) })
		same(f, "asked for none", messages(none), nil)
	}},

	{"parting undoes a join", func(f *fixture) {
		ids := f.newLeads(2)
		f.link(ids[0], anon("1"), user("3"))
		f.link(ids[1], user("2"))
		f.append(live(ids[0], "of the child", today), live(ids[1], "of the parent", today+1))
		before := portray(f, f.Store, ids[1])
		f.join(ids[0], ids[1])
		f.part(store.Parting{Child: ids[0], Identifiers: []lead.Identifier{user("3"), anon("1")}})
		f.write(func(tx store.Tx) error { return tx.PutLeads([]store.LeadRow{{ID: ids[0]}}) })
		if d := difference(portray(f, f.Store, ids[1]), before); d != "" {
			f.Errorf("joined and parted, something is otherwise:\n%s", d)
		}
	}},

	{"what came after a join goes along", func(f *fixture) {
		ids := f.newLeads(2)
		f.link(ids[0], user("child"))
		f.join(ids[0], ids[1])
		f.link(ids[1], anon("learned"), email("stays"))
		made := []lead.Event{live(ids[1], "1", today), live(ids[1], "2", today+1), live(ids[1], "3", today+2)}
		f.append(made...)
		f.part(store.Parting{Child: ids[0], Identifiers: []lead.Identifier{anon("learned"), user("child")}, Events: []int64{3, 1}})
		same(f, "events of the child", messages(f.history(ids[0])), []string{"1", "3"})
		same(f, "events that stay", messages(f.history(ids[1])), []string{"2"})
		for _, e := range f.history(ids[0]) {
			if e.Lead != ids[0] {
				f.Errorf("event %q is filed under %s", e.MessageID, e.Lead)
			}
		}
		for _, l := range f.known(ids[0]) {
			if l.Lead != ids[0] || l.Origin != ids[0] {
				f.Errorf("%v is of %s and came from %s, want %s", l.Identifier, l.Lead, l.Origin, ids[0])
			}
		}
		same(f, "what stays known", identifiersOf(f.known(ids[1])), []lead.Identifier{email("stays")})
		if got := f.holder(anon("learned")); got != ids[0] {
			f.Errorf("what went along is held by %s", got)
		}
		// A second join and parting finds it as it is now.
		f.join(ids[0], ids[1])
		same(f, "joined again", messages(f.history(ids[1])), []string{"1", "2", "3"})
		f.part(store.Parting{Child: ids[0]})
		same(f, "parted again", messages(f.history(ids[0])), []string{"1", "3"})
		same(f, "but its identifiers were left", f.known(ids[0]), nil)
	}},

	{"a parted lead takes along what had been joined into it", func(f *fixture) {
		ids := f.newLeads(5)
		f.link(ids[0], anon("a"))
		f.append(live(ids[0], "deep", today))
		f.join(ids[0], ids[1])
		f.join(ids[1], ids[2])
		f.join(ids[3], ids[2])
		f.join(ids[2], ids[4])
		f.part(store.Parting{Child: ids[1], Joins: []lead.ID{ids[3]}, Identifiers: []lead.Identifier{anon("a")}})
		want := map[lead.ID]lead.ID{ids[0]: ids[1], ids[1]: ids[1], ids[2]: ids[4], ids[3]: ids[1], ids[4]: ids[4]}
		if got := f.surviving(ids...); fmt.Sprint(got) != fmt.Sprint(want) {
			f.Errorf("surviving: %v, want %v", got, want)
		}
		same(f, "its history", messages(f.history(ids[1])), []string{"deep"})
		if got := f.known(ids[1])[0].Origin; got != ids[0] {
			f.Errorf("the identifier came from %s, want %s", got, ids[0])
		}
		var parents []lead.ID
		for _, j := range f.joins(ids[1]) {
			parents = append(parents, j.Child, j.Parent)
		}
		slices.Sort(parents)
		same(f, "joins into it", parents, []lead.ID{ids[0], ids[1], ids[1], ids[3]})
		if got := len(f.joins(ids[4])); got != 1 {
			f.Errorf("%d joins are left, want 1", got)
		}
		f.write(func(tx store.Tx) error {
			return firstOf(tx.Link(links(ids[1], user("new"))), func() error { return tx.PutLeads([]store.LeadRow{{ID: ids[1], WakeAt: 7}}) })
		})
	}},

	{"only what is the survivor's goes along", func(f *fixture) {
		ids := f.newLeads(4)
		f.link(ids[2], user("other"))
		f.append(live(ids[2], "other", today))
		f.join(ids[0], ids[1])
		f.join(ids[3], ids[2])
		for what, p := range map[string]store.Parting{
			"a lead that was not joined":          {Child: ids[1]},
			"a lead that never existed":           {Child: 99},
			"with somebody else's identifier":     {Child: ids[0], Identifiers: []lead.Identifier{user("other")}},
			"with an identifier of nobody":        {Child: ids[0], Identifiers: []lead.Identifier{user("unknown")}},
			"with somebody else's event":          {Child: ids[0], Events: []int64{1}},
			"with an event that is not there":     {Child: ids[0], Events: []int64{9}},
			"with a lead that is somebody else's": {Child: ids[0], Joins: []lead.ID{ids[3]}},
			"with a lead that was not joined":     {Child: ids[0], Joins: []lead.ID{ids[2]}},
		} {
			f.refused("parting "+what, func(tx store.Tx) error { return tx.Part(p) })
		}
	}},

	{"an erased lead leaves tombstones", func(f *fixture) {
		f.write(sample)
		f.write(func(tx store.Tx) error { return tx.Append([]lead.Event{live(3, "of somebody else", today+5)}) })
		log := ask(f, func(s store.Snapshot) ([]lead.Event, error) { return s.Log(0, 100) })
		others := portray(f, f.Store, sampled).Each[3]
		f.write(func(tx store.Tx) error { return tx.Erase(1) })
		p := portray(f, f.Store, sampled)
		hashes := []lead.MessageHash{lead.HashMessage("never sent")}
		for i, e := range log {
			hashes = append(hashes, lead.HashMessage(e.MessageID))
			want := e
			if e.Lead == 1 || e.Lead == 2 {
				want = lead.Event{Seq: e.Seq, Lead: e.Lead, Type: lead.Tombstone, Origin: e.Origin,
					Occurred: e.Occurred, Received: e.Received, Backfill: e.Backfill}
			}
			if d := difference(portrait{Log: p.Log[i : i+1]}, portrait{Log: []lead.Event{want}}); d != "" {
				f.Errorf("event %d:\n%s", e.Seq, d)
			}
		}
		known := ask(f, func(s store.Snapshot) (map[lead.MessageHash]bool, error) { return s.Known(hashes) })
		if len(known) != len(log) || known[hashes[0]] {
			f.Errorf("of %d messages %d are known", len(log), len(known))
		}
		found := ask(f, func(s store.Snapshot) ([]lead.Event, error) { return s.Messages(hashes) })
		for _, e := range found {
			if e.Lead == 1 || e.Lead == 2 || e.MessageID == "" {
				f.Errorf("found is %+v", e)
			}
		}
		one := p.Each[1]
		if len(one.Identifiers) > 0 || len(one.Joins) != 1 || one.Joins[0].Event != "" || len(one.Decisions) != 1 || one.Decisions[0].Event != "" {
			f.Errorf("of the lead is left %+v", one)
		}
		if one.Decisions[0].Stage != "MQL" || one.Decisions[0].At != today {
			f.Errorf("the change of stage is now %+v", one.Decisions[0])
		}
		if _, there := p.States[1]; there || p.Surviving[1] != 1 || p.Surviving[2] != 1 {
			f.Errorf("its row is there: %t; it stands for %s", there, p.Surviving[1])
		}
		if d := difference(portrait{Each: map[lead.ID]person{3: p.Each[3]}}, portrait{Each: map[lead.ID]person{3: others}}); d != "" {
			f.Errorf("somebody else has changed:\n%s", d)
		}
		f.write(func(tx store.Tx) error { return tx.Erase(1) })
		f.write(func(tx store.Tx) error { return tx.Erase(3) })
		known = ask(f, func(s store.Snapshot) (map[lead.MessageHash]bool, error) { return s.Known(hashes) })
		if len(known) != len(log) {
			f.Errorf("erased again and another with it, %d of %d messages are known", len(known), len(log))
		}
		f.refused("erasing a lead that was joined", func(tx store.Tx) error { return tx.Erase(2) })
		f.refused("erasing a lead that never existed", func(tx store.Tx) error { return tx.Erase(99) })
	}},

	{"what was erased can be learned again", func(f *fixture) {
		ids := f.newLeads(2)
		f.link(ids[0], user("u"))
		f.write(func(tx store.Tx) error {
			return firstOf(tx.Erase(ids[0]), func() error { return tx.Link(links(ids[1], user("u"))) })
		})
		if got := f.holder(user("u")); got != ids[1] {
			f.Errorf("it is held by %s", got)
		}
	}},

	{"who writes finds holders as they are, too", func(f *fixture) {
		ids := f.newLeads(3)
		f.link(ids[0], user("child"))
		f.link(ids[1], anon("parent"))
		rows := []store.LeadRow{{ID: ids[0]}, {ID: ids[1]}, {ID: ids[2]}}
		f.write(func(tx store.Tx) error { return tx.PutLeads(rows) })
		expect := func(when string, tx store.Tx, want map[lead.Identifier]lead.ID) error {
			found, err := tx.Find([]lead.Identifier{user("child"), anon("parent")})
			if fmt.Sprint(found) != fmt.Sprint(want) {
				f.Errorf("%s the identifiers are held by %v, want %v", when, found, want)
			}
			return err
		}
		steps := []struct {
			name string
			do   func(tx store.Tx) error
			want map[lead.Identifier]lead.ID
		}{
			{"at first", func(store.Tx) error { return nil },
				map[lead.Identifier]lead.ID{user("child"): ids[0], anon("parent"): ids[1]}},
			{"joined", func(tx store.Tx) error { return tx.Join([]store.Join{{Child: ids[0], Parent: ids[1]}}) },
				map[lead.Identifier]lead.ID{user("child"): ids[1], anon("parent"): ids[1]}},
			{"parted", func(tx store.Tx) error {
				err := tx.Part(store.Parting{Child: ids[0], Identifiers: []lead.Identifier{user("child")}})
				return firstOf(err, func() error { return tx.PutLeads(rows[:2]) })
			}, map[lead.Identifier]lead.ID{user("child"): ids[0], anon("parent"): ids[1]}},
			{"linked and erased", func(tx store.Tx) error {
				err := firstOf(tx.Link(links(ids[2], anon("parent"))), func() error { return tx.Erase(ids[2]) })
				return firstOf(err, func() error { return tx.PutLeads(rows[2:]) })
			}, map[lead.Identifier]lead.ID{user("child"): ids[0]}},
		}
		for _, step := range steps {
			f.write(func(tx store.Tx) error {
				return firstOf(step.do(tx), func() error { return expect(step.name+", in the same transaction,", tx, step.want) })
			})
			for range 2 { // the second asks what the first remembered
				f.write(func(tx store.Tx) error { return expect(step.name, tx, step.want) })
			}
		}
	}},

	{"rejects are emptied", func(f *fixture) {
		f.write(func(tx store.Tx) error {
			return tx.Reject([]lead.Reject{
				{Received: 1, Source: 2, Index: 3, MessageID: "m", Code: "c", Message: "w", Body: []byte("b")},
				{Received: 4, MessageID: "n", Code: "d", Message: "x", Body: []byte("e")},
			})
		})
		f.write(func(tx store.Tx) error { return tx.EraseRejects([]int64{1}) })
		want := []lead.Reject{{Seq: 1, Received: 1, Source: 2, Index: 3, Code: "c"}, {Seq: 2, Received: 4, MessageID: "n", Code: "d", Message: "x", Body: []byte("e")}}
		if d := difference(portrait{Rejects: portray(f, f.Store, 1).Rejects}, portrait{Rejects: want}); d != "" {
			f.Errorf("rejects:\n%s", d)
		}
		f.refused("erasing a reject that is not there", func(tx store.Tx) error { return tx.EraseRejects([]int64{3}) })
		f.write(func(tx store.Tx) error { return tx.EraseRejects(nil) })
	}},
}
