package app

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/pipeline"
	"galena/internal/store"
)

const (
	// namedAccounts is up to how many accounts are searched by a part of their names:
	// all names are read for it.
	namedAccounts = 2_000
	// bestPeople is of how many people of an account, those with the highest scores,
	// a list looks for when they were seen.
	bestPeople = 50
	// shownPeople bounds the people of an account whose events are shown together.
	shownPeople = 25
)

// AccountSummary is an account as it is listed, in whole points.
type AccountSummary struct {
	Name                      string
	Leads, Contacts, Visitors int
	// Stage is the furthest in which anybody is, a way out only where nobody is within
	// the funnel; "" for none.
	Stage string
	// Best is the highest main score among them, Sum all of them together; who is
	// excluded counts nothing.
	Best, Sum int64
	// LastSeen is of those with the highest scores.
	LastSeen lead.Time
}

// RankedAccounts gives accounts of which anybody is known, the highest sum first:
// those after a place that a call before has given, "" for the first. Next is the
// place for the call after, "" at the end.
func (r *Reader) RankedAccounts(ctx context.Context, after string, limit int) (some []AccountSummary, next string, err error) {
	var from *store.AccountPlace
	if after != "" {
		sum, name, _ := strings.Cut(after, " ")
		n, err := strconv.ParseInt(sum, 10, 64)
		if err != nil {
			return nil, "", fault.Wrap(err, fault.Invalid, "after=%q is no place in the list of accounts. Take the one that the page before gave, or leave it out", after)
		}
		from = &store.AccountPlace{Sum: n, Account: name}
	}
	err = r.store.Read(ctx, func(snap store.Snapshot) error {
		some, next = nil, ""
		totals, err := snap.ListedAccounts(from, limit+1)
		if err != nil {
			return err
		}
		if len(totals) > limit {
			totals = totals[:limit]
			last := totals[limit-1].Place()
			next = strconv.FormatInt(last.Sum, 10) + " " + last.Account
		}
		some, err = r.summaries(snap, totals)
		return err
	})
	return some, next, err
}

// FindAccounts gives accounts by their names: those with a part in their name,
// whatever the case, or, where there are too many to look at each, those from the
// name on. Next is the name after which a call with it as after goes on, "" at the
// end.
func (r *Reader) FindAccounts(ctx context.Context, name, after string, limit int) (some []AccountSummary, next string, err error) {
	err = r.store.Read(ctx, func(snap store.Snapshot) error {
		some, next = nil, ""
		all, err := snap.AccountList("", namedAccounts+1)
		if err != nil {
			return err
		}
		if len(all) > namedAccounts {
			if all, err = snap.AccountList(cmp.Or(after, name), limit+1); err != nil {
				return err
			}
			exact, err := snap.Accounts([]string{name})
			if err != nil {
				return err
			}
			if a, is := exact[name]; is && after == "" {
				all = slices.Insert(all, 0, a)
			}
		} else {
			all = slices.DeleteFunc(all, func(a store.Account) bool {
				return a.Name <= after || !strings.Contains(strings.ToLower(a.Name), strings.ToLower(name))
			})
		}
		if len(all) > limit {
			all = all[:limit]
			next = all[limit-1].Name
		}
		names := make([]string, len(all))
		for i := range all {
			names[i] = all[i].Name
		}
		totals, err := totalsOf(snap, names)
		if err != nil {
			return err
		}
		some, err = r.summaries(snap, totals)
		return err
	})
	return some, next, err
}

// totalsOf gives what the people of some accounts come to, in their order; of one
// that has none nothing but its name.
func totalsOf(snap store.Snapshot, names []string) ([]store.AccountTotal, error) {
	kept, err := snap.TotalsOf(names)
	if err != nil {
		return nil, err
	}
	totals := make([]store.AccountTotal, len(names))
	for i, name := range names {
		totals[i] = kept[name]
		totals[i].Account = name
	}
	return totals, nil
}

// summaries are the summaries of some accounts, in their order.
func (r *Reader) summaries(snap store.Snapshot, totals []store.AccountTotal) ([]AccountSummary, error) {
	var all []AccountSummary
	for _, t := range totals {
		a, _, err := r.summary(snap, t, bestPeople)
		if err != nil {
			return nil, err
		}
		all = append(all, a)
	}
	return all, nil
}

// summary adds to what an account's people come to what those with the highest
// scores tell, and gives them.
func (r *Reader) summary(snap store.Snapshot, t store.AccountTotal, most int) (AccountSummary, []store.ListRow, error) {
	a := AccountSummary{
		Name: t.Account, Sum: t.Sum, Leads: int(t.People[store.ListLead-1]), Contacts: int(t.People[store.ListContact-1]), Visitors: int(t.People[store.ListVisitor-1]),
	}
	stage := -1
	for i, st := range r.Plan().Stages {
		if t.Stages[st.Name] > 0 && r.further(i, stage) {
			a.Stage, stage = st.Name, i
		}
	}
	rows, err := snap.ListedOf(t.Account, most)
	if i := slices.IndexFunc(rows, func(l store.ListRow) bool { return l.Excluded == "" }); i >= 0 {
		a.Best = rows[i].Score
	}
	for i := range rows {
		a.LastSeen = max(a.LastSeen, rows[i].LastSeen)
	}
	return a, rows, err
}

// AccountPart is an account as its page shows it.
type AccountPart struct {
	AccountSummary
	// Traits are what group calls told of it, those that were cleared left out; Since
	// is when the word on each of them took effect.
	Traits map[string]any
	Since  map[string]lead.Time
	// Waiting says that not all its people were told of the last change yet.
	Waiting bool
	// People are those with the highest scores.
	People []Row
}

// AccountPart gives an account by its exact name, with so many of its people at
// most.
func (r *Reader) AccountPart(ctx context.Context, name string, most int) (*AccountPart, error) {
	p := &AccountPart{}
	return p, r.store.Read(ctx, func(snap store.Snapshot) error {
		*p = AccountPart{}
		kept, err := snap.Accounts([]string{name})
		if err != nil {
			return err
		}
		row, is := kept[name]
		if !is {
			return fault.New(fault.NotFound, "Nobody is known of an account %q.", name)
		}
		p.Waiting = row.Behind
		if p.Traits, p.Since, err = traitsOf(row); err != nil {
			return err
		}
		totals, err := totalsOf(snap, []string{name})
		if err != nil {
			return err
		}
		var people []store.ListRow
		if p.AccountSummary, people, err = r.summary(snap, totals[0], most); err != nil {
			return err
		}
		for i := range people {
			p.People = append(p.People, shownRow(&people[i]))
		}
		return nil
	})
}

// Moment is an event of a person, in the order of an account's timeline. What a
// message carries is not opened.
type Moment struct {
	Who   *Row
	Event lead.Event
	Robot bool
}

// AccountTimeline gives the latest events of an account's people, the latest
// first, at most limit: of those of its people who were seen last.
func (r *Reader) AccountTimeline(ctx context.Context, people []Row, limit int) ([]Moment, error) {
	last := slices.Clone(people)
	slices.SortStableFunc(last, func(a, b Row) int { return cmp.Compare(b.LastSeen, a.LastSeen) })
	var all []Moment
	err := r.store.Read(ctx, func(snap store.Snapshot) error {
		all = nil
		for i := range last[:min(len(last), shownPeople)] {
			who := &last[i]
			// A verdict speaks of what came before it, and so is among the latest if one of
			// those is meant.
			record, err := snap.Latest(who.ID, 0, limit)
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
					all = append(all, Moment{Who: who, Event: *e, Robot: robots[e.Seq]})
				}
			}
		}
		return nil
	})
	slices.SortStableFunc(all, func(a, b Moment) int { return cmp.Compare(b.Event.Occurred, a.Event.Occurred) })
	return all[:min(limit, len(all))], err
}
