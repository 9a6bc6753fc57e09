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
	"galena/internal/metrics"
	"galena/internal/staff"
	"galena/internal/store/memory"
	"galena/internal/store/sqlite"
)

// The files of a data folder.
const (
	databaseFile = "galena.db"
	lockFile     = "galena.lock"
	socketFile   = "galena.sock"
	uploadFolder = "uploads"  // files for import, of versions that kept them here
	keptFolder   = "replaced" // backups of what was there before a backup was restored
)

// Owned is a workspace that this process may write to, until Close: that of a
// data folder alone, that of a database beside others.
type Owned struct {
	*app.App
	store   workspace
	metrics *metrics.Metrics
	lock    *flock.Lock // nil: of a database
}

// Own opens the workspace at a place under a playbook (see app.New). A data
// folder is created if need be, and taken hold of: when another process owns it
// the error is fault.Conflict.
func Own(ctx context.Context, place string, playbook []byte) (*Owned, error) {
	if !IsDatabase(place) {
		return ownFolder(ctx, place, playbook)
	}
	s, err := openDatabase(ctx, place, false)
	if err != nil {
		return nil, err
	}
	o, err := (&Owned{store: s, metrics: metrics.New()}).open(ctx, playbook)
	if err != nil {
		return nil, err
	}
	o.Share()
	return o, nil
}

// unheld fails where another process owns a folder. It makes nothing.
func unheld(place string) error {
	if IsDatabase(place) {
		return nil
	}
	if _, err := os.Stat(filepath.Join(place, lockFile)); err != nil {
		return nil // no galena was here, or Own tells what is wrong
	}
	lock, err := takeLock(place)
	if err != nil {
		return err
	}
	return lock.Release()
}

func takeLock(dir string) (*flock.Lock, error) {
	lock, err := flock.Take(filepath.Join(dir, lockFile))
	if errors.Is(err, flock.ErrHeld) {
		return nil, heldError{fault.New(fault.Conflict, "Another galena already runs on the data folder %s. Stop it, or use another folder.", dir)}
	}
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "The data folder %s cannot be locked", dir)
	}
	return lock, nil
}

func ownFolder(ctx context.Context, dir string, playbook []byte) (*Owned, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "The data folder %s cannot be made", dir)
	}
	lock, err := takeLock(dir)
	if err != nil {
		return nil, err
	}
	return openFolder(ctx, dir, playbook, lock)
}

// openFolder opens the workspace of a folder whose lock is held, and which is let go
// when that fails.
func openFolder(ctx context.Context, dir string, playbook []byte, lock *flock.Lock) (*Owned, error) {
	s, err := sqlite.Open(ctx, filepath.Join(dir, databaseFile), sqlite.Options{Clock: clock})
	if err != nil {
		return nil, errors.Join(err, lock.Release())
	}
	return (&Owned{store: s, metrics: metrics.New(), lock: lock}).open(ctx, playbook)
}

// open opens the workspace of a store; when that fails everything is let go.
func (o *Owned) open(ctx context.Context, playbook []byte) (_ *Owned, err error) {
	if o.App, err = app.New(ctx, o.metrics.Store(o.store), playbook); err != nil {
		return nil, errors.Join(err, o.Close())
	}
	return o, nil
}

// heldError says that another process owns the folder.
type heldError struct{ error }

func (e heldError) Unwrap() error { return e.error }

// Close lets the workspace go.
func (o *Owned) Close() error {
	err := o.store.Close()
	if o.lock != nil {
		err = errors.Join(err, o.lock.Release())
	}
	return err
}

// Hold owns a workspace while fn writes to it, with the pipeline running, and
// wakes who is due, tells people of their accounts, and lists whom it touched, before
// it lets go.
func Hold(ctx context.Context, place string, playbook []byte, fn func(*Owned) error) (err error) {
	o, err := Own(ctx, place, playbook)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, o.Close()) }()
	err = run(ctx, o.App, func() error { return fn(o) })
	if err == nil {
		err = errors.Join(o.Wake(ctx), o.Tell(ctx), o.Follow(ctx))
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

// Write calls fn with a writer for the workspace at a place: of this process, or,
// when a server owns the folder, of that server. While another command owns it,
// Write waits. A playbook can only be given to a folder that no server owns.
func Write(ctx context.Context, place string, playbook []byte, fn func(app.Writer) error) error {
	served := func(c *control.Client) error { return fn(c) }
	if playbook != nil {
		served = nil
	}
	return turn(ctx, place, playbook, func(o *Owned) error { return fn(o.App) }, served)
}

// Order calls fn with who takes orders about the users of a workspace that exists,
// as Write finds its writer.
func Order(ctx context.Context, place string, fn func(staff.Orders) error) error {
	// To write would make a folder that is not there.
	if err := ReadStaff(ctx, place, func(*staff.Staff) error { return nil }); err != nil {
		return err
	}
	return turn(ctx, place, nil, func(o *Owned) error { return fn(staff.New(o.store)) }, func(c *control.Client) error { return fn(c) })
}

// ReadStaff calls fn with those who work at a place, for reading.
func ReadStaff(ctx context.Context, place string, fn func(*staff.Staff) error) error {
	return readWorkspace(ctx, place, func(s workspace) error { return fn(staff.New(s)) })
}

// turn calls owned with the workspace as soon as this process may hold it, or
// served with a client of the server that does. Where served is nil, that there is
// such a server is the error.
func turn(ctx context.Context, place string, playbook []byte, owned func(*Owned) error, served func(*control.Client) error) error {
	for end := time.Now().Add(turnWait); ; {
		err := Hold(ctx, place, playbook, owned)
		if _, held := errors.AsType[heldError](err); !held {
			return err
		}
		if socket := socketPath(place); control.Answers(socket) {
			if served == nil {
				return err
			}
			return served(control.Dial(socket))
		}
		if time.Now().After(end) {
			return fault.New(fault.Conflict, "Another command has been writing to the data folder %s for a while. Try again when it is done.", place)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(turnPause):
		}
	}
}

// Read calls fn with a reader of the workspace at a place, beside the servers
// that may run on it.
func Read(ctx context.Context, place string, fn func(*app.Reader) error) error {
	return readWorkspace(ctx, place, func(s workspace) error {
		r, err := app.NewReader(ctx, s)
		if err != nil {
			return err
		}
		return fn(r)
	})
}

// readStore calls fn with the store of a data folder, open for reading.
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
