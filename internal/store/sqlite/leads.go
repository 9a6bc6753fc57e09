package sqlite

import (
	"cmp"
	"database/sql"
	"slices"

	"galena/internal/lead"
	"galena/internal/store"
)

var (
	lastLeadID = define(`SELECT last_lead FROM workspace`)

	// Gives (it has a row, it survives).
	standingOf = define(`SELECT EXISTS (SELECT 1 FROM leads WHERE id = ?1),
		?1 BETWEEN 1 AND last_lead AND NOT EXISTS (SELECT 1 FROM joins WHERE child = ?1) FROM workspace`)

	leadsByID  = define(`SELECT id, wake_at, state FROM leads WHERE id IN (SELECT value FROM json_each(?))`)
	leadsAfter = define(`SELECT id, wake_at, state FROM leads WHERE id > ? ORDER BY id LIMIT ?`)
)

func (t *tx) NewLeads(n int) (lead.ID, error) {
	if n < 0 {
		return 0, t.refuse("%d new leads were asked for.", n)
	}
	if n == 0 {
		return 0, t.err
	}
	last, err := t.lastLead()
	if t.fresh == 0 {
		t.fresh = last + 1
	}
	t.last += lead.ID(n)
	t.taken = true
	return last + 1, err
}

// lastLead is the highest id given out.
func (t *tx) lastLead() (lead.ID, error) {
	if t.last > 0 {
		return t.last, t.err
	}
	var last int64
	_, err := t.one(lastLeadID, &last)
	t.last = lead.ID(last)
	return t.last, err
}

func (t *tx) PutLeads(rows []store.LeadRow) error {
	for i := range rows {
		has, survives, err := t.standing(rows[i].ID)
		if err != nil {
			return err
		}
		if !survives {
			return t.refuse("The row of %s cannot be kept: it is no surviving lead.", rows[i].ID)
		}
		if !has {
			t.more++
		}
		t.put(rows[i])
	}
	return t.err
}

// standing says whether a lead has a row, and whether it survives. It asks the
// database only about leads that nothing was asked about before.
func (t *tx) standing(id lead.ID) (has, survives bool, err error) {
	v := t.row(id)
	switch {
	case v != nil && !v.gone, v == nil && t.rowed[id]:
		return true, true, t.err
	case v == nil && t.fresh > 0 && id >= t.fresh && id <= t.last:
		return false, true, t.err
	}
	err = t.writeCounts()
	if err == nil {
		err = t.each(standingOf, func(rows *sql.Rows) error { return rows.Scan(&has, &survives) }, int64(id))
	}
	return has && v == nil, survives, err
}

// row gives what the tails know of a lead's row, nil for nothing.
func (s *snapshot) row(id lead.ID) *version {
	for _, t := range s.tails {
		if v := t.row(id, s.at); v != nil {
			return v
		}
	}
	return nil
}

// copied is a version's row for a caller, who may change it.
func (v *version) copied() store.LeadRow {
	row := v.row
	row.State = slices.Clone(row.State)
	return row
}

func (t *tx) States(ids []lead.ID) (map[lead.ID]store.LeadRow, error) {
	found, err := t.snapshot.States(ids)
	for id := range found {
		t.rowed[id] = true
	}
	return found, err
}

func (s *snapshot) States(ids []lead.ID) (map[lead.ID]store.LeadRow, error) {
	if err := s.look(); err != nil {
		return nil, err
	}
	found := make(map[lead.ID]store.LeadRow, len(ids))
	var stored []lead.ID
	for _, id := range ids {
		if v := s.row(id); v == nil {
			stored = append(stored, id)
		} else if !v.gone {
			found[id] = v.copied()
		}
	}
	if len(stored) == 0 {
		return found, s.err
	}
	rows, err := list(s, leadsByID, scanLead, idList(stored))
	for _, row := range rows {
		found[row.ID] = row
	}
	return found, err
}

// Leads merges the table with what the tails know better.
func (s *snapshot) Leads(after lead.ID, limit int) ([]store.LeadRow, error) {
	return s.overlaid(limit,
		func(last *store.LeadRow) ([]store.LeadRow, error) {
			if last != nil {
				after = last.ID
			}
			return page(s, leadsAfter, scanLead, int64(after), limit)
		},
		func(*tail) bool { return true },
		func(row *store.LeadRow) bool { return row.ID > after },
		func(a, b *store.LeadRow) int { return cmp.Compare(a.ID, b.ID) })
}

// overlaid lists at most limit rows in an order: those of the table, which next
// gives in that order, limit at a time, and of the tails that may have such those
// that belong.
func (s *snapshot) overlaid(limit int, next func(last *store.LeadRow) ([]store.LeadRow, error),
	may func(*tail) bool, belongs func(*store.LeadRow) bool, order func(a, b *store.LeadRow) int) ([]store.LeadRow, error) {
	if err := s.look(); err != nil || limit <= 0 {
		return nil, err // to SQLite a negative limit is none
	}
	var young []*version
	for i, t := range s.tails {
		if !may(t) {
			continue
		}
		t.eachRow(s.at, func(v *version) {
			if !v.gone && belongs(&v.row) && !s.younger(i, v.row.ID) {
				young = append(young, v)
			}
		})
	}
	slices.SortFunc(young, func(a, b *version) int { return order(&a.row, &b.row) })
	var all []store.LeadRow
	var last *store.LeadRow
	for len(all) < limit {
		rows, err := next(last)
		if err != nil {
			return nil, err
		}
		for i := range rows {
			if s.row(rows[i].ID) != nil {
				continue
			}
			for ; len(young) > 0 && order(&young[0].row, &rows[i]) < 0; young = young[1:] {
				all = append(all, young[0].copied())
			}
			all = append(all, rows[i])
		}
		if len(rows) < limit {
			for ; len(young) > 0 && len(all) < limit; young = young[1:] {
				all = append(all, young[0].copied())
			}
			break
		}
		last = &rows[len(rows)-1]
	}
	return all[:min(limit, len(all))], s.err
}

// younger says whether a tail before the i-th has the row of a lead.
func (s *snapshot) younger(i int, id lead.ID) bool {
	for _, t := range s.tails[:i] {
		if t.row(id, s.at) != nil {
			return true
		}
	}
	return false
}

func scanLead(rows *sql.Rows, l *store.LeadRow) error {
	return rows.Scan(&l.ID, &l.WakeAt, &l.State)
}
