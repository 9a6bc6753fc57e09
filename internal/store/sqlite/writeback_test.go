package sqlite

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/store"
	"galena/internal/store/storetest"
)

// small makes a tail that is written back again and again.
var small = bounds{events: 3, bytes: 60}

func openWith(t *testing.T, path string, options Options) *Store {
	t.Helper()
	s, err := Open(context.Background(), path, options)
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return s
}

// copyAsKilled copies what is on the disk now, as a process that is killed leaves it.
func copyAsKilled(t *testing.T, s *Store) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "galena.db")
	s.turn <- struct{}{}
	defer func() { <-s.turn }()
	for _, end := range []string{"", "-wal"} {
		content, err := os.ReadFile(s.path + end)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path+end, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return path
}

// The contract, with a tail that is written back all the time.
func TestContractWithSmallTail(t *testing.T) {
	t.Parallel()
	open := func(t *testing.T, clock func() lead.Time) storetest.Opened {
		path := filepath.Join(t.TempDir(), "galena.db")
		s := openWith(t, path, Options{Clock: clock, tail: small})
		return storetest.Opened{Store: s, Reopen: func() store.Store {
			if err := s.Close(); err != nil {
				t.Fatalf("Close: %v", err)
			}
			s = openWith(t, path, Options{Clock: clock, tail: small})
			return s
		}}
	}
	storetest.Exercise(t, open)
	storetest.Compare(t, 15, open)
}

// mirror writes to one store and reads from another, which other makes for each
// reading.
type mirror struct {
	*Store
	other func() store.Store
}

func (m mirror) Read(ctx context.Context, fn func(store.Snapshot) error) error {
	return m.other().Read(ctx, fn)
}

// A process beside the one that writes reads the same, whatever is written back.
func TestReadingBeside(t *testing.T) {
	t.Parallel()
	for _, tail := range []bounds{{}, small} {
		open := func(t *testing.T, clock func() lead.Time) storetest.Opened {
			path := filepath.Join(t.TempDir(), "galena.db")
			s := openWith(t, path, Options{Clock: clock, tail: tail})
			beside := openWith(t, path, Options{Clock: clock, ReadOnly: true})
			return storetest.Opened{Store: mirror{s, func() store.Store { return beside }}}
		}
		t.Run(fmt.Sprint(tail), func(t *testing.T) {
			t.Parallel()
			storetest.Compare(t, 8, open)
		})
	}
}

// A store that was killed comes back as it was, at whatever slice of the
// write-back it was, and is sound.
func TestKilledDuringWriteBack(t *testing.T) {
	t.Parallel()
	open := func(t *testing.T, clock func() lead.Time) storetest.Opened {
		s := openWith(t, filepath.Join(t.TempDir(), "galena.db"), Options{Clock: clock, tail: small})
		return storetest.Opened{Store: mirror{s, func() store.Store {
			again := openWith(t, copyAsKilled(t, s), Options{Clock: clock, tail: small})
			if lines, err := again.Check(context.Background()); err != nil {
				t.Errorf("after a kill: %v\n%s", err, strings.Join(lines, "\n"))
			}
			return again
		}}}
	}
	storetest.Compare(t, 8, open)
}

func fillLog(t *testing.T, s *Store, random *rand.Rand, commits int) (hashes []lead.MessageHash, places map[lead.ID][]int64) {
	t.Helper()
	return fillLogFrom(t, s, random, 0, commits)
}

// fillLogFrom writes commits of a few events of random leads behind so many
// messages, and gives what a store must know of them: hashes, each lead's places.
func fillLogFrom(t *testing.T, s *Store, random *rand.Rand, messages, commits int) (hashes []lead.MessageHash, places map[lead.ID][]int64) {
	t.Helper()
	const leads = 20
	places = map[lead.ID][]int64{}
	for n := messages; n < messages+commits; n++ {
		err := s.Write(context.Background(), func(tx store.Tx) error {
			if n == 0 {
				if _, err := tx.NewLeads(leads); err != nil {
					return err
				}
			}
			events := make([]lead.Event, 1+random.IntN(4))
			for i := range events {
				events[i] = lead.Event{Lead: 1 + lead.ID(random.IntN(leads)), MessageID: fmt.Sprint("m", messages+len(hashes)+i), Received: 1}
			}
			rows := []store.LeadRow{{ID: events[0].Lead, State: fmt.Append(nil, "state ", n), WakeAt: lead.Time(n)}}
			if err := tx.Append(events); err != nil {
				return err
			}
			for _, e := range events {
				hashes = append(hashes, lead.HashMessage(e.MessageID))
				places[e.Lead] = append(places[e.Lead], e.Seq)
			}
			return tx.PutLeads(rows)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return hashes, places
}

func expectKnown(t *testing.T, s *Store, hashes []lead.MessageHash, places map[lead.ID][]int64) {
	t.Helper()
	err := s.Read(context.Background(), func(view store.Snapshot) error {
		known, err := view.Known(append(hashes, lead.HashMessage("never sent")))
		if err != nil {
			return err
		}
		if len(known) != len(hashes) || known[lead.HashMessage("never sent")] {
			t.Errorf("%d of %d messages are known", len(known), len(hashes))
		}
		for id, want := range places {
			events, err := view.History(id)
			if err != nil {
				return err
			}
			var got []int64
			for _, e := range events {
				got = append(got, e.Seq)
			}
			if !slices.Equal(got, want) {
				t.Errorf("%s has the events %v, want %v", id, got, want)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// finish does all there is to do behind the commits.
func finish(t *testing.T, s *Store) {
	t.Helper()
	s.turn <- struct{}{}
	defer func() { <-s.turn }()
	for more := true; more; {
		var err error
		if more, err = s.step(); err != nil {
			t.Fatal(err)
		}
	}
}

// Runs become fewer, and know what they knew; what they were made of goes.
func TestRunsAreMerged(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "galena.db")
	s := openWith(t, path, Options{tail: bounds{events: 5, bytes: 1 << 20}})
	hashes, places := fillLog(t, s, rand.New(rand.NewPCG(1, 1)), 600)
	finish(t, s)
	largest := int64(0)
	for _, r := range s.runs {
		largest = max(largest, r.keys)
	}
	if len(s.runs) > 2*3*fan || largest < fan*fan*5 {
		t.Errorf("%d events are in %d runs, the largest with %d keys", len(hashes), len(s.runs), largest)
	}
	var blocks, entries int64
	row := s.writer.conn.QueryRowContext(context.Background(), `SELECT (SELECT count(*) FROM blocks), (SELECT count(*) FROM journal)`)
	if err := row.Scan(&blocks, &entries); err != nil {
		t.Fatal(err)
	}
	want := int64(0)
	for _, r := range s.runs {
		want += int64(r.blocks())
	}
	if blocks != want || entries > int64(len(s.tails[0].entries)) {
		t.Errorf("there are %d blocks and %d entries, want %d and %d", blocks, entries, want, len(s.tails[0].entries))
	}
	expectKnown(t, s, hashes, places)
	if lines, err := s.Check(context.Background()); err != nil {
		t.Errorf("%v\n%s", err, strings.Join(lines, "\n"))
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	again := openWith(t, path, Options{})
	if len(again.runs) == 0 || again.tails[0].after.seq != int64(len(hashes)) {
		t.Errorf("after a stop that was told %d of %d events are behind the marks", len(again.tails[0].events), len(hashes))
	}
	expectKnown(t, again, hashes, places)
}

// Whatever slice comes last before a kill, the next process knows all, drops what
// was left over, and finishes.
func TestKilledAfterAnySlice(t *testing.T) {
	t.Parallel()
	// Nothing is written back but by the steps below.
	large, little := bounds{events: 1 << 20, bytes: 1 << 30}, bounds{events: 30, bytes: 1 << 30}
	s := openWith(t, filepath.Join(t.TempDir(), "galena.db"), Options{tail: large})
	random := rand.New(rand.NewPCG(2, 2))
	var hashes []lead.MessageHash
	places := map[lead.ID][]int64{}
	fill := func(commits int) {
		more, where := fillLogFrom(t, s, random, len(hashes), commits)
		hashes = append(hashes, more...)
		for id, seqs := range where {
			places[id] = append(places[id], seqs...)
		}
	}
	slices := 0
	for round := range 2 * fan {
		fill(20)
		for more := true; more; slices++ {
			var err error
			s.turn <- struct{}{}
			s.bounds = little
			more, err = s.step()
			s.bounds = large
			<-s.turn
			if err != nil {
				t.Fatal(err)
			}
			// The first rounds are alike; the last ones merge.
			if round > 1 && round < fan-2 {
				continue
			}
			again := openWith(t, copyAsKilled(t, s), Options{tail: little})
			expectKnown(t, again, hashes, places)
			finish(t, again)
			expectKnown(t, again, hashes, places)
			if lines, err := again.Check(context.Background()); err != nil {
				t.Errorf("after slice %d: %v\n%s", slices, err, strings.Join(lines, "\n"))
			}
			if err := again.Close(); err != nil {
				t.Error(err)
			}
		}
	}
	if slices < 50 {
		t.Errorf("there were %d slices only", slices)
	}
}

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
		t.Errorf("%v\n%s", err, strings.Join(lines, "\n"))
	}
}

// A write-back that fails is done again; commits go on meanwhile, up to a bound.
func TestWriteBackOnFullDisk(t *testing.T) {
	t.Parallel()
	s := openWith(t, filepath.Join(t.TempDir(), "galena.db"), Options{tail: bounds{events: 200, bytes: 1 << 30}})
	random := rand.New(rand.NewPCG(4, 4))
	hashes, places := fillLog(t, s, random, 60)
	s.turn <- struct{}{}
	s.freeze()
	pragma(t, s, "max_page_count = 1")
	var err error
	for more := true; err == nil && more; {
		more, err = s.step()
	}
	if fault.KindOf(err) != fault.Busy || len(s.tails) != 2 {
		t.Errorf("a write-back on a full disk: %v", err)
	}
	pragma(t, s, "max_page_count = 100000")
	<-s.turn
	expectKnown(t, s, hashes, places)
	finish(t, s)
	if len(s.tails) != 1 || len(s.runs) == 0 {
		t.Error("the write-back was not done again")
	}
	expectKnown(t, s, hashes, places)
	if lines, err := s.Check(context.Background()); err != nil {
		t.Errorf("%v\n%s", err, strings.Join(lines, "\n"))
	}
}

// A filter knows all that was put in, and little else.
func TestFilter(t *testing.T) {
	t.Parallel()
	for _, of := range kinds {
		const keys = 20_000
		f := make(filter, filterSize(keys))
		random := rand.New(rand.NewPCG(5, uint64(of)))
		at := func(i int) key {
			if of == byLead {
				return leadKey(lead.ID(i), random.Int64())
			}
			hash := lead.HashMessage(fmt.Sprint(i))
			return messageKey(hash, random.Int64N(lastSeqOfKey))
		}
		for i := range keys {
			k := at(i)
			f.add(filtered(k))
		}
		wrong := 0
		for i := range 2 * keys {
			k := at(i)
			if may := f.mayHave(filtered(k)); i < keys && !may {
				t.Fatalf("key %d was forgotten", i)
			} else if i >= keys && may {
				wrong++
			}
		}
		if wrong > keys/100 {
			t.Errorf("of %d keys that are not there %d may be, says the filter of kind %d", keys, wrong, of)
		}
	}
}

// FuzzEntry reads entries that may be damaged.
func FuzzEntry(f *testing.F) {
	entry, _ := appendRow(nil, store.LeadRow{ID: 5, WakeAt: 77, State: []byte("state")})
	entry = appendGone(entry, 1<<40)
	entry = appendRefiled(entry, 8, 9, lead.HashMessage("m"))
	f.Add(entry)
	f.Add(entry[:len(entry)-1])
	f.Add(binary.AppendVarint(nil, 3))
	f.Add([]byte{2, 0, 2, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1})
	f.Fuzz(func(t *testing.T, entry []byte) {
		var again []byte
		err := readEntry(entry, func(row store.LeadRow, gone bool) {
			if gone {
				again = appendGone(again, row.ID)
			} else {
				again, _ = appendRow(again, row)
			}
		}, func(seq int64, id lead.ID, hash lead.MessageHash) { again = appendRefiled(again, seq, id, hash) })
		if err != nil {
			return
		}
		n := 0
		if err := readEntry(again, func(store.LeadRow, bool) { n++ }, func(int64, lead.ID, lead.MessageHash) { n++ }); err != nil || (n == 0) != (len(entry) == 0) {
			t.Errorf("what was read of %x was written as %x, which cannot be read: %v", entry, again, err)
		}
	})
}
