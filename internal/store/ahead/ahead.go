// Package ahead reads what is asked of one lead after the other of many leads at
// once, for whoever goes through a list of them: a store in a database of its own
// answers one question about a hundred as fast as one about one.
//
// It remembers nothing that it was not asked for in order, decides nothing, and
// writes nothing.
package ahead

import (
	"galena/internal/lead"
	"galena/internal/store"
)

// Bounds of what is read before it is asked for.
const (
	maxLeads = 200
	// maxEvents are some megabytes, beside the longest history of all.
	maxEvents = 4000
)

// Of gives a snapshot that answers as another does, but, when asked for the
// identifiers, decisions or history of one of some surviving leads, reads those of
// the next ones too. Each is told once as it was read; who asks again is answered
// anew. The leads are to be asked about in the order given, none of them is to be
// named twice, and nothing is to be written about one whose turn is still to come.
func Of(from store.Snapshot, ids []lead.ID) store.Snapshot {
	if len(ids) < 2 {
		return from
	}
	a := &snapshot{Snapshot: from, ids: ids, place: make(map[lead.ID]int, len(ids))}
	for i, id := range ids {
		a.place[id] = i
	}
	return a
}

type snapshot struct {
	store.Snapshot
	ids   []lead.ID
	place map[lead.ID]int

	identifiers held[store.Link]
	decisions   held[lead.Decision]
	histories   held[lead.Event]
}

// held is what was read and not told yet.
type held[T any] map[lead.ID][]T

// take gives what is held of a lead. Else it reads that of the lead and some of the
// next ones; they is what reads, which tells of how many it did.
func (h *held[T]) take(s *snapshot, id lead.ID, one func(lead.ID) ([]T, error), they func(ids []lead.ID) (map[lead.ID][]T, int, error)) ([]T, error) {
	if all, ready := (*h)[id]; ready {
		delete(*h, id)
		return all, nil
	}
	at, listed := s.place[id]
	if !listed {
		return one(id)
	}
	next := s.ids[at:min(at+maxLeads, len(s.ids))]
	read, n, err := they(next)
	if err != nil {
		return nil, err
	}
	*h = make(held[T], n) // what was passed over is forgotten
	for _, of := range next[1:n] {
		(*h)[of] = read[of]
	}
	return read[id], nil
}

func (s *snapshot) Identifiers(id lead.ID) ([]store.Link, error) {
	return s.identifiers.take(s, id, s.Snapshot.Identifiers, func(ids []lead.ID) (map[lead.ID][]store.Link, int, error) {
		found, err := s.IdentifiersOf(ids)
		return found, len(ids), err
	})
}

func (s *snapshot) Decisions(id lead.ID) ([]lead.Decision, error) {
	return s.decisions.take(s, id, s.Snapshot.Decisions, func(ids []lead.ID) (map[lead.ID][]lead.Decision, int, error) {
		found, err := s.DecisionsOf(ids)
		return found, len(ids), err
	})
}

func (s *snapshot) History(id lead.ID) ([]lead.Event, error) {
	return s.histories.take(s, id, s.Snapshot.History, func(ids []lead.ID) (map[lead.ID][]lead.Event, int, error) {
		histories, err := s.HistoriesOf(ids, maxEvents)
		found := make(map[lead.ID][]lead.Event, len(histories))
		for i, history := range histories {
			found[ids[i]] = history
		}
		return found, len(histories), err
	})
}
