package app

import (
	"bytes"
	"context"

	"galena/internal/fault"
	"galena/internal/pipeline"
	"galena/internal/playbook"
	"galena/internal/store"
)

// DefaultPlaybook is the name of the shipped playbook that a new workspace
// begins with.
const DefaultPlaybook = "default"

// latestPlaybook is the version in force, nil if there is none.
func latestPlaybook(ctx context.Context, s store.Store) (*store.Playbook, error) {
	var latest *store.Playbook
	err := s.Read(ctx, func(snap store.Snapshot) error {
		all, err := snap.Playbooks()
		if err == nil && len(all) > 0 {
			latest = &all[len(all)-1]
		}
		return err
	})
	return latest, err
}

// ensurePlaybook publishes the first version in a new workspace, and refuses
// another than the one in force in any other.
func ensurePlaybook(ctx context.Context, s store.Store, source []byte) error {
	latest, err := latestPlaybook(ctx, s)
	if err != nil {
		return err
	}
	if latest != nil {
		if source != nil && !bytes.Equal(source, latest.Source) {
			return fault.New(fault.Conflict, "This workspace runs under playbook version %d, which differs from the one given. "+
				"Leave --playbook away, or put yours in force with `galena playbook publish` first.", latest.Version)
		}
		return nil
	}
	given := source
	if source == nil {
		source, _ = playbook.Shipped(DefaultPlaybook)
	}
	if _, plan, problems := playbook.Load(source, 1); plan == nil {
		return playbook.Broken(problems)
	}
	latest = &store.Playbook{Version: 1, Source: source}
	err = s.Write(ctx, func(tx store.Tx) (err error) {
		if latest.Published, err = tx.Publishing(); err != nil {
			return err
		}
		if err := tx.PutPlaybook(*latest); err != nil {
			return err
		}
		return pipeline.Found(tx)
	})
	if fault.KindOf(err) == fault.Conflict {
		// Another node started at the same time and was first.
		return ensurePlaybook(ctx, s, given)
	}
	return err
}
