// Package app holds what a person or a program can do with a workspace, one
// method for each: make a key, look a lead up, explain it, take everything out,
// check it. Whoever offers these to the world (the command line, HTTP) comes
// through here.
//
// It opens no files and listens nowhere; it is given a store.
package app

import (
	"context"

	"galena/internal/lead"
	"galena/internal/pipeline"
	"galena/internal/playbook"
	"galena/internal/privacy"
	"galena/internal/staff"
	"galena/internal/store"
)

// Writer is what changes a workspace: the App that owns it, or a client of the
// server that does.
type Writer interface {
	// CreateKey makes a write key and returns it; it cannot be read again.
	CreateKey(ctx context.Context, kind lead.KeyKind, name string) (string, error)
	// RevokeKey disables a key, named by its id or its hint, for good, and tells
	// which it was; see App.RevokeKey.
	RevokeKey(ctx context.Context, which string) (lead.Key, error)
	// Known finds which messages were taken in already; see Reader.Known.
	Known(ctx context.Context, hashes []lead.MessageHash) (map[lead.MessageHash]bool, error)
	// PutInStage does what a person decided about a lead; see App.PutInStage.
	PutInStage(ctx context.Context, o StageOrder) (Placed, error)
	// Ingest takes events in; see pipeline.Ingest.
	Ingest(ctx context.Context, b pipeline.Batch) (pipeline.Receipt, error)
	// Publish puts a playbook in force; see App.Publish.
	Publish(ctx context.Context, p Proposal) (Published, error)
	// Sweep brings the next leads to the newest version; see pipeline.Sweep.
	Sweep(ctx context.Context) (pipeline.Progress, error)

	// Judge, Merge, Unmerge and Erase correct the past; see App.
	Judge(ctx context.Context, v Verdict) (pipeline.Outcome, error)
	Merge(ctx context.Context, one, other Ref, by lead.Signature) (pipeline.Outcome, error)
	Unmerge(ctx context.Context, child lead.ID, by lead.Signature) (pipeline.Outcome, error)
	Erase(ctx context.Context, who Ref, by lead.Signature) (Erasure, error)

	// SetPolicy says what is kept of people; see App.SetPolicy.
	SetPolicy(ctx context.Context, p privacy.Policy, by *staff.User) error
	// Retain takes the next of what is too old away; see App.Retain.
	Retain(ctx context.Context, asked bool) (pipeline.Slice, error)
}

// Reader answers questions about a workspace. Safe for concurrent use.
type Reader struct {
	store    store.Store
	versions *pipeline.Versions
	seen     schemaCache
	latest   seenCache
	reasons  reasonCache
}

// App is a workspace that this process writes to.
type App struct {
	*Reader
	*pipeline.Pipeline
	keys *keyRing
	// chosen has room for the news that somebody chose a policy.
	chosen chan struct{}
	salts  salts
}

// NewReader opens a workspace for reading. It fails with fault.NotFound when no
// playbook was ever published in it.
func NewReader(ctx context.Context, s store.Store) (*Reader, error) {
	r := &Reader{store: s, versions: &pipeline.Versions{}}
	return r, s.Read(ctx, func(snap store.Snapshot) error {
		_, err := r.versions.Chain(snap)
		return err
	})
}

// New opens a workspace for writing under a playbook. Source nil stands for the
// one in force, or, in a new workspace, the shipped default; a new workspace
// publishes it as version 1. Another playbook than the one in force is refused
// with fault.Conflict.
func New(ctx context.Context, s store.Store, source []byte) (*App, error) {
	if err := ensurePlaybook(ctx, s, source); err != nil {
		return nil, err
	}
	r, err := NewReader(ctx, s)
	if err != nil {
		return nil, err
	}
	a := &App{Reader: r, Pipeline: pipeline.New(s, r.versions), chosen: make(chan struct{}, 1)}
	a.keys, err = newKeyRing(ctx, s)
	return a, err
}

// commits is how many a process makes at the same time in a workspace that takes
// several: while the database works for one, the other is decided.
const commits = 2

// Share says, before anything else is asked of the App, that other processes
// write to the workspace too.
func (a *App) Share() {
	a.keys.shared = true
	a.Parallel(commits)
}

// Plan is the playbook in force, as far as was learned: the newest version that
// any method has come across.
func (r *Reader) Plan() *playbook.Plan { return r.versions.Newest().Engine().Plan() }

// Document is the playbook in force as written.
func (r *Reader) Document() *playbook.Document { return r.versions.Newest().Document }
