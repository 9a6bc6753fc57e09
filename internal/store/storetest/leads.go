package storetest

import (
	"fmt"

	"galena/internal/lead"
	"galena/internal/store"
)

var leads = []test{
	{"rows are inserted and replaced", func(f *fixture) {
		ids := f.newLeads(3)
		f.write(func(tx store.Tx) error {
			return tx.PutLeads([]store.LeadRow{{ID: ids[2], State: []byte{0, 255}, WakeAt: 7}, {ID: ids[0], State: []byte("a")}})
		})
		f.write(func(tx store.Tx) error {
			return tx.PutLeads([]store.LeadRow{{ID: ids[0], State: []byte("b"), WakeAt: 9}, {ID: ids[2]}, {ID: ids[2], WakeAt: 8}})
		})
		states := ask(f, func(s store.Snapshot) (map[lead.ID]store.LeadRow, error) {
			return s.States([]lead.ID{ids[0], ids[2], ids[0], 99, 0})
		})
		want := map[lead.ID]store.LeadRow{ids[0]: {ID: ids[0], State: []byte("b"), WakeAt: 9}, ids[2]: {ID: ids[2], WakeAt: 8}}
		if d := difference(portrait{States: states}, portrait{States: want}); d != "" {
			f.Errorf("states differ:\n%s", d)
		}
		if got := ask(f, store.Snapshot.Counts).Leads; got != 3 {
			f.Errorf("%d leads are counted, want 3", got)
		}
	}},

	{"leads are paged by id", func(f *fixture) {
		ids := f.newLeads(10)
		f.join(ids[4], ids[0])
		left := append(append([]lead.ID{}, ids[:4]...), ids[5:]...)
		for _, page := range []struct {
			after lead.ID
			limit int
			want  []lead.ID
		}{
			{0, 4, left[:4]}, {left[3], 4, left[4:8]}, {ids[4], 1, ids[5:6]}, {left[8], 4, nil},
			{0, 9, left}, {0, 1 << 40, left}, {0, 0, nil}, {0, -1, nil}, {-3, 1, left[:1]},
		} {
			rows := ask(f, func(s store.Snapshot) ([]store.LeadRow, error) { return s.Leads(page.after, page.limit) })
			same(f, fmt.Sprintf("Leads(%d, %d)", page.after, page.limit), idsOf(rows), page.want)
		}
	}},

	{"due leads come by the moment at which they wake", func(f *fixture) {
		ids := f.newLeads(6)
		f.write(func(tx store.Tx) error {
			return tx.PutLeads([]store.LeadRow{
				{ID: ids[0], WakeAt: 30}, {ID: ids[1], WakeAt: 10}, {ID: ids[2]}, {ID: ids[3], WakeAt: 20, State: []byte("s")},
				{ID: ids[4], WakeAt: 10}, {ID: ids[5], WakeAt: 5},
			})
		})
		f.join(ids[5], ids[0])
		due := func(at lead.Time, limit int) []lead.ID {
			rows := ask(f, func(s store.Snapshot) ([]store.LeadRow, error) { return s.Due(at, limit) })
			for _, row := range rows {
				if row.ID == ids[3] && string(row.State) != "s" {
					f.Errorf("state of a due lead: %q", row.State)
				}
			}
			return idsOf(rows)
		}
		same(f, "all", due(lead.Never, 10), []lead.ID{ids[1], ids[4], ids[3], ids[0]})
		same(f, "at the moment itself", due(20, 10), []lead.ID{ids[1], ids[4], ids[3]})
		same(f, "just before", due(19, 10), []lead.ID{ids[1], ids[4]})
		same(f, "too early", due(9, 10), nil)
		same(f, "at most one", due(30, 1), []lead.ID{ids[1]})
		same(f, "at most none", due(30, 0), nil)
		same(f, "at most less than none", due(30, -1), nil)

		f.write(func(tx store.Tx) error {
			return tx.PutLeads([]store.LeadRow{{ID: ids[1]}, {ID: ids[4], WakeAt: 25}, {ID: ids[2], WakeAt: 1}})
		})
		same(f, "after they were put again", due(lead.Never, 10), []lead.ID{ids[2], ids[3], ids[4], ids[0]})
	}},
}
