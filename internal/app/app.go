// Package app holds what a person or a program can do with a workspace, one
// method for each: make a key, look a lead up, explain it, take everything out,
// check it. Whoever offers these to the world (the command line, HTTP) comes
// through here.
//
// It opens no files and listens nowhere; it is given a store.
package app

import (
	"context"

	"galena/internal/engine"
	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/pipeline"
	"galena/internal/playbook"
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
	// Ingest takes events in; see pipeline.Ingest.
	Ingest(ctx context.Context, b pipeline.Batch) (pipeline.Receipt, error)

	// Judge, Merge, Unmerge and Erase correct the past; see App.
	Judge(ctx context.Context, v Verdict) (pipeline.Outcome, error)
	Merge(ctx context.Context, one, other Ref, by lead.Signature) (pipeline.Outcome, error)
	Unmerge(ctx context.Context, child lead.ID, by lead.Signature) (pipeline.Outcome, error)
	Erase(ctx context.Context, who Ref, by lead.Signature) (Erasure, error)
}

// Reader answers questions about a workspace. Safe for concurrent use.
type Reader struct {
	store  store.Store
	engine *engine.Engine
	doc    *playbook.Document
}

// App is a workspace that this process writes to.
type App struct {
	*Reader
	*pipeline.Pipeline
	keys *keyRing
}

// NewReader opens a workspace for reading. It fails with fault.NotFound when no
// playbook was ever published in it.
func NewReader(ctx context.Context, s store.Store) (*Reader, error) {
	p, err := latestPlaybook(ctx, s)
	if err != nil {
		return nil, err
	}
	if p == nil {
		return nil, fault.New(fault.NotFound, "This workspace is empty. Start `galena serve` or `galena demo` on it first.")
	}
	return newReader(s, *p)
}

func newReader(s store.Store, p store.Playbook) (*Reader, error) {
	doc, plan, problems := playbook.Load(p.Source, p.Version)
	if plan == nil {
		return nil, fault.New(fault.Internal, "Playbook version %d is stored but cannot be compiled by this program: %s", p.Version, problems[0])
	}
	return &Reader{store: s, engine: engine.New(plan), doc: doc}, nil
}

// New opens a workspace for writing under a playbook. Source nil stands for the
// one in force, or, in a new workspace, the shipped default; a new workspace
// publishes it as version 1. Another playbook than the one in force is refused
// with fault.Conflict.
func New(ctx context.Context, s store.Store, source []byte) (*App, error) {
	p, err := ensurePlaybook(ctx, s, source)
	if err != nil {
		return nil, err
	}
	r, err := newReader(s, *p)
	if err != nil {
		return nil, err
	}
	a := &App{Reader: r, Pipeline: pipeline.New(s, r.engine)}
	a.keys, err = newKeyRing(ctx, s)
	return a, err
}

// Share says, before anything else is asked of the App, that other processes
// write to the workspace too.
func (a *App) Share() { a.keys.shared = true }

// Plan is the playbook in force.
func (r *Reader) Plan() *playbook.Plan { return r.engine.Plan() }

// Document is the playbook in force as written.
func (r *Reader) Document() *playbook.Document { return r.doc }
