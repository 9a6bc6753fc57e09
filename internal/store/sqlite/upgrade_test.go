package sqlite

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"testing"

	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/store"
)

// olderFolder makes a database as schema 1 left it, of so many events.
func olderFolder(t *testing.T, events int) (path string, hashes []lead.MessageHash, places map[lead.ID][]int64) {
	t.Helper()
	ctx := context.Background()
	path = filepath.Join(t.TempDir(), "galena.db")
	if err := createFile(path); err != nil {
		t.Fatal(err)
	}
	db, err := connect(path, "rw", map[string]string{"journal_mode": "WAL"})
	if err != nil {
		t.Fatal(err)
	}
	h, err := openHandle(ctx, db)
	if err != nil {
		t.Fatal(err)
	}
	steps, err := migrations()
	if err != nil {
		t.Fatal(err)
	}
	if err := runMigration(ctx, h, steps[0], 1); err != nil {
		t.Fatal(err)
	}
	const leads = 20
	places = map[lead.ID][]int64{}
	must := func(text string, args ...any) {
		t.Helper()
		if _, err := h.conn.ExecContext(ctx, text, args...); err != nil {
			t.Fatal(err)
		}
	}
	must(`UPDATE workspace SET last_lead = ?`, leads)
	for id := range leads - 1 {
		must(`INSERT INTO leads VALUES (?, ?, ?)`, id+1, id, fmt.Append(nil, "state ", id+1))
	}
	must(`INSERT INTO joins VALUES (20, 1, 1, 5, 'm0')`)
	for i := range events {
		id := 1 + lead.ID(i*7%leads)
		hash := lead.HashMessage(fmt.Sprint("m", i))
		must(`INSERT INTO events (seq, lead, hash, message_id, type, name, user_id, anonymous_id, group_id, previous_id, email,
			company, origin, source, occurred, received, backfill, sanitised, body)
			VALUES (?, ?, ?, ?, 1, '', '', '', '', '', '', '', 1, 1, 1, 1, 0, 0, NULL)`, i+1, int64(id), hash[:], fmt.Sprint("m", i))
		hashes = append(hashes, hash)
		if id == leads {
			id = 1
		}
		places[id] = append(places[id], int64(i+1))
	}
	if err := errors.Join(h.close(), db.Close()); err != nil {
		t.Fatal(err)
	}
	return path, hashes, places
}

// The first start with runs makes them from the whole log, a tail at a time.
func TestUpgradeMakesRuns(t *testing.T) {
	t.Parallel()
	path, hashes, places := olderFolder(t, 300)
	s := openWith(t, path, Options{tail: bounds{events: 7, bytes: 1 << 20}})
	if len(s.runs) == 0 {
		t.Error("nothing was written back at the start")
	}
	expectKnown(t, s, hashes, places)
	err := s.Read(context.Background(), func(view store.Snapshot) error {
		rows, err := view.Leads(0, 100)
		if len(rows) != 19 || string(rows[18].State) != "state 19" {
			t.Errorf("there are %d leads, the last %v", len(rows), rows[len(rows)-1])
		}
		due, err2 := view.Due(3, 100)
		if len(due) != 3 {
			t.Errorf("%d leads are due, want 3", len(due))
		}
		counts, err3 := view.Counts()
		if counts.Leads != 19 || counts.Events != 300 {
			t.Errorf("it counts %+v", counts)
		}
		return errors.Join(err, err2, err3)
	})
	if err != nil {
		t.Error(err)
	}
	err = s.Write(context.Background(), func(tx store.Tx) error {
		return tx.Append([]lead.Event{{Lead: 3, MessageID: "m17"}})
	})
	if fault.KindOf(err) != fault.Internal {
		t.Errorf("a message of the older version was taken again: %v", err)
	}
	if lines, err := s.Check(context.Background()); err != nil {
		t.Errorf("%v\n%s", err, fmt.Sprint(lines))
	}
}
