package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"time"

	_ "modernc.org/sqlite" // the driver

	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/store/listsql"
)

const (
	// readers is how many transactions may read at the same time.
	readers = 4
	// busyTimeout is for other programs (a backup, a person with a shell); our
	// own writers wait for each other before they reach SQLite.
	busyTimeout = 5 * time.Second
	// Page caches: the writer's holds the inner pages of the random indexes and
	// what a large transaction touches. A page takes twice its size: the driver gives
	// memory by powers of two.
	writerCacheKB = 12 << 10
	readerCacheKB = 3 << 10
	// maxIdleLog is the size to which the write-ahead log is cut back after a
	// long reader made it grow.
	maxIdleLog = 256 << 20
)

// Options says how Open opens.
type Options struct {
	// Clock is the store's clock; nil is the system's.
	Clock func() lead.Time
	// ReadOnly opens an existing database beside a server that may be running.
	// Nothing in it is changed; SQLite leaves an empty log and its index beside
	// a database that no server has open.
	ReadOnly bool

	// tail says how large the tail grows; tests make it small. Zero stands for
	// the bounds in writeback.go.
	tail bounds
	// listing says how far queries of the listing look; likewise.
	listing listsql.Bounds
	// byHand leaves the work behind the commits to a test, in the smallest slices
	// there are.
	byHand bool
}

// maxPath is the longest path of a database: SQLite takes paths of 512 bytes, and
// puts "-journal" behind this one.
const maxPath = 512 - len("-journal")

// Open opens the database at path and brings its schema up to date. A missing
// file and its folder are created, for this user only.
func Open(ctx context.Context, path string, options Options) (*Store, error) {
	absolute, err := filepath.Abs(path)
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "The path %q of the database cannot be resolved.", path)
	}
	if len(absolute) > maxPath {
		return nil, fault.New(fault.Invalid, "The path of the database has %d bytes; SQLite takes at most %d. Choose a folder with a shorter path than %s.",
			len(absolute), maxPath, filepath.Dir(absolute))
	}
	s := newStore(absolute, options)
	if err := s.open(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *Store) open(ctx context.Context) error {
	if s.readOnly {
		if _, err := os.Stat(s.path); err != nil {
			return fault.Wrap(err, fault.NotFound, "There is no database at %s; start the server once, or name another folder.", s.path)
		}
	} else if err := createFile(s.path); err != nil {
		return cannotWrite(err, s.path)
	}
	var err error
	s.reading, err = connect(s.path, "ro", map[string]string{
		"cache_size": strconv.Itoa(-readerCacheKB),
		"query_only": "1",
	})
	if err != nil {
		return explain(ctx, err, s.path)
	}
	// Reading first, so that the database of another program is refused before
	// anything in it is touched.
	check := func(on *handle) error {
		version, err := schemaVersion(ctx, on, s.path)
		if err == nil && s.readOnly {
			err = requireCurrent(version, s.path)
		}
		return err
	}
	if err := s.withReader(ctx, check); err != nil {
		return err
	}
	if s.readOnly {
		return nil
	}
	return s.openWriter(ctx)
}

func cannotWrite(err error, path string) error {
	return fault.Wrap(err, fault.Busy, "The database %s cannot be created or written: check that its disk has space and that this user may write there.", path)
}

func (s *Store) openWriter(ctx context.Context) error {
	var err error
	s.writing, err = connect(s.path, "rw", map[string]string{
		"cache_size":         strconv.Itoa(-writerCacheKB),
		"journal_mode":       "WAL",
		"journal_size_limit": strconv.Itoa(maxIdleLog),
		// What is deleted is overwritten: erasure means it. FAST would leave it in
		// freed pages, and behind the end of what these are used for next.
		"secure_delete":      "ON",
		"synchronous":        "FULL",
		"wal_autocheckpoint": "0",
	})
	if err != nil {
		return explain(ctx, err, s.path)
	}
	if s.writer, err = openHandle(ctx, s.writing); err != nil {
		return explain(ctx, err, s.path)
	}
	var mode string
	if err := s.writer.conn.QueryRowContext(ctx, "PRAGMA journal_mode").Scan(&mode); err != nil {
		return explain(ctx, err, s.path)
	}
	if mode != "wal" {
		return fault.New(fault.Busy, "The disk of %s cannot hold a database in WAL mode; use a local disk.", s.path)
	}
	if err := migrate(ctx, s.writer, s.path); err != nil {
		return err
	}
	if err := s.recover(); err != nil {
		return err
	}
	if s.settler, err = openHandle(ctx, s.writing); err != nil {
		return explain(ctx, err, s.path)
	}
	if s.file, err = os.OpenFile(s.path, os.O_RDWR, 0); err != nil {
		return cannotWrite(err, s.path)
	}
	if s.cutDue {
		_ = s.writeError(s.cut()) // if it cannot be now, the next commit tries again
		if s.diskFailed != nil {
			return s.diskFailed
		}
	}
	s.worked = make(chan struct{})
	go s.work()
	s.tell()
	return nil
}

// connect makes a pool of connections that all have the same settings.
func connect(path, mode string, pragmas map[string]string) (*sql.DB, error) {
	query := url.Values{"mode": {mode}, "_busy_timeout": {strconv.FormatInt(busyTimeout.Milliseconds(), 10)}}
	for name, value := range pragmas {
		query.Add("_pragma", fmt.Sprintf("%s(%s)", name, value))
	}
	place := url.URL{Scheme: "file", Path: filepath.ToSlash(path), RawQuery: query.Encode()}
	db, err := sql.Open("sqlite", place.String())
	if err == nil {
		db.SetMaxIdleConns(-1) // the store keeps its connections itself
	}
	return db, err
}

// createFile makes sure that there is a file that can be written. The name of a
// new one survives a loss of power, as its contents will.
func createFile(path string) error {
	folder := filepath.Dir(path)
	_, noFolder := os.Stat(folder)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	_, noFile := os.Stat(path)
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	if err := file.Close(); err != nil || noFile == nil {
		return err
	}
	if err := syncFolder(folder); err != nil || noFolder == nil {
		return err
	}
	return syncFolder(filepath.Dir(folder))
}

func syncFolder(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
