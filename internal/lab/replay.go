package lab

import (
	"context"
	"runtime"
	"sync"

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

const (
	// pageOfLeads is how many rows are read at once.
	pageOfLeads = 500
	// parcelEvents ends a parcel of leads for a worker. A few parcels for each
	// worker are all of the history that is in memory at any time, however long
	// it is, as long as no single lead is most of it.
	parcelEvents = 4000
)

// parcel are some leads with all that is known of them, still as stored.
type parcel struct {
	leads  []past
	events int
}

type past struct {
	id     lead.ID
	events []lead.Event // not opened
	log    []lead.Decision
}

// Replay folds the whole history under another plan and compares with what
// stands. It sees one moment of the workspace and writes nothing. Leads that
// were joined are one, from their first event on, as they are in the log.
func Replay(ctx context.Context, s store.Store, inForce, other *engine.Engine, o Options) (*Report, error) {
	if o.Workers < 1 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	working, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	parcels := make(chan parcel, o.Workers)
	var total *tally
	err := s.Read(working, func(snap store.Snapshot) error {
		at, err := snap.Now()
		if err != nil {
			return err
		}
		tallies := make([]*tally, o.Workers)
		var workers sync.WaitGroup
		for i := range tallies {
			t := newTally(inForce, other, o, at)
			tallies[i] = t
			workers.Go(func() {
				for p := range parcels {
					if err := t.take(p); err != nil {
						stop(err)
					}
				}
			})
		}
		err = hand(working, snap, parcels, o.Progress)
		close(parcels)
		workers.Wait()
		if err != nil {
			return err
		}
		for _, t := range tallies[1:] {
			tallies[0].add(t)
		}
		total = tallies[0]
		return nil
	})
	// What a worker could not do stopped the reading; it is the reason.
	if cause := context.Cause(working); cause != nil && ctx.Err() == nil {
		return nil, cause
	}
	if err != nil {
		return nil, err
	}
	return total.report(), nil
}

// hand reads all leads and hands them out in parcels.
func hand(ctx context.Context, snap store.Snapshot, to chan<- parcel, progress func(people, events int64)) error {
	var p parcel
	var people, events int64
	send := func() error {
		if len(p.leads) == 0 {
			return nil
		}
		select {
		case to <- p:
		case <-ctx.Done():
			return ctx.Err()
		}
		people, events = people+int64(len(p.leads)), events+int64(p.events)
		p = parcel{}
		if progress != nil {
			progress(people, events)
		}
		return nil
	}
	for after := lead.ID(0); ; {
		rows, err := snap.Leads(after, pageOfLeads)
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			return send()
		}
		for _, row := range rows {
			one := past{id: row.ID}
			if one.events, err = snap.History(row.ID); err != nil {
				return err
			}
			if one.log, err = snap.Decisions(row.ID); err != nil {
				return err
			}
			p.leads = append(p.leads, one)
			if p.events += len(one.events); p.events >= parcelEvents || len(p.leads) == pageOfLeads {
				if err := send(); err != nil {
					return err
				}
			}
		}
		after = rows[len(rows)-1].ID
	}
}

// take folds a parcel under both plans.
func (t *tally) take(p parcel) error {
	for i := range p.leads {
		one := &p.leads[i]
		events := one.events
		for n := len(events); n > 0 && events[n-1].Effective() > t.at; n-- {
			events = events[:n-1]
		}
		for k := range events {
			if err := events[k].Open(); err != nil {
				return err
			}
		}
		was := t.inForce.NewState()
		t.inForce.Step(was, events, t.at)
		would := t.other.NewState()
		decided := t.other.Step(would, events, t.at)
		t.events += int64(len(events))
		t.compare(one.id, was, pipeline.Standing(one.log), would, decided)
		*one = past{}
	}
	return nil
}
