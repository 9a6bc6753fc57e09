package app

import (
	"bytes"
	"context"

	"galena/internal/fault"
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

func ensurePlaybook(ctx context.Context, s store.Store, source []byte) (*store.Playbook, error) {
	latest, err := latestPlaybook(ctx, s)
	if err != nil {
		return nil, err
	}
	if latest != nil {
		if source != nil && !bytes.Equal(source, latest.Source) {
			return nil, fault.New(fault.Conflict, "This workspace runs under playbook version %d, which differs from the one given. "+
				"Publishing another version over history is not there yet: leave --playbook away, or start with a new workspace and import into it.", latest.Version)
		}
		return latest, nil
	}
	given := source
	if source == nil {
		source, _ = playbook.Shipped(DefaultPlaybook)
	}
	if _, plan, problems := playbook.Load(source, 1); plan == nil {
		return nil, fault.New(fault.Invalid, "The playbook has problems, the first at %s. `galena check` lists them all.", problems[0])
	}
	latest = &store.Playbook{Version: 1, Source: source}
	err = s.Write(ctx, func(tx store.Tx) (err error) {
		if latest.Published, err = tx.Now(); err != nil {
			return err
		}
		return tx.PutPlaybook(*latest)
	})
	if fault.KindOf(err) == fault.Conflict {
		// Another node started at the same time and was first.
		return ensurePlaybook(ctx, s, given)
	}
	return latest, err
}
