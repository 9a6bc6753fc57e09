package pipeline

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"galena/internal/engine"
	"galena/internal/lead"
	"galena/internal/playbook"
	"galena/internal/store"
)

// An account folds its own stream: its traits come from the group calls of
// all its people, and a change arrives at each of them as an act of its own. See
// docs/adr/0020-accounts.md.

// CountAccountTraits is the workspace's counter of traits for which an account had
// no room.
const CountAccountTraits = "account_traits_refused"

// maxTold is how many members are told of a change in one commit, so that events
// never wait long for a large company.
const maxTold = 200

// company is what a commit comes to know about accounts, gathered as it goes and
// written once, at its end.
type company struct {
	// moved are the accounts of leads whose account may have changed.
	moved map[lead.ID]string
	// shaken are leads who must be told again.
	shaken map[lead.ID]bool
	// left are accounts that somebody left.
	left []string
	// heard are group calls that are in the log now.
	heard []lead.Event
	// recalled says that they have long been there, and what their speakers heard
	// since is not known.
	recalled bool
}

// hear keeps a group call that tells something about an account.
func (c *commit) hear(e *lead.Event) {
	if e.Type == lead.Group && len(e.Traits) > 0 && lead.AccountNamed(e.GroupID) != "" {
		c.company.heard = append(c.company.heard, *e)
	}
}

// shaking notes that a lead must be told again what its company tells: its past was
// corrected, or another's became part of it, and so the company's word may be gone,
// or no longer the last.
func (c *company) shaking(id lead.ID) {
	if c.shaken == nil {
		c.shaken = map[lead.ID]bool{}
	}
	c.shaken[id] = true
}

// accountOf is the name of the account of which a state says that its lead is, ""
// for none.
func accountOf(s *engine.State) string { return s.Attribute(playbook.BuiltinAccount).Text }

// place notes the account of a lead that was folded. Whoever was of another one
// before within the commit may have heard what that one tells.
func (c *commit) place(id lead.ID, s *engine.State) {
	if c.company.moved == nil {
		c.company.moved = map[lead.ID]string{}
	}
	name := accountOf(s)
	if was, placed := c.company.moved[id]; placed && was != name {
		c.company.shaking(id)
	}
	c.company.moved[id] = name
}

// displaces says whether an event may change of which account its lead was when it
// was told something, or was told last, if it does not come as the lead's last.
func displaces(e lead.Event) bool {
	return e.Type == lead.Group || e.Backfill && e.Email != ""
}

// leave notes that leads are about to be of no account any more: they become part of
// others, or nobody.
func (c *commit) leave(ids ...lead.ID) error {
	members, err := c.tx.Members(ids)
	for _, id := range ids {
		delete(c.company.moved, id)
		if m, is := members[id]; is {
			c.company.left = append(c.company.left, m.Account)
		}
	}
	return err
}

// enrol writes what the commit came to know about accounts. It is done last: the
// accounts are kept from others until the end.
func (c *commit) enrol() error {
	known := c.company
	c.company = company{}
	if len(known.moved)+len(known.heard)+len(known.left) == 0 {
		return nil
	}
	ids := slices.Collect(maps.Keys(known.moved))
	for i := range known.heard {
		ids = append(ids, known.heard[i].Lead)
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	members, err := c.tx.Members(ids)
	if err != nil {
		return err
	}
	final := func(id lead.ID) string {
		if name, moved := known.moved[id]; moved {
			return name
		}
		return members[id].Account
	}
	var names []string
	for i := range known.heard {
		names = append(names, lead.AccountNamed(known.heard[i].GroupID), final(known.heard[i].Lead))
	}
	for id := range known.moved {
		if name := final(id); name != members[id].Account || known.shaken[id] {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	names = slices.DeleteFunc(slices.Compact(names), func(name string) bool { return name == "" })
	accounts, err := c.tx.Accounts(names)
	if err != nil {
		return err
	}
	put := map[string]store.Account{}
	speakers, err := c.listen(&known, accounts, put)
	if err != nil {
		return err
	}
	var changed []store.Member
	for _, id := range ids {
		was := members[id]
		m := was
		if name := final(id); name != was.Account || known.shaken[id] {
			m = store.Member{Account: name}
		}
		m.Lead = id
		a, kept := put[m.Account]
		if !kept {
			a, kept = accounts[m.Account]
		}
		// Whoever said all that is new, and knew the rest, need not be told.
		if s := speakers[m.Account]; s.only == id && m.Told == s.before && !known.shaken[id] {
			m.Told = a.Change
		}
		if m.Account == was.Account && m.Told == was.Told {
			continue
		}
		changed = append(changed, m)
		if was.Account != "" && was.Account != m.Account {
			known.left = append(known.left, was.Account)
		}
		if behind := m.Told < a.Change; m.Account != "" && (!kept || behind && !a.Behind) {
			a.Name, a.Behind = m.Account, a.Behind || behind
			put[m.Account] = a
		}
	}
	if len(put) > 0 {
		rows := make([]store.Account, 0, len(put))
		for _, name := range slices.Sorted(maps.Keys(put)) {
			rows = append(rows, put[name])
		}
		if err := c.tx.PutAccounts(rows); err != nil {
			return err
		}
	}
	if err := c.tx.PutMembers(changed); err != nil {
		return err
	}
	// Most companies that speak have nobody else to tell, and who left need not be.
	return c.tx.Settle(slices.AppendSeq(known.left, maps.Keys(speakers)))
}

// speaker tells who changed an account in this commit: only, if one lead said it
// all, and the number of its last change before.
type speaker struct {
	only   lead.ID
	before int64
}

// listen folds the group calls into their accounts, and puts those that are to be
// written. However many changes a commit brings to an account, they are one. What
// comes late may not be the last word of its company, but is that of its lead, who
// must therefore be told again: history, and the word of a clock that is behind.
func (c *commit) listen(known *company, accounts map[string]store.Account, put map[string]store.Account) (map[string]speaker, error) {
	speakers := map[string]speaker{}
	facts := map[string]lead.Facts{}
	for i := range known.heard {
		e := &known.heard[i]
		name := lead.AccountNamed(e.GroupID)
		a, written := put[name]
		if !written {
			a = accounts[name]
			a.Name = name
		}
		f := facts[name]
		if f == nil {
			var err error
			if f, err = lead.DecodeFacts(a.Facts); err != nil {
				return nil, err
			}
			facts[name] = f
		}
		changed, kept, late, refused := f.Hear(e)
		if late && !known.recalled {
			known.shaking(e.Lead)
		}
		if refused > 0 {
			if err := c.tx.Count(CountAccountTraits, int64(refused)); err != nil {
				return nil, err
			}
		}
		if !kept {
			continue
		}
		if changed {
			// History takes its place before what its speaker was told since.
			by := e.Lead
			if e.Backfill || known.recalled {
				by = 0
			}
			s, spoken := speakers[name]
			switch {
			case !spoken:
				speakers[name] = speaker{only: by, before: a.Change}
				a.Change++
				a.Behind = true
			case s.only != by:
				speakers[name] = speaker{before: s.before}
			}
		}
		put[name] = a
	}
	for name, f := range facts {
		a, written := put[name]
		if !written {
			continue
		}
		var err error
		if a.Facts, err = f.Encode(); err != nil {
			return nil, err
		}
		put[name] = a
	}
	return speakers, nil
}

// Tell tells the members of accounts that changed, or of which they became, what
// is known of their accounts: an act in the log of each. What is left undone when it
// ends is in the store, and done by the next, here or on another node. Of several
// changes that wait only the last is told.
func (p *Pipeline) Tell(ctx context.Context) error {
	for {
		begun := time.Now()
		waiting, err := p.untold(ctx)
		if err != nil || !waiting {
			return err
		}
		told := 0
		err = p.store.Write(ctx, func(tx store.Tx) error {
			c, err := newCommit(p.versions, tx)
			if err != nil {
				return err
			}
			told, err = c.tell(maxTold)
			return err
		})
		if err != nil || told == 0 {
			return err // what another node holds it tells itself
		}
		if err := p.giveWay(ctx, begun); err != nil {
			return err
		}
	}
}

// untold says whether anybody waits to be told, which a reader finds out: most
// often nobody does.
func (p *Pipeline) untold(ctx context.Context) (waiting bool, err error) {
	err = p.store.Read(ctx, func(from store.Snapshot) error {
		ids, err := from.Untold(1)
		waiting = len(ids) > 0
		return err
	})
	return waiting, err
}

// tell tells the next members within a commit, and says how many.
func (c *commit) tell(limit int) (int, error) {
	ids, err := c.tx.Untold(limit)
	if err != nil || len(ids) == 0 {
		return 0, err
	}
	members, err := c.tx.Members(ids)
	if err != nil {
		return 0, err
	}
	var names []string
	for _, m := range members {
		names = append(names, m.Account)
	}
	slices.Sort(names)
	names = slices.Compact(names)
	accounts, err := c.tx.Accounts(names)
	if err != nil {
		return 0, err
	}
	bodies := map[string][]byte{}
	for name, a := range accounts {
		f, err := lead.DecodeFacts(a.Facts)
		if err != nil {
			return 0, err
		}
		if bodies[name], err = lead.ActBody(lead.AccountNews{Account: name, Change: a.Change, Traits: f.Traits()}); err != nil {
			return 0, err
		}
	}
	var told []store.Member
	var news []*lead.Event
	for _, id := range slices.Sorted(maps.Keys(members)) {
		m := members[id]
		a := accounts[m.Account]
		if m.Told >= a.Change {
			continue // another node told it before it was claimed
		}
		e := &lead.Event{Lead: id, Type: lead.Act, Name: lead.ActAccount, Origin: lead.Server, Body: bodies[m.Account]}
		e.MessageID = fmt.Sprintf("account %s, change %d, %s", m.Account, a.Change, id)
		if err := e.Open(); err != nil {
			return 0, err
		}
		news = append(news, e)
		m.Told = a.Change
		told = append(told, m)
	}
	if err := c.sayAnew(news); err != nil {
		return 0, err
	}
	c.pending = append(c.pending, news...)
	if err := c.flush(); err != nil {
		return 0, err
	}
	if err := c.tx.PutMembers(told); err != nil {
		return 0, err
	}
	if err := c.tx.Settle(names); err != nil {
		return 0, err
	}
	return len(ids), c.enrol()
}

// sayAnew gives acts that were told before another id: a lead that left its account
// and came back is told again.
func (c *commit) sayAnew(news []*lead.Event) error {
	for again := 2; ; again++ {
		hashes := make([]lead.MessageHash, len(news))
		for i, e := range news {
			hashes[i] = lead.HashMessage(e.MessageID)
		}
		known, err := c.tx.Known(hashes)
		if err != nil || len(known) == 0 {
			return err
		}
		var rest []*lead.Event
		for i, e := range news {
			if known[hashes[i]] {
				e.MessageID = fmt.Sprintf("%s, time %d", e.MessageID, again)
				rest = append(rest, e)
			}
		}
		news = rest
	}
}
