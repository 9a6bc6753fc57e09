package app

import (
	"context"

	"galena/internal/engine"
	"galena/internal/lead"
	"galena/internal/pipeline"
	"galena/internal/store"
)

// Explanation tells where each point of a lead came from at a moment, by what
// was known then or is known now.
type Explanation struct {
	Lead  lead.ID `json:"lead"`
	Known Known   `json:"known"`
	// PartOf is the lead as part of which it was known then; 0 for itself.
	PartOf lead.ID `json:"part_of,omitzero"`
	*engine.Explanation
}

// Explain tells where each point of a lead came from, as it was known at a
// moment and under the version of the playbook that was in force then; 0 is now.
func (r *Reader) Explain(ctx context.Context, ref Ref, at lead.Time) (lead.ID, *engine.Explanation, error) {
	x, err := r.ExplainKnown(ctx, ref, at, KnownThen)
	return x.Lead, x.Explanation, err
}

// ExplainKnown tells where each point of a lead came from at a moment, 0 for
// now, by the knowledge of then or of today.
func (r *Reader) ExplainKnown(ctx context.Context, ref Ref, at lead.Time, known Known) (Explanation, error) {
	x := Explanation{Known: known}
	err := r.store.Read(ctx, func(snap store.Snapshot) (err error) {
		if x.Lead, err = r.look(snap, ref); err != nil {
			return err
		}
		if at == 0 {
			if at, err = snap.Now(); err != nil {
				return err
			}
		}
		var events []lead.Event
		if known == KnownNow {
			events, err = pipeline.History(snap, x.Lead)
		} else {
			var as lead.ID
			if as, events, err = knownThen(snap, x.Lead, at); as != x.Lead {
				x.PartOf = as
			}
		}
		if err == nil {
			x.Explanation, err = r.explain(snap, events, at)
		}
		return err
	})
	return x, err
}

// explain folds events under the versions of the playbook and tells where the
// points came from at a moment.
func (r *Reader) explain(snap store.Snapshot, events []lead.Event, at lead.Time) (*engine.Explanation, error) {
	chain, err := r.versions.Chain(snap)
	if err != nil {
		return nil, err
	}
	return chain.Explain(events, at), nil
}
