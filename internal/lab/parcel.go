package lab

import (
	"context"
	"runtime"
	"sync"

	"galena/internal/lead"
	"galena/internal/store"
)

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

// open gives the events until a moment, opened as far as a scope needs them.
func (p *past) open(until lead.Time, s *scope) ([]lead.Event, error) {
	events := p.events
	for n := len(events); n > 0 && events[n-1].Effective() > until; n-- {
		events = events[:n-1]
	}
	return events, s.open(events)
}

func (o *Options) workers() int {
	if o.Workers < 1 {
		return runtime.GOMAXPROCS(0)
	}
	return o.Workers
}

// share reads all leads and shares them out among workers, each of which takes
// parcels by the function that was begun for it. The first that fails ends all.
func share(ctx context.Context, snap store.Snapshot, o Options, begin func(worker int) func(parcel) error) error {
	working, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	parcels := make(chan parcel, o.workers())
	var workers sync.WaitGroup
	for i := range o.workers() {
		take := begin(i)
		workers.Go(func() {
			for p := range parcels {
				if err := take(p); err != nil {
					stop(err)
				}
			}
		})
	}
	err := hand(working, snap, parcels, o.Progress)
	close(parcels)
	workers.Wait()
	// What a worker could not do stopped the reading; it is the reason.
	if cause := context.Cause(working); cause != nil {
		return cause
	}
	return err
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
		ids := make([]lead.ID, len(rows))
		for i := range rows {
			ids[i] = rows[i].ID
		}
		for len(ids) > 0 {
			histories, err := snap.HistoriesOf(ids, parcelEvents-p.events)
			if err != nil {
				return err
			}
			logs, err := snap.DecisionsOf(ids[:len(histories)])
			if err != nil {
				return err
			}
			for i, events := range histories {
				p.leads = append(p.leads, past{ids[i], events, logs[ids[i]]})
				p.events += len(events)
			}
			ids = ids[len(histories):]
			if p.events >= parcelEvents || len(p.leads) >= pageOfLeads {
				if err := send(); err != nil {
					return err
				}
			}
		}
		after = rows[len(rows)-1].ID
	}
}
