package listsql

import "galena/internal/store"

// AccountDatabase runs statements about what the listing says of accounts.
type AccountDatabase interface {
	Database
	// Sums gives the accounts and sums that a statement selects.
	Sums(text string, args []any) ([]store.AccountPlace, error)
}

// Accounts gives the accounts with the highest sums after a place.
func Accounts(db AccountDatabase, d *Dialect, after *store.AccountPlace, limit int) ([]store.AccountTotal, error) {
	if limit <= 0 {
		return nil, nil
	}
	where := part{text: "1 = 1"}
	if after != nil {
		// The first half is what the index can begin with: it goes down and then up.
		where = part{"sum <= ? AND (sum < ? OR account > ?)", []any{after.Sum, after.Sum, after.Account}}
	}
	where.text += " ORDER BY sum DESC, account LIMIT ?"
	where.args = append(where.args, int64(min(limit, store.MaxListed)))
	return totals(db, d, where)
}

// Totals gives those of accounts.
func Totals(db AccountDatabase, d *Dialect, accounts []string) (map[string]store.AccountTotal, error) {
	found := map[string]store.AccountTotal{}
	if len(accounts) == 0 {
		return found, nil
	}
	all, err := totals(db, d, oneOf("account", accounts[:min(len(accounts), store.MaxListed)]))
	for _, a := range all {
		found[a.Account] = a
	}
	return found, err
}

// totals gives the accounts of which something holds, with their people.
func totals(db AccountDatabase, d *Dialect, which part) ([]store.AccountTotal, error) {
	s := statement{args: which.args}
	s.text.WriteString("SELECT account, sum FROM listing_accounts WHERE " + which.text)
	places, err := db.Sums(s.written(d), s.args)
	if err != nil || len(places) == 0 {
		return nil, err
	}
	all := make([]store.AccountTotal, len(places))
	at, names := map[string]*store.AccountTotal{}, make([]string, len(places))
	for i, p := range places {
		all[i] = store.AccountTotal{Account: p.Account, Sum: p.Sum}
		at[p.Account], names[i] = &all[i], p.Account
	}
	in := oneOf("account", names)
	s = statement{args: in.args}
	s.text.WriteString("SELECT account, kind, stage, people FROM listing_groups WHERE " + in.text)
	return all, db.Groups(s.written(d), s.args, func(account string, kind store.ListKind, stage string, people int64) {
		a := at[account]
		a.People[kind-1] += people
		if stage == "" {
			return
		}
		if a.Stages == nil {
			a.Stages = map[string]int64{}
		}
		a.Stages[stage] += people
	})
}

// Of gives the people of an account with the highest scores.
func Of(db Database, d *Dialect, account string, limit int) ([]store.ListRow, error) {
	if limit <= 0 || account == "" {
		return nil, nil
	}
	var s statement
	s.add("SELECT "+Columns+" FROM listing AS l"+d.along("listing_of_account")+
		" WHERE l.account <> '' AND l.account = ? ORDER BY l.score DESC, l.lead DESC LIMIT ?", account, int64(min(limit, store.MaxListed)))
	return db.Rows(s.written(d), s.args)
}
