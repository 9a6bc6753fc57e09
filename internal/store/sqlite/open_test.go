package sqlite_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/store"
	"galena/internal/store/sqlite"
)

// addLead makes one lead.
func addLead(t *testing.T, s store.Store) {
	t.Helper()
	err := s.Write(context.Background(), func(tx store.Tx) error {
		id, err := tx.NewLeads(1)
		if err != nil {
			return err
		}
		return tx.PutLeads([]store.LeadRow{{ID: id, State: []byte("state")}})
	})
	if err != nil {
		t.Fatalf("Write: %v", err)
	}
}

func countLeads(t *testing.T, s store.Store) int64 {
	t.Helper()
	var counts store.Counts
	err := s.Read(context.Background(), func(view store.Snapshot) (err error) {
		counts, err = view.Counts()
		return err
	})
	if err != nil {
		t.Fatalf("Read: %v", err)
	}
	return counts.Leads
}

func TestFilesAreForThisUserOnly(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "new", "data")
	s := openStore(t, filepath.Join(folder, "galena.db"), sqlite.Options{})
	addLead(t, s)
	for path, want := range map[string]os.FileMode{
		folder: 0o700, filepath.Dir(folder): 0o700, folder + "/galena.db": 0o600, folder + "/galena.db-wal": 0o600, folder + "/galena.db-shm": 0o600,
	} {
		info, err := os.Stat(path)
		if err != nil {
			t.Error(err)
			continue
		}
		if got := info.Mode().Perm(); got != want {
			t.Errorf("%s has permissions %o, want %o", path, got, want)
		}
	}
}

func TestPathsAreTakenAsTheyAre(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"a b", "a?mode=memory", "a#b", "a%20b", "a&b=c", "ü", ":memory:", "file:x", "'"} {
		path := filepath.Join(t.TempDir(), name)
		s := openStore(t, path, sqlite.Options{})
		addLead(t, s)
		if err := s.Close(); err != nil {
			t.Errorf("%q: Close: %v", name, err)
		}
		if info, err := os.Stat(path); err != nil || info.Size() == 0 {
			t.Errorf("%q was not written (%v)", name, err)
		}
	}
}

// A path that SQLite cannot take is refused for what it is.
func TestLongestPath(t *testing.T) {
	t.Parallel()
	const longest = 504
	folder := t.TempDir()
	for len(folder)+100 < longest {
		folder = filepath.Join(folder, strings.Repeat("d", 50))
	}
	name := strings.Repeat("n", longest-len(folder)-1)
	addLead(t, openStore(t, filepath.Join(folder, name), sqlite.Options{}))
	s, err := sqlite.Open(t.Context(), filepath.Join(folder, name+"n"), sqlite.Options{})
	if err == nil {
		s.Close()
	}
	if fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), "has 505 bytes") {
		t.Errorf("one byte more: %v", err)
	}
}

func TestTheSystemClockIsTheDefault(t *testing.T) {
	t.Parallel()
	s := openStore(t, filepath.Join(t.TempDir(), "galena.db"), sqlite.Options{})
	err := s.Read(context.Background(), func(view store.Snapshot) error {
		now, err := view.Now()
		if year := now.UTC().Year(); year < 2026 {
			t.Errorf("it is the year %d", year)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestReadOnly(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "galena.db")

	_, err := sqlite.Open(context.Background(), path, sqlite.Options{ReadOnly: true})
	if fault.KindOf(err) != fault.NotFound || !strings.Contains(fault.Text(err), path) {
		t.Errorf("without a database: got %v, want a fault of kind not_found that names it", err)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("a database was created for reading")
	}

	server := openStore(t, path, sqlite.Options{})
	addLead(t, server)
	beside := openStore(t, path, sqlite.Options{ReadOnly: true, Clock: func() lead.Time { return 7 }})
	if got := countLeads(t, beside); got != 1 {
		t.Errorf("beside the server there are %d leads, want 1", got)
	}
	addLead(t, server)
	if got := countLeads(t, beside); got != 2 {
		t.Errorf("after another write there are %d leads beside the server, want 2", got)
	}
	err = beside.Write(context.Background(), func(store.Tx) error { t.Error("the function was run"); return nil })
	if fault.KindOf(err) != fault.Denied {
		t.Errorf("Write: got %v, want a fault of kind denied", err)
	}

	// The server goes first; the reader must not settle the log for it.
	if err := server.Close(); err != nil {
		t.Fatal(err)
	}
	if got := countLeads(t, beside); got != 2 {
		t.Errorf("without the server there are %d leads, want 2", got)
	}
	if err := beside.Close(); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	alone := openStore(t, path, sqlite.Options{ReadOnly: true})
	if got := countLeads(t, alone); got != 2 {
		t.Errorf("alone there are %d leads, want 2", got)
	}
	if _, err := alone.Check(context.Background()); err != nil {
		t.Errorf("Check: %v", err)
	}
	if err := alone.Close(); err != nil {
		t.Fatal(err)
	}
	if after, err := os.ReadFile(path); err != nil || string(after) != string(before) {
		t.Errorf("reading changed the database (%v)", err)
	}
	addLead(t, openStore(t, path, sqlite.Options{}))
}
