package storetest

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/store"
)

var records = []test{
	{"decisions are kept as given, in the order written, over joins", func(f *fixture) {
		ids := f.newLeads(3)
		decision := func(id lead.ID, stage string, nth int, verb lead.Verb) lead.Decision {
			return lead.Decision{Lead: id, Cycle: 2, Stage: stage, From: "Lead", Role: "qualified", Nth: nth,
				At: today - lead.Time(nth), Event: "m", Version: 3, Reason: "no budget", Silent: verb == lead.Retracted, Verb: verb, Recorded: today + 5}
		}
		made := []lead.Decision{
			decision(ids[0], "MQL", 1, lead.Made), decision(ids[1], "SQL", 1, lead.Made), decision(ids[2], "MQL", 1, lead.Made),
			decision(ids[0], "MQL", 1, lead.Retracted), decision(ids[1], "", 2, lead.Made), decision(ids[0], "MQL", 1, lead.Reinstated),
		}
		f.write(func(tx store.Tx) error {
			return firstOf(tx.Decide(made[:4]), func() error { return tx.Decide(made[4:5]) })
		})
		of := func(id lead.ID) []lead.Decision {
			return ask(f, func(s store.Snapshot) ([]lead.Decision, error) { return s.Decisions(id) })
		}
		same(f, "before the join", of(ids[0]), []lead.Decision{made[0], made[3]})
		f.join(ids[0], ids[1])
		f.write(func(tx store.Tx) error { return tx.Decide(made[5:]) })
		same(f, "over the join", of(ids[1]), []lead.Decision{made[0], made[1], made[3], made[4], made[5]})
		same(f, "of another lead", of(ids[2]), made[2:3])
		same(f, "of the lead that was joined", of(ids[0]), nil)
		if got := ask(f, store.Snapshot.Counts).Decisions; got != 6 {
			f.Errorf("%d decisions are counted, want 6", got)
		}
		for _, wrong := range []lead.ID{0, 99} {
			f.refused(fmt.Sprint("decision of ", wrong), func(tx store.Tx) error {
				return tx.Decide([]lead.Decision{decision(wrong, "MQL", 1, lead.Made)})
			})
		}
	}},

	{"the log of decisions tells what each row takes the place of", func(f *fixture) {
		ids := f.newLeads(2)
		decision := func(id lead.ID, stage, from string, nth int, at lead.Time, verb lead.Verb) store.LoggedDecision {
			return store.LoggedDecision{Decision: lead.Decision{Lead: id, Cycle: 1, Stage: stage, From: from, Nth: nth, At: at, Verb: verb, Recorded: today}}
		}
		instead := func(d store.LoggedDecision, was store.LoggedDecision) store.LoggedDecision {
			d.Was, d.WasFrom, d.WasAt = was.Verb, was.From, was.At
			return d
		}
		var log []store.LoggedDecision
		write := func(rows ...store.LoggedDecision) {
			f.write(func(tx store.Tx) error {
				for i := range rows {
					if err := tx.Decide([]lead.Decision{rows[i].Decision}); err != nil {
						return err
					}
				}
				log = append(log, rows...)
				got, err := tx.DecisionLog(0, len(log)+1)
				same(f, "in the transaction", got, log)
				return err
			})
		}
		first := decision(ids[0], "MQL", "Lead", 1, today, lead.Made)
		dated := decision(ids[0], "MQL", "Known\x00", 1, today-5, lead.Made)
		write(first, decision(ids[1], "MQL", "Lead", 1, today, lead.Made), decision(ids[0], "SQL", "MQL", 1, today, lead.Made),
			decision(ids[0], "MQL", "SQL", 2, today, lead.Made), instead(dated, first))
		gone := decision(ids[0], "MQL", "Known\x00", 1, today-5, lead.Retracted)
		write(instead(gone, dated))
		f.join(ids[0], ids[1])
		write(instead(decision(ids[0], "MQL", "Known\x00", 1, today-5, lead.Reinstated), gone))
		for _, page := range []struct {
			after int64
			limit int
			want  []store.LoggedDecision
		}{{0, 100, log}, {-3, 2, log[:2]}, {5, 1, log[5:6]}, {6, 9, log[6:]}, {7, 9, nil}, {90, 9, nil}, {0, 0, nil}, {0, -1, nil}} {
			got := ask(f, func(s store.Snapshot) ([]store.LoggedDecision, error) { return s.DecisionLog(page.after, page.limit) })
			same(f, fmt.Sprintf("DecisionLog(%d, %d)", page.after, page.limit), got, page.want)
		}
	}},

	{"rejects are numbered, kept and paged", func(f *fixture) {
		made := make([]lead.Reject, 8)
		for i := range made {
			made[i] = lead.Reject{Received: today, Source: 3, Index: i, MessageID: fmt.Sprint("m", i), Code: "code",
				Message: "Why.", Body: fmt.Append(nil, "body ", i)}
		}
		f.write(func(tx store.Tx) error { return tx.Reject(made[:3]) })
		f.write(func(tx store.Tx) error { return tx.Reject(made[3:]) })
		for i := range made[1:] {
			if made[i+1].Seq <= made[i].Seq {
				f.Errorf("seq %d comes after %d", made[i+1].Seq, made[i].Seq)
			}
		}
		for _, page := range []struct {
			after int64
			limit int
			want  []lead.Reject
		}{
			{0, 5, made[:5]}, {made[4].Seq, 5, made[5:]}, {made[7].Seq, 5, nil}, {0, 0, nil}, {0, -1, nil}, {-1, 1 << 40, made},
		} {
			got := ask(f, func(s store.Snapshot) ([]lead.Reject, error) { return s.Rejects(page.after, page.limit) })
			if d := difference(portrait{Rejects: got}, portrait{Rejects: page.want}); d != "" {
				f.Errorf("Rejects(%d, %d) differs:\n%s", page.after, page.limit, d)
			}
		}
		if got := ask(f, store.Snapshot.Counts).Rejects; got != 8 {
			f.Errorf("%d rejects are counted, want 8", got)
		}
	}},

	{"rejects are listed from the last", func(f *fixture) {
		made := make([]lead.Reject, 5)
		for i := range made {
			made[i] = lead.Reject{Received: today, Index: i, Code: "code", Body: fmt.Append(nil, "body ", i)}
		}
		f.write(func(tx store.Tx) error { return tx.Reject(made) })
		back := slices.Clone(made)
		slices.Reverse(back)
		for _, page := range []struct {
			before int64
			limit  int
			want   []lead.Reject
		}{
			{0, 2, back[:2]}, {made[3].Seq, 2, back[2:4]}, {made[3].Seq, 9, back[2:]}, {made[0].Seq, 9, nil}, {0, 0, nil}, {0, -1, nil}, {1 << 50, 9, back},
		} {
			got := ask(f, func(s store.Snapshot) ([]lead.Reject, error) { return s.LastRejects(page.before, page.limit) })
			if d := difference(portrait{Rejects: got}, portrait{Rejects: page.want}); d != "" {
				f.Errorf("LastRejects(%d, %d) differs:\n%s", page.before, page.limit, d)
			}
		}
	}},

	{"a reject with an identity is kept once", func(f *fixture) {
		one, two, never := lead.MessageHash{1}, lead.MessageHash{15: 2}, lead.MessageHash{3}
		f.write(func(tx store.Tx) error {
			return tx.Reject([]lead.Reject{{Code: "a", Identity: one}, {Code: "b"}, {Code: "c"}})
		})
		f.write(func(tx store.Tx) error {
			if err := tx.Reject([]lead.Reject{{Code: "d", Identity: two}}); err != nil {
				return err
			}
			got, err := tx.Refused([]lead.MessageHash{two, never})
			if err == nil && (len(got) != 1 || !got[two]) {
				f.Errorf("in its transaction, kept are %v", got)
			}
			return err
		})
		for _, c := range []struct {
			of   []lead.MessageHash
			want map[lead.MessageHash]bool
		}{
			{[]lead.MessageHash{one, never, two, one, {}}, map[lead.MessageHash]bool{one: true, two: true}}, {nil, nil},
		} {
			got := ask(f, func(s store.Snapshot) (map[lead.MessageHash]bool, error) { return s.Refused(c.of) })
			if !maps.Equal(got, c.want) {
				f.Errorf("of %x are kept %v", c.of, got)
			}
		}
		err := f.Store.Write(context.Background(), func(tx store.Tx) error { return tx.Reject([]lead.Reject{{Identity: one}}) })
		if err == nil {
			f.Error("a reject that is kept already is kept again")
		}
		if got := ask(f, store.Snapshot.Counts).Rejects; got != 4 {
			f.Errorf("%d rejects are counted, want 4", got)
		}
	}},

	{"keys are inserted and replaced", func(f *fixture) {
		first := lead.Key{Hash: [32]byte{1, 2, 31: 3}, Hint: "gk_a", Kind: lead.BrowserKey, Name: "site", Created: today}
		second := lead.Key{Hash: [32]byte{4}, Hint: "gk_b", Kind: lead.APIKey, Name: "", Created: today - 1, Disabled: true}
		f.write(func(tx store.Tx) error {
			return firstOf(tx.PutKey(&first), func() error { return tx.PutKey(&second) })
		})
		if first.ID == 0 || second.ID <= first.ID {
			f.Errorf("the keys got the ids %d and %d", first.ID, second.ID)
		}
		same(f, "keys", ask(f, store.Snapshot.Keys), []lead.Key{first, second})
		first.Disabled, first.Name = true, "old site"
		f.write(func(tx store.Tx) error { return tx.PutKey(&first) })
		same(f, "keys after one was replaced", ask(f, store.Snapshot.Keys), []lead.Key{first, second})

		f.refused("a key that is not there", func(tx store.Tx) error {
			return tx.PutKey(&lead.Key{ID: 99, Hash: [32]byte{9}})
		})
		f.refused("a second key with the same hash", func(tx store.Tx) error { return tx.PutKey(&lead.Key{Hash: second.Hash}) })
		f.refused("a key made the same as another", func(tx store.Tx) error {
			return tx.PutKey(&lead.Key{ID: first.ID, Hash: second.Hash})
		})
		same(f, "keys after what was refused", ask(f, store.Snapshot.Keys), []lead.Key{first, second})
	}},

	{"playbooks follow each other", func(f *fixture) {
		made := []store.Playbook{
			{Version: 1, Source: []byte("galena: 1\n"), Published: today, Note: "first"},
			{Version: 2, Source: []byte("galena: 1\nname: other\n"), Published: today - 5, Author: "ada", Apply: true,
				Signed: []store.Signature{{Role: "sales", Name: "Bo \x00", At: today}, {Role: "marketing", Name: "Cy", At: today - 9}}},
			{Version: 3, Effects: true, Signed: []store.Signature{{Role: "sales"}}},
		}
		if got := ask(f, store.Snapshot.InForce); got != 0 {
			f.Errorf("version %d is in force before the first", got)
		}
		for _, p := range made {
			f.write(func(tx store.Tx) error {
				now, err := tx.Publishing()
				if now != today {
					f.Errorf("it is published at %d by the clock, want %d", now, today)
				}
				return firstOf(err, func() error { return tx.PutPlaybook(p) })
			})
			if got := ask(f, store.Snapshot.InForce); got != p.Version {
				f.Errorf("version %d is in force, want %d", got, p.Version)
			}
		}
		for _, version := range []int{-1, 0, 1, 3, 5} {
			err := f.Store.Write(context.Background(), func(tx store.Tx) error {
				return tx.PutPlaybook(store.Playbook{Version: version, Source: []byte("late")})
			})
			if fault.KindOf(err) != fault.Conflict {
				f.Errorf("version %d after 3: got %v, want a fault of kind conflict", version, err)
			}
		}
		got := ask(f, store.Snapshot.Playbooks)
		if d := difference(portrait{Playbooks: got}, portrait{Playbooks: made}); d != "" {
			f.Errorf("playbooks differ:\n%s", d)
		}
	}},

	{"the sweep is where it was put", func(f *fixture) {
		if got := ask(f, store.Snapshot.Sweep); got != (store.Sweep{}) {
			f.Errorf("before any: %+v", got)
		}
		for _, put := range []store.Sweep{{Version: 2, Reached: 7, Leads: 3}, {Version: 2, Reached: 1 << 40, Leads: 9, Over: true}, {Version: 3}} {
			f.write(func(tx store.Tx) error {
				return firstOf(tx.PutSweep(put), func() error {
					got, err := tx.Sweep()
					if got != put {
						f.Errorf("its own transaction reads %+v, want %+v", got, put)
					}
					return err
				})
			})
			if got := ask(f, store.Snapshot.Sweep); got != put {
				f.Errorf("got %+v, want %+v", got, put)
			}
		}
	}},

	{"counters add up", func(f *fixture) {
		f.write(func(tx store.Tx) error {
			return firstOf(tx.Count("duplicates", 2), func() error {
				return firstOf(tx.Count("conflicts", 1<<40), func() error { return tx.Count("duplicates", 3) })
			})
		})
		f.write(func(tx store.Tx) error {
			return firstOf(tx.Count("duplicates", -1), func() error { return tx.Count("none", 0) })
		})
		want := map[string]int64{"duplicates": 4, "conflicts": 1 << 40, "none": 0}
		if got := ask(f, store.Snapshot.Counts).Named; !maps.Equal(got, want) {
			f.Errorf("counters: %v, want %v", got, want)
		}
	}},
}
