package storetest

import (
	"fmt"

	"galena/internal/lead"
	"galena/internal/store"
)

// known lists what a lead is known by.
func (f *fixture) known(id lead.ID) []store.Link {
	f.Helper()
	return ask(f, func(s store.Snapshot) ([]store.Link, error) { return s.Identifiers(id) })
}

// holder is the lead that holds an identifier, 0 for none.
func (f *fixture) holder(identifier lead.Identifier) lead.ID {
	f.Helper()
	return ask(f, func(s store.Snapshot) (map[lead.Identifier]lead.ID, error) {
		return s.Find([]lead.Identifier{identifier})
	})[identifier]
}

func (f *fixture) surviving(ids ...lead.ID) map[lead.ID]lead.ID {
	f.Helper()
	return ask(f, func(s store.Snapshot) (map[lead.ID]lead.ID, error) { return s.Surviving(ids) })
}

func (f *fixture) joins(id lead.ID) []store.Join {
	f.Helper()
	return ask(f, func(s store.Snapshot) ([]store.Join, error) { return s.Joins(id) })
}

var identity = []test{
	{"ids are new and ascending", func(f *fixture) {
		var last lead.ID
		for _, n := range []int{1, 5, 1, 100} {
			f.write(func(tx store.Tx) error {
				first, err := tx.NewLeads(n)
				if first <= last {
					f.Errorf("%d new leads begin at %d, after %d", n, first, last)
				}
				last = first + lead.ID(n) - 1
				next, e := tx.NewLeads(2)
				if next <= last {
					f.Errorf("the next leads begin at %d, after %d", next, last)
				}
				last = next + 1
				return firstOf(err, func() error { return e })
			})
		}
		f.refused("less than none", func(tx store.Tx) error { _, err := tx.NewLeads(-1); return err })
	}},

	{"identifiers are found by kind and value", func(f *fixture) {
		ids := f.newLeads(3)
		f.link(ids[0], user("x"))
		f.link(ids[1], anon("x"), email("x"))
		for identifier, want := range map[lead.Identifier]lead.ID{
			user("x"): ids[0], anon("x"): ids[1], email("x"): ids[1], user("X"): 0, user(""): 0, {Kind: 9, Value: "x"}: 0,
		} {
			if got := f.holder(identifier); got != want {
				f.Errorf("%v is held by %v, want %v", identifier, got, want)
			}
		}
		found := ask(f, func(s store.Snapshot) (map[lead.Identifier]lead.ID, error) {
			return s.Find([]lead.Identifier{user("x"), anon("x"), user("x"), user("y")})
		})
		if len(found) != 2 || found[user("x")] != ids[0] || found[anon("x")] != ids[1] {
			f.Errorf("found: %v", found)
		}
	}},

	{"identifiers come in the order in which they were learned", func(f *fixture) {
		id := f.newLeads(1)[0]
		want := []store.Link{
			{Identifier: user("z"), Lead: id, Since: 30, Display: "Z", Origin: id},
			{Identifier: email("a"), Lead: id, Since: 10, Origin: id},
			{Identifier: anon("m"), Lead: id, Since: 20, Display: "  m", Origin: id},
		}
		f.write(func(tx store.Tx) error {
			return firstOf(tx.Link(want[:1]), func() error { return tx.Link(want[1:]) })
		})
		same(f, "identifiers", f.known(id), want)

		f.write(func(tx store.Tx) error {
			return tx.Link([]store.Link{{Identifier: user("z"), Lead: id, Since: 99, Display: "other"}})
		})
		same(f, "after what is known was linked again", f.known(id), want)
		same(f, "identifiers of a lead that never existed", f.known(99), nil)
	}},

	{"an identifier moves to the lead to which it is linked", func(f *fixture) {
		ids := f.newLeads(2)
		f.link(ids[0], user("a"), anon("b"), email("c"))
		f.link(ids[1], user("d"))
		f.link(ids[1], anon("b"))
		same(f, "who lost it", identifiersOf(f.known(ids[0])), []lead.Identifier{user("a"), email("c")})
		same(f, "who got it", identifiersOf(f.known(ids[1])), []lead.Identifier{user("d"), anon("b")})
		f.link(ids[1], user("a"))
		f.link(ids[0], anon("b"))
		same(f, "who got it back", identifiersOf(f.known(ids[0])), []lead.Identifier{email("c"), anon("b")})
		same(f, "who lost it again", identifiersOf(f.known(ids[1])), []lead.Identifier{user("d"), user("a")})

		f.write(func(tx store.Tx) error {
			return tx.Link([]store.Link{
				{Identifier: user("both"), Lead: ids[0], Display: "first"}, {Identifier: user("both"), Lead: ids[1], Display: "second"},
			})
		})
		if got := f.holder(user("both")); got != ids[1] {
			f.Errorf("linked to two leads in one call, it is held by %s, want the later, %s", got, ids[1])
		}
		known := f.known(ids[1])
		if got := known[len(known)-1].Display; got != "second" {
			f.Errorf("it is displayed as %q", got)
		}
	}},

	{"a join moves identifiers and drops the row", func(f *fixture) {
		ids := f.newLeads(3)
		f.link(ids[0], anon("1"))
		f.link(ids[1], user("2"))
		f.link(ids[0], anon("3"))
		f.link(ids[1], email("4"))
		f.join(ids[0], ids[1])
		same(f, "identifiers of the parent", identifiersOf(f.known(ids[1])),
			[]lead.Identifier{anon("1"), user("2"), anon("3"), email("4")})
		for _, l := range f.known(ids[1]) {
			if l.Lead != ids[1] {
				f.Errorf("%v is of %s, want %s", l.Identifier, l.Lead, ids[1])
			}
		}
		same(f, "identifiers of the child", f.known(ids[0]), nil)
		if got := f.holder(anon("1")); got != ids[1] {
			f.Errorf("what the child held is held by %s, want %s", got, ids[1])
		}
		rows := ask(f, func(s store.Snapshot) (map[lead.ID]store.LeadRow, error) { return s.States(ids) })
		if _, there := rows[ids[0]]; there || len(rows) != 2 {
			f.Errorf("rows after the join: %v", rows)
		}
		if got := ask(f, store.Snapshot.Counts).Leads; got != 2 {
			f.Errorf("%d leads are counted, want 2", got)
		}
		f.link(ids[1], anon("1"))
		if got := len(f.known(ids[1])); got != 4 {
			f.Errorf("linking what came by a join gave %d identifiers, want 4", got)
		}
	}},

	{"joins are followed through chains", func(f *fixture) {
		ids := f.newLeads(6)
		f.link(ids[0], anon("a"))
		f.join(ids[0], ids[1])
		f.join(ids[1], ids[2])
		f.join(ids[3], ids[2])
		f.join(ids[2], ids[4])
		got := f.surviving(append(ids, 0, -1, 99)...)
		want := map[lead.ID]lead.ID{ids[0]: ids[4], ids[1]: ids[4], ids[2]: ids[4], ids[3]: ids[4], ids[4]: ids[4], ids[5]: ids[5]}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			f.Errorf("surviving: %v, want %v", got, want)
		}
		if got := f.holder(anon("a")); got != ids[4] {
			f.Errorf("the first lead's identifier is held by %s, want %s", got, ids[4])
		}
		for _, id := range ids[:4] {
			same(f, fmt.Sprint("joins into ", id), f.joins(id), nil)
		}
		if got := len(f.joins(ids[4])); got != 4 {
			f.Errorf("%d joins into the survivor, want 4", got)
		}
	}},

	{"a chain may be joined in one call", func(f *fixture) {
		ids := f.newLeads(3)
		f.write(func(tx store.Tx) error {
			return tx.Join([]store.Join{{Child: ids[0], Parent: ids[1]}, {Child: ids[1], Parent: ids[2]}})
		})
		if got := f.surviving(ids[0])[ids[0]]; got != ids[2] {
			f.Errorf("the first lead is %s, want %s", got, ids[2])
		}
	}},

	{"joins are listed by moment", func(f *fixture) {
		ids := f.newLeads(5)
		want := []store.Join{
			{Child: ids[2], Parent: ids[4], At: 10, Event: "early"},
			{Child: ids[0], Parent: ids[1], At: 20, Event: "tied"},
			{Child: ids[1], Parent: ids[4], At: 20},
			{Child: ids[3], Parent: ids[4], At: 30, Event: "late"},
		}
		f.write(func(tx store.Tx) error { return tx.Join([]store.Join{want[3], want[1], want[2], want[0]}) })
		same(f, "joins", f.joins(ids[4]), want)
		same(f, "joins into a lead that never existed", f.joins(99), nil)
	}},

	{"a lead without a row can be joined", func(f *fixture) {
		f.write(func(tx store.Tx) error {
			first, err := tx.NewLeads(2)
			return firstOf(err, func() error { return tx.Join([]store.Join{{Child: first, Parent: first + 1}}) })
		})
		if got := f.surviving(1, 2); got[1] != 2 || got[2] != 2 {
			f.Errorf("surviving: %v", got)
		}
		if got := ask(f, store.Snapshot.Counts).Leads; got != 0 {
			f.Errorf("%d leads are counted, want 0", got)
		}
	}},

	{"only surviving leads are joined, linked and put", func(f *fixture) {
		ids := f.newLeads(3)
		f.join(ids[0], ids[1])
		for what, j := range map[string]store.Join{
			"a child that was joined":          {Child: ids[0], Parent: ids[2]},
			"a parent that was joined":         {Child: ids[2], Parent: ids[0]},
			"a lead and itself":                {Child: ids[2], Parent: ids[2]},
			"back again":                       {Child: ids[1], Parent: ids[0]},
			"a child that never existed":       {Child: 99, Parent: ids[2]},
			"a parent that never existed":      {Child: ids[2], Parent: 99},
			"a parent that is no lead":         {Child: ids[2]},
			"a child that is less than a lead": {Child: -1, Parent: ids[2]},
		} {
			f.refused("joining "+what, func(tx store.Tx) error { return tx.Join([]store.Join{j}) })
		}
		for _, id := range []lead.ID{ids[0], 99, 0} {
			f.refused(fmt.Sprint("linking to ", id), func(tx store.Tx) error { return tx.Link(links(id, user("u"))) })
			f.refused(fmt.Sprint("putting ", id), func(tx store.Tx) error { return tx.PutLeads([]store.LeadRow{{ID: id}}) })
		}
	}},
}
