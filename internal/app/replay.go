package app

import (
	"context"

	"galena/internal/engine"
	"galena/internal/fault"
	"galena/internal/lab"
	"galena/internal/playbook"
	"galena/internal/store"
)

// Replay tells what would be different had another playbook been in force from
// the first event on; see lab.Replay. It writes nothing.
func (r *Reader) Replay(ctx context.Context, source []byte, o lab.Options) (*lab.Report, error) {
	_, plan, problems := playbook.Load(source, 0)
	if plan == nil {
		return nil, playbook.Broken(problems)
	}
	var published *engine.Chain
	err := r.store.Read(ctx, func(snap store.Snapshot) (err error) {
		published, err = r.versions.Chain(snap)
		return err
	})
	if err != nil {
		return nil, err
	}
	return lab.Replay(ctx, r.store, published, engine.New(plan), o)
}

// PlaybookSource is what was published as a version.
func (r *Reader) PlaybookSource(ctx context.Context, version int) ([]byte, error) {
	var all []store.Playbook
	err := r.store.Read(ctx, func(snap store.Snapshot) (err error) {
		all, err = snap.Playbooks()
		return err
	})
	if err != nil {
		return nil, err
	}
	for _, p := range all {
		if p.Version == version {
			return p.Source, nil
		}
	}
	return nil, fault.New(fault.NotFound, "There is no playbook version %d; the versions are 1 to %d.", version, len(all))
}
