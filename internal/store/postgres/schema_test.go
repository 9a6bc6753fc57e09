package postgres

import (
	"context"
	"flag"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"galena/internal/fault"
	"galena/internal/kit/cluster"
)

var update = flag.Bool("update", false, "write schema.sql anew")

// described lists the tables, each with its columns, then indexes and sequences.
const described = `
	SELECT format(E'CREATE TABLE %s (\n%s\n);', c.relname, string_agg(
		format('  %s %s%s', a.attname, format_type(a.atttypid, a.atttypmod), CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END),
		E',\n' ORDER BY a.attnum)), c.relname, 1
	FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
	WHERE c.relnamespace = $1::text::regnamespace AND c.relkind = 'r' GROUP BY c.relname
	UNION ALL
	SELECT format('ALTER TABLE %s ADD CONSTRAINT %s %s;', c.relname, k.conname, pg_get_constraintdef(k.oid)), c.relname, 2
	FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
	WHERE c.relnamespace = $1::text::regnamespace AND k.contype <> 'n'
	UNION ALL
	SELECT replace(pg_get_indexdef(i.indexrelid), ' ON ' || $1::text || '.', ' ON ') || ';', c.relname, 3
	FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
	WHERE c.relnamespace = $1::text::regnamespace AND NOT i.indisprimary
	UNION ALL
	SELECT format('CREATE SEQUENCE %s INCREMENT BY %s;', sequencename, increment_by), sequencename, 4
	FROM pg_sequences WHERE schemaname = $1::text
	ORDER BY 2, 3, 1`

func TestSchema(t *testing.T) {
	t.Parallel()
	s := newTestStore(t)
	var b strings.Builder
	b.WriteString("-- What the migrations add up to. Written by go test -update; do not edit.\n")
	s.inSession(t, func(ctx context.Context, conn *pgx.Conn) error {
		rows, err := conn.Query(ctx, described, s.schema)
		if err != nil {
			return err
		}
		var line, name string
		var order int
		_, err = pgx.ForEachRow(rows, []any{&line, &name, &order}, func() error {
			if order == 1 || order == 4 {
				b.WriteString("\n")
			}
			fmt.Fprintln(&b, line)
			return nil
		})
		return err
	})
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
		"newer":            {"INSERT INTO migrations VALUES (999, now())", false, fault.Conflict, "newer Galena (schema 999"},
		"newer, reading":   {"INSERT INTO migrations VALUES (999, now())", true, fault.Conflict, "newer Galena (schema 999"},
		"foreign":          {"DROP TABLE migrations", false, fault.Invalid, "another program"},
		"foreign, reading": {"DROP TABLE workspace", true, fault.Invalid, "another program"},
		"empty, reading":   {"DROP SCHEMA galena CASCADE", true, fault.NotFound, "no workspace"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url := cluster.URL(t)
			s := openTestStore(t, url)
			s.exec(t, c.change)
			again, err := Open(context.Background(), url, Options{ReadOnly: c.readOnly})
			if err == nil {
				_ = again.Close()
				t.Fatal("the workspace was opened")
			}
			if fault.KindOf(err) != c.kind || !strings.Contains(fault.Text(err), c.says) {
				t.Errorf("got %v (%v), want a fault of kind %v that says %q", err, fault.KindOf(err), c.kind, c.says)
			}
		})
	}
}

func TestOpenRefusesOtherDatabases(t *testing.T) {
	t.Parallel()
	cluster.URL(t) // skips where nothing is installed
	name := "encoded_otherwise"
	cluster.Superuser(t, "CREATE DATABASE "+name+" ENCODING 'SQL_ASCII' TEMPLATE template0 OWNER galena")
	t.Cleanup(func() { cluster.Superuser(t, "DROP DATABASE "+name+" WITH (FORCE)") })
	config, err := pgx.ParseConfig(cluster.URL(t))
	if err != nil {
		t.Fatal(err)
	}
	_, err = Open(context.Background(), fmt.Sprintf("host=%s user=%s dbname=%s", config.Host, config.User, name), Options{})
	if fault.KindOf(err) != fault.Invalid || !strings.Contains(fault.Text(err), "ENCODING 'UTF8'") {
		t.Errorf("got %v, want a fault of kind invalid that names the encoding", err)
	}
}

// Nodes that start at once on an empty database all find the schema made, once.
func TestNodesMigrateTogether(t *testing.T) {
	t.Parallel()
	url := cluster.URL(t)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			s, err := Open(context.Background(), url, Options{})
			if err != nil {
				t.Errorf("Open: %v", err)
				return
			}
			if err := s.Ready(context.Background()); err != nil {
				t.Errorf("Ready: %v", err)
			}
			_ = s.Close()
		})
	}
	all.Wait()
	s := openTestStore(t, url)
	s.inSession(t, func(ctx context.Context, conn *pgx.Conn) error {
		var applied, workspaces int
		err := conn.QueryRow(ctx, "SELECT (SELECT count(*) FROM migrations), (SELECT count(*) FROM workspace)").Scan(&applied, &workspaces)
		if steps, _ := migrations(); applied != len(steps) || workspaces != 1 {
			t.Errorf("%d migrations are noted of %d, and there are %d workspaces", applied, len(steps), workspaces)
		}
		return err
	})
}

// A migration that fails half way leaves the schema as it was.
func TestMigrationIsOneTransaction(t *testing.T) {
	t.Parallel()
	s := newTestStore(t)
	half := []string{"", "", "CREATE TABLE half (a int); SELECT nonsense FROM nowhere"}
	whole := []string{"", "", "CREATE TABLE whole (a int)"}
	s.inSession(t, func(ctx context.Context, conn *pgx.Conn) error {
		if _, err := s.migrateOnce(ctx, conn, half); err == nil {
			t.Error("a broken migration ran")
		}
		var tables, version int
		row := conn.QueryRow(ctx, "SELECT (SELECT count(*) FROM pg_tables WHERE tablename = 'half'), (SELECT max(version) FROM migrations)")
		if err := row.Scan(&tables, &version); err != nil {
			return err
		}
		if tables != 0 || version != 2 {
			t.Errorf("after a broken migration there are %d new tables at version %d", tables, version)
		}
		version, err := s.migrateOnce(ctx, conn, whole)
		if err != nil || version != 3 {
			t.Errorf("a migration after the broken one leads to %d: %v", version, err)
		}
		return nil
	})
}

func TestWorkspacesAreApart(t *testing.T) {
	t.Parallel()
	url := cluster.URL(t)
	one := openTestStore(t, url)
	other, err := Open(context.Background(), url, Options{Schema: "other_1"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = other.Close() })
	if err := writeRows(one, 3); err != nil {
		t.Fatal(err)
	}
	if got := leadsIn(t, other); got != 0 {
		t.Errorf("the other workspace has %d leads, want 0", got)
	}
	for _, name := range []string{"Galena", "a b", `a"b`, "1a", "a-b", "pg\\x", strings.Repeat("a", 64)} {
		if _, err := Open(context.Background(), url, Options{Schema: name}); fault.KindOf(err) != fault.Invalid {
			t.Errorf("schema %q: got %v, want a fault of kind invalid", name, err)
		}
	}
}
