package sqlite

import (
	"database/sql"
	"strings"

	"galena/internal/lead"
)

// holders remembers who holds identifiers, as the writer found it lately. It is a
// hint: who trusts it makes sure that the lead has a row in a tail, for then a
// join would show there; what a link moves is changed here with its commit.
type holders struct{ young, old map[lead.Identifier]lead.ID }

// maxHolders is how many identifiers are remembered before the older half goes:
// some 10 MB.
const maxHolders = 32_000

func (h *holders) get(id lead.Identifier) (lead.ID, bool) {
	holder, ok := h.young[id]
	if !ok {
		if holder, ok = h.old[id]; ok {
			h.put(id, holder)
		}
	}
	return holder, ok
}

func (h *holders) put(id lead.Identifier, holder lead.ID) {
	if len(h.young) >= maxHolders || h.young == nil {
		h.young, h.old = make(map[lead.Identifier]lead.ID, maxHolders), h.young
	}
	h.young[id] = holder
}

// askedAtOnce is how many identifiers one statement looks up.
const askedAtOnce = 16

var someHolders = define(`SELECT kind, value, lead FROM identifiers
	WHERE (value, kind) IN (VALUES (?, ?)` + strings.Repeat(", (?, ?)", askedAtOnce-1) + `)`)

// Find asks the database only for what is not remembered.
func (t *tx) Find(ids []lead.Identifier) (map[lead.Identifier]lead.ID, error) {
	if t.err != nil || t.joined || len(t.linked) > 0 {
		return find(t, ids)
	}
	found := make(map[lead.Identifier]lead.ID, len(ids))
	unknown := make([]lead.Identifier, 0, len(ids))
	for _, id := range ids {
		if holder, ok := t.holders.get(id); ok {
			if v := t.row(holder); v != nil && !v.gone {
				found[id] = holder
				continue
			}
		}
		unknown = append(unknown, id)
	}
	asked, err := find(t, unknown)
	for id, holder := range asked {
		t.holders.put(id, holder)
		found[id] = holder
	}
	return found, err
}

func (s *snapshot) Find(ids []lead.Identifier) (map[lead.Identifier]lead.ID, error) {
	return find(s, ids)
}

// find looks identifiers up in the table.
func find(s interface {
	each(q *query, row func(*sql.Rows) error, args ...any) error
}, ids []lead.Identifier) (map[lead.Identifier]lead.ID, error) {
	found := make(map[lead.Identifier]lead.ID, len(ids))
	row := func(rows *sql.Rows) error {
		var id lead.Identifier
		var holder lead.ID
		err := rows.Scan(&id.Kind, &id.Value, &holder)
		found[id] = holder
		return err
	}
	var args [2 * askedAtOnce]any
	for len(ids) > 0 {
		for i := range askedAtOnce {
			id := &ids[min(i, len(ids)-1)] // the last one fills up
			args[2*i], args[2*i+1] = id.Value, int64(id.Kind)
		}
		if err := s.each(someHolders, row, args[:]...); err != nil {
			return nil, err
		}
		ids = ids[min(askedAtOnce, len(ids)):]
	}
	return found, nil
}
