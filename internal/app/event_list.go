package app

import (
	"context"
	"slices"
	"strings"

	"galena/internal/engine"
	"galena/internal/fault"
	"galena/internal/identity"
	"galena/internal/lead"
	"galena/internal/pipeline"
	"galena/internal/playbook"
	"galena/internal/rule"
	"galena/internal/store"
)

const (
	// EventLook is how many events a search goes through before it says so: what a
	// page has time for.
	EventLook = 5_000
	// freshLook bounds how many new events are looked at at once: who watches a
	// stream of more sees the latest.
	freshLook = 2_000
)

// EventQuery says which events are wanted. The zero query is for all.
type EventQuery struct {
	Type   lead.Type // 0 for any
	Name   string    // a part of it, whatever the case
	Source *int64    // nil for any
	// Who is a lead by its id, address, user or anonymous id; or a part of one of
	// the latter three.
	Who string
	// Before asks for those with a smaller place in the log; 0 for the end.
	Before int64
	Limit  int
}

// EventPage is a part of the log, the newest first. Lead is the lead to whom an
// event belongs today.
type EventPage struct {
	Events []lead.Event
	// Newest is the place of the end of the log.
	Newest int64
	// Reached is the place down to which it was looked, 0 if to the beginning.
	Reached int64
	// Cut says that Reached is where looking ended for now, and not where the page
	// was full.
	Cut bool
}

// wanted is a query that knows the lead that it names.
type wanted struct {
	EventQuery
	who  string
	lead lead.ID // 0 for none
}

func (r *Reader) wanted(snap store.Snapshot, q EventQuery) (wanted, error) {
	w := wanted{EventQuery: q, who: strings.ToLower(strings.TrimSpace(q.Who))}
	w.Name = strings.ToLower(strings.TrimSpace(q.Name))
	if w.who == "" {
		return w, nil
	}
	text := strings.TrimSpace(q.Who)
	refs := []Ref{{UserID: text}, {AnonymousID: text}}
	if match, _, ok := identity.Email(text); ok {
		refs = append(refs, Ref{Email: match})
	}
	if id, ok := lead.ParseID(text); ok {
		refs = []Ref{{ID: id}}
	}
	for _, ref := range refs {
		id, err := r.find(snap, ref)
		switch {
		case err == nil:
			w.lead = id
			return w, nil
		case fault.KindOf(err) != fault.NotFound && fault.KindOf(err) != fault.Invalid:
			return w, err
		}
	}
	return w, nil
}

// fits says whether an event is wanted, whoever the lead is.
func (w *wanted) fits(e *lead.Event) bool {
	switch {
	case e.Type == lead.Tombstone,
		w.Type != 0 && e.Type != w.Type,
		w.Source != nil && (e.Source != *w.Source || e.Type >= lead.Act),
		w.Name != "" && !strings.Contains(strings.ToLower(e.Name), w.Name):
		return false
	case w.who != "" && w.lead == 0:
		return strings.Contains(strings.ToLower(e.UserID), w.who) || strings.Contains(strings.ToLower(e.AnonymousID), w.who) ||
			strings.Contains(e.Email, w.who)
	}
	return true
}

// LastEvents gives the newest events that are wanted. It looks at EventLook of
// them at most: of the lead's, where one is named.
func (r *Reader) LastEvents(ctx context.Context, q EventQuery) (*EventPage, error) {
	p := &EventPage{}
	return p, r.store.Read(ctx, func(snap store.Snapshot) error {
		*p = EventPage{}
		w, err := r.wanted(snap, q)
		if err != nil {
			return err
		}
		if p.Newest, err = snap.LastSeq(); err != nil {
			return err
		}
		if w.lead != 0 {
			return p.life(snap, &w)
		}
		return p.log(ctx, snap, &w)
	})
}

// life takes what is wanted of one lead.
func (p *EventPage) life(snap store.Snapshot, w *wanted) error {
	before := w.Before
	for looked := 0; looked < EventLook; looked += page {
		all, err := snap.Latest(w.lead, before, page)
		if err != nil {
			return err
		}
		for i := range all {
			e := &all[i]
			if !w.fits(e) {
				continue
			}
			if len(p.Events) == w.Limit {
				p.Reached = p.Events[len(p.Events)-1].Seq
				return nil
			}
			e.Lead = w.lead
			p.Events = append(p.Events, *e)
		}
		if len(all) < page {
			return nil
		}
		before = all[len(all)-1].Seq
	}
	p.Reached, p.Cut = before, true
	return nil
}

// log takes what is wanted of the log, backwards.
func (p *EventPage) log(ctx context.Context, snap store.Snapshot, w *wanted) error {
	before := p.Newest + 1
	if w.Before > 0 {
		before = min(before, w.Before)
	}
	for looked := 0; before > 1; looked += page {
		if err := ctx.Err(); err != nil {
			return err
		}
		if looked >= EventLook {
			p.Reached, p.Cut = before, true
			return nil
		}
		from := max(0, before-1-page)
		part, err := fitting(snap, w, from, before)
		if err != nil {
			return err
		}
		for _, e := range part {
			p.Events = append(p.Events, e)
			if len(p.Events) == w.Limit {
				if p.Reached = e.Seq; p.Reached == 1 {
					p.Reached = 0
				}
				return nil
			}
		}
		before = from + 1
	}
	return nil
}

// fitting gives what is wanted between two places of the log, the newest first.
func fitting(snap store.Snapshot, w *wanted, after, before int64) ([]lead.Event, error) {
	rows, err := snap.Log(after, int(before-after-1))
	if err != nil {
		return nil, err
	}
	var part []lead.Event
	var ids []lead.ID
	for i := len(rows) - 1; i >= 0; i-- {
		if e := &rows[i]; e.Seq < before && w.fits(e) {
			ids, part = append(ids, e.Lead), append(part, *e)
		}
	}
	holders, err := snap.Surviving(ids)
	if err != nil {
		return nil, err
	}
	for i := range part {
		part[i].Lead = holders[part[i].Lead]
	}
	return slices.DeleteFunc(part, func(e lead.Event) bool { return w.lead != 0 && e.Lead != w.lead }), nil
}

// FreshEvents gives what is wanted of what stands behind a place in the log, the
// newest first.
func (r *Reader) FreshEvents(ctx context.Context, q EventQuery, after int64) (*EventPage, error) {
	p := &EventPage{}
	return p, r.store.Read(ctx, func(snap store.Snapshot) error {
		*p = EventPage{}
		last, err := snap.LastSeq()
		if err != nil {
			return err
		}
		if p.Newest = max(after, last); last <= after {
			return nil
		}
		w, err := r.wanted(snap, q)
		if err != nil {
			return err
		}
		part, err := fitting(snap, &w, max(after, p.Newest-freshLook), p.Newest+1)
		p.Events = part[:min(len(part), q.Limit)]
		return err
	})
}

// EventPart is an event and what it did in its lead's life, as it is known today.
type EventPart struct {
	Event lead.Event // opened; Lead is the lead of today
	// Lead is whose it is, nil of who was erased.
	Lead *Lead
	// Signals are what the playbook in force takes it for.
	Signals []Signal
	// Lines are what it gave or was refused in scores that are no totals.
	Lines []engine.Line
	// Decisions are those that it brought about and that stand.
	Decisions []lead.Decision
	// Out says that a verdict has taken it out of the lead's life.
	Out bool
	// Erased says that nothing is left of it but its place.
	Erased bool
}

// Signal is a word of the playbook for what people do.
type Signal struct{ Name, Label string }

// Event tells of one event by its place in the log.
func (r *Reader) Event(ctx context.Context, seq int64) (*EventPart, error) {
	p := &EventPart{}
	return p, r.store.Read(ctx, func(snap store.Snapshot) error {
		*p = EventPart{}
		rows, err := snap.Log(seq-1, 1)
		if err != nil {
			return err
		}
		if seq < 1 || len(rows) == 0 || rows[0].Seq != seq {
			return fault.New(fault.NotFound, "There is no event %d.", seq)
		}
		p.Event = rows[0]
		if p.Event.Type == lead.Tombstone {
			p.Erased = true
			return nil
		}
		if err := p.Event.Open(); err != nil {
			return err
		}
		holders, err := snap.Surviving([]lead.ID{p.Event.Lead})
		if err != nil {
			return err
		}
		p.Event.Lead = holders[p.Event.Lead]
		return r.part(snap, p)
	})
}

// part tells what an event did in its lead's life.
func (r *Reader) part(snap store.Snapshot, p *EventPart) error {
	chain, err := r.versions.Chain(snap)
	if err != nil {
		return err
	}
	p.Signals = signalsOf(chain.Newest().Plan(), &p.Event)
	id := p.Event.Lead
	rows, err := snap.States([]lead.ID{id})
	if err != nil {
		return err
	}
	now, err := snap.Now()
	if err != nil {
		return err
	}
	if row, there := rows[id]; there {
		if p.Lead, err = r.view(snap, row, now); err != nil {
			return err
		}
	}
	record, err := pipeline.Record(snap, id)
	if err != nil {
		return err
	}
	robots, err := pipeline.Robots(record, lead.Never)
	if err != nil {
		return err
	}
	p.Out = robots[p.Event.Seq]
	log, err := snap.Decisions(id)
	if err != nil {
		return err
	}
	for _, d := range pipeline.Standing(log) {
		if d.Event == p.Event.MessageID {
			p.Decisions = append(p.Decisions, d)
		}
	}
	events, err := pipeline.Corrected(record, lead.Never)
	if err != nil {
		return err
	}
	for _, s := range chain.Explain(events, now).Scores {
		for _, l := range s.Lines {
			if l.Score == s.Name && l.Event == p.Event.MessageID {
				p.Lines = append(p.Lines, l)
			}
		}
	}
	return nil
}

// signalsOf is what a playbook takes an open event for, unions included, in the
// order of the playbook.
func signalsOf(plan *playbook.Plan, e *lead.Event) []Signal {
	is := make([]bool, len(plan.Signals))
	plan.Candidates(e, func(slot int) {
		w := plan.Signals[slot].Where
		is[slot] = w == nil || w.OnEvent(e) == rule.True
	})
	for again := true; again; { // unions of unions may stand in any order
		again = false
		for slot := range plan.Signals {
			if !is[slot] && slices.ContainsFunc(plan.Signals[slot].Any, func(part int) bool { return is[part] }) {
				is[slot], again = true, true
			}
		}
	}
	var found []Signal
	for slot := range plan.Signals {
		if s := &plan.Signals[slot]; is[slot] {
			found = append(found, Signal{s.Name, s.Label})
		}
	}
	return found
}
