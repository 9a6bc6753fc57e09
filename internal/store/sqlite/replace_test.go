package sqlite

import (
	"os"
	"path/filepath"
	"testing"

	"galena/internal/fault"
	"galena/internal/store"
)

// noted makes a database with a paper in it, and closes it.
func noted(t *testing.T, path, text string) {
	t.Helper()
	s, err := Open(t.Context(), path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	err = s.Write(t.Context(), func(tx store.Tx) error {
		return tx.PutPaper(store.Paper{Drawer: "d", Name: "n", Text: []byte(text)})
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// note is what the paper says.
func note(t *testing.T, path string) (text string) {
	t.Helper()
	s, err := Open(t.Context(), path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	err = s.Read(t.Context(), func(snap store.Snapshot) error {
		found, err := snap.Paper("d", "n")
		text = string(found)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestReplace(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path, with := filepath.Join(dir, "galena.db"), filepath.Join(dir, "with", "galena.db")
	noted(t, path, "old")
	noted(t, with, "new")

	// Whoever reads the old one keeps it where it is.
	reading, err := Open(t.Context(), path, Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := reading.Read(t.Context(), func(store.Snapshot) error { return nil }); err != nil {
		t.Fatal(err)
	}
	if err := Replace(t.Context(), path, with); fault.KindOf(err) != fault.Busy {
		t.Errorf("beside a reader: %v", err)
	}
	if err := reading.Close(); err != nil {
		t.Fatal(err)
	}
	if got := note(t, path) + note(t, with); got != "oldnew" {
		t.Errorf("a refused replacement left %q", got)
	}

	if err := Replace(t.Context(), path, with); err != nil {
		t.Fatal(err)
	}
	if got := note(t, path); got != "new" {
		t.Errorf("it holds %q", got)
	}
	if _, err := os.Stat(with); err == nil {
		t.Error("the new database is there twice")
	}
	if err := Replace(t.Context(), path, with); err == nil {
		t.Error("nothing was put in the place of something")
	}
	if got := note(t, path); got != "new" {
		t.Errorf("it holds %q", got)
	}
}

// A log that is not in its database is taken for no other's.
func TestReplaceWithALogIsRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path, with := filepath.Join(dir, "galena.db"), filepath.Join(dir, "with.db")
	noted(t, path, "old")
	noted(t, with, "new")
	if err := os.WriteFile(with+"-wal", []byte("something"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Replace(t.Context(), path, with); fault.KindOf(err) != fault.Internal {
		t.Errorf("with a log beside it: %v", err)
	}
	if got := note(t, path); got != "old" {
		t.Errorf("it holds %q", got)
	}
}

func TestCheckSchema(t *testing.T) {
	t.Parallel()
	s := newTestStore(t)
	if err := s.CheckSchema(t.Context()); err != nil {
		t.Error(err)
	}
	for _, change := range []string{"CREATE TRIGGER x AFTER INSERT ON papers BEGIN DELETE FROM papers; END", "CREATE VIEW y AS SELECT 1"} {
		if _, err := s.writer.conn.ExecContext(t.Context(), change); err != nil {
			t.Fatal(err)
		}
		if err := s.CheckSchema(t.Context()); fault.KindOf(err) != fault.Invalid {
			t.Errorf("after %s: %v", change, err)
		}
	}
	if _, err := s.writer.conn.ExecContext(t.Context(), "DROP VIEW y; DROP TRIGGER x"); err != nil {
		t.Fatal(err)
	}
	if err := s.CheckSchema(t.Context()); err != nil {
		t.Error(err)
	}
}
