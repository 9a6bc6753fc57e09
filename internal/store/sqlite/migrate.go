package sqlite

import (
	"context"
	"embed"
	"fmt"

	"galena/internal/fault"
	"galena/internal/kit/numbered"
)

// applicationID marks a file as Galena's: "GALN" in ASCII.
const applicationID = 0x47414c4e

//go:embed migrations/*.sql
var migrationFiles embed.FS

// migrations reads the schema's steps; the n-th file (from 1) leads to version n.
func migrations() ([]string, error) { return numbered.Texts(migrationFiles, "migrations", ".sql") }

// migrate brings the schema up to the newest version, each step in a transaction
// of its own.
func migrate(ctx context.Context, h *handle, path string) error {
	steps, err := migrations()
	if err != nil {
		return err
	}
	version, err := schemaVersion(ctx, h, path)
	if err != nil {
		return err
	}
	for ; version < len(steps); version++ {
		if err := runMigration(ctx, h, steps[version], version+1); err != nil {
			return explain(ctx, err, path)
		}
	}
	return nil
}

func runMigration(ctx context.Context, h *handle, step string, version int) error {
	script := fmt.Sprintf("BEGIN IMMEDIATE;\n%s\nPRAGMA application_id = %d;\nPRAGMA user_version = %d;\nCOMMIT;",
		step, applicationID, version)
	_, err := h.conn.ExecContext(ctx, script)
	if err != nil {
		_, _ = h.conn.ExecContext(context.WithoutCancel(ctx), "ROLLBACK") // fails when nothing had begun
	}
	return err
}

// schemaVersion is how many migrations the database has seen. It refuses a file
// that is not Galena's and one that a newer Galena wrote.
func schemaVersion(ctx context.Context, h *handle, path string) (int, error) {
	var version, application, tables int
	row := h.conn.QueryRowContext(ctx, `SELECT
		(SELECT user_version FROM pragma_user_version),
		(SELECT application_id FROM pragma_application_id),
		(SELECT count(*) FROM sqlite_schema)`)
	if err := row.Scan(&version, &application, &tables); err != nil {
		return 0, explain(ctx, err, path)
	}
	if application != applicationID && (tables > 0 || application != 0 || version != 0) {
		return 0, fault.New(fault.Invalid, "%s is a database of another program; name a file that Galena may have for itself.", path)
	}
	steps, err := migrations()
	if err != nil {
		return 0, err
	}
	if version > len(steps) {
		return 0, fault.New(fault.Conflict,
			"%s was written by a newer Galena (schema %d, this program knows up to %d); use that version, or a backup from before the upgrade.",
			path, version, len(steps))
	}
	return version, nil
}

// requireCurrent refuses a schema that a reader cannot use as it is.
func requireCurrent(version int, path string) error {
	steps, err := migrations()
	if err != nil {
		return err
	}
	if version < len(steps) {
		return fault.New(fault.Conflict,
			"%s was written by an older Galena (schema %d, this program wants %d); start the server once to bring it up to date.",
			path, version, len(steps))
	}
	return nil
}
