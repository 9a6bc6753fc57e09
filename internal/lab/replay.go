package lab

import (
	"context"

	"galena/internal/engine"
	"galena/internal/lead"
	"galena/internal/pipeline"
	"galena/internal/store"
)

// Options say what to compare.
type Options struct {
	Since  lead.Time // see Report.Since
	Weekly bool      // periods are weeks from Monday instead of months
	// Workers is how many fold at the same time; 0: as many as there are cores.
	Workers int
	// Progress is called now and then with how many people and events were read;
	// nil: nobody asks.
	Progress func(people, events int64)
}

// Replay folds the whole history under another plan and compares with what
// stands under those that were published. It sees one moment of the workspace and writes nothing. Leads that
// were joined are one, from their first event on, as they are in the log.
func Replay(ctx context.Context, s store.Store, published *engine.Chain, other *engine.Engine, o Options) (*Report, error) {
	tallies := make([]*tally, o.workers())
	err := s.Read(ctx, func(snap store.Snapshot) error {
		at, err := snap.Now()
		if err != nil {
			return err
		}
		return share(ctx, snap, o, func(worker int) func(parcel) error {
			tallies[worker] = newTally(published, other, o, at)
			return tallies[worker].take
		})
	})
	if err != nil {
		return nil, err
	}
	for _, t := range tallies[1:] {
		tallies[0].add(t)
	}
	return tallies[0].report(), nil
}

// take folds a parcel under both plans.
func (t *tally) take(p parcel) error {
	for i := range p.leads {
		one := &p.leads[i]
		events, err := one.open(t.at, t.scope)
		if err != nil {
			return err
		}
		was, _ := t.published.Fold(events, t.at)
		would := t.other.NewState()
		decided := t.other.Step(would, events, t.at)
		t.events += int64(len(events))
		t.compare(one.id, was, pipeline.Standing(one.log), would, decided)
		*one = past{}
	}
	return nil
}
