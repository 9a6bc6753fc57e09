package bench

import (
	"context"
	"time"

	"galena/internal/app"
	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/pipeline"
	"galena/internal/server"
)

const (
	// livesBatch is how many lives come in one batch, each whole: a state is folded
	// once for all its events.
	livesBatch = 60
	// One of lateOnes lives begins up to half a year later than the others: somebody
	// comes for the first time on each day.
	lateOnes = 10
	// longLife is how many events somebody has who comes each day, machineLife what a
	// program has that somebody tests a site with.
	longLife    = 2_000
	machineLife = 10_000
)

// The lives whose pages are asked for, by their user ids.
const (
	shortResident   = "resident-short"
	longResident    = "resident-long"
	machineResident = "resident-machine"
)

// residents are leads of a workspace that was filled here.
type residents struct {
	short, long, machine lead.ID
	account              string // of the long one
	settled              bool   // just now
}

// inhabit fills an empty workspace with so many lives and about so many events,
// which end now. One that it has filled before it leaves as it is.
func inhabit(ctx context.Context, place string, playbook []byte, leads, events int, progress func(leads int)) (who residents, err error) {
	err = server.Hold(ctx, place, playbook, func(o *server.Owned) error {
		counts, err := o.Counts(ctx)
		if err == nil && counts.Events == 0 {
			who.settled = true
			err = settleLives(ctx, o, leads, events, progress)
		}
		if err == nil {
			err = o.Census(ctx)
		}
		return err
	})
	if err != nil {
		return who, err
	}
	// Whoever is found here is who was listed when the workspace was let go.
	return who, server.Read(ctx, place, func(r *app.Reader) error {
		for user, id := range map[string]*lead.ID{shortResident: &who.short, longResident: &who.long, machineResident: &who.machine} {
			l, err := r.Lead(ctx, app.Ref{UserID: user})
			if fault.KindOf(err) == fault.NotFound && err != nil {
				return errNotEmpty
			}
			if err != nil {
				return err
			}
			if *id = l.ID; user == longResident {
				who.account = l.Account
			}
		}
		return nil
	})
}

func settleLives(ctx context.Context, o *server.Owned, leads, events int, progress func(leads int)) error {
	if _, err := o.CreateKey(ctx, lead.BrowserKey, "bench"); err != nil {
		return err
	}
	keys, err := o.Keys(ctx)
	if err != nil {
		return err
	}
	all := lives{seed: 20260107, mean: max(events/leads, meanSession)}
	shift := int64(lead.TimeOf(time.Now()) - livesBegin.Add(livesSpan))
	come := func(lives ...[]lead.Event) error {
		b := pipeline.Batch{}
		for _, life := range lives {
			b.Events = append(b.Events, life...)
		}
		_, err := o.Ingest(ctx, b)
		return err
	}
	lived := func(n int, life []lead.Event) []lead.Event {
		by := shift
		if n%lateOnes == 0 {
			by += livesSpan / 2
		}
		for i := range life {
			e := &life[i]
			if e.Occurred = e.Occurred.Add(by); e.Occurred >= livesBegin.Add(livesSpan+shift) {
				return life[:i]
			}
			e.Seq, e.Received, e.Backfill, e.Source = 0, 0, true, keys[0].ID
		}
		return life
	}
	if err := inBatches(leads, livesBatch, progress, func(from, to int) error {
		var some [][]lead.Event
		for n := from; n < to; n++ {
			life := lived(n, all.life(n))
			if err := open(life); err != nil {
				return err
			}
			some = append(some, life)
		}
		return come(some...)
	}); err != nil {
		return err
	}
	for i, r := range []struct {
		user   string
		events int
	}{{shortResident, meanSession}, {longResident, longLife}, {machineResident, machineLife}} {
		life := lived(1, residentLife(leads+i, r.user, r.events))
		if err := open(life); err != nil {
			return err
		}
		if err := come(life); err != nil {
			return err
		}
	}
	return nil
}

// residentLife is a life of so many events of somebody who is known.
func residentLife(n int, user string, events int) []lead.Event {
	life := lives{seed: 1, mean: meanSession}.life(n)
	for mean := 2 * events; len(life) < events || life[0].Email == ""; mean++ {
		life = lives{seed: uint64(mean), mean: mean}.life(n)
	}
	life = life[:events]
	for i := range life {
		life[i].UserID = user
	}
	return life
}
