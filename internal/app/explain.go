package app

import (
	"context"

	"galena/internal/engine"
	"galena/internal/lead"
	"galena/internal/store"
)

// Explain tells where each point of a lead came from, as it was known at a
// moment and under the version of the playbook that was in force then; 0 is now. A visitor that was joined to the lead later is left out of
// moments before the join.
func (r *Reader) Explain(ctx context.Context, ref Ref, at lead.Time) (lead.ID, *engine.Explanation, error) {
	var id lead.ID
	var x *engine.Explanation
	err := r.store.Read(ctx, func(snap store.Snapshot) error {
		var err error
		if id, err = r.find(snap, ref); err != nil {
			return err
		}
		if at == 0 {
			if at, err = snap.Now(); err != nil {
				return err
			}
		}
		x, err = r.explain(snap, id, at)
		return err
	})
	return id, x, err
}

// knownAt leaves out the events of leads that were joined after a moment.
func knownAt(events []lead.Event, joins []store.Join, id lead.ID, at lead.Time) []lead.Event {
	parent := map[lead.ID]lead.ID{}
	for _, j := range joins {
		if j.At <= at {
			parent[j.Child] = j.Parent
		}
	}
	known := events[:0]
	for _, e := range events {
		holder := e.Lead
		for parent[holder] != 0 {
			holder = parent[holder]
		}
		if holder == id {
			known = append(known, e)
		}
	}
	return known
}
