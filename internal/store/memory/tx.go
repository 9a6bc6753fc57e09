package memory

import (
	"slices"

	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/store"
)

// tx changes a state of its own; it implements store.Tx.
type tx struct{ snapshot }

var _ store.Tx = (*tx)(nil)

// Expect has nothing to do: questions are cheap here.
func (t *tx) Expect([]lead.MessageHash, []lead.Identifier) {}

// Lock has nothing to do: there is one writer.
func (t *tx) Lock([]lead.ID) error { return t.ready() }

// refuse fails the transaction for what a caller must never ask.
func (t *tx) refuse(format string, args ...any) error {
	t.err = fault.New(fault.Internal, format, args...)
	return t.err
}

func (t *tx) NewLeads(n int) (lead.ID, error) {
	if err := t.ready(); err != nil {
		return 0, err
	}
	if n < 0 {
		return 0, t.refuse("%d new leads were asked for.", n)
	}
	if n == 0 {
		return 0, nil
	}
	first := t.lastLead + 1
	t.lastLead += lead.ID(n)
	return first, nil
}

func (t *tx) Append(events []lead.Event) error {
	if err := t.ready(); err != nil {
		return err
	}
	for i := range events {
		e := &events[i]
		if !t.exists(e.Lead) {
			return t.refuse("Event %q is of %s, which does not exist.", e.MessageID, e.Lead)
		}
		hash := lead.HashMessage(e.MessageID)
		if t.knows(hash) {
			return t.refuse("Message %q is in the log already.", e.MessageID)
		}
		e.Seq = int64(len(t.events)) + 1
		places, _ := t.byLead.get(e.Lead)
		t.byLead = t.byLead.with(e.Lead, append(places, len(t.events)))
		t.hashes = t.hashes.with(hash, e.Seq-1)
		t.events = append(t.events, copyEvent(*e))
	}
	return nil
}

func (t *tx) Link(links []store.Link) error {
	if err := t.ready(); err != nil {
		return err
	}
	for _, l := range links {
		if !t.survives(l.Lead) {
			return t.refuse("%s is no surviving lead.", l.Lead)
		}
		was, ok := t.identifiers.get(l.Identifier)
		if ok && was.by == l.Lead {
			continue
		}
		if ok {
			t.known = t.known.with(was.by, t.linksOf(was.by).without(was.number))
		}
		t.learned++
		l.Origin = l.Lead
		t.identifiers = t.identifiers.with(l.Identifier, held{by: l.Lead, number: t.learned})
		t.known = t.known.with(l.Lead, t.linksOf(l.Lead).with(t.learned, l))
	}
	return nil
}

func (t *tx) PutLeads(rows []store.LeadRow) error {
	if err := t.ready(); err != nil {
		return err
	}
	for _, row := range rows {
		if !t.survives(row.ID) {
			return t.refuse("The row of %s cannot be kept: it is no surviving lead.", row.ID)
		}
		t.dropRow(row.ID)
		t.leads = t.leads.with(row.ID, copyRow(row))
		if row.WakeAt != 0 {
			t.due = t.due.with(wake{row.WakeAt, row.ID}, struct{}{})
		}
	}
	return nil
}

func (t *tx) dropRow(id lead.ID) {
	if row, ok := t.leads.get(id); ok {
		t.leads = t.leads.without(id)
		t.due = t.due.without(wake{row.WakeAt, id})
	}
}

func (t *tx) Join(joins []store.Join) error {
	if err := t.ready(); err != nil {
		return err
	}
	for _, j := range joins {
		if j.Child == j.Parent {
			return t.refuse("%s cannot be joined to itself.", j.Child)
		}
		for _, id := range []lead.ID{j.Child, j.Parent} {
			if !t.survives(id) {
				return t.refuse("%s is no surviving lead.", id)
			}
		}
		members := slices.Concat(t.family(j.Parent)[1:], t.family(j.Child))
		t.members = t.members.with(j.Parent, members).without(j.Child)
		t.joins = t.joins.with(j.Child, j)
		links := t.linksOf(j.Parent)
		for number, l := range t.linksOf(j.Child).from(0) {
			l.Lead = j.Parent
			links = links.with(number, l)
			t.identifiers = t.identifiers.with(l.Identifier, held{by: j.Parent, number: number})
		}
		t.known = t.known.with(j.Parent, links).without(j.Child)
		t.dropRow(j.Child)
		t.dropMember(j.Child)
		t.listing = t.listing.without(j.Child)
	}
	return nil
}

func (t *tx) Decide(decisions []lead.Decision) error {
	if err := t.ready(); err != nil {
		return err
	}
	for _, d := range decisions {
		if !t.exists(d.Lead) {
			return t.refuse("Decision %q is of a lead that does not exist.", d.ID())
		}
		places, _ := t.decided.get(d.Lead)
		t.decided = t.decided.with(d.Lead, append(places, len(t.decisions)))
		t.decisions = append(t.decisions, d)
	}
	return nil
}

func (t *tx) Reject(rejects []lead.Reject) error {
	if err := t.ready(); err != nil {
		return err
	}
	for i := range rejects {
		r := &rejects[i]
		r.Seq = int64(len(t.rejects)) + 1
		if r.Identity != (lead.MessageHash{}) {
			if _, kept := t.refused.get(r.Identity); kept {
				return t.refuse("Reject %x is kept already.", r.Identity)
			}
			t.refused = t.refused.with(r.Identity, r.Seq)
		}
		kept := *r
		kept.Body = copyBytes(r.Body)
		t.rejects = append(t.rejects, kept)
	}
	return nil
}

func (t *tx) PutKey(key *lead.Key) error {
	if err := t.ready(); err != nil {
		return err
	}
	for _, k := range t.keys {
		if k.Hash == key.Hash && k.ID != key.ID {
			return t.refuse("Another key than %q has the same hash.", key.Name)
		}
	}
	if key.ID == 0 {
		key.ID = int64(len(t.keys)) + 1
		t.keys = append(slices.Clone(t.keys), *key)
		return nil
	}
	if key.ID < 1 || key.ID > int64(len(t.keys)) {
		return t.refuse("Key %d does not exist.", key.ID)
	}
	t.keys = slices.Clone(t.keys)
	t.keys[key.ID-1] = *key
	return nil
}

func (t *tx) Count(name string, n int64) error {
	if err := t.ready(); err != nil {
		return err
	}
	before, _ := t.counters.get(name)
	t.counters = t.counters.with(name, before+n)
	return nil
}
