package sqlite

import (
	"database/sql"

	"galena/internal/lead"
	"galena/internal/store"
)

var (
	takeLeads  = define(`UPDATE workspace SET last_lead = last_lead + ? RETURNING last_lead`)
	lastLeadID = define(`SELECT last_lead FROM workspace`)

	// Touches no row when the lead was joined or never existed.
	putLead = define(`INSERT INTO leads (id, wake_at, state)
		SELECT ?1, ?2, ?3 FROM workspace
		WHERE ?1 BETWEEN 1 AND last_lead AND NOT EXISTS (SELECT 1 FROM joins WHERE child = ?1)
		ON CONFLICT (id) DO UPDATE SET wake_at = excluded.wake_at, state = excluded.state`)
	dropLead = define(`DELETE FROM leads WHERE id = ?`)

	leadsByID  = define(`SELECT id, wake_at, state FROM leads WHERE id IN (SELECT value FROM json_each(?))`)
	leadsAfter = define(`SELECT id, wake_at, state FROM leads WHERE id > ? ORDER BY id LIMIT ?`)
	leadsDue   = define(`SELECT id, wake_at, state FROM leads
		WHERE wake_at <> 0 AND wake_at <= ? ORDER BY wake_at, id LIMIT ?`)
)

func (t *tx) NewLeads(n int) (lead.ID, error) {
	if n < 0 {
		return 0, t.refuse("%d new leads were asked for.", n)
	}
	if n == 0 {
		return 0, t.err
	}
	var last int64
	_, err := t.one(takeLeads, &last, int64(n))
	t.last = lead.ID(last)
	return t.last - lead.ID(n) + 1, err
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
		n, err := t.exec(putLead, int64(rows[i].ID), int64(rows[i].WakeAt), rows[i].State)
		if err != nil {
			return err
		}
		if n == 0 {
			return t.refuse("The row of %s cannot be kept: it is no surviving lead.", rows[i].ID)
		}
	}
	return t.err
}

func (s *snapshot) States(ids []lead.ID) (map[lead.ID]store.LeadRow, error) {
	rows, err := list(s, leadsByID, scanLead, idList(ids))
	found := make(map[lead.ID]store.LeadRow, len(rows))
	for _, row := range rows {
		found[row.ID] = row
	}
	return found, err
}

func (s *snapshot) Leads(after lead.ID, limit int) ([]store.LeadRow, error) {
	return page(s, leadsAfter, scanLead, int64(after), limit)
}

func (s *snapshot) Due(at lead.Time, limit int) ([]store.LeadRow, error) {
	return page(s, leadsDue, scanLead, int64(at), limit)
}

func scanLead(rows *sql.Rows, l *store.LeadRow) error {
	return rows.Scan(&l.ID, &l.WakeAt, &l.State)
}
