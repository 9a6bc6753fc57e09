package sqlite

import (
	"galena/internal/lead"
	"galena/internal/store"
)

var (
	survivorOf = define(`SELECT survivor FROM joins WHERE child = ?`)
	dropJoin   = define(`DELETE FROM joins WHERE child = ?`)
	// A child that goes along must be the survivor's, and not the child's already.
	rejoin = define(`UPDATE joins SET parent = ?2 WHERE child = ?1 AND survivor = ?3`)
	// What hangs below the child.
	partFamily = define(`WITH RECURSIVE below(id) AS (
			VALUES (?1) UNION ALL SELECT child FROM joins JOIN below ON parent = id WHERE survivor = ?2)
		UPDATE joins SET survivor = ?1 WHERE child IN (SELECT id FROM below)`)

	partIdentifier = define(`UPDATE identifiers SET lead = ?1,
			origin = CASE WHEN origin IN (SELECT child FROM joins WHERE survivor = ?1) THEN origin ELSE ?1 END
		WHERE value = ?2 AND kind = ?3 AND lead IN (?4, ?1)`)
	partEvent = define(`UPDATE events SET lead = ?1 WHERE seq = ?2
		AND (lead IN (?1, ?3) OR lead IN (SELECT child FROM joins WHERE survivor IN (?1, ?3)))`)
)

func (t *tx) Part(p store.Parting) error {
	child := int64(p.Child)
	var survivor int64
	joined, err := t.one(survivorOf, &survivor, child)
	if err != nil {
		return err
	}
	if !joined {
		return t.refuse("%s was not joined to another lead.", p.Child)
	}
	if _, err := t.exec(dropJoin, child); err != nil {
		return err
	}
	for _, id := range p.Joins {
		if n, err := t.exec(rejoin, int64(id), child, survivor); err != nil || n == 0 {
			return firstOf(err, func() error { return t.refuse("%s cannot go along: it is not part of lead_%d.", id, survivor) })
		}
	}
	if _, err := t.exec(partFamily, child, survivor); err != nil {
		return err
	}
	for _, id := range p.Identifiers {
		n, err := t.exec(partIdentifier, child, id.Value, int64(id.Kind), survivor)
		if err != nil || n == 0 {
			return firstOf(err, func() error {
				return t.refuse("An identifier cannot go along with %s: lead_%d does not hold it.", p.Child, survivor)
			})
		}
	}
	for _, seq := range p.Events {
		if err := t.refile(seq, p.Child, lead.MessageHash{}); err != nil {
			return err
		}
		n, err := t.exec(partEvent, child, seq, survivor)
		if err != nil || n == 0 {
			return firstOf(err, func() error {
				return t.refuse("Event %d cannot go along with %s: it is not of lead_%d.", seq, p.Child, survivor)
			})
		}
	}
	t.joined, t.released = true, true
	return t.err
}

// firstOf gives err, or else what the next step says.
func firstOf(err error, next func() error) error {
	if err != nil {
		return err
	}
	return next()
}
