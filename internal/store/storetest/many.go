package storetest

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"galena/internal/lead"
	"galena/internal/store"
)

// askMany fails unless what a store tells of many leads at once is what it told of
// each.
func askMany(s store.Snapshot, ids []lead.ID, each map[lead.ID]person) error {
	links, err := s.IdentifiersOf(ids)
	if err != nil {
		return err
	}
	decisions, err := s.DecisionsOf(ids)
	if err != nil {
		return err
	}
	for _, limit := range []int{1, 4, 1_000_000} {
		for rest := ids; len(rest) > 0; {
			histories, err := s.HistoriesOf(rest, limit)
			if err != nil {
				return err
			}
			if len(histories) == 0 || len(histories) > len(rest) {
				return fmt.Errorf("of %d leads %d histories were given", len(rest), len(histories))
			}
			events := 0
			for i, history := range histories {
				if events >= limit {
					return fmt.Errorf("%d histories have more than %d events, and were not the last", i, limit)
				}
				events += len(history)
				if d := cmp.Diff(each[rest[i]].History, history, cmpopts.EquateEmpty()); d != "" {
					return fmt.Errorf("the history of %s among others is another:\n%s", rest[i], d)
				}
			}
			if events < limit && len(histories) < len(rest) {
				return fmt.Errorf("of %d leads the histories of %d were given, which have %d events of %d", len(rest), len(histories), events, limit)
			}
			rest = rest[len(histories):]
		}
	}
	for _, id := range ids {
		if d := cmp.Diff(each[id].Identifiers, links[id], cmpopts.EquateEmpty()); d != "" {
			return fmt.Errorf("the identifiers of %s among others are others:\n%s", id, d)
		}
		if d := cmp.Diff(each[id].Decisions, decisions[id], cmpopts.EquateEmpty()); d != "" {
			return fmt.Errorf("the decisions of %s among others are others:\n%s", id, d)
		}
	}
	return nil
}

// told is what a snapshot tells of each of some leads.
func told(s store.Snapshot, ids []lead.ID) (map[lead.ID]person, error) {
	each := map[lead.ID]person{}
	for _, id := range ids {
		var one person
		var err error
		if one.Identifiers, err = s.Identifiers(id); err != nil {
			return nil, err
		}
		if one.Decisions, err = s.Decisions(id); err != nil {
			return nil, err
		}
		if one.History, err = s.History(id); err != nil {
			return nil, err
		}
		each[id] = one
	}
	return each, nil
}

var many = []test{
	{"many leads are told of as each is, over joins and in any order", func(f *fixture) {
		ids := f.newLeads(6)
		for i, id := range ids {
			f.link(id, user(fmt.Sprint("u", i)), anon(fmt.Sprint("a", i)))
			f.append(manyEvents(id, fmt.Sprint("m", i), 2*i)...)
			f.write(func(tx store.Tx) error {
				return tx.Decide([]lead.Decision{{Lead: id, Cycle: 1, Stage: "MQL", Nth: 1, At: today, Verb: lead.Made, Recorded: today}})
			})
		}
		f.join(ids[1], ids[4])
		f.join(ids[5], ids[0])
		asked := []lead.ID{ids[4], ids[2], 99, ids[0], ids[1], ids[3]} // one was joined, one never was
		f.read(func(s store.Snapshot) error {
			each, err := told(s, asked)
			return firstOf(err, func() error { return askMany(s, asked, each) })
		})
	}},

	{"nobody is told of when none is asked for", func(f *fixture) {
		ids := f.newLeads(1)
		f.append(live(ids[0], "m", today))
		f.read(func(s store.Snapshot) error {
			links, err := s.IdentifiersOf(nil)
			decisions, e := s.DecisionsOf(nil)
			histories, e2 := s.HistoriesOf(nil, 10)
			none, e3 := s.HistoriesOf(ids, 0)
			if len(links)+len(decisions)+len(histories)+len(none) > 0 {
				f.Errorf("%v, %v, %v and %v are told", links, decisions, histories, none)
			}
			for _, e := range []error{err, e, e2, e3} {
				if e != nil {
					return e
				}
			}
			return nil
		})
	}},

	{"a transaction tells of many what it has written", func(f *fixture) {
		ids := f.newLeads(3)
		f.link(ids[0], user("moves"))
		f.write(func(tx store.Tx) error {
			made, err := tx.NewLeads(1)
			all := append(slices.Clone(ids), made)
			for _, step := range []func() error{
				func() error { return tx.PutLeads([]store.LeadRow{{ID: made}}) },
				func() error { return tx.Link(links(made, user("moves"), user("new"))) },
				func() error { return tx.Append([]lead.Event{live(made, "m1", today), live(ids[1], "m2", today)}) },
				func() error {
					return tx.Decide([]lead.Decision{{Lead: made, Cycle: 1, Stage: "MQL", Nth: 1, At: today, Verb: lead.Made, Recorded: today}})
				},
				func() error {
					known, err := tx.IdentifiersOf(all)
					same(f, "of the new one", identifiersOf(known[made]), []lead.Identifier{user("moves"), user("new")})
					same(f, "of the former one", identifiersOf(known[ids[0]]), nil)
					return err
				},
				func() error {
					log, err := tx.DecisionsOf(all)
					if len(log[made]) != 1 {
						f.Errorf("the new one has the decisions %v", log[made])
					}
					return err
				},
				func() error {
					each, err := told(tx, all)
					return firstOf(err, func() error { return askMany(tx, all, each) })
				},
			} {
				err = firstOf(err, step)
			}
			return err
		})
	}},

	{"who asks about many stops with the context", func(f *fixture) {
		ids := f.newLeads(2)
		for what, ask := range map[string]func(store.Snapshot) error{
			"identifiers": func(s store.Snapshot) error { _, err := s.IdentifiersOf(ids); return err },
			"decisions":   func(s store.Snapshot) error { _, err := s.DecisionsOf(ids); return err },
			"histories":   func(s store.Snapshot) error { _, err := s.HistoriesOf(ids, 10); return err },
		} {
			ctx, cancel := context.WithCancel(context.Background())
			f.busy(what, f.Store.Read(ctx, func(s store.Snapshot) error {
				cancel()
				return ask(s)
			}))
		}
	}},
}
