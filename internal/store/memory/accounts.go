package memory

import (
	"galena/internal/lead"
	"galena/internal/store"
)

// membership orders members by their accounts.
type membership struct {
	account string
	id      lead.ID
}

func (s *snapshot) Accounts(names []string) (map[string]store.Account, error) {
	found := map[string]store.Account{}
	for _, name := range names {
		if a, kept := s.accounts.get(name); kept {
			found[name] = copyAccount(a)
		}
	}
	return found, s.ready()
}

func (s *snapshot) AccountList(after string, limit int) ([]store.Account, error) {
	var listed []store.Account
	for name, a := range s.accounts.from(after) {
		if len(listed) >= limit {
			break
		}
		if name > after {
			listed = append(listed, copyAccount(a))
		}
	}
	return listed, s.ready()
}

func (s *snapshot) Members(ids []lead.ID) (map[lead.ID]store.Member, error) {
	found := map[lead.ID]store.Member{}
	for _, id := range ids {
		if m, is := s.memberOf.get(id); is {
			found[id] = m
		}
	}
	return found, s.ready()
}

func (s *snapshot) MembersOf(account string, after lead.ID, limit int) ([]lead.ID, error) {
	var ids []lead.ID
	for m := range s.people.from(membership{account, after + 1}) {
		if m.account != account || len(ids) >= limit {
			break
		}
		ids = append(ids, m.id)
	}
	return ids, s.ready()
}

func (s *snapshot) Untold(limit int) ([]lead.ID, error) {
	var ids []lead.ID
	for _, a := range s.accounts.from("") {
		if len(ids) >= limit {
			break
		}
		if a.Behind {
			ids = append(ids, s.untoldOf(a, limit-len(ids))...)
		}
	}
	return ids, s.ready()
}

func (s *snapshot) untoldOf(a store.Account, limit int) (ids []lead.ID) {
	for m := range s.people.from(membership{account: a.Name}) {
		if m.account != a.Name || len(ids) >= limit {
			break
		}
		if member, _ := s.memberOf.get(m.id); member.Told < a.Change {
			ids = append(ids, m.id)
		}
	}
	return ids
}

func (t *tx) PutAccounts(accounts []store.Account) error {
	for _, a := range accounts {
		if a.Name == "" {
			return t.refuse("An account without a name was to be kept.")
		}
		t.accounts = t.accounts.with(a.Name, copyAccount(a))
	}
	return t.ready()
}

func (t *tx) PutMembers(members []store.Member) error {
	for _, m := range members {
		if !t.survives(m.Lead) {
			return t.refuse("%s cannot be a member: it is no surviving lead.", m.Lead)
		}
		t.dropMember(m.Lead)
		if m.Account == "" {
			continue
		}
		if _, kept := t.accounts.get(m.Account); !kept {
			return t.refuse("%s cannot be a member of %q, which is not kept.", m.Lead, m.Account)
		}
		t.memberOf = t.memberOf.with(m.Lead, m)
		t.people = t.people.with(membership{m.Account, m.Lead}, struct{}{})
	}
	return t.ready()
}

func (t *tx) dropMember(id lead.ID) {
	if m, is := t.memberOf.get(id); is {
		t.memberOf = t.memberOf.without(id)
		t.people = t.people.without(membership{m.Account, id})
	}
}

func (t *tx) Settle(names []string) error {
	for _, name := range names {
		a, kept := t.accounts.get(name)
		if kept && a.Behind && len(t.untoldOf(a, 1)) == 0 {
			a.Behind = false
			t.accounts = t.accounts.with(name, a)
		}
		people, err := t.MembersOf(name, 0, 1)
		if err != nil {
			return err
		}
		if a.Change == 0 && a.Facts == nil && len(people) == 0 {
			t.accounts = t.accounts.without(name)
		}
	}
	return t.ready()
}

func copyAccount(a store.Account) store.Account {
	a.Facts = copyBytes(a.Facts)
	return a
}
