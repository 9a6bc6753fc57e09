package sqlite

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"galena/internal/lead"
	"galena/internal/store"
)

// Who is due is found whatever was passed over before: a row that was written
// back before the place, or a transaction that failed.
func TestDueAgain(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		const leads = 12
		s, err := Open(context.Background(), filepath.Join(t.TempDir(), "galena.db"), Options{Clock: func() lead.Time { return 0 }, tail: small})
		if err != nil {
			rt.Fatal(err)
		}
		defer s.Close()
		write := func(fn func(store.Tx) error) {
			if err := s.Write(context.Background(), fn); err != nil && !errors.Is(err, errNotNow) {
				rt.Fatal(err)
			}
		}
		write(func(tx store.Tx) error { _, err := tx.NewLeads(leads); return err })
		wakeAt := map[lead.ID]lead.Time{}
		for range rapid.IntRange(1, 40).Draw(rt, "steps") {
			puts := rapid.MapOfN(rapid.Int64Range(1, leads), rapid.Int64Range(0, 9), 0, 5).Draw(rt, "puts")
			at, limit := lead.Time(rapid.Int64Range(1, 9).Draw(rt, "at")), rapid.IntRange(0, 5).Draw(rt, "limit")
			fails := rapid.IntRange(0, 4).Draw(rt, "fails") == 0
			write(func(tx store.Tx) error {
				was := map[lead.ID]lead.Time{}
				for id, wake := range puts {
					was[lead.ID(id)] = wakeAt[lead.ID(id)]
					wakeAt[lead.ID(id)] = lead.Time(wake)
					if err := tx.PutLeads([]store.LeadRow{{ID: lead.ID(id), WakeAt: lead.Time(wake), State: []byte("a state of some bytes")}}); err != nil {
						return err
					}
				}
				var want, got []store.LeadRow
				for id, wake := range wakeAt {
					if wake != 0 && wake <= at {
						want = append(want, store.LeadRow{ID: id, WakeAt: wake})
					}
				}
				slices.SortFunc(want, func(a, b store.LeadRow) int { return byWaking(&a, &b) })
				want = want[:min(limit, len(want))]
				got, err := tx.Due(at, limit)
				if err != nil {
					return err
				}
				for i := range got {
					got[i].State = nil
				}
				if !slices.EqualFunc(got, want, func(a, b store.LeadRow) bool { return a.ID == b.ID && a.WakeAt == b.WakeAt }) {
					rt.Errorf("due at %d are %v, want %v", at, got, want)
				}
				if fails {
					for id, wake := range was {
						wakeAt[id] = wake
					}
					return errNotNow
				}
				return nil
			})
		}
	})
}

var errNotNow = errors.New("not now")
