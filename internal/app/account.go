package app

import (
	"cmp"
	"context"
	"slices"

	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/store"
)

// Account is a company, with those of its people who are known: whose account
// attribute names it, by a group call or by the domain of their address.
type Account struct {
	Name                      string
	Leads, Contacts, Visitors int
	// Stage is the furthest in which anybody is, a way out only where nobody is within
	// the funnel; "" for none.
	Stage string
	// Best is the highest main score among them, Sum all of them together; who is
	// excluded counts nothing.
	Best, Sum lead.Points
	LastSeen  lead.Time
	// Traits are what group calls told of it, those that were cleared left out;
	// Since is when the word on each of them took effect.
	Traits map[string]any
	Since  map[string]lead.Time
	// Waiting says that not all its people were told of the last change yet.
	Waiting bool

	stage  int  // place of Stage; -1 for none
	scored bool // Best is somebody's
}

// People is how many are known.
func (a *Account) People() int { return a.Leads + a.Contacts + a.Visitors }

// Accounts gives all accounts, the highest sum first, as of now. It goes through
// all people who are of one, and holds as much as there are accounts.
func (r *Reader) Accounts(ctx context.Context) ([]*Account, error) {
	var all []*Account
	err := r.store.Read(ctx, func(snap store.Snapshot) error {
		for after := ""; ; {
			some, err := r.accountsAfter(ctx, snap, after, page)
			if err != nil || len(some) == 0 {
				return err
			}
			all = append(all, some...)
			after = some[len(some)-1].Name
		}
	})
	slices.SortFunc(all, func(a, b *Account) int {
		return cmp.Or(cmp.Compare(b.Sum, a.Sum), cmp.Compare(b.Best, a.Best), cmp.Compare(a.Name, b.Name))
	})
	return all, err
}

// AccountsAfter gives at most limit accounts whose names are above one, in the
// order of their names, as of now. It looks at their people only.
func (r *Reader) AccountsAfter(ctx context.Context, after string, limit int) ([]*Account, error) {
	var some []*Account
	err := r.store.Read(ctx, func(snap store.Snapshot) (err error) {
		some, err = r.accountsAfter(ctx, snap, after, limit)
		return err
	})
	return some, err
}

func (r *Reader) accountsAfter(ctx context.Context, snap store.Snapshot, after string, limit int) ([]*Account, error) {
	rows, err := snap.AccountList(after, limit)
	if err != nil {
		return nil, err
	}
	some := make([]*Account, len(rows))
	for i, row := range rows {
		if some[i], err = r.account(ctx, snap, row, func(*Lead) {}); err != nil {
			return nil, err
		}
	}
	return some, nil
}

// Account gives one account by its exact name, and its people, the highest main
// score first.
func (r *Reader) Account(ctx context.Context, name string) (*Account, []*Lead, error) {
	var a *Account
	var people []*Lead
	err := r.store.Read(ctx, func(snap store.Snapshot) error {
		rows, err := snap.Accounts([]string{name})
		if err != nil {
			return err
		}
		row, kept := rows[name]
		if !kept {
			return errNoAccount(name)
		}
		a, err = r.account(ctx, snap, row, func(l *Lead) { people = append(people, l) })
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	main := r.MainScore()
	slices.SortStableFunc(people, func(a, b *Lead) int { return cmp.Compare(b.Scores[main], a.Scores[main]) })
	return a, people, nil
}

// account shows a row, and each of its people to who asks.
func (r *Reader) account(ctx context.Context, snap store.Snapshot, row store.Account, person func(*Lead)) (*Account, error) {
	a := newAccount(row.Name)
	a.Waiting = row.Behind
	var err error
	if a.Traits, a.Since, err = traitsOf(row); err != nil {
		return nil, err
	}
	now, err := snap.Now()
	if err != nil {
		return nil, err
	}
	for after := lead.ID(0); ; {
		ids, err := snap.MembersOf(row.Name, after, page)
		if err != nil || len(ids) == 0 {
			return a, err
		}
		rows, err := snap.States(ids)
		if err != nil {
			return nil, err
		}
		for _, id := range ids {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			l, err := r.view(snap, rows[id], now)
			if err != nil {
				return nil, err
			}
			r.count(a, l)
			person(l)
		}
		after = ids[len(ids)-1]
	}
}

func errNoAccount(name string) error {
	return fault.New(fault.NotFound, "Nobody is known of an account %q. `galena account list` shows those that are.", name)
}

// traitsOf reads what was told of an account, and when that took effect.
func traitsOf(row store.Account) (traits map[string]any, since map[string]lead.Time, err error) {
	facts, err := lead.DecodeFacts(row.Facts)
	traits, since = map[string]any{}, map[string]lead.Time{}
	for name, fact := range facts {
		if fact.Value != nil {
			traits[name], since[name] = fact.Value, fact.Effective
		}
	}
	return traits, since, err
}

func newAccount(name string) *Account { return &Account{Name: name, stage: -1} }

// further says whether one place among the stages is further than another, -1 for
// none. Who left the funnel is behind everybody who is in it.
func (r *Reader) further(at, than int) bool {
	exit := r.Plan().FirstExit
	if than >= 0 && (at >= exit) != (than >= exit) {
		return at < exit
	}
	return at > than
}

// count adds a person to an account.
func (r *Reader) count(a *Account, l *Lead) {
	switch l.Kind {
	case "lead":
		a.Leads++
	case "contact":
		a.Contacts++
	default:
		a.Visitors++
	}
	for i, st := range r.Plan().Stages {
		if st.Name == l.Stage && r.further(i, a.stage) {
			a.Stage, a.stage = st.Name, i
		}
	}
	if l.Excluded == "" {
		points := l.Scores[r.MainScore()]
		if !a.scored || points > a.Best {
			a.Best, a.scored = points, true
		}
		a.Sum += points
	}
	a.LastSeen = max(a.LastSeen, l.LastSeen)
}
