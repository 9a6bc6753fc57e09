package storetest

import (
	"context"
	"encoding/binary"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"

	"galena/internal/lead"
	"galena/internal/store"
)

var concurrency = []test{
	{"writers run one after the other", func(f *fixture) {
		id := f.newLeads(1)[0]
		const writers, times = 8, 25
		f.together(writers, func(n int) error {
			for range times {
				err := f.node(n).Write(context.Background(), func(tx store.Tx) error {
					if err := tx.Lock([]lead.ID{id}); err != nil {
						return err
					}
					rows, err := tx.States([]lead.ID{id})
					if err != nil {
						return err
					}
					var n uint64
					if state := rows[id].State; len(state) > 0 {
						n = binary.BigEndian.Uint64(state)
					}
					return tx.PutLeads([]store.LeadRow{{ID: id, State: binary.BigEndian.AppendUint64(nil, n+1)}})
				})
				if err != nil {
					return err
				}
			}
			return nil
		})
		row := ask(f, func(s store.Snapshot) (map[lead.ID]store.LeadRow, error) { return s.States([]lead.ID{id}) })[id]
		if got := binary.BigEndian.Uint64(row.State); got != writers*times {
			f.Errorf("%d additions are left of %d", got, writers*times)
		}
	}},

	{"readers beside writers see whole transactions", func(f *fixture) {
		const writers, readers, times = 3, 5, 30
		f.together(writers+readers, func(n int) error {
			for i := range times {
				if n < writers {
					err := f.node(n).Write(context.Background(), func(tx store.Tx) error {
						id, err := tx.NewLeads(1)
						if err != nil {
							return err
						}
						name := fmt.Sprintf("%d-%d", n, i)
						return firstOf(tx.Append([]lead.Event{live(id, name+"-a", today), live(id, name+"-b", today)}), func() error {
							return firstOf(tx.Link(links(id, user(name))), func() error {
								return firstOf(tx.PutLeads([]store.LeadRow{{ID: id}}), func() error { return tx.Count("sessions", 1) })
							})
						})
					})
					if err != nil {
						return err
					}
					continue
				}
				err := f.node(n).Read(context.Background(), func(s store.Snapshot) error {
					counts, err := s.Counts()
					if err != nil {
						return err
					}
					log, err := s.Log(0, 10_000)
					if err != nil {
						return err
					}
					rows, err := s.Leads(0, 10_000)
					if err != nil {
						return err
					}
					n := int(counts.Named["sessions"])
					if counts.Events != int64(2*n) || counts.Leads != int64(n) || len(log) != 2*n || len(rows) != n {
						return fmt.Errorf("after %d sessions: %+v, %d events, %d rows", n, counts, len(log), len(rows))
					}
					for i := range log {
						if i > 0 && log[i].Seq <= log[i-1].Seq {
							return fmt.Errorf("seq %d comes after %d", log[i].Seq, log[i-1].Seq)
						}
					}
					return nil
				})
				if err != nil {
					return err
				}
			}
			return nil
		})
		if got := ask(f, store.Snapshot.Counts).Named["sessions"]; got != writers*times {
			f.Errorf("%d sessions are left of %d", got, writers*times)
		}
	}},

	{"nobody publishes while a version is relied on", func(f *fixture) {
		id := f.newLeads(1)[0]
		const writers, publishers, times = 4, 2, 12
		f.together(writers+publishers, func(n int) error {
			for i := range times {
				err := f.node(n).Write(context.Background(), func(tx store.Tx) error {
					if n < publishers {
						if _, err := tx.Publishing(); err != nil {
							return err
						}
						books, err := tx.Playbooks()
						return firstOf(err, func() error { return tx.PutPlaybook(store.Playbook{Version: len(books) + 1}) })
					}
					version, err := tx.InForce()
					if err != nil {
						return err
					}
					e := live(id, fmt.Sprintf("%d-%d", n, i), today)
					e.Source = int64(version)
					return tx.Append([]lead.Event{e})
				})
				if err != nil {
					return err
				}
			}
			return nil
		})
		if got := ask(f, store.Snapshot.InForce); got != publishers*times {
			f.Errorf("%d versions were published, want %d", got, publishers*times)
		}
		last := int64(0)
		for _, e := range ask(f, func(s store.Snapshot) ([]lead.Event, error) { return s.Log(0, 10_000) }) {
			if e.Source < last {
				f.Errorf("version %d was in force for a commit after one under %d", e.Source, last)
			}
			last = e.Source
		}
	}},

	{"a cursor over the log misses nothing", func(f *fixture) {
		id := f.newLeads(1)[0]
		const writers, times = 4, 25
		seen := map[string]bool{}
		f.together(writers+1, func(n int) error {
			if n < writers {
				for i := range times {
					err := f.node(n).Write(context.Background(), func(tx store.Tx) error {
						return tx.Append(manyEvents(id, fmt.Sprintf("%d-%d", n, i), 3))
					})
					if err != nil {
						return err
					}
				}
				return nil
			}
			for after := int64(0); len(seen) < writers*times*3; {
				err := f.Store.Read(context.Background(), func(s store.Snapshot) error {
					events, err := s.Log(after, 10)
					for i := range events {
						seen[events[i].MessageID] = true
						after = events[i].Seq
					}
					return err
				})
				if err != nil {
					return err
				}
			}
			return nil
		})
	}},

	{"a message that many send at once lands once", func(f *fixture) {
		id := f.newLeads(1)[0]
		const writers, times = 6, 20
		var accepted atomic.Int64
		f.together(writers, func(n int) error {
			for i := range times {
				events := manyEvents(id, fmt.Sprint("m", i), 4)
				var fresh int
				err := f.node(n).Write(context.Background(), func(tx store.Tx) error {
					fresh = 0
					var hashes []lead.MessageHash
					for _, e := range events {
						hashes = append(hashes, lead.HashMessage(e.MessageID))
					}
					known, err := tx.Known(hashes)
					if err != nil {
						return err
					}
					for k, e := range events {
						if !known[hashes[k]] {
							fresh++
							if err := tx.Append([]lead.Event{e}); err != nil {
								return err
							}
						}
					}
					return nil
				})
				if err != nil {
					return err
				}
				accepted.Add(int64(fresh))
			}
			return nil
		})
		sent := map[string]int{}
		for _, e := range ask(f, func(s store.Snapshot) ([]lead.Event, error) { return s.Log(0, 10_000) }) {
			sent[e.MessageID]++
		}
		if len(sent) != 4*times || accepted.Load() != 4*times {
			f.Errorf("%d messages are in the log and %d were accepted, want %d", len(sent), accepted.Load(), 4*times)
		}
		for message, n := range sent {
			if n > 1 {
				f.Errorf("message %s is in the log %d times", message, n)
			}
		}
	}},

	{"a person whom many meet at once is one lead", func(f *fixture) {
		const writers, people = 6, 15
		f.together(writers, func(n int) error {
			for i := range people {
				person := user(fmt.Sprint("person", i))
				device := anon(fmt.Sprint("device", (i+n)%people))
				err := f.node(n).Write(context.Background(), func(tx store.Tx) error {
					found, err := tx.Find([]lead.Identifier{person, device})
					if err != nil {
						return err
					}
					id, known := found[person]
					if !known {
						if id, err = tx.NewLeads(1); err != nil {
							return err
						}
						if err := tx.Link(links(id, person)); err != nil {
							return err
						}
					}
					if err := tx.PutLeads([]store.LeadRow{{ID: id}}); err != nil {
						return err
					}
					if err := tx.Link(links(id, device)); err != nil {
						return err
					}
					return tx.Append([]lead.Event{live(id, fmt.Sprintf("%d-%d", n, i), today)})
				})
				if err != nil {
					return err
				}
			}
			return nil
		})
		if got := ask(f, store.Snapshot.Counts); got.Leads != people || got.Events != writers*people {
			f.Errorf("there are %d leads and %d events, want %d and %d", got.Leads, got.Events, people, writers*people)
		}
		for i := range people {
			id := f.holder(user(fmt.Sprint("person", i)))
			history := ask(f, func(s store.Snapshot) ([]lead.Event, error) { return s.History(id) })
			if len(history) != writers {
				f.Errorf("person %d has %d events, want %d", i, len(history), writers)
			}
		}
	}},

	{"leads that are locked in crossing orders", func(f *fixture) {
		ids := f.newLeads(8)
		const writers, times = 4, 6
		f.together(writers, func(n int) error {
			for i := range times {
				err := f.node(n).Write(context.Background(), func(tx store.Tx) error {
					mine := slices.Clone(ids)
					for k := range mine { // an order of its own for everybody
						other := (k*(n+1) + i) % len(mine)
						mine[k], mine[other] = mine[other], mine[k]
					}
					// In two calls, so that the store cannot sort everything.
					if err := tx.Lock(mine[:4]); err != nil {
						return err
					}
					if err := tx.Lock(mine[4:]); err != nil {
						return err
					}
					rows, err := tx.States(mine)
					if err != nil {
						return err
					}
					var put []store.LeadRow
					for _, id := range mine {
						put = append(put, store.LeadRow{ID: id, WakeAt: rows[id].WakeAt + 1})
					}
					return tx.PutLeads(put)
				})
				if err != nil {
					return err
				}
			}
			return nil
		})
		for _, row := range ask(f, func(s store.Snapshot) ([]store.LeadRow, error) { return s.Leads(0, 100) }) {
			if row.WakeAt != writers*times {
				f.Errorf("%s was counted up %d times, want %d", row.ID, row.WakeAt, writers*times)
			}
		}
	}},

	{"due leads are claimed", func(f *fixture) {
		if f.Beside == nil {
			f.Skip("only one writes at a time")
		}
		ids := f.newLeads(4)
		f.write(func(tx store.Tx) error {
			return tx.PutLeads([]store.LeadRow{{ID: ids[0], WakeAt: 1}, {ID: ids[1], WakeAt: 2}, {ID: ids[2], WakeAt: 3}})
		})
		claim := func(tx store.Tx, limit int, want ...lead.ID) {
			rows, err := tx.Due(today, limit)
			if err != nil {
				f.Errorf("Due: %v", err)
			}
			same(f, "due", idsOf(rows), want)
		}
		f.write(func(tx store.Tx) error {
			claim(tx, 2, ids[0], ids[1])
			err := f.Beside.Write(context.Background(), func(beside store.Tx) error {
				claim(beside, 10, ids[2])
				return nil
			})
			return firstOf(err, func() error { return tx.PutLeads([]store.LeadRow{{ID: ids[0]}}) })
		})
		f.write(func(tx store.Tx) error { claim(tx, 10, ids[1], ids[2]); return nil })
	}},

	{"more readers at once than a pool holds", func(f *fixture) {
		f.write(sample)
		want := portray(f, f.Store, sampled)
		f.together(40, func(int) error {
			return f.Store.Read(context.Background(), func(s store.Snapshot) error {
				p, err := paint(s, sampled)
				if d := difference(p, want); d != "" {
					return fmt.Errorf("a reader saw something else:\n%s", d)
				}
				return err
			})
		})
	}},
}

// together runs n calls at the same time and reports what fails.
func (f *fixture) together(n int, call func(i int) error) {
	f.Helper()
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			if err := call(i); err != nil {
				f.Errorf("call %d: %v", i, err)
			}
		})
	}
	all.Wait()
}
