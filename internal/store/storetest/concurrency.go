package storetest

import (
	"context"
	"encoding/binary"
	"fmt"
	"sync"

	"galena/internal/lead"
	"galena/internal/store"
)

var concurrency = []test{
	{"writers run one after the other", func(f *fixture) {
		id := f.newLeads(1)[0]
		const writers, times = 8, 25
		f.together(writers, func(int) error {
			for range times {
				err := f.Store.Write(context.Background(), func(tx store.Tx) error {
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
					err := f.Store.Write(context.Background(), func(tx store.Tx) error {
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
				err := f.Store.Read(context.Background(), func(s store.Snapshot) error {
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

	{"a cursor over the log misses nothing", func(f *fixture) {
		id := f.newLeads(1)[0]
		const writers, times = 4, 25
		seen := map[string]bool{}
		f.together(writers+1, func(n int) error {
			if n < writers {
				for i := range times {
					err := f.Store.Write(context.Background(), func(tx store.Tx) error {
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
