package app

import (
	"cmp"
	"context"
	"slices"

	"galena/internal/lead"
	"galena/internal/pipeline"
	"galena/internal/store"
)

const (
	// rankedAccounts and rankedPeople bound what is gone through to put accounts in
	// the order of their scores. With more there is no such order.
	rankedAccounts = 2_000
	rankedPeople   = 20_000
	// shownPeople bounds the people of an account whose events are shown together.
	shownPeople = 25
)

// RankedAccounts gives all accounts, the highest sum first; false where they are
// too many for that, and only AccountsAfter lists them.
func (r *Reader) RankedAccounts(ctx context.Context) (all []*Account, ranked bool, err error) {
	err = r.store.Read(ctx, func(snap store.Snapshot) error {
		rows, err := snap.AccountList("", rankedAccounts+1)
		if err != nil || len(rows) > rankedAccounts {
			return err
		}
		people := 0
		for _, row := range rows {
			a, err := r.account(ctx, snap, row, func(*Lead) { people++ })
			if err != nil || people > rankedPeople {
				return err
			}
			all = append(all, a)
		}
		ranked = true
		return nil
	})
	if !ranked {
		return nil, false, err
	}
	slices.SortFunc(all, func(a, b *Account) int {
		return cmp.Or(cmp.Compare(b.Sum, a.Sum), cmp.Compare(b.Best, a.Best), cmp.Compare(a.Name, b.Name))
	})
	return all, true, err
}

// Moment is an event of a person, in the order of an account's timeline. What a
// message carries is not opened.
type Moment struct {
	Lead  *Lead
	Event lead.Event
	Robot bool
}

// AccountTimeline gives the latest events of an account's people, the latest
// first, at most limit: of those of its people who were seen last.
func (r *Reader) AccountTimeline(ctx context.Context, people []*Lead, limit int) ([]Moment, error) {
	last := slices.Clone(people)
	slices.SortStableFunc(last, func(a, b *Lead) int { return cmp.Compare(b.LastSeen, a.LastSeen) })
	var all []Moment
	err := r.store.Read(ctx, func(snap store.Snapshot) error {
		all = nil
		for _, l := range last[:min(len(last), shownPeople)] {
			// A verdict speaks of what came before it, and so is among the latest if one of
			// those is meant.
			record, err := snap.Latest(l.ID, 0, limit)
			if err != nil {
				return err
			}
			for i := range record {
				if record[i].Type != lead.Act {
					continue
				}
				if err := record[i].Open(); err != nil {
					return err
				}
			}
			robots, err := pipeline.Robots(record, lead.Never)
			if err != nil {
				return err
			}
			for i := range record {
				if e := &record[i]; e.Type != lead.Tombstone {
					all = append(all, Moment{Lead: l, Event: *e, Robot: robots[e.Seq]})
				}
			}
		}
		return nil
	})
	slices.SortStableFunc(all, func(a, b Moment) int { return cmp.Compare(b.Event.Occurred, a.Event.Occurred) })
	return all[:min(limit, len(all))], err
}
