package listsql

import (
	"maps"
	"slices"

	"galena/internal/lead"
	"galena/internal/store"
)

// Touched answers store.ListReader.Touched from a way to read the next events of the
// log above a place, at most so many. It reads a few first: whoever trails far behind
// asks again and again, and after an import each event is another lead's; in a session
// eight are one's.
func Touched(after int64, limit int, read func(after int64, most int, event func(seq int64, id lead.ID)) error) ([]lead.ID, int64, error) {
	ids, upTo := map[lead.ID]bool{}, after
	rest, look := store.MaxTouched, 2*limit
	for full := limit <= 0; rest > 0 && !full; look *= 2 {
		most, seen := min(look, rest), 0
		err := read(upTo, most, func(seq int64, id lead.ID) {
			seen++
			full = full || !ids[id] && len(ids) >= limit
			if !full {
				ids[id], upTo = true, seq
			}
		})
		if err != nil {
			return nil, after, err
		}
		full = full || seen < most
		rest -= seen
	}
	return slices.Sorted(maps.Keys(ids)), upTo, nil
}

// Same says whether two rows are the same but for their facts. Both are tidied.
func Same(a, b *store.ListRow) bool {
	return a.Lead == b.Lead && a.Kind == b.Kind && a.Stage == b.Stage && a.StageSince == b.StageSince && a.Score == b.Score &&
		maps.Equal(a.Scores, b.Scores) && a.Grade == b.Grade && a.Account == b.Account &&
		a.FirstSeen == b.FirstSeen && a.LastSeen == b.LastSeen && a.Name == b.Name && a.Email == b.Email &&
		a.Title == b.Title && a.Company == b.Company && a.Excluded == b.Excluded && a.ChangesAt == b.ChangesAt
}
