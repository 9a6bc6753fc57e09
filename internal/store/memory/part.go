package memory

import (
	"slices"

	"galena/internal/lead"
	"galena/internal/store"
)

func (t *tx) Part(p store.Parting) error {
	if err := t.ready(); err != nil {
		return err
	}
	if _, joined := t.joins.get(p.Child); !joined {
		return t.refuse("%s was not joined to another lead.", p.Child)
	}
	survivor := t.survivor(p.Child)
	t.joins = t.joins.without(p.Child)
	for _, id := range p.Joins {
		j, joined := t.joins.get(id)
		if !joined || t.survivor(id) != survivor {
			return t.refuse("%s cannot go along: it is not part of %s.", id, survivor)
		}
		j.Parent = p.Child
		t.joins = t.joins.with(id, j)
	}
	var stay, going []lead.ID
	members, _ := t.members.get(survivor)
	for _, id := range members {
		switch {
		case id == p.Child:
		case t.survivor(id) == p.Child:
			going = append(going, id)
		default:
			stay = append(stay, id)
		}
	}
	t.members = t.members.with(survivor, stay).with(p.Child, going)
	return firstOf(t.takeIdentifiers(p, survivor, going), func() error { return t.takeEvents(p, survivor) })
}

func firstOf(err error, next func() error) error {
	if err != nil {
		return err
	}
	return next()
}

// takeIdentifiers moves identifiers from the survivor to the child.
func (t *tx) takeIdentifiers(p store.Parting, survivor lead.ID, gone []lead.ID) error {
	staying, going := t.linksOf(survivor), t.linksOf(p.Child)
	for _, id := range p.Identifiers {
		h, held := t.identifiers.get(id)
		if held && h.by == p.Child {
			continue // named twice
		}
		if !held || h.by != survivor {
			return t.refuse("An identifier cannot go along with %s: %s does not hold it.", p.Child, survivor)
		}
		l, _ := staying.get(h.number)
		l.Lead = p.Child
		if !slices.Contains(gone, l.Origin) {
			l.Origin = p.Child
		}
		staying, going = staying.without(h.number), going.with(h.number, l)
		h.by = p.Child
		t.identifiers = t.identifiers.with(id, h)
	}
	t.known = t.known.with(survivor, staying).with(p.Child, going)
	return nil
}

// takeEvents files events under the child.
func (t *tx) takeEvents(p store.Parting, survivor lead.ID) error {
	t.ownEvents()
	for _, seq := range p.Events {
		if seq < 1 || seq > int64(len(t.events)) || t.survivor(t.events[seq-1].Lead) != survivor && t.survivor(t.events[seq-1].Lead) != p.Child {
			return t.refuse("Event %d cannot go along with %s: it is not of %s.", seq, p.Child, survivor)
		}
		e := &t.events[seq-1]
		was, _ := t.byLead.get(e.Lead)
		t.byLead = t.byLead.with(e.Lead, slices.DeleteFunc(slices.Clone(was), func(place int) bool { return place == int(seq-1) }))
		e.Lead = p.Child
		now, _ := t.byLead.get(e.Lead)
		now = append(slices.Clone(now), int(seq-1))
		slices.Sort(now)
		t.byLead = t.byLead.with(e.Lead, now)
	}
	return nil
}

// ownEvents copies the log before something in it is changed: older states see
// it, too.
func (t *tx) ownEvents() { t.events = slices.Clone(t.events) }
