package pipeline

import (
	"errors"
	"maps"
	"slices"

	"galena/internal/engine"
	"galena/internal/identity"
	"galena/internal/lead"
	"galena/internal/store"
	"galena/internal/store/ahead"
)

// Names of the workspace's counters.
const (
	CountDuplicates = "duplicates"
	CountConflicts  = "identity_conflicts"
)

// commit carries batches into the log within one transaction.
type commit struct {
	// chain is all versions of the playbook, engine that of the newest, which is
	// in force until the transaction ends.
	chain  *engine.Chain
	engine *engine.Engine
	tx     store.Tx
	// record is what is asked for the pasts of leads: tx, or what reads of many at
	// once; see foresee.
	record store.Snapshot
	now    lead.Time

	known map[lead.MessageHash]bool
	held  map[lead.Identifier]lead.ID
	names map[lead.ID]identity.Names
	// pending are events whose lead is known but that are not in the log yet, as
	// they came.
	pending []*lead.Event
	// stale are leads whom a join gave more history, each with the moment to
	// which it must be folded again. That is done once, at the end, however many
	// were joined.
	stale map[lead.ID]lead.Time

	company company
	// refused are acts about nobody.
	refused []lead.Reject

	conflicts, duplicates int64
}

func newCommit(v *Versions, tx store.Tx) (*commit, error) {
	chain, err := v.Chain(tx)
	if err != nil {
		return nil, err
	}
	now, err := tx.Now()
	return &commit{
		// What is done under a version is not dated before it.
		chain: chain, engine: chain.Newest(), tx: tx, record: tx, now: max(now, chain.From()),
		known: map[lead.MessageHash]bool{},
		held:  map[lead.Identifier]lead.ID{},
		names: map[lead.ID]identity.Names{},
		stale: map[lead.ID]lead.Time{},
	}, err
}

// take resolves, folds and writes the batches, and says what became of each.
func (c *commit) take(q question, batches []*Batch) ([]Receipt, error) {
	if err := c.look(q, batches); err != nil {
		return nil, err
	}
	receipts := make([]Receipt, len(batches))
	for i, b := range batches {
		for k := range b.Events {
			e := b.Events[k] // a copy: the transaction may run again
			hash := lead.HashMessage(e.MessageID)
			if c.known[hash] {
				receipts[i].Duplicates++
				c.duplicates++
				continue
			}
			c.known[hash] = true
			receipts[i].Accepted++
			if e.Type == lead.Act {
				reject, err := c.enact(&e)
				if err != nil {
					return nil, err
				}
				if reject != nil {
					c.refused = append(c.refused, *reject)
					receipts[i].Accepted--
					receipts[i].Refused++
				}
				continue
			}
			// A fact of the day on which it came: lists of domains change.
			e.Company = identity.Company(e.Email)
			e.Phone, _ = identity.PhoneOf(&e)
			if err := c.resolve(&e); err != nil {
				return nil, err
			}
		}
	}
	if err := c.flush(); err != nil {
		return nil, err
	}
	if err := c.settle(); err != nil {
		return nil, err
	}
	if err := c.remains(batches); err != nil {
		return nil, err
	}
	return receipts, c.enrol()
}

// question is what is asked about all events of some batches at once.
type question struct {
	messages []lead.MessageHash
	ids      []lead.Identifier
}

func questionOf(batches []*Batch) (q question) {
	asked := map[lead.Identifier]bool{} // a session's events name the same ones
	for _, b := range batches {
		for i := range b.Events {
			q.messages = append(q.messages, lead.HashMessage(b.Events[i].MessageID))
			e := b.Events[i]
			e.Phone, _ = identity.PhoneOf(&e)
			for _, id := range identity.Of(&e) {
				if !asked[id] {
					asked[id] = true
					q.ids = append(q.ids, id)
				}
			}
		}
	}
	return q
}

// look asks the store everything that can be asked for all events at once.
func (c *commit) look(q question, batches []*Batch) error {
	var err error
	if c.known, err = c.tx.Known(q.messages); err != nil {
		return err
	}
	if c.held, err = c.tx.Find(q.ids); err != nil {
		return err
	}
	holders, err := c.actedOn(batches)
	if err != nil {
		return err
	}
	for _, id := range c.held {
		holders = append(holders, id)
	}
	slices.Sort(holders)
	return c.tx.Lock(slices.Compact(holders))
}

// resolve finds the lead of an event and puts it among the pending.
func (c *commit) resolve(e *lead.Event) error {
	var failed error
	names := func(id lead.ID) identity.Names {
		n, err := c.namesOf(id)
		failed = errors.Join(failed, err)
		return n
	}
	r := identity.Resolve(e, identity.HoldersOf(e, c.held), names)
	if failed != nil {
		return failed
	}
	if r.Conflict {
		c.conflicts++
	}
	if r.Lead == 0 {
		id, err := c.tx.NewLeads(1)
		if err != nil {
			return err
		}
		r.Lead = id
		c.names[id] = identity.Names{}
	}
	if err := c.link(r, e); err != nil {
		return err
	}
	e.Lead = r.Lead
	c.pending = append(c.pending, e)
	if len(r.Joins) > 0 {
		return c.join(r, e)
	}
	return nil
}

func (c *commit) namesOf(id lead.ID) (identity.Names, error) {
	if n, ok := c.names[id]; ok {
		return n, nil
	}
	links, err := c.tx.Identifiers(id)
	if err != nil {
		return identity.Names{}, err
	}
	var n identity.Names
	for _, l := range links {
		n.User = n.User || l.Identifier.Kind == lead.User
		n.Email = n.Email || l.Identifier.Kind == lead.Email
	}
	c.names[id] = n
	return n, nil
}

func (c *commit) link(r identity.Resolution, e *lead.Event) error {
	if len(r.Links) == 0 {
		return nil
	}
	names, err := c.namesOf(r.Lead)
	if err != nil {
		return err
	}
	links := make([]store.Link, len(r.Links))
	for i, id := range r.Links {
		links[i] = store.Link{Identifier: id, Lead: r.Lead, Since: c.now}
		switch id.Kind {
		case lead.Email:
			links[i].Display = written(e)
		case lead.Phone:
			if _, display := identity.PhoneOf(e); display != e.Phone {
				links[i].Display = display
			}
		}
		c.held[id] = r.Lead
		names.User = names.User || id.Kind == lead.User
		names.Email = names.Email || id.Kind == lead.Email
	}
	c.names[r.Lead] = names
	return c.tx.Link(links)
}

// written is an event's address as its owner wrote it, where that differs from
// the matching form.
func written(e *lead.Event) string {
	traits, _ := e.Context["traits"].(map[string]any)
	for _, raw := range []any{e.Traits["email"], traits["email"]} {
		if s, ok := raw.(string); ok {
			if match, display, ok := identity.Email(s); ok && match == e.Email && display != match {
				return display
			}
		}
	}
	return ""
}

// join writes what is pending and makes the visitors part of the lead.
func (c *commit) join(r identity.Resolution, e *lead.Event) error {
	if err := c.flush(); err != nil {
		return err
	}
	all := append([]lead.ID{r.Lead}, r.Joins...)
	rows, err := c.tx.States(all)
	if err != nil {
		return err
	}
	at := c.stale[r.Lead]
	for _, id := range all {
		s, err := c.state(rows[id])
		if err != nil {
			return err
		}
		at = max(at, s.At, c.stale[id])
		delete(c.stale, id)
		if id != r.Lead && (accountOf(s) != "" || c.company.shaken[id]) {
			c.company.shaking(r.Lead)
		}
	}
	if err := c.leave(r.Joins...); err != nil {
		return err
	}
	c.stale[r.Lead] = at
	for _, visitor := range r.Joins {
		j := store.Join{Child: visitor, Parent: r.Lead, At: e.Effective(), Event: e.MessageID}
		if err := c.tx.Join([]store.Join{j}); err != nil {
			return err
		}
		for id, holder := range c.held {
			if holder == visitor {
				c.held[id] = r.Lead
			}
		}
		delete(c.names, r.Lead) // a server's alias joins people who have names
	}
	return nil
}

// flush writes what is pending, and folds it.
func (c *commit) flush() error {
	if len(c.pending) == 0 {
		return nil
	}
	ids := make([]lead.ID, len(c.pending))
	for i, e := range c.pending {
		ids[i] = e.Lead
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	rows, err := c.tx.States(ids)
	if err != nil {
		return err
	}
	states := make(map[lead.ID]*engine.State, len(ids))
	c.foresee(inOrder(ids, rows))
	for _, id := range ids {
		if states[id], err = c.state(rows[id]); err != nil {
			return err
		}
	}
	c.record = c.tx // of whom something is written now more is asked
	all := make([]lead.Event, len(c.pending))
	for i, e := range c.pending {
		c.date(e, max(states[e.Lead].At, c.stale[e.Lead]))
		all[i] = *e
	}
	c.pending = c.pending[:0]
	if err := c.tx.Append(all); err != nil {
		return err
	}
	byLead := make(map[lead.ID][]lead.Event, len(ids))
	for _, e := range all {
		byLead[e.Lead] = append(byLead[e.Lead], e)
		c.hear(&e)
	}
	for _, id := range ids {
		if _, again := c.stale[id]; again {
			if slices.ContainsFunc(byLead[id], displaces) {
				c.company.shaking(id)
			}
			continue
		}
		if err := c.fold(id, states[id], byLead[id]); err != nil {
			return err
		}
	}
	return nil
}

// date stamps an event whose lead was stepped to a moment.
func (c *commit) date(e *lead.Event, stepped lead.Time) {
	e.Received = c.now
	if !e.Backfill {
		e.Received = max(e.Received, stepped)
	}
	e.Occurred = min(e.Occurred, e.Received)
	if e.Occurred <= 0 {
		e.Occurred = e.Received
	}
}

// settle folds those again whom joins gave more history.
func (c *commit) settle() error {
	for _, id := range slices.Sorted(maps.Keys(c.stale)) {
		if _, err := c.refold(id, c.stale[id]); err != nil {
			return err
		}
	}
	return nil
}

// fold steps a lead over its new events, or folds it again from the log when one
// of them belongs into its past.
func (c *commit) fold(id lead.ID, s *engine.State, events []lead.Event) error {
	slices.SortFunc(events, func(a, b lead.Event) int {
		if a.Before(&b) {
			return -1
		}
		return 1
	})
	if events[0].Effective() < max(s.At, c.chain.From()) {
		if slices.ContainsFunc(events, displaces) {
			c.company.shaking(id)
		}
		_, err := c.refold(id, s.At)
		return err
	}
	// History is folded to its own end, so that more of it can follow; whatever
	// is due since then, a wake-up does.
	at := events[len(events)-1].Effective()
	before := accountOf(s)
	decisions := c.engine.Step(s, events, at)
	after := accountOf(s)
	// Who was of another account in between has heard what that one tells.
	through := slices.ContainsFunc(events, func(e lead.Event) bool {
		return e.Type == lead.Group && lead.AccountNamed(e.GroupID) != after
	})
	if through {
		c.company.shaking(id)
	}
	if through || after != before {
		c.place(id, s)
	}
	return c.put(id, s, Made(id, decisions, c.now))
}

// refold folds a lead again over its whole history, at least to a moment, and
// corrects what the log says was decided.
func (c *commit) refold(id lead.ID, at lead.Time) (*engine.State, error) {
	s, decisions, err := Refold(c.chain, c.record, id, at)
	if err != nil {
		return nil, err
	}
	c.place(id, s)
	before, err := c.record.Decisions(id)
	if err != nil {
		return nil, err
	}
	return s, c.put(id, s, Revise(id, before, decisions, c.now))
}

func (c *commit) put(id lead.ID, s *engine.State, decisions []lead.Decision) error {
	if len(decisions) > 0 {
		if err := c.tx.Decide(decisions); err != nil {
			return err
		}
	}
	return c.tx.PutLeads([]store.LeadRow{{ID: id, State: c.engine.Encode(s), WakeAt: c.engine.WakeAt(s)}})
}

// state decodes a row's state; a new lead has none yet.
func (c *commit) state(row store.LeadRow) (*engine.State, error) {
	if len(row.State) == 0 {
		return c.engine.NewState(), nil
	}
	s, err := c.engine.Decode(row.State)
	if errors.Is(err, engine.ErrForeignState) {
		return c.bring(row)
	}
	return s, err
}

// foresee reads the pasts of those among leads whose states this version cannot read
// many at once, when the first is asked for: they are to be brought to it in this
// order, before anything else is written about them.
func (c *commit) foresee(rows []store.LeadRow) {
	var ids []lead.ID
	for i := range rows {
		if older(c.chain, rows[i].State) {
			ids = append(ids, rows[i].ID)
		}
	}
	c.record = ahead.Of(c.tx, ids)
}

// inOrder gives the rows of those of the leads that have one, in the order of ids.
func inOrder(ids []lead.ID, rows map[lead.ID]store.LeadRow) []store.LeadRow {
	ordered := make([]store.LeadRow, 0, len(rows))
	for _, id := range ids {
		if row, there := rows[id]; there {
			ordered = append(ordered, row)
		}
	}
	return ordered
}

// older says whether a state is one that the newest version cannot read.
func older(chain *engine.Chain, state []byte) bool {
	version, ok := engine.VersionOf(state)
	return len(state) > 0 && (!ok || version != chain.Newest().Plan().Version)
}

// remains writes what belongs to no lead.
func (c *commit) remains(batches []*Batch) error {
	rejects, err := c.newRejects(slices.Concat(batches, []*Batch{{Rejects: c.refused}}))
	if err != nil {
		return err
	}
	if len(rejects) > 0 {
		if err := c.tx.Reject(rejects); err != nil {
			return err
		}
	}
	for name, n := range map[string]int64{CountDuplicates: c.duplicates, CountConflicts: c.conflicts} {
		if n > 0 {
			if err := c.tx.Count(name, n); err != nil {
				return err
			}
		}
	}
	return nil
}

// wake steps the leads about which something is due.
func (c *commit) wake(limit int) (int, error) {
	rows, err := c.tx.Due(c.now, limit)
	if err != nil {
		return 0, err
	}
	c.foresee(rows)
	for _, row := range rows {
		s, err := c.state(row)
		if err != nil {
			return 0, err
		}
		decisions := c.engine.Step(s, nil, c.now)
		if err := c.put(row.ID, s, Made(row.ID, decisions, c.now)); err != nil {
			return 0, err
		}
	}
	return len(rows), c.enrol()
}
