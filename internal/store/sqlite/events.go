package sqlite

import (
	"cmp"
	"database/sql"
	"slices"

	"galena/internal/fault"
	"galena/internal/lead"
)

const eventColumns = `seq, lead, message_id, type, name, user_id, anonymous_id, group_id, previous_id, email, company,
	origin, source, occurred, received, backfill, sanitised, body, phone`

var (
	insertEvent = define(`INSERT INTO events (` + eventColumns + `, hash)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
	lastSeq      = define(`SELECT coalesce(max(seq), 0) FROM events`)
	eventsLog    = define(`SELECT ` + eventColumns + ` FROM events WHERE seq > ? ORDER BY seq LIMIT ?`)
	eventsOfLead = define(`SELECT ` + eventColumns + ` FROM events WHERE lead IN (` + family + `)`)
	// The hashes come as one blob, 16 bytes each, so that there is one statement
	// for any number of them.
	knownHashes = define(`
		WITH RECURSIVE asked(place) AS (
			VALUES (1) UNION ALL SELECT place + 16 FROM asked WHERE place + 16 < length(?1))
		SELECT hash FROM asked CROSS JOIN events ON hash = substr(?1, place, 16)`)
	eventsByHash = define(`
		WITH RECURSIVE asked(place) AS (
			VALUES (1) UNION ALL SELECT place + 16 FROM asked WHERE place + 16 < length(?1))
		SELECT ` + eventColumns + ` FROM events WHERE hash IN (SELECT substr(?1, place, 16) FROM asked) AND type <> 8`)
)

// Append sets Seq itself, so that the numbers have no gaps and need no reading back.
func (t *tx) Append(events []lead.Event) error {
	if len(events) == 0 {
		return t.err
	}
	var seq int64
	if _, err := t.one(lastSeq, &seq); err != nil {
		return err
	}
	last, err := t.lastLead()
	if err != nil {
		return err
	}
	for i := range events {
		e := &events[i]
		if e.Lead < 1 || e.Lead > last {
			return t.refuse("Event %q is of %s, which does not exist.", e.MessageID, e.Lead)
		}
		seq++
		hash := lead.HashMessage(e.MessageID)
		_, err := t.exec(insertEvent, seq, int64(e.Lead), e.MessageID, int64(e.Type), e.Name, e.UserID,
			e.AnonymousID, e.GroupID, e.PreviousID, e.Email, e.Company, int64(e.Origin), e.Source,
			int64(e.Occurred), int64(e.Received), e.Backfill, e.Sanitised, e.Body, e.Phone, hash[:])
		if isUnique(err) {
			t.err = fault.Wrap(err, fault.Internal, "Message %q is in the log already.", e.MessageID)
			return t.err
		}
		if err != nil {
			return err
		}
		e.Seq = seq
	}
	return nil
}

func (s *snapshot) Known(hashes []lead.MessageHash) (map[lead.MessageHash]bool, error) {
	known, err := s.among(knownHashes, hashes)
	if err != nil || len(hashes) == 0 {
		return known, err
	}
	key, err := s.erasureKey()
	if key == nil || err != nil {
		return known, err
	}
	// Messages of tombstones are known by a keyed hash.
	keyed := make([]lead.MessageHash, len(hashes))
	for i := range hashes {
		keyed[i] = lead.MessageHash(keyedHash(key, hashes[i][:]))
	}
	erased, err := s.among(knownHashes, keyed)
	for i := range hashes {
		if erased[keyed[i]] {
			known[hashes[i]] = true
		}
	}
	return known, err
}

// among finds which of the hashes a query gives that takes them packed.
func (s *snapshot) among(q *query, hashes []lead.MessageHash) (map[lead.MessageHash]bool, error) {
	known := map[lead.MessageHash]bool{}
	if len(hashes) == 0 {
		return known, s.err
	}
	packed := make([]byte, 0, len(hashes)*len(lead.MessageHash{}))
	for i := range hashes {
		packed = append(packed, hashes[i][:]...)
	}
	var hash []byte
	err := s.each(q, func(rows *sql.Rows) error {
		if err := rows.Scan(&hash); err != nil {
			return err
		}
		known[lead.MessageHash(hash)] = true
		return nil
	}, packed)
	return known, err
}

func (s *snapshot) Messages(hashes []lead.MessageHash) ([]lead.Event, error) {
	if len(hashes) == 0 {
		return nil, s.err
	}
	packed := make([]byte, 0, len(hashes)*len(lead.MessageHash{}))
	for i := range hashes {
		packed = append(packed, hashes[i][:]...)
	}
	events, err := list(s, eventsByHash, scanEvent, packed)
	slices.SortFunc(events, func(a, b lead.Event) int { return cmp.Compare(a.Seq, b.Seq) })
	return events, err
}

func (s *snapshot) Log(after int64, limit int) ([]lead.Event, error) {
	return page(s, eventsLog, scanEvent, after, limit)
}

func (s *snapshot) History(id lead.ID) ([]lead.Event, error) {
	events, err := list(s, eventsOfLead, scanEvent, int64(id))
	slices.SortFunc(events, func(a, b lead.Event) int {
		return cmp.Or(cmp.Compare(a.Effective(), b.Effective()), cmp.Compare(a.Seq, b.Seq))
	})
	return events, err
}

func scanEvent(rows *sql.Rows, e *lead.Event) error {
	return rows.Scan(&e.Seq, &e.Lead, &e.MessageID, &e.Type, &e.Name, &e.UserID, &e.AnonymousID, &e.GroupID,
		&e.PreviousID, &e.Email, &e.Company, &e.Origin, &e.Source, &e.Occurred, &e.Received, &e.Backfill, &e.Sanitised, &e.Body, &e.Phone)
}
