package sqlite

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"galena/internal/fault"
)

// Replace puts the database in the file with in the place of the one at path, in
// one moment: whoever is killed, whenever it is, leaves the one or the other there,
// whole. with is on the same disk, has no log, and is open to nobody. The one at
// path may be open to nobody either; that another program reads it is the error
// fault.Busy, after a while, and nothing is done.
//
// A log is found by the name of its database, and one that is left of the old
// database would be taken for the new one's. So the old is brought out of WAL mode
// first, which writes the log into it and needs it for itself alone, and held
// exclusively until its name is the new one's: whoever opened the old one meanwhile
// finds a database that has no log.
func Replace(ctx context.Context, path, with string) error {
	if err := noLog(with); err != nil {
		return err
	}
	// SQLite does not wait for its turn before it leaves WAL mode.
	for end := time.Now().Add(busyTimeout); ; {
		err := replace(ctx, path, with)
		if fault.KindOf(err) != fault.Busy || time.Now().After(end) {
			return err
		}
		select {
		case <-ctx.Done():
			return explain(ctx, ctx.Err(), path)
		case <-time.After(replacePause):
		}
	}
}

// replacePause is how long it takes until it is tried again.
const replacePause = 100 * time.Millisecond

func replace(ctx context.Context, path, with string) (err error) {
	db, err := connect(path, "rw", map[string]string{"synchronous": "FULL"})
	if err != nil {
		return explain(ctx, err, path)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	old, err := db.Conn(ctx)
	if err != nil {
		return besides(ctx, err, path)
	}
	defer func() { err = errors.Join(err, old.Close()) }()
	var mode string
	if err := old.QueryRowContext(ctx, "PRAGMA journal_mode = DELETE").Scan(&mode); err != nil {
		return besides(ctx, err, path)
	}
	if _, err := old.ExecContext(ctx, "BEGIN EXCLUSIVE"); err != nil {
		return besides(ctx, err, path)
	}
	defer func() {
		_, end := old.ExecContext(context.WithoutCancel(ctx), "ROLLBACK")
		err = errors.Join(err, explain(context.Background(), end, path))
	}()
	if mode != "delete" {
		return errBesides(errMode, path)
	}
	if err := noLog(path); err != nil {
		return err
	}
	if err := syncFile(with); err != nil {
		return cannotWrite(err, with)
	}
	if err := os.Rename(with, path); err != nil {
		return cannotWrite(err, path)
	}
	if err := syncFolder(filepath.Dir(path)); err != nil {
		return cannotWrite(err, path)
	}
	return nil
}

// besides explains what SQLite reported of a database that is to be had alone.
func besides(ctx context.Context, err error, path string) error {
	err = explain(ctx, err, path)
	if fault.KindOf(err) == fault.Busy && ctx.Err() == nil {
		return errBesides(err, path)
	}
	return err
}

// errMode is that SQLite left a log where it was, without saying why.
var errMode = errors.New("the database is still in WAL mode")

func errBesides(err error, path string) error {
	return fault.Wrap(err, fault.Busy, "Another program has the database %s open, such as an export or a backup. Wait until it is done.", path)
}

// noLog makes sure that nothing of a database lies beside its file.
func noLog(path string) error {
	for _, end := range []string{"-wal", "-journal"} {
		info, err := os.Stat(path + end)
		if errors.Is(err, fs.ErrNotExist) || err == nil && info.Size() == 0 {
			continue
		}
		return fault.New(fault.Internal, "The database %s has a log that is not written into it.", path)
	}
	return nil
}

func syncFile(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
