package sqlite

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/store"
)

// pragma changes a setting of the writing connection.
func pragma(t *testing.T, s *Store, text string) {
	t.Helper()
	if _, err := s.writer.conn.ExecContext(context.Background(), "PRAGMA "+text); err != nil {
		t.Fatal(err)
	}
}

// writeRows puts n leads with a large state.
func writeRows(s *Store, n int) error {
	return s.Write(context.Background(), func(tx store.Tx) error {
		first, err := tx.NewLeads(n)
		if err != nil {
			return err
		}
		rows := make([]store.LeadRow, n)
		for i := range rows {
			rows[i] = store.LeadRow{ID: first + lead.ID(i), State: make([]byte, 3000)}
		}
		return tx.PutLeads(rows)
	})
}

func leadsIn(t *testing.T, s *Store) int64 {
	t.Helper()
	var c store.Counts
	if err := s.Read(context.Background(), func(view store.Snapshot) (err error) { c, err = view.Counts(); return err }); err != nil {
		t.Fatal(err)
	}
	return c.Leads
}

func TestFullDiskRefusesForNow(t *testing.T) {
	t.Parallel()
	s := newTestStore(t)
	pragma(t, s, "max_page_count = 60")
	if err := writeRows(s, 10); err != nil {
		t.Fatalf("before the disk is full: %v", err)
	}
	err := writeRows(s, 100)
	if fault.KindOf(err) != fault.Busy || !strings.Contains(fault.Text(err), "disk is full") {
		t.Errorf("got %v, want a fault of kind busy about the full disk", err)
	}
	if got := leadsIn(t, s); got != 10 {
		t.Errorf("there are %d leads, want 10", got)
	}
	pragma(t, s, "max_page_count = 100000")
	if err := writeRows(s, 100); err != nil {
		t.Errorf("after there is space again: %v", err)
	}
	if got := leadsIn(t, s); got != 110 {
		t.Errorf("there are %d leads, want 110", got)
	}
}

// A setting that is set, set otherwise and set again is as it was said last.
func TestSettingsAreSetEachTime(t *testing.T) {
	t.Parallel()
	s := newTestStore(t)
	s.turn <- struct{}{}
	defer func() { <-s.turn }()
	for _, setting := range []string{waitShort, waitLong, waitShort, waitLong} {
		if err := s.writer.set(setting); err != nil {
			t.Fatal(err)
		}
		var now int
		if err := s.writer.conn.QueryRowContext(context.Background(), "PRAGMA busy_timeout").Scan(&now); err != nil || setting != fmt.Sprint("busy_timeout = ", now) {
			t.Errorf("after %s it is %d (%v)", setting, now, err)
		}
	}
}

func TestBusyDatabaseRefusesForNow(t *testing.T) {
	t.Parallel()
	s := newTestStore(t)
	pragma(t, s, "busy_timeout = 0")
	other := newOther(t, s.path)
	if err := other.run(context.Background(), beginImmediate); err != nil {
		t.Fatal(err)
	}
	err := writeRows(s, 1)
	if fault.KindOf(err) != fault.Busy || !strings.Contains(fault.Text(err), "Another program") {
		t.Errorf("got %v, want a fault of kind busy about the other program", err)
	}
	if err := other.run(context.Background(), rollback); err != nil {
		t.Fatal(err)
	}
	if err := writeRows(s, 1); err != nil {
		t.Errorf("after the other program has ended: %v", err)
	}
}

// newOther is a connection of another program.
func newOther(t *testing.T, path string) *handle {
	t.Helper()
	db, err := connect(path, "rw", nil)
	if err != nil {
		t.Fatal(err)
	}
	h, err := openHandle(context.Background(), db)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = h.close(), db.Close() })
	return h
}

func TestReadOnlyDatabaseRefusesForNow(t *testing.T) {
	t.Parallel()
	s := newTestStore(t)
	pragma(t, s, "query_only = 1")
	err := writeRows(s, 1)
	if fault.KindOf(err) != fault.Busy || !strings.Contains(fault.Text(err), "read-only") {
		t.Errorf("got %v, want a fault of kind busy about what is read-only", err)
	}
}

func TestMissingFolderAndFile(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{filepath.Join(file, "galena.db"), filepath.Dir(file)} {
		_, err := Open(context.Background(), path, Options{})
		if fault.KindOf(err) != fault.Busy || !strings.Contains(fault.Text(err), path) {
			t.Errorf("%s: got %v, want a fault of kind busy that names it", path, err)
		}
	}
}

func TestLogIsSettled(t *testing.T) {
	t.Parallel()
	s := newTestStore(t)
	s.settleAt = 50
	for range 100 {
		if err := writeRows(s, 20); err != nil {
			t.Fatal(err)
		}
	}
	info, err := os.Stat(s.path + "-wal")
	if err != nil {
		t.Fatal(err)
	}
	// What is written while the log is moved comes on top.
	if pages := info.Size() / 4096; pages > 1000 {
		t.Errorf("the log has %d pages after 2000 of them were written, settled at 50 and at 150 at the latest", pages)
	}
	if info, err = os.Stat(s.path); err != nil || info.Size() < 200*4096 {
		t.Errorf("the database has %d bytes (%v); the log was not moved into it", info.Size(), err)
	}
}

// A database that cannot be synced is written no more: its pages may be lost, and
// the log counts them as moved.
func TestSyncBesideCommitsFails(t *testing.T) {
	t.Parallel()
	s, err := Open(context.Background(), filepath.Join(t.TempDir(), "galena.db"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	s.settleAt = 50
	if err := s.file.Close(); err != nil { // from now on every sync fails
		t.Fatal(err)
	}
	for n := 0; err == nil && n < 500; n++ {
		err = writeRows(s, 20)
	}
	if !errors.Is(err, ErrDiskFailed) || !errors.Is(err, os.ErrClosed) {
		t.Errorf("got %v, want a fault for %v", err, ErrDiskFailed)
	}
	if err := s.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
}

// What a reader still needs stays in the log, and is settled after it.
func TestLogIsSettledAroundReaders(t *testing.T) {
	t.Parallel()
	s := newTestStore(t)
	s.settleAt = 20
	if err := writeRows(s, 5); err != nil {
		t.Fatal(err)
	}
	err := s.Read(context.Background(), func(view store.Snapshot) error {
		for range 10 {
			if err := writeRows(s, 20); err != nil {
				return err
			}
		}
		rows, err := view.Leads(0, 1000)
		if len(rows) != 5 {
			t.Errorf("the reader sees %d leads, want 5", len(rows))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := leadsIn(t, s); got != 205 {
		t.Errorf("there are %d leads, want 205", got)
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	s := newTestStore(t)
	if err := writeRows(s, 20); err != nil {
		t.Fatal(err)
	}
	lines, err := s.Check(context.Background())
	text := fmt.Sprint(lines)
	if err != nil || !strings.Contains(text, "integrity: ok") || !strings.Contains(text, "20 leads") || !strings.Contains(text, "MB log: 0.") {
		t.Errorf("a sound database: %v\n%s", err, text)
	}

	type harm struct{ sql, says string }
	harms := []harm{
		{`DELETE FROM events WHERE seq = 1`, "1 places of the log that are missing"},
		{`UPDATE events SET lead = 999 WHERE seq = 2`, "1 events of leads that never existed"},
		{`INSERT INTO joins VALUES (1, 2, 2, 0, ''), (2, 3, 3, 0, '')`, "1 joins that lead to no surviving lead"},
		{`UPDATE workspace SET leads = 7`, "13 leads missing from their count"},
		{`INSERT INTO joins VALUES (3, 4, 4, 0, '')`, "1 rows of leads that were joined"},
		{`INSERT INTO joins VALUES (5, 6, 6, 0, ''); INSERT INTO identifiers VALUES (1, 1, 'a', 5, 5, '', 0)`, "1 identifiers held by leads that were joined"},
	}
	written := []harm{
		{`DELETE FROM leads WHERE id = 20`, "1 leads missing from their count"},
		{`UPDATE events SET hash = x'00000000000000000000000000000000' WHERE seq = 2`, "messages of the log that the index does not know"},
		{`UPDATE events SET lead = 2 WHERE seq = 2`, "events of the log that the index of leads does not know"},
		{`DELETE FROM runs WHERE kind = 1`, "2 messages of the log that the index does not know"},
		{`DELETE FROM runs WHERE kind = 2`, "2 events of the log that the index of leads does not know"},
		{`UPDATE blocks SET keys = zeroblob(length(keys)) WHERE id >> 24 = 1`, "1 blocks of the index that are not as they were written"},
		{`UPDATE runs SET filter = zeroblob(length(filter)) WHERE kind = 1`, "1 blocks of the index that are not as they were written"},
		{`UPDATE runs SET filter = zeroblob(length(filter)) WHERE kind = 2`, "1 blocks of the index that are not as they were written"},
		{`DELETE FROM blocks WHERE id >> 24 = 1`, "1 blocks of the index that are not as they were written"},
	}
	for i, harm := range slices.Concat(harms, harms, written) {
		s := newTestStore(t)
		err := s.Write(context.Background(), func(tx store.Tx) error {
			if _, err := tx.NewLeads(20); err != nil {
				return err
			}
			rows := make([]store.LeadRow, 20)
			for i := range rows {
				rows[i].ID = lead.ID(i + 1)
			}
			return errors.Join(tx.PutLeads(rows), tx.Append([]lead.Event{{Lead: 1, MessageID: "a"}, {Lead: 1, MessageID: "b"}}))
		})
		if err != nil {
			t.Fatal(err)
		}
		if i >= len(harms) {
			if err := s.writeTailBack(); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := s.writer.conn.ExecContext(context.Background(), harm.sql); err != nil {
			t.Fatal(err)
		}
		// As another process sees it, which has nothing in memory.
		beside, err := Open(context.Background(), s.path, Options{ReadOnly: true})
		if err != nil {
			t.Fatal(err)
		}
		lines, err := beside.Check(context.Background())
		if err := beside.Close(); err != nil {
			t.Error(err)
		}
		if text := fmt.Sprint(lines); fault.KindOf(err) != fault.Internal || err == nil || !strings.Contains(text, harm.says) {
			t.Errorf("after %q: got %v, want %q in\n%s", harm.sql, err, harm.says, text)
		}
	}
}

func TestCheckFindsDamage(t *testing.T) {
	t.Parallel()
	s := newTestStore(t)
	if err := writeRows(s, 200); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(s.path)
	if err != nil {
		t.Fatal(err)
	}
	for i := len(content) / 2; i < len(content)/2+8192; i++ {
		content[i] = 0xa5
	}
	if err := os.WriteFile(s.path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	damaged, err := Open(context.Background(), s.path, Options{ReadOnly: true})
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	t.Cleanup(func() { _ = damaged.Close() })
	_, err = damaged.Check(context.Background())
	if err == nil || !strings.Contains(fault.Text(err), "restore it from the latest backup") {
		t.Errorf("got %v, want a fault that names the backup", err)
	}
}
