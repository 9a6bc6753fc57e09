package server

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"

	"galena/internal/app"
	"galena/internal/fault"
	"galena/internal/kit/flock"
	"galena/internal/kit/sealed"
	"galena/internal/phrase"
	"galena/internal/staff"
	"galena/internal/store"
	"galena/internal/store/sqlite"
)

// restoreWork begins the name of the folder, within the data folder, in which a
// backup is unpacked and checked. One that is there was left by a restore that
// was killed.
const restoreWork = ".galena-restore-"

// Restore makes a data folder of a backup. The folder must be missing or empty.
// Nothing is written before the backup is known to be whole and meant for this
// program; the database takes its place in the folder last, when it was checked.
func Restore(ctx context.Context, file, dir string) (m *Manifest, err error) {
	if err := requireFolder(dir); err != nil {
		return nil, err
	}
	archive, err := openBackup(file, file)
	if err != nil {
		return nil, err
	}
	defer archive.Close()
	if m, err = inspect(archive, file); err != nil {
		return nil, err
	}
	release, err := claim(dir)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, release(err == nil)) }()
	work, err := os.MkdirTemp(dir, restoreWork+"*")
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "Cannot write to the data folder %s", dir)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(work)) }()
	path := filepath.Join(work, databaseFile)
	if err := unpack(ctx, archive, path, file, m); err != nil {
		return nil, err
	}
	if err := prove(ctx, path, file, func(s *sqlite.Store) error { return staff.New(s).Restored(ctx, nil, m.Made, "") }); err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := os.Rename(path, filepath.Join(dir, databaseFile)); err != nil {
		return nil, err
	}
	return m, syncFolder(dir)
}

// prove reads the whole database of a backup, which is brought to this program's
// schema, and calls fn with it when it is one that this program can go on with.
func prove(ctx context.Context, path, file string, fn func(*sqlite.Store) error) error {
	opened := false
	err := openCopy(ctx, path, false, func(s *sqlite.Store) error {
		opened = true
		if err := s.CheckSchema(ctx); err != nil {
			return fault.Wrap(err, fault.Invalid, "The database in the backup %s has other tables than galena makes: somebody has changed it. Nothing was restored.", file)
		}
		if _, err := s.Check(ctx); err != nil {
			return damaged(err, file)
		}
		if _, err := app.NewReader(ctx, s); err != nil {
			return damaged(err, file)
		}
		return fn(s)
	})
	if err != nil && !opened && ctx.Err() == nil {
		return damaged(err, file)
	}
	return err
}

// damaged tells of a backup, and not of the copy of its database that was looked at.
func damaged(err error, file string) error {
	switch fault.KindOf(err) {
	case fault.Busy, fault.Conflict: // a full disk, a newer program
		return err
	}
	return fault.Wrap(err, fault.Invalid, "The database in the backup %s is damaged, though the backup is as it was made. Use an earlier one", file)
}

// openBackup opens the backup at path, which faults call file.
func openBackup(path, file string) (*sealed.File, error) {
	archive, err := sealed.Open(path)
	switch {
	case errors.Is(err, sealed.ErrNoSeal):
		return nil, fault.New(fault.Invalid, "%s is no backup that galena made, or was cut short. Nothing was restored.", file)
	case errors.Is(err, sealed.ErrBroken):
		return nil, fault.New(fault.Invalid, "%s is damaged: its content is not what its checksum says. Nothing was restored; use another copy.", file)
	}
	return archive, fault.Wrap(err, fault.NotFound, "Cannot read %s", file)
}

// inspect reads the manifest, and makes sure that the archive holds what backups
// hold and nothing else, and that this program can use it.
func inspect(archive *sealed.File, file string) (*Manifest, error) {
	m := &Manifest{}
	want := []string{manifestFile, databaseFile}
	foreign := func(err error, what phrase.Phrase) error {
		return fault.Wrap(err, fault.Invalid, "%s holds %s, which no backup of galena does. Nothing was restored", file, what)
	}
	var size int64
	err := archive.Each(func(name string, n int64, content io.Reader) error {
		if len(want) == 0 || name != want[0] {
			return fault.New(fault.Invalid, "%s holds %.100q, which no backup of galena does in that place. Nothing was restored.", file, name)
		}
		want = want[1:]
		if size = n; name == manifestFile {
			text, err := io.ReadAll(io.LimitReader(content, maxManifest))
			if err == nil {
				err = json.Unmarshal(text, m)
			}
			return foreign(err, phrase.Term("a manifest that cannot be read"))
		}
		return nil
	})
	if errors.Is(err, sealed.ErrForeign) {
		return nil, foreign(err, phrase.Term("something else than files"))
	}
	if err != nil {
		return nil, err
	}
	known, err := sqlite.Schema()
	switch {
	case err != nil:
		return nil, err
	case len(want) > 0:
		return nil, fault.New(fault.Invalid, "%s holds no %s, and so is no backup of galena. Nothing was restored.", file, want[0])
	case m.Format != backupFormat:
		return nil, fault.New(fault.Conflict, "%s is a backup in the format %.100q, and this program knows %s. Restore it with the galena that made it.", file, m.Format, backupFormat)
	case m.Schema > known:
		return nil, fault.New(fault.Conflict, "%s was made by a newer galena (%.100s: schema %d, this program knows up to %d). Restore it with that version.", file, m.Program, m.Schema, known)
	case m.Size != size:
		return nil, fault.New(fault.Invalid, "%s holds a database of %d bytes, and its manifest says %d. Nothing was restored.", file, size, m.Size)
	}
	return m, nil
}

// claim takes hold of a data folder that must be missing or empty. release lets
// it go, and leaves it as it was found when it was not kept.
func claim(dir string) (release func(keep bool) error, err error) {
	_, err = os.Stat(dir)
	made := errors.Is(err, os.ErrNotExist)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "The data folder %s cannot be made", dir)
	}
	if _, err := emptyFolder(dir); err != nil {
		return nil, err // before a lock is left in somebody's folder
	}
	path := filepath.Join(dir, lockFile)
	_, err = os.Stat(path)
	locked := err == nil
	lock, err := flock.Take(path)
	if errors.Is(err, flock.ErrHeld) {
		return nil, fault.New(fault.Conflict, "Another galena already runs on the data folder %s.", dir)
	}
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "The data folder %s cannot be locked", dir)
	}
	release = func(keep bool) error {
		var err error
		if !keep && !locked {
			err = os.Remove(path)
		}
		if !keep && made {
			err = errors.Join(err, os.Remove(dir))
		}
		return errors.Join(err, lock.Release())
	}
	leftovers, err := emptyFolder(dir)
	for _, l := range leftovers {
		err = errors.Join(err, os.RemoveAll(l)) // nobody uses it: the lock is ours
	}
	if err != nil {
		return nil, errors.Join(err, release(false))
	}
	return release, nil
}

// emptyFolder makes sure that nothing is in a data folder but the lock and what
// restores that were killed have left, which it returns.
func emptyFolder(dir string) (leftovers []string, err error) {
	found, err := os.ReadDir(dir)
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "The data folder %s cannot be read", dir)
	}
	for _, e := range found {
		switch {
		case e.Name() == lockFile:
		case strings.HasPrefix(e.Name(), restoreWork):
			leftovers = append(leftovers, filepath.Join(dir, e.Name()))
		default:
			return nil, fault.New(fault.Conflict, "The data folder %s is not empty: it holds %.100q. A backup is restored into an empty or a new folder.", dir, e.Name())
		}
	}
	return leftovers, nil
}

// unpack writes the database of an archive to a new file at path.
func unpack(ctx context.Context, archive *sealed.File, path, file string, m *Manifest) error {
	return archive.Each(func(name string, _ int64, content io.Reader) error {
		if name != databaseFile {
			return nil
		}
		f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if err != nil {
			return err
		}
		h := sha256.New()
		_, err = io.Copy(io.MultiWriter(f, h), whileIt{ctx, content})
		if err == nil {
			err = f.Sync()
		}
		if err = errors.Join(err, f.Close()); err != nil {
			return fault.Wrap(err, fault.Busy, "The database of %s cannot be unpacked", file)
		}
		if hex.EncodeToString(h.Sum(nil)) != m.SHA256 {
			return fault.New(fault.Invalid, "The database in %s is not the one that its manifest describes. Nothing was restored.", file)
		}
		return nil
	})
}

// whileIt reads as long as a context lasts.
type whileIt struct {
	ctx context.Context
	io.Reader
}

func (w whileIt) Read(b []byte) (int, error) {
	if err := w.ctx.Err(); err != nil {
		return 0, err
	}
	return w.Reader.Read(b)
}

// openCopy calls fn with the store in a database that nobody else knows.
func openCopy(ctx context.Context, path string, readOnly bool, fn func(*sqlite.Store) error) (err error) {
	s, err := sqlite.Open(ctx, path, sqlite.Options{Clock: clock, ReadOnly: readOnly})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	return fn(s)
}

func countsOf(ctx context.Context, s store.Store) (store.Counts, error) {
	var c store.Counts
	err := s.Read(ctx, func(snap store.Snapshot) (err error) {
		c, err = snap.Counts()
		return err
	})
	return c, err
}

func syncFolder(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
