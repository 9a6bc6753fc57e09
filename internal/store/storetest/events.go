package storetest

import (
	"fmt"
	"slices"

	"galena/internal/lead"
	"galena/internal/store"
)

var events = []test{
	{"every field of an event is kept", func(f *fixture) {
		id := f.newLeads(1)[0]
		want := lead.Event{
			Lead: id, MessageID: "m", Type: lead.Alias, Name: "n", UserID: "u", AnonymousID: "a", GroupID: "g",
			PreviousID: "p", Email: "e@corp.example", Company: "corp.example", Phone: "+4930123456", Origin: lead.Import, Source: 1 << 40, Occurred: 12, Received: 34,
			Backfill: true, Sanitised: true, Body: []byte(`{"context":{}}`),
		}
		other := live(id, "o", 56)
		f.append(want, other)
		want.Seq, other.Seq = 1, 2
		p := portray(f, f.Store, id)
		if d := difference(portrait{Log: p.Log}, portrait{Log: []lead.Event{want, other}}); d != "" {
			f.Errorf("the log differs:\n%s", d)
		}
		if d := difference(portrait{Log: p.Each[id].History}, portrait{Log: []lead.Event{want, other}}); d != "" {
			f.Errorf("the history differs:\n%s", d)
		}
	}},

	{"append sets seq, ascending in the order given", func(f *fixture) {
		id := f.newLeads(1)[0]
		var last int64
		for round := range 3 {
			made := manyEvents(id, fmt.Sprint("r", round), 5)
			f.append(made...)
			for i := range made {
				if made[i].Seq <= last {
					f.Errorf("seq %d comes after %d", made[i].Seq, last)
				}
				last = made[i].Seq
			}
		}
	}},

	{"known finds what is in the log", func(f *fixture) {
		id := f.newLeads(1)[0]
		f.append(manyEvents(id, "m", 3)...)
		asked := []lead.MessageHash{
			lead.HashMessage("m-0"), lead.HashMessage("m-2"), lead.HashMessage("m-2"), lead.HashMessage("other"), {},
		}
		known := ask(f, func(s store.Snapshot) (map[lead.MessageHash]bool, error) { return s.Known(asked) })
		if len(known) != 2 || !known[asked[0]] || !known[asked[1]] {
			f.Errorf("known: %v", known)
		}
	}},

	{"a known message fails the transaction", func(f *fixture) {
		ids := f.newLeads(2)
		f.append(live(ids[0], "m", today))
		f.refused("a message of the log, under another lead and time", func(tx store.Tx) error {
			return tx.Append([]lead.Event{live(ids[1], "new", today), live(ids[1], "m", today+1)})
		})
		f.refused("a message twice in one call", func(tx store.Tx) error {
			return tx.Append([]lead.Event{live(ids[0], "twice", today), live(ids[0], "twice", today)})
		})
		f.refused("a message twice in one transaction", func(tx store.Tx) error {
			return firstOf(tx.Append([]lead.Event{live(ids[0], "twice", today)}), func() error {
				return tx.Append([]lead.Event{live(ids[0], "twice", today)})
			})
		})
		f.refused("a message twice that was asked for before", func(tx store.Tx) error {
			_, err := tx.Known([]lead.MessageHash{lead.HashMessage("twice")})
			return firstOf(err, func() error {
				return firstOf(tx.Append([]lead.Event{live(ids[0], "twice", today)}), func() error {
					return tx.Append([]lead.Event{live(ids[0], "twice", today)})
				})
			})
		})
		same(f, "log", messages(portray(f, f.Store, 2).Log), []string{"m"})
		f.append(live(ids[0], "twice", today), live(ids[1], "new", today))
	}},

	{"an event needs a lead that exists", func(f *fixture) {
		id := f.newLeads(1)[0]
		for _, wrong := range []lead.ID{0, -1, id + 1} {
			f.refused(fmt.Sprint("event of ", wrong), func(tx store.Tx) error {
				return tx.Append([]lead.Event{live(wrong, "m", today)})
			})
		}
	}},

	{"the log is paged by seq", func(f *fixture) {
		id := f.newLeads(1)[0]
		made := manyEvents(id, "m", 10)
		f.append(made...)
		for _, page := range []struct {
			after int64
			limit int
			want  []lead.Event
		}{
			{0, 3, made[:3]}, {made[2].Seq, 3, made[3:6]}, {made[7].Seq, 3, made[8:]}, {made[9].Seq, 3, nil},
			{0, 10, made}, {0, 1 << 40, made}, {0, 0, nil}, {0, -1, nil}, {-5, 2, made[:2]}, {1 << 62, 5, nil},
		} {
			got := ask(f, func(s store.Snapshot) ([]lead.Event, error) { return s.Log(page.after, page.limit) })
			same(f, fmt.Sprintf("Log(%d, %d)", page.after, page.limit), messages(got), messages(page.want))
		}
	}},

	{"history is in the order of the fold", func(f *fixture) {
		ids := f.newLeads(3)
		late := live(ids[0], "late", 500)
		late.Received = 900
		old := live(ids[0], "old", 100)
		old.Received, old.Backfill = 1000, true
		tied := live(ids[0], "tied", 900)
		tied.Received, tied.Backfill = 1000, true
		f.append(live(ids[1], "other", 1), live(ids[0], "first", 300), late, live(ids[0], "third", 900), old, tied)
		history := func(id lead.ID) []string {
			return messages(ask(f, func(s store.Snapshot) ([]lead.Event, error) { return s.History(id) }))
		}
		same(f, "history", history(ids[0]), []string{"old", "first", "late", "third", "tied"})
		same(f, "history of the other", history(ids[1]), []string{"other"})
		same(f, "history of a lead without events", history(ids[2]), nil)
		same(f, "history of a lead that never existed", history(99), nil)

		f.append(live(ids[2], "parent", 700))
		f.join(ids[0], ids[1])
		f.join(ids[1], ids[2])
		f.append(live(ids[2], "after", 2000), live(ids[0], "under a joined lead", 2001))
		same(f, "history over joins", history(ids[2]),
			[]string{"other", "old", "first", "parent", "late", "third", "tied", "after", "under a joined lead"})
		latest := func(before int64, limit int) []string {
			return messages(ask(f, func(s store.Snapshot) ([]lead.Event, error) { return s.Latest(ids[2], before, limit) }))
		}
		same(f, "the latest over joins", latest(0, 4), []string{"under a joined lead", "after", "parent", "tied"})
		same(f, "the latest before one", latest(5, 3), []string{"third", "late", "first"})
		same(f, "the latest before the first", latest(1, 3), nil)
		same(f, "none of the latest", latest(0, 0), nil)
		same(f, "history of a lead that was joined", history(ids[0]), nil)
		same(f, "history of a lead that was joined, with another in it", history(ids[1]), nil)
		for _, e := range ask(f, func(s store.Snapshot) ([]lead.Event, error) { return s.History(ids[2]) }) {
			if want := map[bool]lead.ID{true: ids[0], false: ids[2]}[e.MessageID == "old"]; (e.MessageID == "old" || e.MessageID == "parent") && e.Lead != want {
				f.Errorf("event %s is of %s, want the lead under which it came, %s", e.MessageID, e.Lead, want)
			}
		}
	}},

	{"thousands at once", func(f *fixture) {
		const n = 3000
		var made []lead.Event
		f.write(func(tx store.Tx) error {
			first, err := tx.NewLeads(n)
			if err != nil {
				return err
			}
			made = make([]lead.Event, n)
			rows := make([]store.LeadRow, n)
			var all []store.Link
			for i := range made {
				id := first + lead.ID(i)
				made[i] = live(id, fmt.Sprint("m", i), today)
				rows[i] = store.LeadRow{ID: id, State: fmt.Append(nil, i), WakeAt: lead.Time(n - i)}
				all = append(all, links(id, user(fmt.Sprint("u", i)))...)
			}
			return firstOf(tx.Append(made), func() error {
				return firstOf(tx.PutLeads(rows), func() error { return tx.Link(all) })
			})
		})
		var ids []lead.ID
		var hashes []lead.MessageHash
		var users []lead.Identifier
		for i := range made {
			ids = append(ids, made[i].Lead)
			hashes = append(hashes, lead.HashMessage(made[i].MessageID))
			users = append(users, user(fmt.Sprint("u", i)))
		}
		f.read(func(s store.Snapshot) error {
			known, err := s.Known(hashes)
			if len(known) != n || err != nil {
				f.Errorf("known: %d of %d, %v", len(known), n, err)
			}
			states, err := s.States(ids)
			if len(states) != n || err != nil || string(states[ids[n-1]].State) != fmt.Sprint(n-1) {
				f.Errorf("states: %d of %d, %v", len(states), n, err)
			}
			surviving, err := s.Surviving(ids)
			if len(surviving) != n || err != nil || surviving[ids[n-1]] != ids[n-1] {
				f.Errorf("surviving: %d of %d, %v", len(surviving), n, err)
			}
			found, err := s.Find(users)
			if len(found) != n || err != nil || found[users[n-1]] != ids[n-1] {
				f.Errorf("found: %d of %d, %v", len(found), n, err)
			}
			due, err := s.Due(lead.Never, n)
			reversed := slices.Clone(ids)
			slices.Reverse(reversed)
			same(f, "due", idsOf(due), reversed)
			return err
		})
		f.write(func(tx store.Tx) error {
			var joins []store.Join
			for _, id := range ids[1:] {
				joins = append(joins, store.Join{Child: id, Parent: ids[0], At: today})
			}
			return tx.Join(joins)
		})
		f.read(func(s store.Snapshot) error {
			history, err := s.History(ids[0])
			if len(history) != n || err != nil {
				f.Errorf("history: %d of %d, %v", len(history), n, err)
			}
			links, err := s.Identifiers(ids[0])
			same(f, "identifiers", identifiersOf(links), users)
			return err
		})
	}},
}
