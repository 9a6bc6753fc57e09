package pipeline

import (
	"galena/internal/engine"
	"galena/internal/lead"
	"galena/internal/store"
)

// Refold folds a surviving lead over its whole history, to the last event or the
// moment at, whichever is later. It writes nothing.
func Refold(e *engine.Engine, from store.Snapshot, id lead.ID, at lead.Time) (*engine.State, []lead.Decision, error) {
	events, err := History(from, id)
	if err != nil {
		return nil, nil, err
	}
	s := e.NewState()
	if n := len(events); n > 0 {
		at = max(at, events[n-1].Effective())
	}
	decisions := e.Step(s, events, at)
	return s, decisions, nil
}

// History reads a surviving lead's events, opened, in the order of the fold.
func History(from store.Snapshot, id lead.ID) ([]lead.Event, error) {
	events, err := from.History(id)
	if err != nil {
		return nil, err
	}
	for i := range events {
		if err := events[i].Open(); err != nil {
			return nil, err
		}
	}
	return events, nil
}

// Made completes decisions that a step came to.
func Made(id lead.ID, decisions []lead.Decision, now lead.Time) []lead.Decision {
	for i := range decisions {
		decisions[i].Lead, decisions[i].Verb, decisions[i].Recorded = id, lead.Made, now
	}
	return decisions
}

// place is what makes a decision the same one after a refold, whoever's it was
// before a join.
type place struct {
	cycle, nth int
	stage      string
}

func placeOf(d *lead.Decision) place { return place{d.Cycle, d.Nth, d.Stage} }

// Standing reduces a decision log to the decisions that stand, in the order in
// which they were first made.
func Standing(log []lead.Decision) []lead.Decision {
	newest := map[string]lead.Decision{}
	var order []string
	for _, d := range log {
		id := d.ID()
		if _, ok := newest[id]; !ok {
			order = append(order, id)
		}
		newest[id] = d
	}
	var standing []lead.Decision
	for _, id := range order {
		if d := newest[id]; d.Verb != lead.Retracted {
			standing = append(standing, d)
		}
	}
	return standing
}

// Revise compares what a refold of lead id decided with the log of what was
// decided before, and gives the rows to append: decisions made for the first
// time or dated anew, retracted, reinstated.
func Revise(id lead.ID, log, decided []lead.Decision, now lead.Time) []lead.Decision {
	// The newest row of each decision; of two leads that were joined the
	// survivor's own comes first.
	newest := map[place]map[lead.ID]lead.Decision{}
	var order []lead.Decision
	for _, d := range log {
		p := placeOf(&d)
		if newest[p] == nil {
			newest[p] = map[lead.ID]lead.Decision{}
		}
		if _, ok := newest[p][d.Lead]; !ok {
			order = append(order, d)
		}
		newest[p][d.Lead] = d
	}
	var rows []lead.Decision
	kept := map[string]bool{}
	for _, d := range decided {
		d.Lead, d.Verb, d.Recorded = id, lead.Made, now
		p := placeOf(&d)
		holder, found := newest[p][id]
		if !found {
			for _, o := range order {
				if placeOf(&o) == p {
					holder, found = newest[p][o.Lead]
					break
				}
			}
		}
		if found {
			d.Lead = holder.Lead
			kept[d.ID()] = true
			if holder.Verb == lead.Retracted {
				d.Verb = lead.Reinstated
			} else if holder.At == d.At && holder.Event == d.Event && holder.From == d.From {
				continue
			}
		}
		rows = append(rows, d)
	}
	for _, o := range order {
		d := newest[placeOf(&o)][o.Lead]
		if d.Verb != lead.Retracted && !kept[d.ID()] {
			d.Verb, d.Recorded = lead.Retracted, now
			rows = append(rows, d)
		}
	}
	return rows
}
