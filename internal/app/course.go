package app

import (
	"context"

	"galena/internal/engine"
	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/pipeline"
	"galena/internal/store"
)

// maxCourse is how many moments one course has: more than a picture has room for.
const maxCourse = 400

// Course tells what the scores of a lead were at n moments from one to another, in
// equal steps, by what is known now: in one fold, what ExplainKnown would tell at
// each of them but for the lines.
func (r *Reader) Course(ctx context.Context, ref Ref, from, to lead.Time, n int) ([]engine.Reading, error) {
	if n < 2 || n > maxCourse || to <= from {
		return nil, fault.New(fault.Invalid, "A course leads from a moment to a later one, by 2 to %d moments.", maxCourse)
	}
	var course []engine.Reading
	err := r.store.Read(ctx, func(snap store.Snapshot) error {
		id, err := r.look(snap, ref)
		if err != nil {
			return err
		}
		events, err := pipeline.History(snap, id)
		if err != nil {
			return err
		}
		chain, err := r.versions.Chain(snap)
		if err == nil {
			course = chain.Course(events, steps(from, to, n))
		}
		return err
	})
	return course, err
}

// steps are n moments from one to another, both included.
func steps(from, to lead.Time, n int) []lead.Time {
	moments := make([]lead.Time, n)
	for i := range moments {
		moments[i] = from + lead.Time(int64(to-from)*int64(i)/int64(n-1))
	}
	return moments
}
