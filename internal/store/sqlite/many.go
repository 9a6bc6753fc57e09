package sqlite

import (
	"galena/internal/lead"
	"galena/internal/store"
)

func (s *snapshot) IdentifiersOf(ids []lead.ID) (map[lead.ID][]store.Link, error) {
	return store.EachOf(ids, s.Identifiers)
}

func (s *snapshot) DecisionsOf(ids []lead.ID) (map[lead.ID][]lead.Decision, error) {
	return store.EachOf(ids, s.Decisions)
}

func (s *snapshot) HistoriesOf(ids []lead.ID, limit int) ([][]lead.Event, error) {
	return store.EachHistory(ids, limit, s.History)
}
