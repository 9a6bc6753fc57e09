package app

import (
	"context"
	"slices"

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
	// JoinedTo is the lead of whom it is a part today; 0 if it stands for itself.
	JoinedTo lead.ID `json:"joined_to,omitzero"`
	// Unknown says that nothing had been heard of it by that moment.
	Unknown bool `json:"unknown,omitzero"`
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
			events, err = x.then(snap, ref, at)
		}
		if err != nil {
			return err
		}
		x.Unknown = !slices.ContainsFunc(events, func(e lead.Event) bool { return e.Occurred <= at })
		x.Explanation, err = r.explain(snap, events, at)
		return err
	})
	return x, err
}

// then gives the events of whom a reference means by the knowledge of a moment. A
// lead that was joined to another later was known by itself then.
func (x *Explanation) then(snap store.Snapshot, ref Ref, at lead.Time) ([]lead.Event, error) {
	asked, err := origin(snap, ref, x.Lead)
	if err != nil {
		return nil, err
	}
	as, events, err := knownThen(snap, asked, at)
	if asked != x.Lead && as != x.Lead {
		x.Lead, x.JoinedTo = asked, x.Lead
	}
	if as != x.Lead {
		x.PartOf = as
	}
	return events, err
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
