package app

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"galena/internal/lead"
	"galena/internal/playbook"
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

// seenCache is what was told of the latest events last.
type seenCache struct {
	mu   sync.Mutex
	made time.Time
	plan *playbook.Plan
	seen *Seen
}

// Seen tells what the latest events are, as of a minute ago at the most.
func (r *Reader) Seen(ctx context.Context) (*Seen, error) {
	c, plan := &r.latest, r.Plan()
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.seen != nil && c.plan == plan && time.Since(c.made) < schemaFresh {
		return c.seen, nil
	}
	s, err := r.lookAtLatest(ctx, plan)
	if err == nil && s.Events >= maxSeen/2 { // of few, each is to be seen at once
		c.seen, c.plan, c.made = s, plan, time.Now()
	}
	return s, err
}

func (r *Reader) lookAtLatest(ctx context.Context, plan *playbook.Plan) (*Seen, error) {
	s := &Seen{Signals: map[string]int{}}
	type title struct {
		of   lead.Type
		name string
	}
	found := map[title]*SeenName{}
	err := r.store.Read(ctx, func(snap store.Snapshot) error {
		last, err := snap.LastSeq()
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
			var signals []string
			for _, signal := range signalsOf(plan, e) {
				s.Signals[signal.Name]++
				signals = append(signals, signal.Name)
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
