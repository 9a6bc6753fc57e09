package pipeline

import (
	"cmp"
	"slices"

	"galena/internal/identity"
	"galena/internal/lead"
	"galena/internal/store"
)

// divide says what goes with a child when its join is undone, given the joins,
// the identifiers and the record of the lead of which it is part:
//
//   - what had been joined into it, with the identifiers that were linked to any
//     of these leads;
//   - of the events that came after the join those that carry one of its
//     identifiers: the strongest that is known to be either side's decides, a
//     user id before an address before a browser; likewise the message that
//     showed the join, if its strongest is the child's;
//   - what such an event was the first to carry, and a visitor whom it joined.
//
// An event that carries nothing of either side stays. Of acts only those of an
// import carry anything.
func divide(child lead.ID, joins []store.Join, links []store.Link, record []lead.Event) store.Parting {
	d := &division{joins: slices.Clone(joins), links: links, goes: map[lead.ID]bool{}, side: map[lead.Identifier]bool{}}
	d.child = child
	d.take(child)
	record = slices.Clone(record)
	slices.SortFunc(record, func(a, b lead.Event) int { return cmp.Compare(a.Seq, b.Seq) })
	since := d.shown(record)
	for i := range record {
		e := &record[i]
		ids := identity.Of(e)
		if d.goes[e.Lead] || e.Type > lead.Act || e.Type == lead.Act && len(ids) == 0 {
			continue
		}
		goes := false
		if e.Seq == since {
			goes = d.introduces(ids)
		}
		if e.Seq > since {
			if k := slices.IndexFunc(ids, func(id lead.Identifier) bool { _, told := d.side[id]; return told }); k >= 0 {
				goes = d.side[ids[k]]
			}
		}
		for _, id := range ids {
			if _, told := d.side[id]; !told {
				d.side[id] = goes
			}
		}
		if goes {
			d.parting.Events = append(d.parting.Events, e.Seq)
			d.follow(e.MessageID)
		}
	}
	d.parting.Child = child
	for _, l := range links {
		if d.side[l.Identifier] {
			d.parting.Identifiers = append(d.parting.Identifiers, l.Identifier)
		}
	}
	return d.parting
}

type division struct {
	child   lead.ID
	joins   []store.Join
	links   []store.Link
	goes    map[lead.ID]bool         // leads that go
	side    map[lead.Identifier]bool // true for the child's
	parting store.Parting
}

// take lets a lead go, and all that were joined into it.
func (d *division) take(id lead.ID) {
	d.goes[id] = true
	for _, l := range d.links {
		if l.Origin == id {
			d.side[l.Identifier] = true
		}
	}
	for _, j := range d.joins {
		if j.Parent == id && !d.goes[j.Child] {
			d.take(j.Child)
		}
	}
}

// shown is the place of the message that showed the child's join; what came
// later was recorded of both as one.
func (d *division) shown(record []lead.Event) int64 {
	for _, j := range d.joins {
		for i := range record {
			if j.Child == d.child && record[i].MessageID == j.Event {
				return record[i].Seq
			}
		}
	}
	return 0
}

// introduces says whether the strongest identifier of the message that showed the
// join was linked to a lead that goes.
func (d *division) introduces(ids []lead.Identifier) bool {
	for _, id := range ids {
		if k := slices.IndexFunc(d.links, func(l store.Link) bool { return l.Identifier == id }); k >= 0 {
			return d.goes[d.links[k].Origin]
		}
	}
	return false
}

// follow lets those go whom a message that goes had joined.
func (d *division) follow(message string) {
	for _, j := range d.joins {
		if j.Event == message && !d.goes[j.Child] && !d.above(j.Child) {
			d.parting.Joins = append(d.parting.Joins, j.Child)
			d.take(j.Child)
		}
	}
}

// above says whether the child was joined, directly or not, to a lead.
func (d *division) above(id lead.ID) bool {
	at := d.child
	for range d.joins {
		i := slices.IndexFunc(d.joins, func(j store.Join) bool { return j.Child == at })
		if i < 0 {
			return false
		}
		if at = d.joins[i].Parent; at == id {
			return true
		}
	}
	return false
}
