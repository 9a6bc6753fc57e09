package app

import (
	"context"
	"slices"

	"galena/internal/lead"
	"galena/internal/store"
)

// Arrival is what the first events of a workspace came to.
type Arrival struct {
	Events, Rejects int64 // so far
	// Lead is somebody of the first, a lead if one of them is; nil before anybody came.
	Lead    *Lead
	Score   lead.Points // the main one
	Reasons []Reason    // see Reasons
}

// firsts is among how many of the first people a lead is looked for.
const firsts = 50

// Arrival tells what the first events came to. It looks at few people, however
// many there are.
func (r *Reader) Arrival(ctx context.Context) (*Arrival, error) {
	a := &Arrival{}
	kinds := []string{"lead", "contact", "visitor"}
	err := r.store.Read(ctx, func(snap store.Snapshot) error {
		counts, err := snap.Counts()
		if err != nil {
			return err
		}
		now, err := snap.Now()
		if err != nil {
			return err
		}
		rows, err := snap.Leads(0, firsts)
		if err != nil {
			return err
		}
		*a = Arrival{Events: counts.Events, Rejects: counts.Rejects}
		for _, row := range rows {
			l, err := r.view(snap, row, now)
			if err != nil {
				return err
			}
			if a.Lead == nil || slices.Index(kinds, l.Kind) < slices.Index(kinds, a.Lead.Kind) {
				a.Lead = l
			}
		}
		return nil
	})
	if err != nil || a.Lead == nil {
		return a, err
	}
	_, x, err := r.Explain(ctx, Ref{ID: a.Lead.ID}, 0)
	if err != nil {
		return nil, err
	}
	main := &x.Scores[len(x.Scores)-1]
	a.Score, a.Reasons = main.Points, Reasons(main)
	return a, nil
}
