package listsql

import (
	"maps"
	"slices"

	"galena/internal/lead"
	"galena/internal/store"
)

// Touch gathers whose events are, in the order of the log, until a limit of leads.
type Touch struct {
	Limit int
	// UpTo is the place of the last event that was taken.
	UpTo int64
	ids  map[lead.ID]bool
	full bool
}

// Add takes the next event, unless it is of one lead too many.
func (t *Touch) Add(seq int64, id lead.ID) {
	if t.ids == nil {
		t.ids = map[lead.ID]bool{}
	}
	t.full = t.full || !t.ids[id] && len(t.ids) >= t.Limit
	if !t.full {
		t.ids[id], t.UpTo = true, seq
	}
}

// Full says that an event came of one lead too many.
func (t *Touch) Full() bool { return t.full }

// Leads are those of the events that were taken, ascending.
func (t *Touch) Leads() []lead.ID { return slices.Sorted(maps.Keys(t.ids)) }

// Same says whether two rows are the same but for their facts. Both are tidied.
func Same(a, b *store.ListRow) bool {
	return a.Lead == b.Lead && a.Kind == b.Kind && a.Stage == b.Stage && a.StageSince == b.StageSince && a.Score == b.Score &&
		maps.Equal(a.Scores, b.Scores) && a.Grade == b.Grade && a.Account == b.Account &&
		a.FirstSeen == b.FirstSeen && a.LastSeen == b.LastSeen && a.Name == b.Name && a.Email == b.Email &&
		a.Title == b.Title && a.Company == b.Company && a.Excluded == b.Excluded && a.ChangesAt == b.ChangesAt
}
