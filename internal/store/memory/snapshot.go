package memory

import (
	"bytes"
	"cmp"
	"context"
	"math"
	"slices"

	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/store"
)

// snapshot reads one state; it implements store.Snapshot.
type snapshot struct {
	state
	ctx   context.Context
	clock func() lead.Time
	// err is the first failure: every later call returns it, and a transaction
	// that had one is forgotten whatever its function returns.
	err error
}

// ready says whether the next call may go on.
func (s *snapshot) ready() error {
	if s.err == nil && s.ctx.Err() != nil {
		s.err = fault.Wrap(s.ctx.Err(), fault.Busy, "The request ended before the store had answered it.")
	}
	return s.err
}

func (s *snapshot) Now() (lead.Time, error) { return s.clock(), s.ready() }

func (s *snapshot) Known(hashes []lead.MessageHash) (map[lead.MessageHash]bool, error) {
	known := map[lead.MessageHash]bool{}
	for _, h := range hashes {
		if s.knows(h) {
			known[h] = true
		}
	}
	return known, s.ready()
}

func (s *snapshot) Messages(hashes []lead.MessageHash) ([]lead.Event, error) {
	var places []int64
	for _, h := range hashes {
		if place, ok := s.hashes.get(h); ok && s.events[place].Type != lead.Tombstone {
			places = append(places, place)
		}
	}
	slices.Sort(places)
	var events []lead.Event
	for _, place := range slices.Compact(places) {
		events = append(events, copyEvent(s.events[place]))
	}
	return events, s.ready()
}

func (s *snapshot) Find(ids []lead.Identifier) (map[lead.Identifier]lead.ID, error) {
	found := map[lead.Identifier]lead.ID{}
	for _, id := range ids {
		if h, ok := s.identifiers.get(id); ok {
			found[id] = h.by
		}
	}
	return found, s.ready()
}

func (s *snapshot) Identifiers(id lead.ID) ([]store.Link, error) {
	var links []store.Link
	for _, l := range s.linksOf(id).from(0) {
		links = append(links, l)
	}
	return links, s.ready()
}

func (s *snapshot) Surviving(ids []lead.ID) (map[lead.ID]lead.ID, error) {
	found := map[lead.ID]lead.ID{}
	for _, id := range ids {
		if s.exists(id) {
			found[id] = s.survivor(id)
		}
	}
	return found, s.ready()
}

func (s *snapshot) Joins(into lead.ID) ([]store.Join, error) {
	members, _ := s.members.get(into)
	var joins []store.Join
	for _, id := range members {
		j, _ := s.joins.get(id)
		joins = append(joins, j)
	}
	slices.SortFunc(joins, func(a, b store.Join) int {
		return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.Child, b.Child))
	})
	return joins, s.ready()
}

func (s *snapshot) States(ids []lead.ID) (map[lead.ID]store.LeadRow, error) {
	found := map[lead.ID]store.LeadRow{}
	for _, id := range ids {
		if row, ok := s.leads.get(id); ok {
			found[id] = copyRow(row)
		}
	}
	return found, s.ready()
}

func (s *snapshot) Leads(after lead.ID, limit int) ([]store.LeadRow, error) {
	var rows []store.LeadRow
	for id, row := range s.leads.from(after) {
		if len(rows) >= limit {
			break
		}
		if id > after {
			rows = append(rows, copyRow(row))
		}
	}
	return rows, s.ready()
}

func (s *snapshot) Due(at lead.Time, limit int) ([]store.LeadRow, error) {
	var rows []store.LeadRow
	for w := range s.due.from(wake{at: math.MinInt64}) {
		if len(rows) >= limit || w.at > at {
			break
		}
		row, _ := s.leads.get(w.id)
		rows = append(rows, copyRow(row))
	}
	return rows, s.ready()
}

func (s *snapshot) History(id lead.ID) ([]lead.Event, error) {
	var events []lead.Event
	for _, member := range s.family(id) {
		places, _ := s.byLead.get(member)
		for _, place := range places {
			events = append(events, copyEvent(s.events[place]))
		}
	}
	slices.SortFunc(events, func(a, b lead.Event) int {
		return cmp.Or(cmp.Compare(a.Effective(), b.Effective()), cmp.Compare(a.Seq, b.Seq))
	})
	return events, s.ready()
}

func (s *snapshot) Latest(id lead.ID, before int64, limit int) ([]lead.Event, error) {
	events, err := s.History(id)
	events = slices.DeleteFunc(events, func(e lead.Event) bool { return before > 0 && e.Seq >= before })
	slices.SortFunc(events, func(a, b lead.Event) int { return cmp.Compare(b.Seq, a.Seq) })
	return events[:max(0, min(limit, len(events)))], err
}

func (s *snapshot) Log(after int64, limit int) ([]lead.Event, error) {
	var events []lead.Event
	for _, e := range page(s.events, after, limit) {
		events = append(events, copyEvent(e))
	}
	return events, s.ready()
}

func (s *snapshot) Decisions(id lead.ID) ([]lead.Decision, error) {
	var places []int
	for _, member := range s.family(id) {
		of, _ := s.decided.get(member)
		places = append(places, of...)
	}
	slices.Sort(places)
	var decisions []lead.Decision
	for _, place := range places {
		decisions = append(decisions, s.decisions[place])
	}
	return decisions, s.ready()
}

func (s *snapshot) DecisionLog(after int64, limit int) ([]store.LoggedDecision, error) {
	var log []store.LoggedDecision
	for i, d := range page(s.decisions, after, limit) {
		logged := store.LoggedDecision{Decision: d}
		of, _ := s.decided.get(d.Lead)
		for _, place := range of {
			if was := &s.decisions[place]; int64(place) < max(0, after)+int64(i) && was.Cycle == d.Cycle && was.Stage == d.Stage && was.Nth == d.Nth {
				logged.Was, logged.WasFrom, logged.WasAt = was.Verb, was.From, was.At
			}
		}
		log = append(log, logged)
	}
	return log, s.ready()
}

func (s *snapshot) Rejects(after int64, limit int) ([]lead.Reject, error) {
	var rejects []lead.Reject
	for _, r := range page(s.rejects, after, limit) {
		r.Body = copyBytes(r.Body)
		rejects = append(rejects, r)
	}
	return rejects, s.ready()
}

func (s *snapshot) LastRejects(before int64, limit int) ([]lead.Reject, error) {
	n := int64(len(s.rejects))
	if before > 0 {
		n = min(n, before-1)
	}
	var rejects []lead.Reject
	for ; n > 0 && len(rejects) < limit; n-- {
		r := s.rejects[n-1]
		r.Body = copyBytes(r.Body)
		rejects = append(rejects, r)
	}
	return rejects, s.ready()
}

func (s *snapshot) Refused(identities []lead.MessageHash) (map[lead.MessageHash]bool, error) {
	found := map[lead.MessageHash]bool{}
	for _, id := range identities {
		if _, kept := s.refused.get(id); kept {
			found[id] = true
		}
	}
	return found, s.ready()
}

func (s *snapshot) Keys() ([]lead.Key, error) { return slices.Clone(s.keys), s.ready() }

func (s *snapshot) Counts() (store.Counts, error) {
	c := store.Counts{
		Events:    int64(len(s.events)),
		Leads:     int64(s.leads.size),
		Rejects:   int64(len(s.rejects)),
		Decisions: int64(len(s.decisions)),
		Named:     map[string]int64{},
	}
	for name, n := range s.counters.from("") {
		c.Named[name] = n
	}
	return c, s.ready()
}

// page cuts items numbered from 1: those above after, at most limit.
func page[T any](items []T, after int64, limit int) []T {
	from := min(max(after, 0), int64(len(items)))
	items = items[from:]
	return items[:min(max(limit, 0), len(items))]
}

// copyBytes clones b; what is empty is nil.
func copyBytes(b []byte) []byte {
	if len(b) == 0 {
		return nil
	}
	return bytes.Clone(b)
}

func copyRow(row store.LeadRow) store.LeadRow {
	row.State = copyBytes(row.State)
	return row
}

// copyEvent clones what is stored of an event: all but what Open decodes.
func copyEvent(e lead.Event) lead.Event {
	e.Body = copyBytes(e.Body)
	e.Properties, e.Traits, e.Context = nil, nil, nil
	return e
}
