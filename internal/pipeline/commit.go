package pipeline

import (
	"errors"
	"slices"

	"galena/internal/engine"
	"galena/internal/identity"
	"galena/internal/lead"
	"galena/internal/store"
)

// Names of the workspace's counters.
const (
	CountDuplicates = "duplicates"
	CountConflicts  = "identity_conflicts"
)

// commit carries batches into the log within one transaction.
type commit struct {
	engine *engine.Engine
	tx     store.Tx
	now    lead.Time

	known map[lead.MessageHash]bool
	held  map[lead.Identifier]lead.ID
	names map[lead.ID]identity.Names
	// pending are events that are resolved but not yet folded, by lead.
	pending map[lead.ID][]lead.Event
	order   []lead.ID // of pending, as they came
	fresh   map[lead.ID]bool

	conflicts, duplicates int64
}

func newCommit(e *engine.Engine, tx store.Tx) (*commit, error) {
	now, err := tx.Now()
	return &commit{
		engine: e, tx: tx, now: now,
		known:   map[lead.MessageHash]bool{},
		held:    map[lead.Identifier]lead.ID{},
		names:   map[lead.ID]identity.Names{},
		pending: map[lead.ID][]lead.Event{},
		fresh:   map[lead.ID]bool{},
	}, err
}

// take resolves, folds and writes the batches, and says what became of each.
func (c *commit) take(batches []*Batch) ([]Receipt, error) {
	if err := c.look(batches); err != nil {
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
			// A fact of the day on which it came: lists of domains change.
			e.Company = identity.Company(e.Email)
			if err := c.resolve(&e); err != nil {
				return nil, err
			}
		}
	}
	if err := c.flush(); err != nil {
		return nil, err
	}
	return receipts, c.remains(batches)
}

// look asks the store everything that can be asked for all events at once.
func (c *commit) look(batches []*Batch) error {
	var hashes []lead.MessageHash
	var ids []lead.Identifier
	for _, b := range batches {
		for i := range b.Events {
			hashes = append(hashes, lead.HashMessage(b.Events[i].MessageID))
			ids = append(ids, identity.Of(&b.Events[i])...)
		}
	}
	var err error
	if c.known, err = c.tx.Known(hashes); err != nil {
		return err
	}
	if c.held, err = c.tx.Find(ids); err != nil {
		return err
	}
	holders := make([]lead.ID, 0, len(c.held))
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
		c.fresh[id] = true
		c.names[id] = identity.Names{}
		if err := c.tx.PutLeads([]store.LeadRow{{ID: id}}); err != nil {
			return err
		}
	}
	if err := c.link(r, e); err != nil {
		return err
	}
	e.Lead = r.Lead
	if c.pending[r.Lead] == nil {
		c.order = append(c.order, r.Lead)
	}
	c.pending[r.Lead] = append(c.pending[r.Lead], *e)
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
		if id.Kind == lead.Email {
			links[i].Display = written(e)
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

// join writes what is pending, makes the visitors part of the lead, and folds it
// again over everything.
func (c *commit) join(r identity.Resolution, e *lead.Event) error {
	if err := c.flush(); err != nil {
		return err
	}
	rows, err := c.tx.States([]lead.ID{r.Lead})
	if err != nil {
		return err
	}
	state, err := c.state(rows[r.Lead])
	if err != nil {
		return err
	}
	for _, visitor := range r.Joins {
		j := store.Join{Child: visitor, Parent: r.Lead, At: state.At, Event: e.MessageID}
		if err := c.tx.Join([]store.Join{j}); err != nil {
			return err
		}
		for id, holder := range c.held {
			if holder == visitor {
				c.held[id] = r.Lead
			}
		}
		delete(c.names, visitor)
	}
	return c.refold(r.Lead, state.At)
}

// flush writes and folds what is pending.
func (c *commit) flush() error {
	if len(c.order) == 0 {
		return nil
	}
	rows, err := c.tx.States(c.order)
	if err != nil {
		return err
	}
	states := make(map[lead.ID]*engine.State, len(c.order))
	var all []lead.Event
	for _, id := range c.order {
		s, err := c.state(rows[id])
		if err != nil {
			return err
		}
		states[id] = s
		for i := range c.pending[id] {
			e := &c.pending[id][i]
			e.Received = c.now
			if !e.Backfill {
				e.Received = max(e.Received, s.At)
			}
			e.Occurred = min(e.Occurred, e.Received)
			if e.Occurred <= 0 {
				e.Occurred = e.Received
			}
		}
		all = append(all, c.pending[id]...)
	}
	if err := c.tx.Append(all); err != nil {
		return err
	}
	for _, id := range c.order {
		n := len(c.pending[id])
		if err := c.fold(id, states[id], all[:n]); err != nil {
			return err
		}
		all = all[n:]
	}
	clear(c.pending)
	c.order = c.order[:0]
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
	if events[0].Effective() < s.At {
		return c.refold(id, s.At)
	}
	// History is folded to its own end, so that more of it can follow; whatever
	// is due since then, a wake-up does.
	at := events[len(events)-1].Effective()
	decisions := c.engine.Step(s, events, at)
	return c.put(id, s, Made(id, decisions, c.now))
}

// refold folds a lead again over its whole history, at least to a moment.
func (c *commit) refold(id lead.ID, at lead.Time) error {
	s, decisions, err := Refold(c.engine, c.tx, id, at)
	if err != nil {
		return err
	}
	before, err := c.tx.Decisions(id)
	if err != nil {
		return err
	}
	return c.put(id, s, Revise(id, before, decisions, c.now))
}

func (c *commit) put(id lead.ID, s *engine.State, decisions []lead.Decision) error {
	if len(decisions) > 0 {
		if err := c.tx.Decide(decisions); err != nil {
			return err
		}
	}
	return c.tx.PutLeads([]store.LeadRow{{ID: id, State: c.engine.Encode(s), WakeAt: c.engine.WakeAt(s)}})
}

// state decodes a row's state; a new lead has none yet, and one of another
// format is made anew from the log.
func (c *commit) state(row store.LeadRow) (*engine.State, error) {
	if len(row.State) == 0 {
		return c.engine.NewState(), nil
	}
	s, err := c.engine.Decode(row.State)
	if errors.Is(err, engine.ErrForeignState) {
		s, _, err = Refold(c.engine, c.tx, row.ID, 0)
	}
	return s, err
}

// remains writes what belongs to no lead.
func (c *commit) remains(batches []*Batch) error {
	var rejects []lead.Reject
	for _, b := range batches {
		for _, r := range b.Rejects {
			r.Received = c.now
			rejects = append(rejects, r)
		}
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
	return len(rows), nil
}
