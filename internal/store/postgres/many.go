package postgres

import (
	"cmp"
	"slices"

	"github.com/jackc/pgx/v5"

	"galena/internal/lead"
	"galena/internal/store"
)

// What is asked about each of many leads stands apart, by OFFSET 0, so that each is
// looked up by the index. A planner that guesses a long life, or has no figures yet of
// a table that was just filled, would go through all of it.
var (
	linksOfLeads = define(`SELECT kind, value, lead, display, since, origin
		FROM unnest($1::bigint[]) AS asked(id) CROSS JOIN LATERAL
			(SELECT id AS number, kind, value, lead, display, since, origin FROM identifiers WHERE lead = asked.id OFFSET 0) AS l
		ORDER BY number`)
	partsOfLeads = define(`SELECT id, id FROM unnest($1::bigint[]) AS asked(id)
			WHERE NOT EXISTS (SELECT 1 FROM joins WHERE child = asked.id OFFSET 0)
		UNION ALL SELECT child, id FROM unnest($1::bigint[]) AS asked(id) CROSS JOIN LATERAL
			(SELECT child FROM joins WHERE survivor = asked.id OFFSET 0) AS part`)
	decisionsOfParts = define(`SELECT ` + decisionColumns + ` FROM unnest($1::bigint[]) AS part(of) CROSS JOIN LATERAL
			(SELECT id, ` + decisionColumns + ` FROM decisions WHERE lead = part.of OFFSET 0) AS d
		ORDER BY id`)
	// Part by part, so that what is beyond the limit is not read.
	eventsOfParts = define(`SELECT ` + eventColumns + ` FROM unnest($1::bigint[]) WITH ORDINALITY AS part(of, place) CROSS JOIN LATERAL
			(SELECT ` + eventColumns + ` FROM events WHERE lead = part.of OFFSET 0) AS e
		ORDER BY place LIMIT $2::bigint`)
)

func (t *tx) IdentifiersOf(ids []lead.ID) (map[lead.ID][]store.Link, error) {
	if err := t.flushLinks(); err != nil {
		return nil, err
	}
	return t.snapshot.IdentifiersOf(ids)
}

func (s *snapshot) IdentifiersOf(ids []lead.ID) (map[lead.ID][]store.Link, error) {
	found := make(map[lead.ID][]store.Link, len(ids))
	if len(ids) == 0 {
		return found, s.err
	}
	return found, s.each(linksOfLeads, func(rows pgx.Rows) error {
		var l store.Link
		err := scanLink(rows, &l)
		found[l.Lead] = append(found[l.Lead], l)
		return err
	}, numbers(ids))
}

// partsOf finds what leads consist of, themselves and those that were joined into
// them, in the order of ids; whole tells of which each is a part.
func (s *snapshot) partsOf(ids []lead.ID) (parts []lead.ID, whole map[lead.ID]lead.ID, err error) {
	whole = make(map[lead.ID]lead.ID, len(ids))
	err = s.each(partsOfLeads, func(rows pgx.Rows) error {
		var part, of int64
		err := rows.Scan(&part, &of)
		parts = append(parts, lead.ID(part))
		whole[lead.ID(part)] = lead.ID(of)
		return err
	}, numbers(ids))
	place := make(map[lead.ID]int, len(ids))
	for i, id := range ids {
		place[id] = i
	}
	slices.SortFunc(parts, func(a, b lead.ID) int { return cmp.Compare(place[whole[a]], place[whole[b]]) })
	return parts, whole, err
}

func (t *tx) DecisionsOf(ids []lead.ID) (map[lead.ID][]lead.Decision, error) {
	if err := t.run(t.decisionSteps()...); err != nil {
		return nil, err
	}
	return t.snapshot.DecisionsOf(ids)
}

func (s *snapshot) DecisionsOf(ids []lead.ID) (map[lead.ID][]lead.Decision, error) {
	found := make(map[lead.ID][]lead.Decision, len(ids))
	if len(ids) == 0 {
		return found, s.err
	}
	parts, whole, err := s.partsOf(ids)
	if err != nil {
		return nil, err
	}
	return found, s.each(decisionsOfParts, func(rows pgx.Rows) error {
		var d lead.Decision
		err := scanDecision(rows, &d)
		of := whole[d.Lead]
		found[of] = append(found[of], d)
		return err
	}, numbers(parts))
}

func (s *snapshot) HistoriesOf(ids []lead.ID, limit int) ([][]lead.Event, error) {
	if len(ids) == 0 || limit <= 0 {
		return nil, s.err
	}
	parts, whole, err := s.partsOf(ids)
	if err != nil {
		return nil, err
	}
	events, err := list(s, eventsOfParts, scanEvent, numbers(parts), int64(limit))
	if err != nil {
		return nil, err
	}
	full := len(events) == limit
	histories := make([][]lead.Event, 0, len(ids))
	for _, id := range ids {
		n := 0
		for n < len(events) && whole[events[n].Lead] == id {
			n++
		}
		history := events[:n:n]
		events = events[n:]
		if full && len(events) == 0 { // there may be more of the last
			history, err = s.History(id)
			return append(histories, history), err
		}
		inOrder(history)
		histories = append(histories, history)
	}
	return histories, nil
}
