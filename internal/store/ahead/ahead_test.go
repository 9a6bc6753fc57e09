package ahead_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"galena/internal/lead"
	"galena/internal/store"
	"galena/internal/store/ahead"
	"galena/internal/store/memory"
)

// countingSnapshot counts the questions about one lead and about many.
type countingSnapshot struct {
	store.Snapshot
	one, many int
}

func (s *countingSnapshot) Identifiers(id lead.ID) ([]store.Link, error) {
	s.one++
	return s.Snapshot.Identifiers(id)
}

func (s *countingSnapshot) Decisions(id lead.ID) ([]lead.Decision, error) {
	s.one++
	return s.Snapshot.Decisions(id)
}

func (s *countingSnapshot) History(id lead.ID) ([]lead.Event, error) {
	s.one++
	return s.Snapshot.History(id)
}

func (s *countingSnapshot) IdentifiersOf(ids []lead.ID) (map[lead.ID][]store.Link, error) {
	s.many++
	return s.Snapshot.IdentifiersOf(ids)
}

func (s *countingSnapshot) DecisionsOf(ids []lead.ID) (map[lead.ID][]lead.Decision, error) {
	s.many++
	return s.Snapshot.DecisionsOf(ids)
}

func (s *countingSnapshot) HistoriesOf(ids []lead.ID, limit int) ([][]lead.Event, error) {
	s.many++
	return s.Snapshot.HistoriesOf(ids, limit)
}

// told is what a snapshot tells of a lead.
type told struct {
	Links     []store.Link
	Decisions []lead.Decision
	Events    []lead.Event
}

func tell(t *testing.T, s store.Snapshot, id lead.ID) told {
	t.Helper()
	var of told
	var err error
	if of.Links, err = s.Identifiers(id); err != nil {
		t.Fatal(err)
	}
	if of.Decisions, err = s.Decisions(id); err != nil {
		t.Fatal(err)
	}
	if of.Events, err = s.History(id); err != nil {
		t.Fatal(err)
	}
	return of
}

// Whatever order leads are asked about in, and however often, the answers are those
// of the store; in the order given they take few questions.
func TestReadsAheadWhatTheStoreSays(t *testing.T) {
	t.Parallel()
	const leads, events = 450, 30
	now := lead.Time(1_767_600_000_000)
	s := memory.New(func() lead.Time { return now })
	var ids []lead.ID
	err := s.Write(t.Context(), func(tx store.Tx) error {
		first, err := tx.NewLeads(leads)
		for i := lead.ID(0); i < leads && err == nil; i++ {
			id := first + i
			ids = append(ids, id)
			if err = tx.PutLeads([]store.LeadRow{{ID: id, State: []byte("state")}}); err != nil {
				return err
			}
			err = tx.Link([]store.Link{{Identifier: lead.Identifier{Kind: lead.User, Value: fmt.Sprint("u", id)}, Lead: id, Since: now}})
			if err == nil && i%3 == 0 {
				err = tx.Decide([]lead.Decision{{Lead: id, Cycle: 1, Stage: "MQL", Nth: 1, At: now, Verb: lead.Made, Recorded: now}})
			}
			for n := 0; n < int(i)%events && err == nil; n++ {
				e := lead.Event{Lead: id, MessageID: fmt.Sprint(id, "-", n), Type: lead.Track, Name: "Visit", Origin: lead.Browser, Occurred: now, Received: now}
				err = tx.Append([]lead.Event{e})
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	backwards := slices.Clone(ids)
	slices.Reverse(backwards)
	for name, order := range map[string][]lead.ID{
		"in order":          ids,
		"with gaps":         {ids[3], ids[4], ids[300], ids[301], ids[449]},
		"twice":             {ids[0], ids[0], ids[1], ids[1], ids[0], ids[2]},
		"backwards":         backwards[:20],
		"of none on a list": {9999, ids[1]},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := s.Read(t.Context(), func(from store.Snapshot) error {
				c := &countingSnapshot{Snapshot: from}
				reading := ahead.Of(c, ids)
				for _, id := range order {
					if d := cmp.Diff(tell(t, from, id), tell(t, reading, id)); d != "" {
						t.Errorf("Of %s it tells otherwise:\n%s", id, d)
					}
				}
				// 3 lots of 200 for two of them, and 6,525 events by 4000.
				if name == "in order" && (c.one != 0 || c.many > 3+3+4) {
					t.Errorf("%d questions about one lead and %d about many were asked.", c.one, c.many)
				}
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
}
