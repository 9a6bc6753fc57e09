package server

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"galena/internal/app"
	"galena/internal/control"
	"galena/internal/fault"
	"galena/internal/kit/flock"
	"galena/internal/lead"
	"galena/internal/store/memory"
	"galena/internal/store/sqlite"
)

// The files of a data folder.
const (
	databaseFile = "galena.db"
	lockFile     = "galena.lock"
	socketFile   = "galena.sock"
)

// Owned is a workspace that this process alone may write to, until Close.
type Owned struct {
	*app.App
	store *sqlite.Store
	lock  *flock.Lock
	dir   string
}

// Own takes hold of a data folder, which it creates if need be, and opens the
// workspace in it under a playbook (see app.New). When another process owns the
// folder the error is fault.Conflict.
func Own(ctx context.Context, dir string, playbook []byte) (*Owned, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "The data folder %s cannot be made", dir)
	}
	lock, err := flock.Take(filepath.Join(dir, lockFile))
	if errors.Is(err, flock.ErrHeld) {
		return nil, heldError{fault.New(fault.Conflict, "Another galena already runs on the data folder %s. Stop it, or use another folder.", dir)}
	}
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "The data folder %s cannot be locked", dir)
	}
	o := &Owned{lock: lock, dir: dir}
	if o.store, err = sqlite.Open(ctx, filepath.Join(dir, databaseFile), sqlite.Options{Clock: clock}); err == nil {
		o.App, err = app.New(ctx, o.store, playbook)
	}
	if err != nil {
		o.Close()
		return nil, err
	}
	return o, nil
}

// heldError says that another process owns the folder.
type heldError struct{ error }

func (e heldError) Unwrap() error { return e.error }

// Close lets the folder go.
func (o *Owned) Close() error {
	var err error
	if o.store != nil {
		err = o.store.Close()
	}
	return errors.Join(err, o.lock.Release())
}

// Hold owns a folder while fn writes to it, with the pipeline running, and wakes
// who is due before it lets go.
func Hold(ctx context.Context, dir string, playbook []byte, fn func(*Owned) error) (err error) {
	o, err := Own(ctx, dir, playbook)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, o.Close()) }()
	err = run(ctx, o.App, func() error { return fn(o) })
	if err == nil {
		err = o.Wake(ctx)
	}
	return err
}

// Scratch calls fn with a new workspace in memory, which is gone afterwards.
func Scratch(ctx context.Context, playbook []byte, fn func(*app.App) error) error {
	a, err := app.New(ctx, memory.New(clock), playbook)
	if err != nil {
		return err
	}
	return run(ctx, a, func() error { return fn(a) })
}

// run runs a workspace's pipeline while fn uses it.
func run(ctx context.Context, a *app.App, fn func() error) error {
	running, stop := context.WithCancel(ctx)
	stopped := make(chan error, 1)
	go func() { stopped <- a.Run(running, 0) }()
	err := fn()
	stop()
	return errors.Join(err, <-stopped)
}

// A command that owns a folder takes no calls, as a server would; whoever else
// wants to write waits for its turn.
const (
	turnWait  = time.Minute
	turnPause = 50 * time.Millisecond
)

// Write calls fn with a writer for the workspace in a folder: of this process,
// or, when a server owns the folder, of that server. While another command owns
// it, Write waits. A playbook can only be given to a folder that no server owns.
func Write(ctx context.Context, dir string, playbook []byte, fn func(app.Writer) error) error {
	for end := time.Now().Add(turnWait); ; {
		err := Hold(ctx, dir, playbook, func(o *Owned) error { return fn(o.App) })
		if _, held := errors.AsType[heldError](err); !held {
			return err
		}
		if socket := socketPath(dir); control.Answers(socket) {
			if playbook != nil {
				return err
			}
			return fn(control.Dial(socket))
		}
		if time.Now().After(end) {
			return fault.New(fault.Conflict, "Another command has been writing to the data folder %s for a while. Try again when it is done.", dir)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(turnPause):
		}
	}
}

// Read calls fn with a reader of the workspace in a folder, beside the server
// that may run on it.
func Read(ctx context.Context, dir string, fn func(*app.Reader) error) (err error) {
	return readStore(ctx, dir, func(s *sqlite.Store) error {
		r, err := app.NewReader(ctx, s)
		if err != nil {
			return err
		}
		return fn(r)
	})
}

func readStore(ctx context.Context, dir string, fn func(*sqlite.Store) error) (err error) {
	path := filepath.Join(dir, databaseFile)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return fault.New(fault.NotFound, "There is no Galena database in %s. Name the data folder by --data, or start `galena serve` on it.", dir)
	}
	s, err := sqlite.Open(ctx, path, sqlite.Options{Clock: clock, ReadOnly: true})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	return fn(s)
}

// clock is where a store that lives in this process has the time of day from.
func clock() lead.Time { return lead.TimeOf(time.Now()) }
