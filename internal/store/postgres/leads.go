package postgres

import (
	"bytes"
	"slices"

	"github.com/jackc/pgx/v5"

	"galena/internal/lead"
	"galena/internal/store"
)

var (
	newLeads = define(`INSERT INTO leads (id, wake_at, due, kept, state)
		SELECT id, wake_at, wake_at, kept, state FROM unnest($1::bigint[], $2::bigint[], $3::boolean[], $4::bytea[]) AS n(id, wake_at, kept, state)`)
	// Most changes of a row put its wake-up off. Then the index keeps the old
	// moment, and the row is changed within its page; see leadsDue.
	putLeads = define(`UPDATE leads SET wake_at = n.wake_at, kept = n.kept, state = n.state,
			due = CASE WHEN leads.due > $5::bigint AND (n.wake_at = 0 OR n.wake_at >= leads.due) THEN leads.due ELSE n.wake_at END
		FROM unnest($1::bigint[], $2::bigint[], $3::boolean[], $4::bytea[]) AS n(id, wake_at, kept, state) WHERE leads.id = n.id`)

	leadsByID  = define(`SELECT id, wake_at, state FROM leads WHERE id = ANY($1::bigint[]) AND kept`)
	leadsAfter = define(`SELECT id, wake_at, state FROM leads WHERE id > $1::bigint AND kept ORDER BY id LIMIT $2::bigint`)
	// due is never after wake_at, and 0 only where that is. After an import everybody
	// may be due: so the first by the index are taken, some for each of a few nodes that
	// ask at once, and of them the first by wake_at. Where many were put off they may
	// not be the very first.
	leadsDue = define(`SELECT id, wake_at, state FROM leads WHERE id = ANY(ARRAY(SELECT id FROM leads
			WHERE due <> 0 AND due <= $1::bigint AND wake_at <> 0 AND wake_at <= $1::bigint
			ORDER BY due, id LIMIT greatest(4 * $2::bigint, 100)))
		AND wake_at <> 0 AND wake_at <= $1::bigint ORDER BY wake_at, id LIMIT $2::bigint`)
	// What another writer holds is left to it.
	claimDue = define(leadsDue.text + ` FOR UPDATE SKIP LOCKED`)
	// Brings the beginning of the index up to date where a wake-up was put off beyond a
	// moment.
	putOff = define(`UPDATE leads SET due = wake_at WHERE id = ANY(ARRAY(SELECT id FROM leads
		WHERE id = ANY(ARRAY(SELECT id FROM leads WHERE due <> 0 AND due <= $1::bigint ORDER BY due, id LIMIT $2::bigint))
		AND (wake_at = 0 OR wake_at > $1::bigint) FOR UPDATE SKIP LOCKED))`)
)

// How much of the index is looked at before wake-ups are claimed: a little, which is
// cheap where everybody is due; and where most of that was put off, as of people who
// are active, more and more.
const (
	leastPutOff = 500
	mostPutOff  = 10_000
)

func (t *tx) NewLeads(n int) (lead.ID, error) {
	if n < 0 {
		return 0, t.refuse("%d new leads were asked for.", n)
	}
	if n == 0 || t.err != nil {
		return 0, t.err
	}
	first, err := t.node.ids.take(n, t.drawBlocks)
	if err != nil {
		return 0, err
	}
	t.taken = append(t.taken, takenIDs{first, n})
	for i := range n {
		t.leads[first+lead.ID(i)] = &heldLead{waiting: true}
	}
	return first, nil
}

func (t *tx) PutLeads(rows []store.LeadRow) error {
	ids := make([]lead.ID, len(rows))
	for i := range rows {
		ids[i] = rows[i].ID
	}
	if err := t.requireSurviving(ids...); err != nil {
		return err
	}
	for i := range rows {
		l := t.leads[rows[i].ID]
		if !l.kept {
			l.kept = true
			t.more++
		}
		l.waiting, l.wakeAt, l.state = true, rows[i].WakeAt, bytes.Clone(bytesOrNull(rows[i].State))
	}
	return t.err
}

// leadSteps write the rows that wait.
func (t *tx) leadSteps() []step {
	var ids []lead.ID
	for id, l := range t.leads {
		if l.waiting && !l.gone {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	slices.Sort(ids)
	var put, made leadArrays
	for _, id := range ids {
		l := t.leads[id]
		if l.stored {
			put.add(id, l)
		} else {
			made.add(id, l)
		}
		l.waiting, l.stored = false, true
	}
	var steps []step
	if len(put.ids) > 0 {
		now, _ := t.Now() // fails only as the transaction has
		steps = append(steps, step{query: putLeads, args: append(put.parameters(), int64(now))})
	}
	if len(made.ids) > 0 {
		steps = append(steps, step{query: newLeads, args: made.parameters()})
	}
	return steps
}

// leadArrays are rows column by column, as unnest takes them.
type leadArrays struct {
	ids, wakes []int64
	kept       []bool
	states     [][]byte
}

func (a *leadArrays) add(id lead.ID, l *heldLead) {
	a.ids, a.wakes, a.kept, a.states = append(a.ids, int64(id)), append(a.wakes, int64(l.wakeAt)), append(a.kept, l.kept), append(a.states, l.state)
}

func (a *leadArrays) parameters() []any { return []any{a.ids, a.wakes, a.kept, a.states} }

// States gives rows that this transaction holds as they will be.
func (t *tx) States(ids []lead.ID) (map[lead.ID]store.LeadRow, error) {
	found := make(map[lead.ID]store.LeadRow, len(ids))
	var rest []lead.ID
	for _, id := range ids {
		l := t.leads[id]
		if l == nil {
			rest = append(rest, id)
		} else if l.kept && !l.gone {
			found[id] = store.LeadRow{ID: id, WakeAt: l.wakeAt, State: bytes.Clone(l.state)}
		}
	}
	if len(rest) == 0 {
		return found, t.err
	}
	return found, t.readStates(found, rest)
}

func (s *snapshot) States(ids []lead.ID) (map[lead.ID]store.LeadRow, error) {
	found := make(map[lead.ID]store.LeadRow, len(ids))
	return found, s.readStates(found, ids)
}

func (s *snapshot) readStates(into map[lead.ID]store.LeadRow, ids []lead.ID) error {
	return s.each(leadsByID, func(rows pgx.Rows) error {
		var row store.LeadRow
		err := scanLead(rows, &row)
		into[row.ID] = row
		return err
	}, numbers(ids))
}

func (t *tx) Leads(after lead.ID, limit int) ([]store.LeadRow, error) {
	if err := t.flush(); err != nil {
		return nil, err
	}
	return t.snapshot.Leads(after, limit)
}

func (s *snapshot) Leads(after lead.ID, limit int) ([]store.LeadRow, error) {
	return page(s, leadsAfter, scanLead, int64(after), limit)
}

// Due claims what it lists.
func (t *tx) Due(at lead.Time, limit int) ([]store.LeadRow, error) {
	if err := t.flush(); err != nil {
		return nil, err
	}
	for look := int64(leastPutOff); look <= mostPutOff; look *= 4 {
		var late int64
		err := t.run(step{query: putOff, args: []any{int64(at), look}, done: func(touched int64) error { late = touched; return nil }})
		if err != nil {
			return nil, err
		}
		if late < look/2 {
			break
		}
	}
	rows, err := page(t.snapshot, claimDue, scanLead, int64(at), limit)
	for _, row := range rows {
		if t.leads[row.ID] == nil {
			t.leads[row.ID] = &heldLead{kept: true, stored: true, wakeAt: row.WakeAt, state: bytes.Clone(row.State)}
		}
	}
	return rows, err
}

func (s *snapshot) Due(at lead.Time, limit int) ([]store.LeadRow, error) {
	return page(s, leadsDue, scanLead, int64(at), limit)
}

func scanLead(rows pgx.Rows, l *store.LeadRow) error {
	return rows.Scan((*int64)(&l.ID), (*int64)(&l.WakeAt), &l.State)
}
