package postgres

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"galena/internal/fault"
	"galena/internal/kit/numbered"
)

// migrationTimeout bounds the wait for another node that migrates, and each
// step itself.
const migrationTimeout = 10 * time.Minute

//go:embed migrations/*.sql
var migrationFiles embed.FS

// migrations reads the schema's steps; the n-th file (from 1) leads to version n.
func migrations() ([]string, error) { return numbered.Texts(migrationFiles, "migrations", ".sql") }

// migrate brings the schema up to the newest version, each step in a transaction
// of its own. Nodes that start at once do one step after the other.
func (s *Store) migrate(ctx context.Context, conn *pgx.Conn) error {
	steps, err := migrations()
	if err != nil {
		return err
	}
	// Without a lock, since most starts find nothing to do.
	version, err := s.schemaVersion(ctx, conn)
	for err == nil && version < len(steps) {
		version, err = s.migrateOnce(ctx, conn, steps)
	}
	return err
}

// migrateOnce does the next step that is still to be done, and gives the version
// to which that led.
func (s *Store) migrateOnce(ctx context.Context, conn *pgx.Conn, steps []string) (version int, err error) {
	// One message of several statements, and again one for the step itself: the
	// lock is the transaction's, so that a pooler does no harm.
	begin := fmt.Sprintf(`BEGIN; SET LOCAL lock_timeout = 0; SET LOCAL statement_timeout = 0; SET LOCAL search_path = %q;
		SELECT pg_advisory_xact_lock(hashtextextended('galena migrates ' || %s, 0))`, s.schema, "'"+s.schema+"'")
	if err := s.script(ctx, conn, begin); err != nil {
		return 0, err
	}
	defer func() {
		if err != nil && !conn.IsClosed() {
			_, _ = conn.Exec(context.WithoutCancel(ctx), "ROLLBACK") // what went wrong is known already
		}
	}()
	version, err = s.schemaVersion(ctx, conn)
	if err != nil || version >= len(steps) {
		return version, errors.Join(err, s.script(ctx, conn, "COMMIT"))
	}
	script := steps[version]
	if version == 0 {
		script = fmt.Sprintf("CREATE SCHEMA IF NOT EXISTS %q; CREATE TABLE migrations (version integer PRIMARY KEY, applied timestamptz NOT NULL);\n", s.schema) + script
	}
	version++
	return version, s.script(ctx, conn, fmt.Sprintf("%s; INSERT INTO migrations VALUES (%d, now()); COMMIT", script, version))
}

// script runs statements that have no parameters.
func (s *Store) script(ctx context.Context, conn *pgx.Conn, text string) error {
	_, err := conn.PgConn().Exec(ctx, text).ReadAll()
	if err != nil && conn.IsClosed() {
		return s.unconnected(ctx, err)
	}
	return s.explain(ctx, err)
}

// schemaVersion is how many migrations the schema has seen. It refuses a schema
// that is not Galena's and one that a newer Galena wrote.
func (s *Store) schemaVersion(ctx context.Context, conn *pgx.Conn) (int, error) {
	var ours bool
	var others int
	row := conn.QueryRow(ctx, `SELECT
		EXISTS (SELECT 1 FROM pg_tables WHERE schemaname = $1::text AND tablename = 'migrations')
			AND EXISTS (SELECT 1 FROM pg_tables WHERE schemaname = $1::text AND tablename = 'workspace'),
		(SELECT count(*) FROM pg_tables WHERE schemaname = $1::text)`, s.schema)
	if err := row.Scan(&ours, &others); err != nil {
		return 0, s.explain(ctx, err)
	}
	if !ours && others > 0 {
		return 0, fault.New(fault.Invalid, "The schema %s of %s belongs to another program; name one that Galena may have for itself.", s.schema, s.place)
	}
	if !ours {
		return 0, nil
	}
	var version int
	if err := conn.QueryRow(ctx, fmt.Sprintf("SELECT coalesce(max(version), 0) FROM %q.migrations", s.schema)).Scan(&version); err != nil {
		return 0, s.explain(ctx, err)
	}
	steps, err := migrations()
	if err == nil && version > len(steps) {
		err = fault.New(fault.Conflict,
			"%s was written by a newer Galena (schema %d, this program knows up to %d); use that version, or a backup from before the upgrade.",
			sentence(s.place), version, len(steps))
	}
	return version, err
}

// requireCurrent refuses a schema that a reader cannot use as it is.
func (s *Store) requireCurrent(ctx context.Context, conn *pgx.Conn) error {
	version, err := s.schemaVersion(ctx, conn)
	if err != nil {
		return err
	}
	steps, err := migrations()
	switch {
	case err != nil:
		return err
	case version == 0:
		return fault.New(fault.NotFound, "There is no workspace in %s; start the server once, or name another database.", s.place)
	case version < len(steps):
		return fault.New(fault.Conflict,
			"%s was written by an older Galena (schema %d, this program wants %d); start the server once to bring it up to date.",
			sentence(s.place), version, len(steps))
	}
	return nil
}
