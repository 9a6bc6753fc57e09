package storetest

import (
	"context"
	"errors"

	"galena/internal/lead"
	"galena/internal/store"
)

var durability = []test{
	{"what was written is there after reopening", func(f *fixture) {
		f.needsReopen()
		f.write(sample)
		f.write(more)
		_ = f.Store.Write(context.Background(), func(tx store.Tx) error {
			return firstOf(tx.Count("lost", 1), func() error { return errors.New("broken") })
		})
		before := portray(f, f.Store, sampled)
		f.Store = f.Reopen()
		if d := difference(portray(f, f.Store, sampled), before); d != "" {
			f.Errorf("reopening changed the store:\n%s", d)
		}
	}},

	{"numbers go on after reopening", func(f *fixture) {
		f.needsReopen()
		f.write(sample)
		f.Store = f.Reopen()
		f.write(func(tx store.Tx) error {
			id, err := tx.NewLeads(1)
			if id <= 4 {
				f.Errorf("id %d was given out twice", id)
			}
			events := []lead.Event{live(id, "after", today)}
			rejects := []lead.Reject{{Code: "later"}}
			key := lead.Key{Hash: [32]byte{7}}
			err = errors.Join(err, tx.Append(events), tx.Reject(rejects), tx.PutKey(&key),
				tx.PutPlaybook(store.Playbook{Version: 2}), tx.Link(links(3, user("u1"))))
			if events[0].Seq <= 3 || rejects[0].Seq <= 1 || key.ID <= 1 {
				f.Errorf("numbers after reopening: event %d, reject %d, key %d", events[0].Seq, rejects[0].Seq, key.ID)
			}
			return err
		})
		f.refused("a message from before", func(tx store.Tx) error { return tx.Append([]lead.Event{live(1, "one", today)}) })
	}},
}

// needsReopen skips a test that a store that forgets cannot take.
func (f *fixture) needsReopen() {
	f.Helper()
	if f.Reopen == nil {
		f.Skip("this store forgets")
	}
}
