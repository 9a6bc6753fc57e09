package sqlite

import (
	"database/sql"

	"galena/internal/lead"
	"galena/internal/store"
)

const accountColumns = `name, facts, change, behind`

var (
	accountByName = define(`SELECT ` + accountColumns + ` FROM accounts WHERE name = ?`)
	accountsAfter = define(`SELECT ` + accountColumns + ` FROM accounts WHERE name > ? ORDER BY name LIMIT ?`)
	putAccount    = define(`INSERT INTO accounts (` + accountColumns + `) VALUES (?, ?, ?, ?)
		ON CONFLICT (name) DO UPDATE SET facts = excluded.facts, change = excluded.change, behind = excluded.behind`)

	membersByLead = define(`SELECT lead, account, told FROM members WHERE lead IN (SELECT value FROM json_each(?))`)
	// The index ends with the table's own key.
	membersOf  = define(`SELECT lead FROM members WHERE account = ? AND lead > ? ORDER BY lead LIMIT ?`)
	dropMember = define(`DELETE FROM members WHERE lead = ?`)
	// Touches no row when the account is not kept.
	putMember = define(`INSERT INTO members (lead, account, told)
		SELECT ?1, ?2, ?3 WHERE EXISTS (SELECT 1 FROM accounts WHERE name = ?2)
		ON CONFLICT (lead) DO UPDATE SET account = excluded.account, told = excluded.told`)
	tellMember = define(`UPDATE members SET told = ?3 WHERE lead = ?1 AND account = ?2`)

	untold = define(`SELECT lead FROM accounts CROSS JOIN members ON account = name
		WHERE behind <> 0 AND told < change LIMIT ?`)
	settleAccount = define(`UPDATE accounts SET behind = 0 WHERE name = ?1 AND behind <> 0
		AND NOT EXISTS (SELECT 1 FROM members WHERE account = ?1 AND told < change)`)
	forgetAccount = define(`DELETE FROM accounts WHERE name = ?1 AND change = 0 AND coalesce(length(facts), 0) = 0
		AND NOT EXISTS (SELECT 1 FROM members WHERE account = ?1)`)
)

func (s *snapshot) Accounts(names []string) (map[string]store.Account, error) {
	found := make(map[string]store.Account, len(names))
	for _, name := range names {
		listed, err := list(s, accountByName, scanAccount, name)
		if err != nil {
			return nil, err
		}
		for _, a := range listed {
			found[name] = a
		}
	}
	return found, s.err
}

func (s *snapshot) AccountList(after string, limit int) ([]store.Account, error) {
	if limit <= 0 {
		return nil, s.err
	}
	return list(s, accountsAfter, scanAccount, after, int64(limit))
}

func scanAccount(rows *sql.Rows, a *store.Account) error {
	return rows.Scan(&a.Name, &a.Facts, &a.Change, &a.Behind)
}

func (s *snapshot) Members(ids []lead.ID) (map[lead.ID]store.Member, error) {
	found := make(map[lead.ID]store.Member, len(ids))
	if len(ids) == 0 {
		return found, s.err
	}
	listed, err := list(s, membersByLead, func(rows *sql.Rows, m *store.Member) error {
		return rows.Scan(&m.Lead, &m.Account, &m.Told)
	}, idList(ids))
	for _, m := range listed {
		found[m.Lead] = m
	}
	return found, err
}

func (s *snapshot) MembersOf(account string, after lead.ID, limit int) ([]lead.ID, error) {
	if limit <= 0 {
		return nil, s.err
	}
	return list(s, membersOf, scanID, account, int64(after), int64(limit))
}

func (s *snapshot) Untold(limit int) ([]lead.ID, error) {
	if limit <= 0 {
		return nil, s.err
	}
	return list(s, untold, scanID, int64(limit))
}

func scanID(rows *sql.Rows, id *lead.ID) error { return rows.Scan(id) }

func (t *tx) PutAccounts(accounts []store.Account) error {
	for i := range accounts {
		a := &accounts[i]
		if a.Name == "" {
			return t.refuse("An account without a name was to be kept.")
		}
		if _, err := t.exec(putAccount, a.Name, a.Facts, a.Change, a.Behind); err != nil {
			return err
		}
	}
	return t.err
}

func (t *tx) PutMembers(members []store.Member) error {
	if len(members) == 0 {
		return t.err
	}
	ids := make([]lead.ID, len(members))
	for i := range members {
		ids[i] = members[i].Lead
	}
	if err := t.requireSurviving(ids...); err != nil {
		return err
	}
	for _, m := range members {
		if m.Account == "" {
			if _, err := t.exec(dropMember, int64(m.Lead)); err != nil {
				return err
			}
			continue
		}
		// Most often a member is only told something, which no index shows.
		n, err := t.exec(tellMember, int64(m.Lead), m.Account, m.Told)
		if err == nil && n == 0 {
			n, err = t.exec(putMember, int64(m.Lead), m.Account, m.Told)
		}
		if err != nil {
			return err
		}
		if n == 0 {
			return t.refuse("%s cannot be a member of %q, which is not kept.", m.Lead, m.Account)
		}
	}
	return t.err
}

func (t *tx) Settle(names []string) error {
	for _, name := range names {
		for _, q := range []*query{settleAccount, forgetAccount} {
			if _, err := t.exec(q, name); err != nil {
				return err
			}
		}
	}
	return t.err
}
