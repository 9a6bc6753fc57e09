package sqlite

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"galena/internal/fault"
)

var update = flag.Bool("update", false, "write schema.sql anew")

func TestSchema(t *testing.T) {
	t.Parallel()
	s := newTestStore(t)
	rows, err := s.writer.conn.QueryContext(context.Background(),
		`SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY tbl_name, type = 'table' DESC, name`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var b strings.Builder
	b.WriteString("-- What the migrations add up to. Written by go test -update; do not edit.\n")
	for rows.Next() {
		var sql string
		if err := rows.Scan(&sql); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "\n%s;\n", sql)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile("schema.sql", []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	golden, err := os.ReadFile("schema.sql")
	if err != nil {
		t.Fatal(err)
	}
	if string(golden) != b.String() {
		t.Errorf("schema.sql is not what the migrations make; run go test -update. They make:\n%s", b.String())
	}
}

func TestOpenRefusesOtherSchemas(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change   string
		readOnly bool
		kind     fault.Kind
		says     string
	}{
		"newer":            {"PRAGMA user_version = 999", false, fault.Conflict, "newer Galena (schema 999"},
		"newer, reading":   {"PRAGMA user_version = 999", true, fault.Conflict, "newer Galena (schema 999"},
		"older, reading":   {"PRAGMA user_version = 0", true, fault.Conflict, "older Galena"},
		"foreign":          {"PRAGMA application_id = 1", false, fault.Invalid, "another program"},
		"foreign, unnamed": {"PRAGMA application_id = 0", false, fault.Invalid, "another program"},
		"foreign, reading": {"PRAGMA application_id = 1", true, fault.Invalid, "another program"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newTestStore(t)
			if _, err := s.writer.conn.ExecContext(context.Background(), c.change); err != nil {
				t.Fatal(err)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			before, err := os.ReadFile(s.path)
			if err != nil {
				t.Fatal(err)
			}
			again, err := Open(context.Background(), s.path, Options{ReadOnly: c.readOnly})
			if err == nil {
				_ = again.Close()
				t.Fatal("the database was opened")
			}
			if fault.KindOf(err) != c.kind || !strings.Contains(fault.Text(err), c.says) || !strings.Contains(fault.Text(err), s.path) {
				t.Errorf("got %v (%v), want a fault of kind %v that says %q and names the file", err, fault.KindOf(err), c.kind, c.says)
			}
			after, err := os.ReadFile(s.path)
			if err != nil || string(after) != string(before) {
				t.Errorf("the refused database was changed (%v)", err)
			}
		})
	}
}

func TestOpenRefusesWhatIsNoDatabase(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "galena.db")
	if err := os.WriteFile(path, []byte(strings.Repeat("no database at all ", 500)), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Open(context.Background(), path, Options{})
	if fault.KindOf(err) != fault.Internal || !strings.Contains(fault.Text(err), "restore it from the latest backup") {
		t.Errorf("got %v, want a fault that names the backup", err)
	}
}

// A migration that fails half way leaves the schema as it was.
func TestMigrationIsOneTransaction(t *testing.T) {
	t.Parallel()
	s := newTestStore(t)
	ctx := context.Background()
	steps, err := migrations()
	if err != nil {
		t.Fatal(err)
	}
	now := len(steps)
	err = runMigration(ctx, s.writer, "CREATE TABLE half (a INTEGER);\nSELECT nonsense FROM nowhere;", now+1)
	if err == nil {
		t.Fatal("a broken migration ran")
	}
	var tables, version int
	row := s.writer.conn.QueryRowContext(ctx, `SELECT (SELECT count(*) FROM sqlite_schema WHERE name = 'half'), (SELECT user_version FROM pragma_user_version)`)
	if err := errors.Join(row.Scan(&tables, &version)); err != nil {
		t.Fatal(err)
	}
	if tables != 0 || version != now {
		t.Errorf("after a broken migration there are %d new tables at version %d", tables, version)
	}
	if err := runMigration(ctx, s.writer, "CREATE TABLE whole (a INTEGER);", now+1); err != nil {
		t.Errorf("a migration after the broken one: %v", err)
	}
}
