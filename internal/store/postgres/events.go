package postgres

import (
	"cmp"
	"slices"

	"github.com/jackc/pgx/v5"

	"galena/internal/lead"
)

const eventColumns = `seq, lead, message_id, type, name, user_id, anonymous_id, group_id, previous_id, email, company,
	origin, source, occurred, received, backfill, sanitised, body, phone`

var (
	// Takes the next numbers and with them the row of the workspace, so that
	// whoever takes later ones commits later. A message that is in the log
	// already, also one that a neighbour is committing, is left out and missed in
	// the count.
	insertEvents = define(`
		WITH taken AS (
			UPDATE workspace SET last_seq = last_seq + $1::bigint RETURNING last_seq - $1::bigint AS before
		), put AS (
			INSERT INTO events (` + eventColumns + `, hash)
			SELECT before + place, lead, message_id, type, name, user_id, anonymous_id, group_id, previous_id, email, company,
				origin, source, occurred, received, backfill, sanitised, body, phone, hash
			FROM taken, unnest($2::bigint[], $3::text[], $4::smallint[], $5::text[], $6::text[], $7::text[], $8::text[],
				$9::text[], $10::text[], $11::text[], $12::smallint[], $13::bigint[], $14::bigint[], $15::bigint[],
				$16::boolean[], $17::boolean[], $18::bytea[], $19::text[], $20::bytea[])
				WITH ORDINALITY AS e(lead, message_id, type, name, user_id, anonymous_id, group_id, previous_id, email, company,
				origin, source, occurred, received, backfill, sanitised, body, phone, hash, place)
			ON CONFLICT (hash) DO NOTHING
			RETURNING 1
		)
		SELECT before, (SELECT count(*) FROM put) FROM taken`)
	// Messages of tombstones are known by a keyed hash (see erase.go).
	knownHashes = define(`SELECT hash FROM events WHERE hash = ANY($1::bytea[])
		UNION ALL
		SELECT asked.hash FROM workspace CROSS JOIN unnest($1::bytea[]) AS asked(hash) CROSS JOIN LATERAL
			(SELECT 1 FROM events WHERE events.hash = ` + keyedHash + ` LIMIT 1) AS tombstone
		WHERE erasure_key IS NOT NULL`)
	eventsByHash = define(`SELECT ` + eventColumns + ` FROM events WHERE hash = ANY($1::bytea[]) AND type <> 8 ORDER BY seq`)
	hashesBefore = define(`SELECT hash FROM events WHERE hash = ANY($1::bytea[]) AND seq <= $2::bigint`)
	eventsLog    = define(`SELECT ` + eventColumns + ` FROM events WHERE seq > $1::bigint ORDER BY seq LIMIT $2::bigint`)
	eventsOfLead = define(`SELECT ` + eventColumns + ` FROM events WHERE lead = ANY(ARRAY(` + family + `))`)
)

// Append writes at once. From here to the commit no other node appends.
func (t *tx) Append(events []lead.Event) error {
	if len(events) == 0 {
		return t.err
	}
	var columns eventArrays
	leads := make([]lead.ID, len(events))
	for i := range events {
		e := &events[i]
		hash := lead.HashMessage(e.MessageID)
		if t.appended[hash] {
			return t.refuse("Message %q was appended twice.", e.MessageID)
		}
		t.appended[hash] = true
		leads[i] = e.Lead
		columns.add(e, hash)
	}
	if err := t.requireExisting(leads); err != nil {
		return err
	}
	if err := t.flushLinks(); err != nil {
		return err
	}
	var before, put int64
	if err := t.one(insertEvents, []any{&before, &put}, columns.parameters()...); err != nil {
		return err
	}
	if put < int64(len(events)) {
		return t.refuseKnown(events, columns.hash, before)
	}
	for i := range events {
		events[i].Seq = before + 1 + int64(i)
	}
	return nil
}

// refuseKnown fails the transaction, some of whose events are in the log
// already. A message of which it was told that it is not came there meanwhile.
func (t *tx) refuseKnown(events []lead.Event, hashes [][]byte, before int64) error {
	there := map[lead.MessageHash]bool{}
	if err := t.each(hashesBefore, scanHash(there), hashes, before); err != nil {
		return err
	}
	for i := range events {
		if hash := lead.MessageHash(hashes[i]); there[hash] && !t.unseen[hash] {
			return t.refuse("Message %q is in the log already.", events[i].MessageID)
		}
	}
	return t.again()
}

// Known keeps in mind what is not there, see refuseKnown.
func (t *tx) Known(hashes []lead.MessageHash) (map[lead.MessageHash]bool, error) {
	known, err := t.snapshot.Known(hashes)
	for _, hash := range hashes {
		if !known[hash] {
			t.unseen[hash] = true
		}
	}
	return known, err
}

func (s *snapshot) Known(hashes []lead.MessageHash) (map[lead.MessageHash]bool, error) {
	known := map[lead.MessageHash]bool{}
	if len(hashes) == 0 {
		return known, s.err
	}
	asked := make([][]byte, len(hashes))
	for i := range hashes {
		asked[i] = hashes[i][:]
	}
	return known, s.each(knownHashes, scanHash(known), asked)
}

func (s *snapshot) Messages(hashes []lead.MessageHash) ([]lead.Event, error) {
	if len(hashes) == 0 {
		return nil, s.err
	}
	asked := make([][]byte, len(hashes))
	for i := range hashes {
		asked[i] = hashes[i][:]
	}
	return list(s, eventsByHash, scanEvent, asked)
}

func scanHash(into map[lead.MessageHash]bool) func(pgx.Rows) error {
	return func(rows pgx.Rows) error {
		var hash []byte
		if err := rows.Scan(&hash); err != nil {
			return err
		}
		into[lead.MessageHash(hash)] = true
		return nil
	}
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

func scanEvent(rows pgx.Rows, e *lead.Event) error {
	err := rows.Scan(&e.Seq, (*int64)(&e.Lead), &e.MessageID, (*uint8)(&e.Type), &e.Name, &e.UserID, &e.AnonymousID,
		&e.GroupID, &e.PreviousID, &e.Email, &e.Company, (*uint8)(&e.Origin), &e.Source, (*int64)(&e.Occurred),
		(*int64)(&e.Received), &e.Backfill, &e.Sanitised, &e.Body, &e.Phone)
	if err != nil {
		return err
	}
	return unpackAll(&e.MessageID, &e.Name, &e.UserID, &e.AnonymousID, &e.GroupID, &e.PreviousID, &e.Email, &e.Company, &e.Phone)
}
