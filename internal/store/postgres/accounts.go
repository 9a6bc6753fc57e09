package postgres

import (
	"bytes"

	"github.com/jackc/pgx/v5"

	"galena/internal/lead"
	"galena/internal/store"
)

const accountColumns = `name, facts, change, behind`

var (
	// Accounts are changed by one node at a time: that which appends to the log.
	holdWorkspace  = define(`SELECT 1 FROM workspace FOR UPDATE`)
	accountsByName = define(`SELECT ` + accountColumns + ` FROM accounts WHERE name = ANY($1::bytea[])`)
	accountsAfter  = define(`SELECT ` + accountColumns + ` FROM accounts WHERE name > $1::bytea ORDER BY name LIMIT $2::bigint`)
	putAccounts    = define(`INSERT INTO accounts (` + accountColumns + `)
		SELECT * FROM unnest($1::bytea[], $2::bytea[], $3::bigint[], $4::boolean[])
		ON CONFLICT (name) DO UPDATE SET facts = excluded.facts, change = excluded.change, behind = excluded.behind`)

	membersByLead = define(`SELECT lead, account, told FROM members WHERE lead = ANY($1::bigint[])`)
	membersOf     = define(`SELECT lead FROM members WHERE account = $1::bytea AND lead > $2::bigint ORDER BY lead LIMIT $3::bigint`)
	dropMembers   = define(`DELETE FROM members WHERE lead = ANY($1::bigint[])`)
	putMembers    = define(`INSERT INTO members (lead, account, told)
		SELECT n.lead, n.account, n.told FROM unnest($1::bigint[], $2::bytea[], $3::bigint[]) AS n(lead, account, told)
		JOIN accounts ON accounts.name = n.account
		ON CONFLICT (lead) DO UPDATE SET account = excluded.account, told = excluded.told`)

	untold = define(`SELECT m.lead FROM accounts AS a JOIN members AS m ON m.account = a.name
		WHERE a.behind AND m.told < a.change LIMIT $1::bigint`)
	// What another writer holds is left to it.
	claimUntold = define(`SELECT l.id, l.kept, l.wake_at, l.state FROM accounts AS a
		JOIN members AS m ON m.account = a.name JOIN leads AS l ON l.id = m.lead
		WHERE a.behind AND m.told < a.change LIMIT $1::bigint FOR UPDATE OF l SKIP LOCKED`)
	settleAccounts = define(`UPDATE accounts SET behind = false WHERE name = ANY($1::bytea[]) AND behind
		AND NOT EXISTS (SELECT 1 FROM members WHERE account = name AND told < change)`)
	forgetAccounts = define(`DELETE FROM accounts WHERE name = ANY($1::bytea[]) AND change = 0 AND facts IS NULL
		AND NOT EXISTS (SELECT 1 FROM members WHERE account = name)`)
)

// Accounts holds the workspace's row, which comes after all locks on leads.
func (t *tx) Accounts(names []string) (map[string]store.Account, error) {
	if len(names) == 0 {
		return map[string]store.Account{}, t.err
	}
	if err := t.flushLinks(); err != nil {
		return nil, err
	}
	if err := t.run(step{query: holdWorkspace}); err != nil {
		return nil, err
	}
	return t.snapshot.Accounts(names)
}

func (s *snapshot) Accounts(names []string) (map[string]store.Account, error) {
	found := make(map[string]store.Account, len(names))
	if len(names) == 0 {
		return found, s.err
	}
	listed, err := list(s, accountsByName, scanAccount, texts(names))
	for _, a := range listed {
		found[a.Name] = a
	}
	return found, err
}

func (s *snapshot) AccountList(after string, limit int) ([]store.Account, error) {
	if limit <= 0 {
		return nil, s.err
	}
	return list(s, accountsAfter, scanAccount, []byte(after), int64(limit))
}

func scanAccount(rows pgx.Rows, a *store.Account) error {
	var name []byte
	err := rows.Scan(&name, &a.Facts, &a.Change, &a.Behind)
	a.Name = string(name)
	return err
}

func (s *snapshot) Members(ids []lead.ID) (map[lead.ID]store.Member, error) {
	found := make(map[lead.ID]store.Member, len(ids))
	if len(ids) == 0 {
		return found, s.err
	}
	listed, err := list(s, membersByLead, func(rows pgx.Rows, m *store.Member) error {
		var account []byte
		err := rows.Scan((*int64)(&m.Lead), &account, &m.Told)
		m.Account = string(account)
		return err
	}, numbers(ids))
	for _, m := range listed {
		found[m.Lead] = m
	}
	return found, err
}

func (s *snapshot) MembersOf(account string, after lead.ID, limit int) ([]lead.ID, error) {
	if limit <= 0 {
		return nil, s.err
	}
	return list(s, membersOf, scanID, []byte(account), int64(after), int64(limit))
}

func (s *snapshot) Untold(limit int) ([]lead.ID, error) {
	if limit <= 0 {
		return nil, s.err
	}
	return list(s, untold, scanID, int64(limit))
}

// Untold claims what it lists.
func (t *tx) Untold(limit int) ([]lead.ID, error) {
	if limit <= 0 {
		return nil, t.err
	}
	if err := t.flush(); err != nil {
		return nil, err
	}
	var ids []lead.ID
	err := t.each(claimUntold, func(rows pgx.Rows) error {
		var id lead.ID
		l := &heldLead{stored: true}
		if err := rows.Scan((*int64)(&id), &l.kept, (*int64)(&l.wakeAt), &l.state); err != nil {
			return err
		}
		if t.leads[id] == nil {
			l.state = bytes.Clone(l.state)
			t.leads[id] = l
		}
		ids = append(ids, id)
		return nil
	}, int64(limit))
	return ids, err
}

func (t *tx) PutAccounts(accounts []store.Account) error {
	if len(accounts) == 0 {
		return t.err
	}
	var names, facts [][]byte
	var changes []int64
	var behind []bool
	last := map[string]int{}
	for i := range accounts {
		last[accounts[i].Name] = i
	}
	for i, a := range accounts {
		if a.Name == "" {
			return t.refuse("An account without a name was to be kept.")
		}
		if last[a.Name] == i { // one statement changes no row twice
			names, facts = append(names, []byte(a.Name)), append(facts, bytesOrNull(a.Facts))
			changes, behind = append(changes, a.Change), append(behind, a.Behind)
		}
	}
	return t.run(step{query: holdWorkspace}, step{query: putAccounts, args: []any{names, facts, changes, behind}})
}

func (t *tx) PutMembers(members []store.Member) error {
	ids := make([]lead.ID, len(members))
	last := map[lead.ID]int{}
	for i := range members {
		ids[i] = members[i].Lead
		last[ids[i]] = i
	}
	if len(members) == 0 {
		return t.err
	}
	if err := t.requireSurviving(ids...); err != nil {
		return err
	}
	var gone, put, told []int64
	var accounts [][]byte
	for i, m := range members {
		switch {
		case last[m.Lead] != i: // one statement changes no row twice
		case m.Account == "":
			gone = append(gone, int64(m.Lead))
		default:
			put, accounts, told = append(put, int64(m.Lead)), append(accounts, []byte(m.Account)), append(told, m.Told)
		}
	}
	var steps []step
	if len(gone) > 0 {
		steps = append(steps, step{query: dropMembers, args: []any{gone}})
	}
	if len(put) > 0 {
		steps = append(steps, step{query: putMembers, args: []any{put, accounts, told}, done: func(touched int64) error {
			if touched != int64(len(put)) {
				return t.refuse("Of %d members only %d are of an account that is kept.", len(put), touched)
			}
			return nil
		}})
	}
	return t.run(steps...)
}

func (t *tx) Settle(names []string) error {
	if len(names) == 0 {
		return t.err
	}
	packed := texts(names)
	return t.run(step{query: holdWorkspace}, step{query: settleAccounts, args: []any{packed}}, step{query: forgetAccounts, args: []any{packed}})
}

// texts makes parameters of texts that may be any bytes.
func texts(all []string) [][]byte {
	packed := make([][]byte, len(all))
	for i, s := range all {
		packed[i] = []byte(s)
	}
	return packed
}
