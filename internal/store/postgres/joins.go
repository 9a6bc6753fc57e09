package postgres

import (
	"github.com/jackc/pgx/v5"

	"galena/internal/lead"
	"galena/internal/store"
)

// family selects a surviving lead and all that were joined into it; nothing for
// a lead that was joined to another.
const family = `SELECT $1::bigint WHERE NOT EXISTS (SELECT 1 FROM joins WHERE child = $1::bigint)
	UNION ALL SELECT child FROM joins WHERE survivor = $1::bigint`

var (
	survivors = define(`SELECT id, id FROM leads WHERE id = ANY($1::bigint[])
		UNION ALL SELECT child, survivor FROM joins WHERE child = ANY($1::bigint[])`)
	joinsInto = define(`SELECT child, parent, at, event FROM joins WHERE survivor = $1::bigint ORDER BY at, child`)

	// What had been joined into the child goes along, so that the survivor of
	// any lead is one look away.
	joinLeads = define(`
		WITH family AS (
			UPDATE joins SET survivor = $2::bigint WHERE survivor = $1::bigint
		), moved AS (
			UPDATE identifiers SET lead = $2::bigint WHERE lead = $1::bigint
		), gone AS (
			DELETE FROM leads WHERE id = $1::bigint
		), dropped AS (
			DELETE FROM members WHERE lead = $1::bigint
		), unlisted AS (
			DELETE FROM listing WHERE lead = $1::bigint
		), unknown AS (
			DELETE FROM listing_facts WHERE lead = $1::bigint
		)
		INSERT INTO joins (child, parent, survivor, at, event) VALUES ($1::bigint, $2::bigint, $2::bigint, $3::bigint, $4::text)`)
)

func (t *tx) Join(joins []store.Join) error {
	if len(joins) == 0 {
		return t.err
	}
	ids := make([]lead.ID, 0, 2*len(joins))
	for _, j := range joins {
		ids = append(ids, j.Child, j.Parent)
	}
	if err := t.requireSurviving(ids...); err != nil {
		return err
	}
	if err := t.flush(); err != nil {
		return err
	}
	survivor := map[lead.ID]lead.ID{}
	var steps []step
	for _, j := range joins {
		child, parent := t.surviving(j.Child), t.surviving(j.Parent)
		if child == parent || child == nil || parent == nil {
			return t.refuse("%s cannot be joined to %s: the two are not both surviving leads.", j.Child, j.Parent)
		}
		steps = append(steps, step{query: joinLeads, args: []any{int64(j.Child), int64(j.Parent), int64(j.At), pack(j.Event)}})
		child.gone = true
		if child.kept {
			t.more--
		}
		survivor[j.Child] = j.Parent
		delete(t.known, j.Child)
		delete(t.known, j.Parent)
	}
	for d, holder := range t.holders {
		for survivor[holder] != 0 {
			holder = survivor[holder]
		}
		t.holders[d] = holder
	}
	return t.run(steps...)
}

// Surviving knows the leads that were not written yet.
func (t *tx) Surviving(ids []lead.ID) (map[lead.ID]lead.ID, error) {
	found, err := t.snapshot.Surviving(ids)
	for _, id := range ids {
		if t.surviving(id) != nil {
			found[id] = id
		}
	}
	return found, err
}

func (s *snapshot) Surviving(ids []lead.ID) (map[lead.ID]lead.ID, error) {
	found := make(map[lead.ID]lead.ID, len(ids))
	err := s.each(survivors, func(rows pgx.Rows) error {
		var id, survivor int64
		err := rows.Scan(&id, &survivor)
		found[lead.ID(id)] = lead.ID(survivor)
		return err
	}, numbers(ids))
	return found, err
}

func (s *snapshot) Joins(into lead.ID) ([]store.Join, error) {
	return list(s, joinsInto, func(rows pgx.Rows, j *store.Join) error {
		if err := rows.Scan((*int64)(&j.Child), (*int64)(&j.Parent), (*int64)(&j.At), &j.Event); err != nil {
			return err
		}
		return unpackAll(&j.Event)
	}, int64(into))
}
