package sqlite

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"galena/internal/lead"
	"galena/internal/store"
)

// people is a log of leads whose ids, states, messages and identifiers all tell
// of them.
type people struct {
	t        *testing.T
	s        *Store
	messages map[lead.ID][]string
}

const (
	peopleCount = 30
	forgotten   = lead.ID(7)
	part        = lead.ID(8) // joined into it
)

func trace(id lead.ID) string { return fmt.Sprintf("trace of %03d", id) }

func newPeople(t *testing.T, random *rand.Rand, tail bounds) *people {
	t.Helper()
	p := &people{t, openWith(t, filepath.Join(t.TempDir(), "galena.db"), Options{tail: tail}), map[lead.ID][]string{}}
	p.write(func(tx store.Tx) error {
		_, err := tx.NewLeads(peopleCount)
		return err
	})
	for commit := range 60 {
		p.write(func(tx store.Tx) error {
			var events []lead.Event
			for range 1 + random.IntN(4) {
				id := 1 + lead.ID(random.IntN(peopleCount))
				message := fmt.Sprintf("%s, message %d.%d", trace(id), commit, len(events))
				p.messages[id] = append(p.messages[id], message)
				events = append(events, lead.Event{Lead: id, MessageID: message, Name: trace(id),
					Body: []byte(strings.Repeat(trace(id), 1+random.IntN(500)))})
			}
			id := events[0].Lead
			err := tx.Append(events)
			if err == nil {
				err = tx.Link([]store.Link{{Lead: id, Identifier: lead.Identifier{Kind: lead.Anonymous, Value: fmt.Sprint(trace(id), commit)}}})
			}
			if err == nil {
				err = tx.PutLeads([]store.LeadRow{{ID: id, State: []byte(strings.Repeat(trace(id), 1+random.IntN(600)))}})
			}
			return err
		})
	}
	p.write(func(tx store.Tx) error { return tx.Join([]store.Join{{Child: part, Parent: forgotten}}) })
	return p
}

func (p *people) write(fn func(store.Tx) error) {
	p.t.Helper()
	if err := p.s.Write(context.Background(), fn); err != nil {
		p.t.Fatal(err)
	}
}

func (p *people) erase() {
	p.t.Helper()
	p.write(func(tx store.Tx) error { return tx.Erase(forgotten) })
}

// traces counts what the files beside path show of somebody.
func (p *people) traces(path string, of ...lead.ID) (found int) {
	p.t.Helper()
	files, err := filepath.Glob(path + "*")
	if err != nil || len(files) == 0 {
		p.t.Fatalf("%v: %v", files, err)
	}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			p.t.Fatal(err)
		}
		for _, id := range of {
			found += bytes.Count(content, []byte(trace(id)))
			for _, message := range p.messages[id] {
				hash := lead.HashMessage(message)
				found += bytes.Count(content, hash[:hashBytes])
			}
		}
	}
	return found
}

// sound looks whether a store that forgot is as it should be.
func (p *people) sound(s *Store) {
	p.t.Helper()
	if n := p.traces(s.path, forgotten, part); n > 0 {
		p.t.Errorf("the files show %d traces of who was erased", n)
	}
	if p.traces(s.path, 9) == 0 {
		p.t.Error("somebody else is gone, too, or this looks in the wrong place")
	}
	if lines, err := s.Check(context.Background()); err != nil {
		p.t.Errorf("%v\n%s", err, fmt.Sprint(lines))
	}
	err := s.Read(context.Background(), func(view store.Snapshot) error {
		for id, messages := range p.messages {
			hashes := make([]lead.MessageHash, len(messages))
			for i := range messages {
				hashes[i] = lead.HashMessage(messages[i])
			}
			known, err := view.Known(hashes)
			if err != nil {
				return err
			}
			found, err := view.Messages(hashes)
			if err != nil {
				return err
			}
			want := len(hashes)
			if id == forgotten || id == part {
				want = 0
			}
			if len(known) != len(hashes) || len(found) != want {
				p.t.Errorf("of %d messages of %s %d are known and %d found", len(hashes), id, len(known), len(found))
			}
		}
		return nil
	})
	if err != nil {
		p.t.Error(err)
	}
}

// Whatever was written back when somebody is erased, no file shows anything.
func TestErasedIsInNoFile(t *testing.T) {
	t.Parallel()
	large, little := bounds{events: 1 << 20, bytes: 1 << 30}, bounds{events: 20, bytes: 1 << 30}
	for slices := range 12 {
		t.Run(fmt.Sprint("slices=", slices), func(t *testing.T) {
			t.Parallel()
			tail := large
			if slices >= 6 {
				tail = little // there are runs, and merged ones, too
			}
			p := newPeople(t, rand.New(rand.NewPCG(15, uint64(slices))), tail)
			p.s.turn <- struct{}{}
			p.s.bounds = little
			for range slices % 6 {
				if _, err := p.s.step(); err != nil {
					t.Error(err)
				}
			}
			p.s.bounds = tail
			<-p.s.turn
			if p.traces(p.s.path, forgotten) == 0 {
				t.Fatal("there was nothing to erase")
			}
			p.erase()
			p.sound(p.s)
			again := openWith(t, copyAsKilled(t, p.s), Options{})
			p.sound(again)
		})
	}
}

// What could not be done with the erasure is done with the next commit, or by the
// next process.
func TestErasureIsFinishedLater(t *testing.T) {
	t.Parallel()
	p := newPeople(t, rand.New(rand.NewPCG(15, 100)), bounds{})
	pragma(t, p.s, "max_page_count = 1") // of no more than there are
	p.erase()
	if p.traces(p.s.path, forgotten) == 0 {
		t.Fatal("there was room to finish")
	}
	killed := openWith(t, copyAsKilled(t, p.s), Options{})
	p.sound(killed)
	pragma(t, p.s, "max_page_count = 1073741823")
	p.write(func(tx store.Tx) error { return tx.Count("anything", 1) })
	p.sound(p.s)
	if due := p.s.cutDue || p.s.journalDue; due {
		t.Error("it is still due")
	}
}

// A reader of an older moment reads on, and keeps the log from being emptied
// until it has ended.
func TestErasureBesideReader(t *testing.T) {
	t.Parallel()
	p := newPeople(t, rand.New(rand.NewPCG(15, 200)), bounds{})
	err := p.s.Read(context.Background(), func(view store.Snapshot) error {
		p.erase()
		history, err := view.History(forgotten)
		if want := len(p.messages[forgotten]) + len(p.messages[part]); len(history) != want {
			t.Errorf("the reader sees %d events, want %d", len(history), want)
		}
		for _, e := range history {
			if e.Type == lead.Tombstone || e.Name != trace(e.Lead) {
				t.Errorf("the reader sees %+v", e)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if p.traces(p.s.path, forgotten) == 0 {
		t.Fatal("the log was emptied below a reader")
	}
	p.write(func(tx store.Tx) error { return tx.Count("anything", 1) })
	p.sound(p.s)
}

// Each erasure writes back, and many in a row leave no heap of runs.
func TestErasuresInARow(t *testing.T) {
	t.Parallel()
	p := newPeople(t, rand.New(rand.NewPCG(15, 300)), bounds{})
	for id := range lead.ID(peopleCount) {
		if id+1 != part {
			p.write(func(tx store.Tx) error { return tx.Erase(id + 1) })
		}
	}
	p.s.sight.RLock()
	defer p.s.sight.RUnlock()
	if n := len(p.s.runs); n >= len(kinds)*fan {
		t.Errorf("there are %d runs", n)
	}
}
