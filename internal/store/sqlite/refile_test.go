package sqlite

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"

	"galena/internal/lead"
	"galena/internal/store"
)

var refileRow = define(`UPDATE events SET lead = ?2, hash = ?3 WHERE seq = ?1`)

// Events whose rows are changed are found as they are now, wherever they were:
// in a run, in a tail that is being written back, in the youngest.
func TestRefile(t *testing.T) {
	t.Parallel()
	large, little := bounds{events: 1 << 20, bytes: 1 << 30}, bounds{events: 40, bytes: 1 << 30}
	s := openWith(t, filepath.Join(t.TempDir(), "galena.db"), Options{tail: large})
	random := rand.New(rand.NewPCG(6, 6))
	var hashes []lead.MessageHash // by seq - 1
	places := map[lead.ID][]int64{}
	owner := map[int64]lead.ID{}
	for round := range 40 {
		more, where := fillLogFrom(t, s, random, len(hashes), 10)
		hashes = append(hashes, more...)
		for id, seqs := range where {
			for _, seq := range seqs {
				owner[seq] = id
			}
		}
		err := s.Write(context.Background(), func(tx store.Tx) error {
			tr := txOf(tx)
			for range 3 {
				seq := 1 + random.Int64N(int64(len(hashes)))
				id, hash := 1+lead.ID(random.IntN(20)), hashes[seq-1]
				if random.IntN(2) == 0 {
					hash = lead.HashMessage(fmt.Sprint("refiled ", round, random.Int64()))
				}
				as := hash
				if as == hashes[seq-1] {
					as = lead.MessageHash{} // the same
				}
				if err := tr.refile(seq, id, as); err != nil {
					return err
				}
				if _, err := tr.exec(refileRow, seq, int64(id), hash[:]); err != nil {
					return err
				}
				gone := hashes[seq-1]
				hashes[seq-1], owner[seq] = hash, id
				known, err := tx.Known([]lead.MessageHash{gone, hash})
				if err != nil {
					return err
				}
				if !known[hash] || known[gone] != (gone == hash) {
					t.Errorf("round %d: event %d is known wrongly after its row was changed", round, seq)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		clear(places)
		for seq, id := range owner {
			places[id] = append(places[id], seq)
		}
		for id := range places {
			slices.Sort(places[id])
		}
		expectKnown(t, s, slices.Clone(hashes), places)
		s.turn <- struct{}{}
		s.bounds = little
		for range random.IntN(8) {
			if _, err := s.step(); err != nil {
				t.Error(err)
			}
		}
		s.bounds = large
		<-s.turn
		if lines, err := s.Check(context.Background()); err != nil {
			t.Fatalf("round %d: %v\n%s", round, err, fmt.Sprint(lines))
		}
		if round%8 == 7 {
			again := openWith(t, copyAsKilled(t, s), Options{tail: little})
			expectKnown(t, again, slices.Clone(hashes), places)
			finish(t, again)
			expectKnown(t, again, slices.Clone(hashes), places)
			if lines, err := again.Check(context.Background()); err != nil {
				t.Fatalf("round %d, killed: %v\n%s", round, err, fmt.Sprint(lines))
			}
		}
	}
	if len(s.runs) == 0 {
		t.Error("there were no runs to strike keys from")
	}
}

// What failed leaves the runs as they were.
func TestRefileRolledBack(t *testing.T) {
	t.Parallel()
	s := openWith(t, filepath.Join(t.TempDir(), "galena.db"), Options{})
	hashes, places := fillLog(t, s, rand.New(rand.NewPCG(7, 7)), 30)
	s.turn <- struct{}{}
	err := s.writeTailBack()
	<-s.turn
	if err != nil {
		t.Fatal(err)
	}
	err = s.Write(context.Background(), func(tx store.Tx) error {
		if err := txOf(tx).refile(3, 7, lead.HashMessage("other")); err != nil {
			t.Error(err)
		}
		return context.Canceled
	})
	if err == nil {
		t.Error("the transaction did not fail")
	}
	expectKnown(t, s, hashes, places)
	if lines, err := s.Check(context.Background()); err != nil {
		t.Errorf("%v\n%s", err, fmt.Sprint(lines))
	}
}

func txOf(t store.Tx) *tx { return t.(*tx) }
