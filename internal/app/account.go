package app

import (
	"cmp"
	"context"
	"slices"

	"galena/internal/fault"
	"galena/internal/lead"
)

// Account is a company by the people of it who are known: those whose account
// attribute names it, by a group call or by the domain of their address.
type Account struct {
	Name                      string
	Leads, Contacts, Visitors int
	// Stage is the furthest in which anybody is; "" for none.
	Stage string
	// Best is the highest main score among them, Sum all of them together; who is
	// excluded counts nothing.
	Best, Sum lead.Points
	LastSeen  lead.Time

	stage  int  // place of Stage; -1 for none
	scored bool // Best is somebody's
}

// People is how many are known.
func (a *Account) People() int { return a.Leads + a.Contacts + a.Visitors }

// Accounts gives all accounts, the highest sum first, as of now. It goes through
// all leads, and holds as much as there are accounts.
func (r *Reader) Accounts(ctx context.Context) ([]*Account, error) {
	byName := map[string]*Account{}
	err := r.Leads(ctx, func(l *Lead) error {
		if l.Account != "" {
			a := byName[l.Account]
			if a == nil {
				a = newAccount(l.Account)
				byName[l.Account] = a
			}
			r.count(a, l)
		}
		return nil
	})
	all := make([]*Account, 0, len(byName))
	for _, a := range byName {
		all = append(all, a)
	}
	slices.SortFunc(all, func(a, b *Account) int {
		return cmp.Or(cmp.Compare(b.Sum, a.Sum), cmp.Compare(b.Best, a.Best), cmp.Compare(a.Name, b.Name))
	})
	return all, err
}

// Account gives one account by its exact name, and its people, the highest main
// score first. It goes through all leads.
func (r *Reader) Account(ctx context.Context, name string) (*Account, []*Lead, error) {
	a := newAccount(name)
	var people []*Lead
	err := r.Leads(ctx, func(l *Lead) error {
		if l.Account == name && name != "" {
			r.count(a, l)
			people = append(people, l)
		}
		return nil
	})
	if err == nil && len(people) == 0 {
		err = fault.New(fault.NotFound, "Nobody is known of an account %q. `galena account list` shows those that are.", name)
	}
	main := r.MainScore()
	slices.SortStableFunc(people, func(a, b *Lead) int { return cmp.Compare(b.Scores[main], a.Scores[main]) })
	return a, people, err
}

func newAccount(name string) *Account { return &Account{Name: name, stage: -1} }

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
		if st.Name == l.Stage && i > a.stage {
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
