package storetest

import (
	"context"
	"errors"
	"maps"

	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/store"
)

var transactions = []test{
	{"a failed transaction leaves nothing", func(f *fixture) {
		f.write(sample)
		before := portray(f, f.Store, sampled)
		broken := errors.New("broken")
		err := f.Store.Write(context.Background(), func(tx store.Tx) error {
			if err := more(tx); err != nil {
				return err
			}
			return broken
		})
		if !errors.Is(err, broken) {
			f.Errorf("Write gives %v, want the error of its function", err)
		}
		if d := difference(portray(f, f.Store, sampled), before); d != "" {
			f.Errorf("the failed transaction changed the store:\n%s", d)
		}
		f.write(more)
		if d := difference(portray(f, f.Store, sampled), before); d == "" {
			f.Error("the transaction that succeeded changed nothing")
		}
	}},

	{"what is derived is there at once, or not at all", func(f *fixture) {
		f.write(sample)
		before := portray(f, f.Store, sampled)
		broken := errors.New("broken")
		err := f.Store.Derive(context.Background(), func(tx store.Tx) error { return errors.Join(more(tx), broken) })
		if !errors.Is(err, broken) {
			f.Errorf("Derive gives %v, want the error of its function", err)
		}
		if d := difference(portray(f, f.Store, sampled), before); d != "" {
			f.Errorf("the failed transaction changed the store:\n%s", d)
		}
		if err := f.Store.Derive(context.Background(), more); err != nil {
			f.Fatal(err)
		}
		after := portray(f, f.Store, sampled)
		if d := difference(after, before); d == "" {
			f.Error("the transaction that succeeded changed nothing")
		}
		if f.Reopen != nil {
			f.Store = f.Reopen()
			if d := difference(portray(f, f.Store, sampled), after); d != "" {
				f.Errorf("reopening changed the store:\n%s", d)
			}
		}
	}},

	{"a panic leaves nothing and lets others write", func(f *fixture) {
		f.write(sample)
		before := portray(f, f.Store, sampled)
		func() {
			defer func() {
				if recover() == nil {
					f.Error("the panic did not come through")
				}
			}()
			_ = f.Store.Write(context.Background(), func(tx store.Tx) error {
				if err := more(tx); err != nil {
					return err
				}
				panic("on purpose")
			})
		}()
		if d := difference(portray(f, f.Store, sampled), before); d != "" {
			f.Errorf("the transaction that panicked changed the store:\n%s", d)
		}
		f.write(more)
	}},

	{"a panic in a reading lets others read", func(f *fixture) {
		for range 20 { // more often than any pool of readers is large
			func() {
				defer func() { _ = recover() }()
				_ = f.Store.Read(context.Background(), func(store.Snapshot) error { panic("on purpose") })
			}()
		}
		f.read(func(s store.Snapshot) error { _, err := s.Counts(); return err })
	}},

	{"a failed call fails the transaction whose function goes on", func(f *fixture) {
		f.write(sample)
		before := portray(f, f.Store, sampled)
		err := f.Store.Write(context.Background(), func(tx store.Tx) error {
			if err := more(tx); err != nil {
				return err
			}
			if err := tx.Append([]lead.Event{live(3, "one", today)}); err == nil {
				f.Error("a known message was appended")
			}
			if err := tx.Count("later", 1); err == nil {
				f.Error("a call after the failed one succeeded")
			}
			return nil
		})
		if fault.KindOf(err) != fault.Internal {
			f.Errorf("Write gives %v, want the fault of the failed call", err)
		}
		if d := difference(portray(f, f.Store, sampled), before); d != "" {
			f.Errorf("the failed transaction changed the store:\n%s", d)
		}
	}},

	{"a transaction reads what it has written", func(f *fixture) {
		var inside portrait
		f.write(sample)
		f.write(func(tx store.Tx) error {
			return firstOf(more(tx), func() (err error) {
				inside, err = paint(tx, sampled)
				return err
			})
		})
		if d := difference(portray(f, f.Store, sampled), inside); d != "" {
			f.Errorf("inside and after the transaction differ:\n%s", d)
		}
		if inside.Counts.Events != 5 || inside.Counts.Named["duplicates"] != 5 {
			f.Errorf("the transaction saw %+v", inside.Counts)
		}
	}},

	{"what was expected is answered as ever", func(f *fixture) {
		f.write(sample)
		messages := []lead.MessageHash{lead.HashMessage("one"), lead.HashMessage("nobody's"), lead.HashMessage("later")}
		ids := []lead.Identifier{user("u1"), anon("a2"), email("nobody@corp.example"), user("fresh")}
		want := map[lead.Identifier]lead.ID{user("u1"): 1, anon("a2"): 1} // lead 2 was joined
		f.write(func(tx store.Tx) error {
			tx.Expect(messages, ids)
			tx.Expect(nil, nil)
			found, err := tx.Find(ids)
			if err != nil || !maps.Equal(found, want) {
				f.Errorf("found %v (%v), want %v", found, err, want)
			}
			if err := tx.Append([]lead.Event{live(1, "later", today)}); err != nil {
				return err
			}
			if err := tx.Link([]store.Link{{Identifier: user("fresh"), Lead: 1}}); err != nil {
				return err
			}
			known, err := tx.Known(messages)
			if err != nil || !known[messages[0]] || known[messages[1]] || !known[messages[2]] {
				f.Errorf("known are %v (%v), want the first and the one that was appended", known, err)
			}
			found, err = tx.Find(ids)
			if err != nil || found[user("fresh")] != 1 {
				f.Errorf("found %v (%v), want the one that was linked too", found, err)
			}
			return nil
		})
		f.write(func(tx store.Tx) error { // and who never asks is told nothing
			tx.Expect(messages, ids)
			return tx.Count("unasked", 1)
		})
	}},

	{"a reading sees one moment", func(f *fixture) {
		f.write(sample)
		before := portray(f, f.Store, sampled)
		f.read(func(s store.Snapshot) error {
			f.write(more)
			after, err := paint(s, sampled)
			if d := difference(after, before); d != "" {
				f.Errorf("the reading saw a later commit:\n%s", d)
			}
			return err
		})
		if d := difference(portray(f, f.Store, sampled), before); d == "" {
			f.Error("a reading after the commit did not see it")
		}
	}},

	{"a reading sees nothing of a transaction under way", func(f *fixture) {
		f.write(sample)
		before := portray(f, f.Store, sampled)
		f.write(func(tx store.Tx) error {
			if err := more(tx); err != nil {
				return err
			}
			if d := difference(portray(f, f.Store, sampled), before); d != "" {
				f.Errorf("the reading saw what was not committed:\n%s", d)
			}
			return nil
		})
	}},

	{"what is returned belongs to the caller", func(f *fixture) {
		f.write(sample)
		before := portray(f, f.Store, sampled)
		f.read(func(s store.Snapshot) error {
			p, err := paint(s, sampled)
			spoil(p)
			return err
		})
		f.write(func(tx store.Tx) error {
			p, err := paint(tx, sampled)
			spoil(p)
			return err
		})
		if d := difference(portray(f, f.Store, sampled), before); d != "" {
			f.Errorf("changing what was returned changed the store:\n%s", d)
		}
	}},

	{"what is passed in is not kept", func(f *fixture) {
		f.write(func(tx store.Tx) error {
			id, err := tx.NewLeads(1)
			if err != nil {
				return err
			}
			e := live(id, "one", today)
			e.Properties = map[string]any{"plan": "team"}
			events := []lead.Event{e}
			row := store.LeadRow{ID: id, State: []byte("state")}
			reject := lead.Reject{Body: []byte("body")}
			book := store.Playbook{Version: 1, Source: []byte("source")}
			err = errors.Join(tx.Append(events), tx.PutLeads([]store.LeadRow{row}),
				tx.Reject([]lead.Reject{reject}), tx.PutPlaybook(book))
			for _, b := range [][]byte{events[0].Body, row.State, reject.Body, book.Source} {
				clear(b)
			}
			return err
		})
		p := portray(f, f.Store, 1)
		if got := string(p.Log[0].Body); got != `{"properties":{"plan":"team"}}` {
			f.Errorf("body of the event: %q", got)
		}
		if p.Log[0].Properties != nil {
			f.Errorf("an event came back opened: %v", p.Log[0].Properties)
		}
		if got := string(p.Leads[0].State); got != "state" {
			f.Errorf("state: %q", got)
		}
		if got := string(p.Rejects[0].Body); got != "body" {
			f.Errorf("body of the reject: %q", got)
		}
		if got := string(p.Playbooks[0].Source); got != "source" {
			f.Errorf("source of the playbook: %q", got)
		}
	}},

	{"a transaction ends with its function", func(f *fixture) {
		var tx store.Tx
		var view store.Snapshot
		f.write(func(t store.Tx) error { tx = t; return sample(t) })
		f.read(func(s store.Snapshot) error { view = s; return nil })
		before := portray(f, f.Store, sampled)
		if err := tx.Count("late", 1); err == nil {
			f.Error("a transaction that had ended could write")
		}
		if _, err := view.Counts(); err == nil {
			f.Error("a reading that had ended could read")
		}
		if d := difference(portray(f, f.Store, sampled), before); d != "" {
			f.Errorf("a transaction that had ended changed the store:\n%s", d)
		}
	}},

	{"the clock is the one given", func(f *fixture) {
		if now := ask(f, store.Snapshot.Now); now != today {
			f.Errorf("a reading says %d, want %d", now, today)
		}
		f.write(func(tx store.Tx) error {
			now, err := tx.Now()
			if now != today {
				f.Errorf("a transaction says %d, want %d", now, today)
			}
			return err
		})
	}},
}

// spoil changes whatever a portrait can reach.
func spoil(p portrait) {
	for i := range p.Log {
		clear(p.Log[i].Body)
	}
	for _, one := range p.Each {
		for i := range one.History {
			clear(one.History[i].Body)
		}
		clear(one.Identifiers)
		clear(one.Joins)
		clear(one.Decisions)
	}
	for _, rows := range [][]store.LeadRow{p.Leads, p.Due} {
		for i := range rows {
			clear(rows[i].State)
		}
		clear(rows)
	}
	for _, row := range p.States {
		clear(row.State)
	}
	for i := range p.Rejects {
		clear(p.Rejects[i].Body)
	}
	for i := range p.Playbooks {
		clear(p.Playbooks[i].Source)
	}
	clear(p.Keys)
	clear(p.Known)
	clear(p.Surviving)
	clear(p.Holders)
	clear(p.Counts.Named)
}

// refused runs a transaction that asks for what no caller may ask.
func (f *fixture) refused(what string, fn func(tx store.Tx) error) {
	f.Helper()
	err := f.Store.Write(context.Background(), fn)
	if err == nil || fault.KindOf(err) != fault.Internal {
		f.Errorf("%s: got %v, want a fault of kind internal", what, err)
	}
}
