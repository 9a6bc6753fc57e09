package postgres

import (
	"slices"

	"github.com/jackc/pgx/v5"

	"galena/internal/lead"
)

// heldLead is the row of a surviving lead on which this transaction has the lock,
// or a new lead's, as it is to be. What was put waits here until it is written.
type heldLead struct {
	// kept says that something was put, now or ever.
	kept   bool
	wakeAt lead.Time
	state  []byte
	// waiting says that the row differs from the table's, stored that the table
	// has one.
	waiting, stored bool
	// gone says that this transaction joined the lead to another.
	gone bool
}

var (
	lockLeads   = define(`SELECT id, kept, wake_at, state FROM leads WHERE id = ANY($1::bigint[]) ORDER BY id FOR UPDATE`)
	leadsMissed = define(`SELECT id FROM unnest($1::bigint[]) AS asked(id)
		WHERE NOT EXISTS (SELECT 1 FROM leads WHERE leads.id = asked.id) AND NOT EXISTS (SELECT 1 FROM joins WHERE child = asked.id)`)
)

// Lock takes the rows in the order of their ids, as every node does.
func (t *tx) Lock(ids []lead.ID) error {
	var missing []lead.ID
	for _, id := range ids {
		if t.leads[id] == nil {
			missing = append(missing, id)
		}
	}
	if len(missing) == 0 {
		return t.err
	}
	t.asked = append(t.asked, missing...)
	slices.Sort(missing)
	return t.each(lockLeads, t.hold, numbers(slices.Compact(missing)))
}

// hold notes a row that was locked. Nobody else changes it from here on.
func (t *tx) hold(rows pgx.Rows) error {
	var id lead.ID
	l := &heldLead{stored: true}
	if err := rows.Scan((*int64)(&id), &l.kept, (*int64)(&l.wakeAt), &l.state); err != nil {
		return err
	}
	if t.leads[id] == nil {
		t.leads[id] = l
	}
	return nil
}

// surviving gives the held row of a lead, nil unless it stands for itself.
func (t *tx) surviving(id lead.ID) *heldLead {
	if l := t.leads[id]; l != nil && !l.gone {
		return l
	}
	return nil
}

// requireSurviving locks leads and fails the transaction unless all of them
// stand for themselves.
func (t *tx) requireSurviving(ids ...lead.ID) error {
	if err := t.Lock(ids); err != nil {
		return err
	}
	for _, id := range ids {
		if t.surviving(id) == nil {
			return t.refuse("%s is no surviving lead.", id)
		}
	}
	return nil
}

// requireExisting fails the transaction unless all leads exist, joined or not.
func (t *tx) requireExisting(ids []lead.ID) error {
	var unsure []lead.ID
	for _, id := range ids {
		if t.leads[id] == nil {
			unsure = append(unsure, id)
		}
	}
	if len(unsure) == 0 {
		return t.err
	}
	var missed []lead.ID
	err := t.each(leadsMissed, func(rows pgx.Rows) error {
		var id lead.ID
		missed = append(missed, id)
		return rows.Scan((*int64)(&missed[len(missed)-1]))
	}, numbers(unsure))
	if err == nil && len(missed) > 0 {
		return t.refuse("%s does not exist.", missed[0])
	}
	return err
}
