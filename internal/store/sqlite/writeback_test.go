package sqlite

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/store"
	"galena/internal/store/listsql"
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

// hardly lets queries of the listing walk along an order where others would fetch.
var hardly = listsql.Bounds{Probed: 6, Fetched: 3, Counted: 1000, Looked: 1000}

// The contract, with a tail that is written back all the time.
func TestContractWithSmallTail(t *testing.T) {
	t.Parallel()
	open := func(t *testing.T, clock func() lead.Time) storetest.Opened {
		path := filepath.Join(t.TempDir(), "galena.db")
		s := openWith(t, path, Options{Clock: clock, tail: small, listing: hardly})
		return storetest.Opened{Store: s, Reopen: func() store.Store {
			if err := s.Close(); err != nil {
				t.Fatalf("Close: %v", err)
			}
			s = openWith(t, path, Options{Clock: clock, tail: small, listing: hardly})
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
		s := openWith(t, filepath.Join(t.TempDir(), "galena.db"), Options{Clock: clock, tail: small, listing: hardly})
		return storetest.Opened{Store: mirror{s, func() store.Store {
			again := openWith(t, copyAsKilled(t, s), Options{Clock: clock, tail: small, listing: hardly})
			if lines, err := again.Check(context.Background()); err != nil {
				t.Errorf("after a kill: %v\n%s", err, fmt.Sprint(lines))
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
		t.Errorf("%v\n%s", err, fmt.Sprint(lines))
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
	s := openWith(t, filepath.Join(t.TempDir(), "galena.db"), Options{tail: large, byHand: true})
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
			swept := -len(s.garbage)
			more, err = s.step()
			swept += len(s.garbage)
			s.bounds = large
			<-s.turn
			if err != nil {
				t.Fatal(err)
			}
			// The first rounds are alike; the last ones merge.
			if round > 1 && round < fan-2 {
				continue
			}
			// So are slices that write a row, or drop an entry.
			if w, is := s.job.(*writeBack); is && len(w.ids) > 1 || swept < 0 && len(s.garbage) > 1 {
				continue
			}
			again := openWith(t, copyAsKilled(t, s), Options{tail: little})
			expectKnown(t, again, hashes, places)
			finish(t, again)
			expectKnown(t, again, hashes, places)
			if lines, err := again.Check(context.Background()); err != nil {
				t.Errorf("after slice %d: %v\n%s", slices, err, fmt.Sprint(lines))
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

// A tail that is full is written back before a merge goes on, which then ends as if
// nothing had been in between; also after a kill.
func TestMergeRestsForATail(t *testing.T) {
	t.Parallel()
	s := openWith(t, filepath.Join(t.TempDir(), "galena.db"), Options{tail: bounds{events: 40, bytes: 1 << 30}, byHand: true})
	random := rand.New(rand.NewPCG(5, 5))
	var hashes []lead.MessageHash
	places := map[lead.ID][]int64{}
	step := func() bool {
		t.Helper()
		s.turn <- struct{}{}
		defer func() { <-s.turn }()
		more, err := s.step()
		if err != nil {
			t.Fatal(err)
		}
		return more
	}
	merging := func() bool { _, is := s.job.(*merge); return is }
	fill := func() {
		t.Helper()
		more, where := fillLogFrom(t, s, random, len(hashes), 25)
		hashes = append(hashes, more...)
		for id, seqs := range where {
			places[id] = append(places[id], seqs...)
		}
	}
	for !merging() {
		fill()
		for step() && !merging() {
		}
	}
	under, before := s.job.(*merge), len(s.runs)
	fill()
	step() // freezes the tail
	step()
	if _, is := s.job.(*writeBack); !is || s.resting != under {
		t.Fatalf("with a full tail %T goes on", s.job)
	}
	for len(s.tails) == 2 {
		step()
	}
	if len(s.runs) != before+len(kinds) {
		t.Errorf("there are %d runs after a write-back, and were %d before", len(s.runs), before)
	}
	again := openWith(t, copyAsKilled(t, s), Options{})
	expectKnown(t, again, hashes, places)
	if lines, err := again.Check(context.Background()); err != nil {
		t.Errorf("killed while a merge rested: %v\n%s", err, fmt.Sprint(lines))
	}
	for step() {
	}
	if !slices.Contains(s.runs, under.draft.run) || slices.ContainsFunc(under.inputs, func(r *run) bool { return slices.Contains(s.runs, r) }) {
		t.Error("the merge did not end as it should")
	}
	expectKnown(t, s, hashes, places)
	if lines, err := s.Check(context.Background()); err != nil {
		t.Errorf("%v\n%s", err, fmt.Sprint(lines))
	}
}

// Slices need not be synced, but the commits after them are.
func TestCommitsAreSyncedAfterSlices(t *testing.T) {
	t.Parallel()
	s := openWith(t, filepath.Join(t.TempDir(), "galena.db"), Options{tail: small})
	fillLog(t, s, rand.New(rand.NewPCG(6, 6)), 60)
	finish(t, s)
	s.turn <- struct{}{}
	defer func() { <-s.turn }()
	const full = 2
	var level int
	if err := s.writer.conn.QueryRowContext(context.Background(), "PRAGMA synchronous").Scan(&level); err != nil || level != full {
		t.Errorf("transactions are synced at level %d (%v), want %d", level, err, full)
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
		t.Errorf("%v\n%s", err, fmt.Sprint(lines))
	}
}
