package app

import (
	"context"
	"time"

	"galena/internal/lead"
	"galena/internal/store"
	"galena/internal/store/paper"
)

// measureDrawer holds how much the workspace held, a paper for each day.
const measureDrawer = "measure"

// maxMeasures is how many days are kept: a year tells how a workspace grows.
const maxMeasures = 366

// Measure is how much a workspace held on a day, when it was last measured then.
type Measure struct {
	Day    lead.Time `json:"day"`   // its first moment in UTC
	Bytes  int64     `json:"bytes"` // on the disk; 0 where that was not known
	Events int64     `json:"events"`
	Leads  int64     `json:"leads"`
}

// TakeMeasure keeps how much the workspace holds today, with what it takes on the
// disk, in place of what was measured earlier today.
func (a *App) TakeMeasure(ctx context.Context, bytes int64) error {
	return a.store.Write(ctx, func(tx store.Tx) error {
		now, err := tx.Now()
		if err != nil {
			return err
		}
		counts, err := tx.Counts()
		if err != nil {
			return err
		}
		m := Measure{Day: lead.Time(int64(now) - int64(now)%lead.Day), Bytes: bytes, Events: counts.Events, Leads: counts.Leads}
		if err := paper.Write(tx, measureDrawer, m.Day.UTC().Format(time.DateOnly), m); err != nil {
			return err
		}
		old, err := tx.Papers(measureDrawer, "", "", maxMeasures+1)
		if err != nil || len(old) <= maxMeasures {
			return err
		}
		return paper.Drop(tx, measureDrawer, old[0].Name)
	})
}

// Measures are those of the last year, the oldest first.
func (r *Reader) Measures(ctx context.Context) ([]Measure, error) {
	var all []Measure
	err := r.store.Read(ctx, func(snap store.Snapshot) error {
		return paper.Each(snap, measureDrawer, "", func(_ string, m *Measure) error {
			all = append(all, *m)
			return nil
		})
	})
	return all, err
}
