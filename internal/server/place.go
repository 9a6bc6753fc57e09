package server

import (
	"context"
	"errors"
	"net/url"
	"strings"

	"galena/internal/fault"
	"galena/internal/phrase"
	"galena/internal/store"
	"galena/internal/store/postgres"
	"galena/internal/store/sqlite"
)

// A workspace is named by its place: the path of a data folder, or the URL of a
// PostgreSQL database. One process owns a folder; of a database any number of
// nodes and commands may write.

// workspace is what a place holds.
type workspace interface {
	store.Store
	// Ready says why the store takes no writes; nil when it does.
	Ready(ctx context.Context) error
	// Check reads everything and tells what it found.
	Check(ctx context.Context) ([]phrase.Phrase, error)
}

// IsDatabase tells the URL of a database from the path of a folder.
func IsDatabase(place string) bool {
	return strings.HasPrefix(place, "postgres://") || strings.HasPrefix(place, "postgresql://")
}

// Shown is a place as a log may have it: without a password.
func Shown(place string) string {
	if !IsDatabase(place) {
		return place
	}
	u, err := url.Parse(place)
	if err != nil {
		return "a database"
	}
	// Passwords may also stand among the parameters.
	u.User, u.RawQuery = nil, ""
	return u.String()
}

func openDatabase(ctx context.Context, place string, readOnly bool) (*postgres.Store, error) {
	return postgres.Open(ctx, place, postgres.Options{ReadOnly: readOnly})
}

// readWorkspace calls fn with the store of a place, open for reading.
func readWorkspace(ctx context.Context, place string, fn func(workspace) error) (err error) {
	if !IsDatabase(place) {
		return readStore(ctx, place, func(s *sqlite.Store) error { return fn(s) })
	}
	s, err := openDatabase(ctx, place, true)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	return fn(s)
}

// requireFolder refuses a database where only a data folder will do.
func requireFolder(place string) error {
	if IsDatabase(place) {
		return fault.New(fault.Invalid, "A workspace in PostgreSQL is backed up and restored by PostgreSQL's own tools: pg_dump --schema=galena beside running nodes, pg_restore into an empty database. docs/postgresql.md shows how.")
	}
	return nil
}
