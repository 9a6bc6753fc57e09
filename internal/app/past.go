package app

import (
	"slices"

	"galena/internal/lead"
	"galena/internal/pipeline"
	"galena/internal/store"
)

// Known says by whose knowledge a past moment is told.
type Known string

const (
	// KnownThen is what was known at the moment: events, verdicts, merges and
	// their undoing up to it. History that was imported counts as known when it
	// occurred.
	KnownThen Known = "then"
	// KnownNow is what is known today of the same moment.
	KnownNow Known = "now"
)

// past gathers what was known at a moment of whoever a lead was then.
type past struct {
	snap store.Snapshot
	at   lead.Time
	// records are by the leads that survive today; parents are the joins that
	// held at the moment, by child.
	records map[lead.ID][]lead.Event
	parents map[lead.ID]lead.ID
}

// knownThen gives the events of a lead as it was known at a moment, and as part
// of which lead it was known.
func knownThen(snap store.Snapshot, id lead.ID, at lead.Time) (lead.ID, []lead.Event, error) {
	p := &past{snap, at, map[lead.ID][]lead.Event{}, map[lead.ID]lead.ID{}}
	if err := p.load(id); err != nil {
		return 0, nil, err
	}
	root := p.root(id)
	var events []lead.Event
	for _, record := range p.records {
		for i := range record {
			if p.root(record[i].Lead) == root {
				events = append(events, record[i])
			}
		}
	}
	slices.SortFunc(events, func(a, b lead.Event) int {
		if a.Before(&b) {
			return -1
		}
		return 1
	})
	events, err := pipeline.Corrected(events, at)
	return root, events, err
}

func (p *past) root(id lead.ID) lead.ID {
	for p.parents[id] != 0 {
		id = p.parents[id]
	}
	return id
}

// load reads a lead that survives today, and whoever it was one with then.
func (p *past) load(ids ...lead.ID) error {
	surviving, err := p.snap.Surviving(ids)
	if err != nil {
		return err
	}
	for _, id := range ids {
		id = surviving[id]
		if _, done := p.records[id]; done {
			continue
		}
		record, err := pipeline.Record(p.snap, id)
		if err != nil {
			return err
		}
		p.records[id] = record
		joins, err := p.snap.Joins(id)
		if err != nil {
			return err
		}
		for _, j := range joins {
			if j.At <= p.at {
				p.parents[j.Child] = j.Parent
			}
		}
		for i := range record {
			e := &record[i]
			if e.Type != lead.Act || e.Name != lead.ActUnmerge {
				continue
			}
			undone, err := lead.ReadAct[lead.Separation](e)
			if err != nil {
				return err
			}
			if undone.Joined <= p.at && p.at < e.Received {
				p.parents[undone.Child] = undone.Parent
				if err := p.load(undone.Child, undone.Parent); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// Difference is a decision of which something else was known when it was dated.
type Difference struct {
	// ThenStage is the stage in which the lead was known to be at the moment of
	// the decision, after it.
	ThenStage string
	// Scores are those of the version in force at the moment, in its order.
	Scores []ScoreDifference
}

// ScoreDifference is what a score was known to be then, and is known to have been
// now.
type ScoreDifference struct {
	Name, Label string
	Then, Now   lead.Points
}

// maxCompared is how many decisions of a lead, the newest, are compared.
const maxCompared = 20

// differences compares, at each decision that stands, what was known then with
// what is known now; by the ids of decisions.
func (r *Reader) differences(snap store.Snapshot, id lead.ID, record []lead.Event, standing []lead.Decision) (map[string]Difference, error) {
	joins, err := snap.Joins(id)
	if err != nil {
		return nil, err
	}
	corrected := len(joins) > 0 || slices.ContainsFunc(record, func(e lead.Event) bool { return e.Type == lead.Act })
	if !corrected {
		return nil, nil // nothing but history that was imported came late
	}
	now, err := pipeline.Corrected(slices.Clone(record), lead.Never)
	if err != nil {
		return nil, err
	}
	chain, err := r.versions.Chain(snap)
	if err != nil {
		return nil, err
	}
	found := map[string]Difference{}
	for _, d := range standing[max(len(standing)-maxCompared, 0):] {
		_, then, err := knownThen(snap, id, d.At)
		if err != nil {
			return nil, err
		}
		was, is := chain.Explain(then, d.At), chain.Explain(now, d.At)
		x := Difference{ThenStage: was.Stage}
		differs := was.Stage != is.Stage
		for i, s := range was.Scores {
			x.Scores = append(x.Scores, ScoreDifference{s.Name, s.Label, s.Points, is.Scores[i].Points})
			differs = differs || s.Points != is.Scores[i].Points
		}
		if differs {
			found[d.ID()] = x
		}
	}
	return found, nil
}
