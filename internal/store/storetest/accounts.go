package storetest

import (
	"fmt"

	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/store"
)

// paintAccounts adds to a portrait what a store answers about accounts.
func paintAccounts(s store.Snapshot, p *portrait, highest lead.ID) error {
	p.MembersOf, p.Untold = map[string][]lead.ID{}, map[lead.ID]bool{}
	for after := ""; ; {
		accounts, err := s.AccountList(after, 2)
		if err != nil {
			return err
		}
		if len(accounts) == 0 {
			break
		}
		for _, a := range accounts {
			p.Accounts = append(p.Accounts, a)
			for from := lead.ID(0); ; {
				ids, err := s.MembersOf(a.Name, from, 2)
				if err != nil {
					return err
				}
				if len(ids) == 0 {
					break
				}
				p.MembersOf[a.Name] = append(p.MembersOf[a.Name], ids...)
				from = ids[len(ids)-1]
			}
		}
		after = accounts[len(accounts)-1].Name
	}
	var ids []lead.ID
	for id := lead.ID(0); id <= highest; id++ {
		ids = append(ids, id)
	}
	var err error
	if p.Members, err = s.Members(ids); err != nil {
		return err
	}
	untold, err := s.Untold(1_000_000)
	for _, id := range untold {
		p.Untold[id] = true
	}
	return err
}

// changeAccount keeps an account, and settles all that are kept.
func changeAccount(tx store.Tx, name string, number int, facts []byte) (any, error) {
	if name == "" {
		name = "nameless"
	}
	if number%4 == 0 {
		kept, err := tx.AccountList("", number)
		var names []string
		for _, a := range kept {
			names = append(names, a.Name)
		}
		return names, firstOf(err, func() error { return tx.Settle(names) })
	}
	before, err := tx.Accounts([]string{name, "nobody's"})
	return before, firstOf(err, func() error {
		return tx.PutAccounts([]store.Account{{Name: name, Facts: facts, Change: int64(number % 3), Behind: number%2 == 0}})
	})
}

// joinAccounts makes two leads members of accounts that are kept, one of them of
// none now and then.
func joinAccounts(tx store.Tx, one, other lead.ID, number int) (any, error) {
	kept, err := tx.AccountList("", 3)
	if err != nil || len(kept) == 0 {
		return nil, err
	}
	members := []store.Member{
		{Lead: one, Account: kept[number%len(kept)].Name, Told: int64(number % 3)},
		{Lead: other, Account: kept[0].Name},
		{Lead: one, Account: kept[number%len(kept)].Name, Told: int64(number % 2)},
	}
	if number%5 == 0 {
		members[1].Account = ""
	}
	if err := tx.PutMembers(members); err != nil {
		return nil, err
	}
	return tx.Members([]lead.ID{one, other})
}

var accounts = []test{
	{"accounts are kept and paged by the bytes of their names", func(f *fixture) {
		names := []string{"a", "a\x00b", "a\xff", "b", "\x10b", "ß", "Z"}
		var all []store.Account
		for i, name := range names {
			all = append(all, store.Account{Name: name, Facts: []byte(fmt.Sprint(i)), Change: int64(i), Behind: i%2 == 1})
		}
		f.write(func(tx store.Tx) error { return tx.PutAccounts(all) })
		f.write(func(tx store.Tx) error {
			return tx.PutAccounts([]store.Account{{Name: "b", Facts: []byte("twice")}, {Name: "b", Change: 7}})
		})
		for _, page := range []struct {
			after string
			limit int
			want  []string
		}{
			{"", 3, []string{"\x10b", "Z", "a"}}, {"a", 2, []string{"a\x00b", "a\xff"}}, {"a\xff", 9, []string{"b", "ß"}},
			{"ß", 9, nil}, {"", 0, nil}, {"", -1, nil},
		} {
			listed := ask(f, func(s store.Snapshot) ([]store.Account, error) { return s.AccountList(page.after, page.limit) })
			var got []string
			for _, a := range listed {
				got = append(got, a.Name)
			}
			same(f, fmt.Sprintf("AccountList(%q, %d)", page.after, page.limit), got, page.want)
		}
		found := ask(f, func(s store.Snapshot) (map[string]store.Account, error) {
			return s.Accounts([]string{"b", "a", "c", "a"})
		})
		if b := found["b"]; len(found) != 2 || b.Facts != nil || b.Change != 7 || b.Behind || string(found["a"].Facts) != "0" {
			f.Errorf("found %+v", found)
		}
	}},

	{"members are of one account, and paged by their ids", func(f *fixture) {
		ids := f.newLeads(5)
		f.write(func(tx store.Tx) error {
			return tx.PutAccounts([]store.Account{{Name: "x", Change: 2, Behind: true}, {Name: "y", Change: 1}})
		})
		f.write(func(tx store.Tx) error {
			return tx.PutMembers([]store.Member{{Lead: ids[3], Account: "x", Told: 2}, {Lead: ids[0], Account: "x", Told: 1}, {Lead: ids[1], Account: "y", Told: 0}, {Lead: ids[2], Account: "x", Told: 0}, {Lead: ids[2], Account: "x", Told: 1}})
		})
		of := func(account string, after lead.ID, limit int) []lead.ID {
			return ask(f, func(s store.Snapshot) ([]lead.ID, error) { return s.MembersOf(account, after, limit) })
		}
		same(f, "x", of("x", 0, 9), []lead.ID{ids[0], ids[2], ids[3]})
		same(f, "x, second page", of("x", ids[0], 1), []lead.ID{ids[2]})
		same(f, "nobody", of("z", 0, 9), nil)
		same(f, "no limit", of("x", 0, 0), nil)
		f.write(func(tx store.Tx) error {
			return tx.PutMembers([]store.Member{{Lead: ids[0], Account: "y", Told: 1}, {Lead: ids[3]}, {Lead: ids[4]}})
		})
		same(f, "x afterwards", of("x", 0, 9), []lead.ID{ids[2]})
		same(f, "y afterwards", of("y", 0, 9), []lead.ID{ids[0], ids[1]})
		members := ask(f, func(s store.Snapshot) (map[lead.ID]store.Member, error) { return s.Members(ids) })
		if len(members) != 3 || members[ids[2]] != (store.Member{Lead: ids[2], Account: "x", Told: 1}) {
			f.Errorf("members are %+v", members)
		}
	}},

	{"the untold are those behind the change of an account that is behind", func(f *fixture) {
		ids := f.newLeads(4)
		f.write(func(tx store.Tx) error {
			err := tx.PutAccounts([]store.Account{{Name: "x", Change: 2, Behind: true}, {Name: "y", Change: 5}})
			return firstOf(err, func() error {
				return tx.PutMembers([]store.Member{{Lead: ids[0], Account: "x", Told: 1}, {Lead: ids[1], Account: "x", Told: 2}, {Lead: ids[2], Account: "x", Told: 0}, {Lead: ids[3], Account: "y", Told: 0}})
			})
		})
		untold := func(limit int) int {
			return len(ask(f, func(s store.Snapshot) ([]lead.ID, error) { return s.Untold(limit) }))
		}
		if untold(9) != 2 || untold(1) != 1 || untold(0) != 0 {
			f.Errorf("untold are %d", untold(9))
		}
		behind := func() bool {
			return ask(f, func(s store.Snapshot) (map[string]store.Account, error) { return s.Accounts([]string{"x"}) })["x"].Behind
		}
		f.write(func(tx store.Tx) error { return tx.Settle([]string{"x", "y", "z"}) })
		if !behind() {
			f.Error("x was settled while two are untold")
		}
		f.write(func(tx store.Tx) error {
			claimed, err := tx.Untold(9)
			if len(claimed) != 2 {
				f.Errorf("%d are claimed, want 2", len(claimed))
			}
			return firstOf(err, func() error {
				return tx.PutMembers([]store.Member{{Lead: ids[0], Account: "x", Told: 2}, {Lead: ids[2], Account: "x", Told: 2}})
			})
		})
		f.write(func(tx store.Tx) error { return tx.Settle([]string{"x"}) })
		if behind() || untold(9) != 0 {
			f.Error("x is behind still")
		}
	}},

	{"settled accounts of which nothing is known are forgotten", func(f *fixture) {
		ids := f.newLeads(1)
		f.write(func(tx store.Tx) error {
			err := tx.PutAccounts([]store.Account{{Name: "left"}, {Name: "peopled"}, {Name: "spoken", Change: 1}, {Name: "known", Facts: []byte("f")}})
			return firstOf(err, func() error { return tx.PutMembers([]store.Member{{Lead: ids[0], Account: "peopled"}}) })
		})
		f.write(func(tx store.Tx) error { return tx.Settle([]string{"left", "peopled", "spoken", "known", "never"}) })
		var got []string
		for _, a := range ask(f, func(s store.Snapshot) ([]store.Account, error) { return s.AccountList("", 9) }) {
			got = append(got, a.Name)
		}
		same(f, "accounts", got, []string{"known", "peopled", "spoken"})
	}},

	{"who is joined or erased is no member any more", func(f *fixture) {
		ids := f.newLeads(3)
		f.write(func(tx store.Tx) error {
			err := tx.PutAccounts([]store.Account{{Name: "x"}})
			return firstOf(err, func() error {
				return tx.PutMembers([]store.Member{{Lead: ids[0], Account: "x", Told: 0}, {Lead: ids[1], Account: "x", Told: 0}, {Lead: ids[2], Account: "x", Told: 0}})
			})
		})
		f.join(ids[1], ids[0])
		f.write(func(tx store.Tx) error { return tx.Erase(ids[2]) })
		got := ask(f, func(s store.Snapshot) ([]lead.ID, error) { return s.MembersOf("x", 0, 9) })
		same(f, "members", got, ids[:1])
	}},

	{"a claim leaves out what another writer holds", func(f *fixture) {
		if f.Beside == nil {
			return
		}
		ids := f.newLeads(2)
		f.write(func(tx store.Tx) error {
			err := tx.PutAccounts([]store.Account{{Name: "x", Change: 1, Behind: true}})
			return firstOf(err, func() error {
				return tx.PutMembers([]store.Member{{Lead: ids[0], Account: "x", Told: 0}, {Lead: ids[1], Account: "x", Told: 0}})
			})
		})
		f.write(func(tx store.Tx) error {
			if _, err := tx.Untold(1); err != nil {
				return err
			}
			return f.Beside.Write(f.Context(), func(other store.Tx) error {
				claimed, err := other.Untold(9)
				if len(claimed) != 1 {
					f.Errorf("the other claimed %v, want one", claimed)
				}
				return err
			})
		})
	}},

	{"only surviving leads become members, and of accounts that are kept", func(f *fixture) {
		ids := f.newLeads(2)
		f.write(func(tx store.Tx) error { return tx.PutAccounts([]store.Account{{Name: "x"}}) })
		f.join(ids[1], ids[0])
		for _, m := range []store.Member{{Lead: ids[0], Account: "y", Told: 0}, {Lead: ids[1], Account: "x", Told: 0}, {Lead: 99, Account: "x", Told: 0}} {
			err := f.Store.Write(f.Context(), func(tx store.Tx) error { return tx.PutMembers([]store.Member{m}) })
			if fault.KindOf(err) != fault.Internal {
				f.Errorf("%+v: got %v", m, err)
			}
		}
		err := f.Store.Write(f.Context(), func(tx store.Tx) error { return tx.PutAccounts([]store.Account{{}}) })
		if fault.KindOf(err) != fault.Internal {
			f.Errorf("an account without a name: got %v", err)
		}
	}},
}
