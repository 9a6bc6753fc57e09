package store

import "galena/internal/lead"

// ManyReader is what a Snapshot answers about many surviving leads as it does about
// each, with a number of questions to its database that does not grow with theirs.
// No lead is to be named twice.
type ManyReader interface {
	// IdentifiersOf gives the Identifiers of each; who has none is absent.
	IdentifiersOf(ids []lead.ID) (map[lead.ID][]Link, error)
	// DecisionsOf gives the Decisions of each; who has none is absent.
	DecisionsOf(ids []lead.ID) (map[lead.ID][]lead.Decision, error)
	// HistoriesOf gives the History of the first of them, in the order given: of as
	// many as it takes to come to limit events, so that what is read at once has a
	// bound where no single lead is beyond it.
	HistoriesOf(ids []lead.ID, limit int) ([][]lead.Event, error)
}

// EachOf answers about many leads by asking about each, for stores that are asked
// within the process.
func EachOf[T any](ids []lead.ID, of func(lead.ID) ([]T, error)) (map[lead.ID][]T, error) {
	found := make(map[lead.ID][]T, len(ids))
	for _, id := range ids {
		all, err := of(id)
		if err != nil {
			return nil, err
		}
		if len(all) > 0 {
			found[id] = all
		}
	}
	return found, nil
}

// EachHistory answers HistoriesOf likewise.
func EachHistory(ids []lead.ID, limit int, of func(lead.ID) ([]lead.Event, error)) ([][]lead.Event, error) {
	var histories [][]lead.Event
	for events := 0; events < limit && len(histories) < len(ids); {
		history, err := of(ids[len(histories)])
		if err != nil {
			return nil, err
		}
		histories = append(histories, history)
		events += len(history)
	}
	return histories, nil
}
