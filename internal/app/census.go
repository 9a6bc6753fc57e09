package app

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"

	"galena/internal/lead"
	"galena/internal/store"
	"galena/internal/store/paper"
)

// The census counts what each source brought by following the log, beside those
// who write it: a commit is not made longer by it, and a paper says how far it is,
// so that every event counts once whoever stops when. Between two counts the end
// of the log is counted by whoever asks.

const (
	// censusSlice is how many events are counted between two notes of how far it
	// is: a commit for that many.
	censusSlice = 20_000
	// censusTail bounds what is counted for one who asks.
	censusTail = 20_000
	// glanceTail bounds it for one who asks at a glance: what comes between two counts
	// where little does, and what is read in a few milliseconds.
	glanceTail = 500
	// censusHours is for how long the census tells in which hour events came: two
	// weeks, whatever the zone of who asks.
	censusHours = 15 * 24
	censusMark  = "mark"
	// censusSource begins the name of the paper of a source.
	censusSource = "source "
)

// Tally is how much a source brought.
type Tally struct {
	Events int64
	// Last is when the last of them came.
	Last lead.Time
	// Hours counts those of late by the hour in which they came, since 1970.
	Hours map[int64]int64 `json:",omitempty"`
}

// Since counts the events that came in an hour that began at a moment or later.
func (t *Tally) Since(at lead.Time) (n int64) {
	for hour, came := range t.Hours {
		if lead.Time(hour*lead.Hour) >= at {
			n += came
		}
	}
	return n
}

func (t *Tally) add(more *Tally) {
	t.Events += more.Events
	t.Last = max(t.Last, more.Last)
	if t.Hours == nil {
		t.Hours = map[int64]int64{}
	}
	for hour, n := range more.Hours {
		t.Hours[hour] += n
	}
	maps.DeleteFunc(t.Hours, func(hour, _ int64) bool { return hour < int64(t.Last)/lead.Hour-censusHours })
}

// reckoning is what was counted of a part of the log.
type reckoning struct {
	reached int64 // the place of the last event
	looked  int
	sources map[int64]*Tally
}

// reckon counts the log above a place, at most so many events.
func reckon(ctx context.Context, snap store.Snapshot, after int64, most int) (*reckoning, error) {
	r := &reckoning{reached: after, sources: map[int64]*Tally{}}
	for r.looked < most {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		events, err := snap.Log(r.reached, min(page, most-r.looked))
		if err != nil {
			return nil, err
		}
		if len(events) == 0 {
			break
		}
		for i := range events {
			e := &events[i]
			if e.Type >= lead.Act {
				continue // nobody sent it, or it does not say who did
			}
			t := r.sources[e.Source]
			if t == nil {
				t = &Tally{Hours: map[int64]int64{}}
				r.sources[e.Source] = t
			}
			t.Events++
			t.Last = max(t.Last, e.Received)
			t.Hours[int64(e.Received)/lead.Hour]++
		}
		r.looked += len(events)
		r.reached = events[len(events)-1].Seq
	}
	return r, nil
}

// Census counts what has come since it was called last, and what moved. It is called
// now and then beside a server; several nodes may do so at the same time.
func (a *App) Census(ctx context.Context) error {
	if err := a.countMoves(ctx); err != nil {
		return err
	}
	return a.countEvents(ctx)
}

func (a *App) countEvents(ctx context.Context) error {
	for {
		var mark int64
		var r *reckoning
		err := a.store.Read(ctx, func(snap store.Snapshot) (err error) {
			mark = 0 // anew when the reading runs again
			if _, err = paper.Read(snap, censusDrawer, censusMark, &mark); err == nil {
				r, err = reckon(ctx, snap, mark, censusSlice)
			}
			return err
		})
		if err != nil || r.looked == 0 {
			return err
		}
		if err := a.store.Derive(ctx, func(tx store.Tx) error { return r.keep(tx, mark) }); err != nil {
			return err
		}
	}
}

// keep adds what was counted above a mark to what is kept, unless another node has.
func (r *reckoning) keep(tx store.Tx, mark int64) error {
	var now int64
	if _, err := paper.Read(tx, censusDrawer, censusMark, &now); err != nil || now != mark {
		return err
	}
	for _, source := range slices.Sorted(maps.Keys(r.sources)) {
		name := censusSource + strconv.FormatInt(source, 10)
		var t Tally
		if _, err := paper.Read(tx, censusDrawer, name, &t); err != nil {
			return err
		}
		t.add(r.sources[source])
		if err := paper.Write(tx, censusDrawer, name, &t); err != nil {
			return err
		}
	}
	return paper.Write(tx, censusDrawer, censusMark, r.reached)
}

// Sources tells how much each source brought.
type Sources struct {
	Keys []lead.Key
	// Tallies are those of the sources that brought anything.
	Tallies map[int64]*Tally
	// Behind is how many events were not counted yet.
	Behind int64
}

// Sources lists the write keys, and what each source brought: what the census
// counted, and the end of the log.
func (r *Reader) Sources(ctx context.Context) (*Sources, error) {
	return r.sources(ctx, censusTail)
}

// SourcesOfLate is Sources as far as the census and so many events more count: for a
// page that is to be there at once.
func (r *Reader) SourcesOfLate(ctx context.Context) (*Sources, error) {
	return r.sources(ctx, glanceTail)
}

func (r *Reader) sources(ctx context.Context, tail int) (*Sources, error) {
	all := &Sources{Tallies: map[int64]*Tally{}}
	var err error
	if all.Keys, err = r.Keys(ctx); err != nil {
		return nil, err
	}
	err = r.store.Read(ctx, func(snap store.Snapshot) error {
		clear(all.Tallies)
		var mark int64
		if _, err := paper.Read(snap, censusDrawer, censusMark, &mark); err != nil {
			return err
		}
		for after := ""; ; {
			papers, err := snap.Papers(censusDrawer, censusSource, after, page)
			if err != nil {
				return err
			}
			for _, p := range papers {
				after = p.Name
				source, err := strconv.ParseInt(strings.TrimPrefix(p.Name, censusSource), 10, 64)
				if err != nil {
					return err
				}
				all.Tallies[source] = &Tally{}
				if err := paper.Open(p, all.Tallies[source]); err != nil {
					return err
				}
			}
			if len(papers) < page {
				break
			}
		}
		end, err := reckon(ctx, snap, mark, tail)
		if err != nil {
			return err
		}
		for source, t := range end.sources {
			if all.Tallies[source] == nil {
				all.Tallies[source] = &Tally{}
			}
			all.Tallies[source].add(t)
		}
		last, err := snap.LastSeq()
		all.Behind = max(0, last-end.reached)
		return err
	})
	return all, err
}
