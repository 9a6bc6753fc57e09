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
			return nil, fault.New(fault.Conflict, "This data folder runs under playbook version %d, which differs from the one given. "+
				"Publishing another version to a folder with history is not there yet: leave --playbook away, or start with a new folder and import into it.", latest.Version)
		}
		return latest, nil
	}
	if source == nil {
		source, _ = playbook.Shipped(DefaultPlaybook)
	}
	if _, plan, problems := playbook.Load(source, 1); plan == nil {
		return nil, fault.New(fault.Invalid, "The playbook has problems, the first at %s. `galena check` lists them all.", problems[0])
	}
	err = s.Write(ctx, func(tx store.Tx) error {
		now, err := tx.Now()
		if err != nil {
			return err
		}
		latest = &store.Playbook{Version: 1, Source: source, Published: now}
		return tx.PutPlaybook(*latest)
	})
	return latest, err
}
