package oracle

import (
	"slices"

	"galena/internal/lead"
	"galena/internal/playbook"
)

// story is what does not depend on when one looks: the playbook, the events in
// the order of the fold, and which signals each event is an occurrence of.
type story struct {
	plan   *playbook.Plan
	events []lead.Event
	occurs [][]bool // by event and signal

	// What was read before each event, and before what fell due at a moment, as
	// far as a walk has come; only for plans with stops.
	readBefore    []readings
	readBeforeDue map[lead.Time]readings
}

// tell puts the events that take effect up to a moment in order and opens them.
func tell(p *playbook.Plan, events []lead.Event, until lead.Time) (*story, error) {
	s := &story{plan: p, readBeforeDue: map[lead.Time]readings{}}
	for _, e := range events {
		if e.Effective() > until {
			continue
		}
		if err := e.Open(); err != nil {
			return nil, err
		}
		if e.Type == lead.Act { // it tells nothing about the person
			e.UserID, e.Email, e.Company = "", "", ""
		}
		s.events = append(s.events, e)
	}
	slices.SortFunc(s.events, func(a, b lead.Event) int {
		if a.Before(&b) {
			return -1
		}
		return 1
	})
	for i := range s.events {
		occurs := make([]bool, len(p.Signals))
		for slot := range p.Signals {
			occurs[slot] = s.isOccurrence(&s.events[i], slot)
		}
		s.occurs = append(s.occurs, occurs)
	}
	s.readBefore = make([]readings, len(s.events))
	return s, nil
}

// isOccurrence says whether an event is an occurrence of a signal.
func (s *story) isOccurrence(e *lead.Event, slot int) bool {
	signal := &s.plan.Signals[slot]
	if len(signal.Any) > 0 {
		return slices.ContainsFunc(signal.Any, func(part int) bool { return s.isOccurrence(e, part) })
	}
	return slices.Contains(signal.Types, e.Type) &&
		(len(signal.Names) == 0 || slices.Contains(signal.Names, e.Name)) &&
		(signal.Where == nil || holdsOnEvent(signal.Where, e))
}

// firstOf is the first of the signals that the event is an occurrence of.
func (s *story) firstOf(event int, signals []int) (slot int, ok bool) {
	for _, slot := range signals {
		if s.occurs[event][slot] {
			return slot, true
		}
	}
	return 0, false
}
