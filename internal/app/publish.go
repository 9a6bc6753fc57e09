package app

import (
	"bytes"
	"context"
	"slices"
	"strings"

	"galena/internal/engine"
	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/pipeline"
	"galena/internal/playbook"
	"galena/internal/store"
)

// Playbook is a published version, Signature who agreed to one.
type (
	Playbook  = store.Playbook
	Signature = store.Signature
)

// SignRoles are the sides of the agreement.
var SignRoles = []string{"marketing", "sales"}

// Proposal is a playbook that somebody wants in force.
type Proposal struct {
	Source []byte
	// Base is the version that its author compared it with, which must still be
	// the newest.
	Base int
	// Author and Note are for those who read the list of versions.
	Author, Note string
	// Apply evaluates the criteria for existing leads at once; otherwise a
	// criterion counts when it turns true later. Effects is the consent to the
	// effects of what Apply decides.
	Apply, Effects bool
	Signed         []Signature // At is set by Publish
}

// Published says what became of a Proposal.
type Published struct {
	Version int
	From    lead.Time // from when on it is in force
	// New is false when the very same source was in force already; then nothing
	// was done.
	New bool
}

// Bounds of what is kept beside a version.
const (
	maxNote       = 4000
	maxName       = 200
	maxSignatures = 20
)

// Publish puts a playbook in force: from the next millisecond on, everything is
// folded under it. Existing leads are brought to it by Sweep, or when they are
// touched. It refuses with fault.Invalid what does not compile or fails its own
// tests, with fault.Conflict what was compared with another version than the
// newest.
func (a *App) Publish(ctx context.Context, p Proposal) (Published, error) {
	if err := p.check(); err != nil {
		return Published{}, err
	}
	var done Published
	err := a.store.Write(ctx, func(tx store.Tx) error {
		now, err := tx.Publishing()
		if err != nil {
			return err
		}
		all, err := tx.Playbooks()
		if err != nil {
			return err
		}
		last := all[len(all)-1] // a workspace has one from its beginning
		if bytes.Equal(last.Source, p.Source) {
			done = Published{Version: last.Version, From: last.Published}
			return nil
		}
		if last.Version != p.Base {
			return fault.New(fault.Conflict, "Version %d was published meanwhile, and this one was compared with version %d. "+
				"Look at what differs with `galena playbook diff %d FILE`, then publish again.", last.Version, p.Base, last.Version)
		}
		// Nothing that was committed so far took effect as late as that.
		done = Published{Version: last.Version + 1, From: max(now, last.Published) + 1, New: true}
		signed := slices.Clone(p.Signed)
		for i := range signed {
			signed[i].At = now
		}
		return tx.PutPlaybook(store.Playbook{
			Version: done.Version, Source: p.Source, Published: done.From,
			Author: p.Author, Note: p.Note, Apply: p.Apply, Effects: p.Effects, Signed: signed,
		})
	})
	return done, err
}

// check finds what can be wrong with a proposal by itself.
func (p *Proposal) check() error {
	if p.Effects && !p.Apply {
		return fault.New(fault.Invalid, "Effects are of what is decided for existing leads at once. Apply the version to them, or leave the effects away.")
	}
	if len(p.Note) > maxNote || len(p.Author) > maxName {
		return fault.New(fault.Invalid, "A note has at most %d bytes and an author's name %d. Shorten them.", maxNote, maxName)
	}
	if len(p.Signed) > maxSignatures {
		return fault.New(fault.Invalid, "%d people signed; at most %d are kept.", len(p.Signed), maxSignatures)
	}
	for _, s := range p.Signed {
		if !slices.Contains(SignRoles, s.Role) {
			return fault.New(fault.Invalid, "%q cannot sign. Those who agree are %s.", s.Role, strings.Join(SignRoles, " and "))
		}
		if strings.TrimSpace(s.Name) == "" || len(s.Name) > maxName {
			return fault.New(fault.Invalid, "The name of who signs for %s has 1 to %d bytes.", s.Role, maxName)
		}
	}
	doc, plan, problems := playbook.Load(p.Source, p.Base+1)
	if plan == nil {
		return playbook.Broken(problems)
	}
	for i := range doc.Tests {
		t := &doc.Tests[i]
		if differs := engine.Trial(plan, t); len(differs) > 0 {
			return fault.New(fault.Invalid, "The playbook fails its own test %q: %s. `galena check` lists all that differs.", t.Name.Text, differs[0])
		}
	}
	return nil
}

// Playbooks are all published versions, the oldest first.
func (r *Reader) Playbooks(ctx context.Context) ([]Playbook, error) {
	var all []Playbook
	err := r.store.Read(ctx, func(snap store.Snapshot) (err error) {
		all, err = snap.Playbooks()
		return err
	})
	return all, err
}

// Swept tells how far the leads have been brought to the newest version.
func (r *Reader) Swept(ctx context.Context) (pipeline.Progress, error) {
	var progress pipeline.Progress
	err := r.store.Read(ctx, func(snap store.Snapshot) (err error) {
		progress, err = pipeline.Swept(snap)
		return err
	})
	return progress, err
}
