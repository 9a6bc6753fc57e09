package app

import (
	"cmp"
	"context"
	"slices"

	"galena/internal/lead"
	"galena/internal/playbook"
	"galena/internal/rule"
	"galena/internal/store"
)

// Seen is what the latest events are.
type Seen struct {
	// Events is how many were looked at, Since when the first of them arrived.
	Events int
	Since  lead.Time
	// Names are their types and names, those that came most often first.
	Names []SeenName
	// Signals counts how many were each signal of the playbook in force, by name.
	Signals map[string]int
}

// SeenName is a type of event with a name.
type SeenName struct {
	Type    lead.Type
	Name    string
	Count   int
	Last    lead.Time
	Sample  []byte   // the body of the latest one
	Signals []string // of the playbook in force, that the latest one is
}

// Bounds of what Seen looks at and remembers: strangers choose names.
const (
	maxSeen      = 5000
	maxSeenNames = 200
)

// Seen looks at the latest events.
func (r *Reader) Seen(ctx context.Context) (*Seen, error) {
	plan := r.Plan()
	s := &Seen{Signals: map[string]int{}}
	type title struct {
		of   lead.Type
		name string
	}
	found := map[title]*SeenName{}
	err := r.store.Read(ctx, func(snap store.Snapshot) error {
		last, err := lastInLog(snap)
		if err != nil {
			return err
		}
		events, err := snap.Log(max(0, last-maxSeen), maxSeen)
		if err != nil {
			return err
		}
		for i := range events {
			e := &events[i]
			if e.Type == lead.Act || e.Type == lead.Tombstone {
				continue
			}
			if err := e.Open(); err != nil {
				return err
			}
			s.Events++
			if s.Since == 0 || e.Received < s.Since {
				s.Since = e.Received
			}
			signals := signalsOf(plan, e)
			for _, name := range signals {
				s.Signals[name]++
			}
			n := found[title{e.Type, e.Name}]
			if n == nil {
				if len(found) >= maxSeenNames {
					continue
				}
				n = &SeenName{Type: e.Type, Name: e.Name}
				found[title{e.Type, e.Name}] = n
			}
			n.Count++
			n.Last, n.Sample, n.Signals = max(n.Last, e.Occurred), e.Body, signals
		}
		return nil
	})
	for _, n := range found {
		s.Names = append(s.Names, *n)
	}
	slices.SortFunc(s.Names, func(a, b SeenName) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Type, b.Type), cmp.Compare(a.Name, b.Name))
	})
	return s, err
}

// signalsOf are the signals that an open event is, unions included, in the
// playbook's order.
func signalsOf(p *playbook.Plan, e *lead.Event) []string {
	is := make([]bool, len(p.Signals))
	p.Candidates(e, func(signal int) {
		w := p.Signals[signal].Where
		is[signal] = w == nil || w.OnEvent(e) == rule.True
	})
	for again := true; again; { // unions of unions may stand in any order
		again = false
		for i := range p.Signals {
			if !is[i] && slices.ContainsFunc(p.Signals[i].Any, func(part int) bool { return is[part] }) {
				is[i], again = true, true
			}
		}
	}
	var names []string
	for i := range p.Signals {
		if is[i] {
			names = append(names, p.Signals[i].Name)
		}
	}
	return names
}

// lastInLog is the number of the latest event, found by asking whether there are
// later ones: a store reads its log forwards.
func lastInLog(snap store.Snapshot) (int64, error) {
	later := func(than int64) (bool, error) {
		events, err := snap.Log(than, 1)
		return len(events) > 0, err
	}
	low, high := int64(0), int64(1) // there is one past low or low is 0
	for {
		more, err := later(high)
		if err != nil {
			return 0, err
		}
		if !more {
			break
		}
		low, high = high, 2*high
	}
	for low < high {
		middle := low + (high-low)/2
		more, err := later(middle)
		if err != nil {
			return 0, err
		}
		if more {
			low = middle + 1
		} else {
			high = middle
		}
	}
	return low, nil
}

// SignalNamed is the first signal of a playbook that is just the events of a type
// and name, whatever is in them; "" for none.
func SignalNamed(d *playbook.Document, t lead.Type, name string) string {
	for _, s := range d.Signals {
		if s.Where.Text == "" && slices.Equal(s.Types, []lead.Type{t}) && (slices.Equal(s.Names, []string{name}) || name == "" && len(s.Names) == 0) {
			return s.Name.Text
		}
	}
	return ""
}
