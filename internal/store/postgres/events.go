package postgres

import (
	"cmp"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"galena/internal/fault"
	"galena/internal/lead"
)

const eventColumns = `seq, lead, message_id, type, name, user_id, anonymous_id, group_id, previous_id, email, company,
	origin, source, occurred, received, backfill, sanitised, body, phone`

var (
	// Takes the next numbers and with them the row of the workspace, so that
	// whoever takes later ones commits later.
	takeSeqs = define(`UPDATE workspace SET last_seq = last_seq + $1::bigint RETURNING last_seq - $1::bigint`)
	// Messages of tombstones are known by a keyed hash (see erase.go).
	knownHashes = define(`SELECT hash FROM events WHERE hash = ANY($1::bytea[])
		UNION ALL
		SELECT asked.hash FROM workspace CROSS JOIN unnest($1::bytea[]) AS asked(hash) CROSS JOIN LATERAL
			(SELECT 1 FROM events WHERE events.hash = ` + keyedHash + ` LIMIT 1) AS tombstone
		WHERE erasure_key IS NOT NULL`)
	eventsByHash = define(`SELECT ` + eventColumns + ` FROM events WHERE hash = ANY($1::bytea[]) AND type <> 8 ORDER BY seq`)
	eventsLog    = define(`SELECT ` + eventColumns + ` FROM events WHERE seq > $1::bigint ORDER BY seq LIMIT $2::bigint`)
	eventsOfLead = define(`SELECT ` + eventColumns + ` FROM events WHERE lead = ANY(ARRAY(` + family + `))`)
	// Sorted are places alone, and rows are fetched by them: a planner that guesses a
	// long life would go through the log backwards until it has found as many.
	latestOfLead = define(`SELECT ` + eventColumns + ` FROM events WHERE seq = ANY(ARRAY(
			SELECT seq FROM (SELECT seq FROM events WHERE lead = ANY(ARRAY(` + family + `)) OFFSET 0) AS of
			WHERE $2::bigint = 0 OR seq < $2::bigint ORDER BY seq DESC LIMIT $3::bigint))
		ORDER BY seq DESC`)
)

// Append writes at once. From here to the commit no other node appends.
func (t *tx) Append(events []lead.Event) error {
	if len(events) == 0 {
		return t.err
	}
	hashes := make([]lead.MessageHash, len(events))
	leads := make([]lead.ID, len(events))
	for i := range events {
		e := &events[i]
		hashes[i], leads[i] = lead.HashMessage(e.MessageID), e.Lead
		if t.appended[hashes[i]] {
			return t.refuse("Message %q was appended twice.", e.MessageID)
		}
		t.appended[hashes[i]] = true
	}
	if err := t.requireExisting(leads); err != nil {
		return err
	}
	if err := t.flushLinks(); err != nil {
		return err
	}
	var before int64
	if err := t.one(takeSeqs, []any{&before}, int64(len(events))); err != nil {
		return err
	}
	rows := newEventCopy(events)
	for i := range events {
		events[i].Seq = before + 1 + int64(i)
		rows.add(&events[i], events[i].Seq, hashes[i])
	}
	err := t.copy(copyEvents, rows.end())
	if codeOf(err) == uniqueViolation && constraintOf(err) == eventHashes {
		return t.refuseKnown(err, events, hashes)
	}
	return err
}

// eventHashes is the index by which no message is in the log twice.
const eventHashes = "events_hash"

// refuseKnown fails the transaction, one of whose events is in the log already. A
// message of which it was told that it is not came there meanwhile.
func (t *tx) refuseKnown(err error, events []lead.Event, hashes []lead.MessageHash) error {
	detail := detailOf(err) // names the hash
	for i := range events {
		if !t.unseen[hashes[i]] && strings.Contains(detail, hex.EncodeToString(hashes[i][:])) {
			t.err = fault.Wrap(err, fault.Internal, "Message %q is in the log already.", events[i].MessageID)
			return t.err
		}
	}
	t.err = t.node.disturbed(err)
	return t.err
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
	return s.among(knownHashes, hashes)
}

// among finds which of the hashes a query gives that takes them as a list.
func (s *snapshot) among(q *query, hashes []lead.MessageHash) (map[lead.MessageHash]bool, error) {
	known := map[lead.MessageHash]bool{}
	if len(hashes) == 0 {
		return known, s.err
	}
	asked := make([][]byte, len(hashes))
	for i := range hashes {
		asked[i] = hashes[i][:]
	}
	return known, s.each(q, scanHash(known), asked)
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
	inOrder(events)
	return events, err
}

// inOrder sorts a history by the fold key.
func inOrder(events []lead.Event) {
	slices.SortFunc(events, func(a, b lead.Event) int {
		return cmp.Or(cmp.Compare(a.Effective(), b.Effective()), cmp.Compare(a.Seq, b.Seq))
	})
}

func (s *snapshot) Latest(id lead.ID, before int64, limit int) ([]lead.Event, error) {
	if limit <= 0 {
		return nil, s.err
	}
	return list(s, latestOfLead, scanEvent, int64(id), max(before, 0), int64(limit))
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
