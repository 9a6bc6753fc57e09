package sqlite

import (
	"math"
	"slices"
)

var dropRun = define(`DELETE FROM runs WHERE id = ?`)

// fan is how many runs of about the same size become one.
const fan = 8

// last tier is the one whose runs are not merged any more: it bounds what one
// merge takes. With 50,000 events in a tail its runs have some 3 million keys.
const lastTier = 2

// tier tells runs of about the same size: those of a tail or less are the first.
func (b bounds) tier(keys int64) int {
	size := 2 * float64(b.events)
	return max(0, int(math.Ceil(math.Log(float64(keys)/size)/math.Log(fan))))
}

// crowded finds runs that are to become one, nil if there are none.
func (b bounds) crowded(runs []*run) []*run {
	for _, k := range kinds {
		for tier := range lastTier {
			var same []*run
			for _, r := range runs {
				if r.kind == k && b.tier(r.keys) == tier {
					same = append(same, r)
				}
			}
			if len(same) >= fan {
				return same[:fan]
			}
		}
	}
	return nil
}

// merge makes one run of several.
type merge struct {
	store  *Store
	inputs []*run
	draft  *draft
}

func (s *Store) newMerge(inputs []*run) *merge {
	size := 0
	for _, r := range inputs {
		size += len(r.filter)
	}
	return &merge{s, inputs, newDraft(s.takeRunID(), inputs[0].kind, size, ofRuns(inputs))}
}

func (m *merge) slice(view *snapshot, p *pace) (func(), error) {
	if err := m.draft.write(view, p); err != nil || !m.draft.done {
		return nil, err
	}
	if err := m.draft.end(view); err != nil {
		return nil, err
	}
	runs := []*run{m.draft.run}
	for _, r := range m.store.runs {
		if !slices.Contains(m.inputs, r) {
			runs = append(runs, r)
		}
	}
	for _, r := range m.inputs {
		if _, err := view.exec(dropRun, r.id); err != nil {
			return nil, err
		}
	}
	return func() {
		m.store.runs = runs
		for _, r := range m.inputs {
			m.store.discardBlocks(r)
		}
	}, nil
}

func (m *merge) abandon() { m.store.discard(m.draft) }
