package sqlite

import (
	"database/sql"

	"galena/internal/lead"
	"galena/internal/store"
)

// family selects a surviving lead and all that were joined into it; nothing for
// a lead that was joined to another.
const family = `SELECT ?1 WHERE NOT EXISTS (SELECT 1 FROM joins WHERE child = ?1)
	UNION ALL SELECT child FROM joins WHERE survivor = ?1`

var (
	familyOf  = define(family)
	survivors = define(`SELECT value, coalesce(survivor, value)
		FROM json_each(?) CROSS JOIN workspace LEFT JOIN joins ON child = value
		WHERE value BETWEEN 1 AND last_lead`)
	joinsInto = define(`SELECT child, parent, at, event FROM joins WHERE survivor = ? ORDER BY at, child`)

	insertJoin = define(`INSERT INTO joins (child, parent, survivor, at, event) VALUES (?1, ?2, ?2, ?3, ?4)`)
	// What had been joined into the child goes along, so that the survivor of
	// any lead is one look away.
	joinFamily = define(`UPDATE joins SET survivor = ?2 WHERE survivor = ?1`)
)

func (t *tx) Join(joins []store.Join) error {
	for _, j := range joins {
		if j.Child == j.Parent {
			return t.refuse("%s cannot be joined to itself.", j.Child)
		}
		if err := t.requireSurviving(j.Child, j.Parent); err != nil {
			return err
		}
		child, parent := int64(j.Child), int64(j.Parent)
		if _, err := t.exec(joinFamily, child, parent); err != nil {
			return err
		}
		if _, err := t.exec(insertJoin, child, parent, int64(j.At), j.Event); err != nil {
			return err
		}
		if _, err := t.exec(moveIdentifiers, child, parent); err != nil {
			return err
		}
		for _, q := range []*query{dropMember, dropListed, dropFacts} {
			if _, err := t.exec(q, child); err != nil {
				return err
			}
		}
		has, _, err := t.standing(j.Child)
		if err != nil {
			return err
		}
		if has {
			t.more--
		}
		t.drop(j.Child)
		t.joined = true
	}
	return t.err
}

// requireSurviving fails the transaction unless all of ids stand for themselves.
func (t *tx) requireSurviving(ids ...lead.ID) error {
	for _, id := range ids {
		_, survives, err := t.standing(id)
		if err != nil {
			return err
		}
		if !survives {
			return t.refuse("%s is no surviving lead.", id)
		}
	}
	return nil
}

func (s *snapshot) Surviving(ids []lead.ID) (map[lead.ID]lead.ID, error) {
	found := make(map[lead.ID]lead.ID, len(ids))
	var id, survivor lead.ID
	err := s.each(survivors, func(rows *sql.Rows) error {
		if err := rows.Scan(&id, &survivor); err != nil {
			return err
		}
		found[id] = survivor
		return nil
	}, idList(ids))
	return found, err
}

func (s *snapshot) Joins(into lead.ID) ([]store.Join, error) {
	return list(s, joinsInto, func(rows *sql.Rows, j *store.Join) error {
		return rows.Scan(&j.Child, &j.Parent, &j.At, &j.Event)
	}, int64(into))
}
