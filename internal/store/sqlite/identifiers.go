package sqlite

import (
	"database/sql"

	"galena/internal/lead"
	"galena/internal/store"
)

var (
	// One that the lead holds already stays as it is; one of another lead moves
	// to the end of what is known of the new one.
	putIdentifier = define(`INSERT INTO identifiers (kind, value, lead, origin, display, since)
		VALUES (?1, ?2, ?3, ?3, ?4, ?5)
		ON CONFLICT (value, kind) DO UPDATE SET
			id = (SELECT max(id) FROM identifiers) + 1,
			lead = excluded.lead, origin = excluded.origin, display = excluded.display, since = excluded.since
		WHERE lead <> excluded.lead`)
	moveIdentifiers = define(`UPDATE identifiers SET lead = ?2 WHERE lead = ?1`)

	identifiersOf = define(`SELECT kind, value, lead, display, since, origin FROM identifiers WHERE lead = ? ORDER BY id`)
)

func (t *tx) Link(links []store.Link) error {
	if len(links) == 0 {
		return t.err
	}
	leads := make([]lead.ID, len(links))
	for i := range links {
		leads[i] = links[i].Lead
	}
	if err := t.requireSurviving(leads...); err != nil {
		return err
	}
	for _, l := range links {
		_, err := t.exec(putIdentifier, int64(l.Identifier.Kind), l.Identifier.Value, int64(l.Lead), l.Display, int64(l.Since))
		if err != nil {
			return err
		}
	}
	t.linked = append(t.linked, links...)
	return nil
}

func (s *snapshot) Identifiers(id lead.ID) ([]store.Link, error) {
	return list(s, identifiersOf, func(rows *sql.Rows, l *store.Link) error {
		return rows.Scan(&l.Identifier.Kind, &l.Identifier.Value, &l.Lead, &l.Display, &l.Since, &l.Origin)
	}, int64(id))
}
