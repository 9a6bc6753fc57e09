package pipeline

import (
	"slices"

	"galena/internal/engine"
	"galena/internal/lead"
	"galena/internal/store"
)

// Refold folds a surviving lead over its whole history, to the last event, the
// newest publication or the moment at, whichever is the latest. It writes nothing.
func Refold(c *engine.Chain, from store.Snapshot, id lead.ID, at lead.Time) (*engine.State, []lead.Decision, error) {
	events, err := History(from, id)
	if err != nil {
		return nil, nil, err
	}
	s, decisions := c.Fold(events, at)
	return s, decisions, nil
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

// newest gives the newest row of each decision in a log, in the order in which
// they were first made.
func newest(log []lead.Decision) []lead.Decision {
	slot := map[string]int{}
	var rows []lead.Decision
	for _, d := range log {
		id := d.ID()
		if i, known := slot[id]; known {
			rows[i] = d
			continue
		}
		slot[id] = len(rows)
		rows = append(rows, d)
	}
	return rows
}

// Standing reduces a decision log to the decisions that stand, in the order in
// which they were first made.
func Standing(log []lead.Decision) []lead.Decision {
	return slices.DeleteFunc(newest(log), func(d lead.Decision) bool { return d.Verb == lead.Retracted })
}

// TakenBack reduces a decision log to the decisions that were retracted and do
// not stand, in the order in which they were first made.
func TakenBack(log []lead.Decision) []lead.Decision {
	return slices.DeleteFunc(newest(log), func(d lead.Decision) bool { return d.Verb != lead.Retracted })
}

// Revise compares what a refold of lead id decided with the log of what was
// decided before, and gives the rows to append: decisions made for the first
// time or dated anew (or under another version), retracted, reinstated.
func Revise(id lead.ID, log, decided []lead.Decision, now lead.Time) []lead.Decision {
	before := newest(log)
	kept := make([]bool, len(before))
	var rows []lead.Decision
	for _, d := range decided {
		d.Lead, d.Verb, d.Recorded = id, lead.Made, now
		if i := find(before, &d); i >= 0 {
			was := &before[i]
			kept[i] = true
			d.Lead = was.Lead
			if was.Verb == lead.Retracted {
				d.Verb = lead.Reinstated
			} else if was.At == d.At && was.Event == d.Event && was.From == d.From && was.Reason == d.Reason && was.Version == d.Version && was.Silent == d.Silent {
				continue
			}
		}
		rows = append(rows, d)
	}
	for i, d := range before {
		if d.Verb != lead.Retracted && !kept[i] {
			d.Verb, d.Recorded = lead.Retracted, now
			rows = append(rows, d)
		}
	}
	return rows
}

// find gives the row that is the same decision as one of a refold, -1 if none
// is. Of leads that were joined several may have come to it: one that stands
// goes before one that was taken back, then the survivor's own before another's,
// then the first.
func find(rows []lead.Decision, d *lead.Decision) int {
	best, most := -1, -1
	for i := range rows {
		r := &rows[i]
		if placeOf(r) != placeOf(d) {
			continue
		}
		weight := 0
		if r.Verb != lead.Retracted {
			weight += 2
		}
		if r.Lead == d.Lead {
			weight++
		}
		if weight > most {
			best, most = i, weight
		}
	}
	return best
}
