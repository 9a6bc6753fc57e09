package postgres

import (
	"cmp"
	"encoding/hex"
	"maps"
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
	// Does both for a few, and tells the number before the first.
	appendFew = define(`
		WITH taken AS (
			UPDATE workspace SET last_seq = last_seq + $1::bigint RETURNING last_seq - $1::bigint AS before
		), written AS (
			INSERT INTO events (` + eventColumns + `, hash)
			SELECT before + place, lead, message_id, type, name, user_id, anonymous_id, group_id, previous_id, email, company,
				origin, source, occurred, received, backfill, sanitised, body, phone, hash
			FROM taken, unnest($2::bigint[], $3::text[], $4::smallint[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
				$10::text[], $11::text[], $12::smallint[], $13::bigint[], $14::bigint[], $15::bigint[], $16::boolean[], $17::boolean[],
				$18::bytea[], $19::text[], $20::bytea[]) WITH ORDINALITY AS n(lead, message_id, type, name, user_id, anonymous_id,
				group_id, previous_id, email, company, origin, source, occurred, received, backfill, sanitised, body, phone, hash, place)
		)
		SELECT before FROM taken`)
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

// fewEvents are written by a statement that takes their numbers too, and more by COPY
// behind the numbers: that costs the server half for each, and one way there and back.
const fewEvents = 32

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
	var before int64
	take := step{query: takeSeqs, args: []any{int64(len(events))}}
	if len(events) <= fewEvents {
		take = step{query: appendFew, args: eventArrays(events, hashes)}
	}
	take.row = func(rows pgx.Rows) error { return rows.Scan(&before) }
	err := t.run(append(t.linkSteps(), take)...)
	for i := range events {
		events[i].Seq = before + 1 + int64(i)
	}
	if err == nil && len(events) > fewEvents {
		rows := newEventCopy(events)
		for i := range events {
			rows.add(&events[i], events[i].Seq, hashes[i])
		}
		err = t.copy(copyEvents, rows.end())
	}
	if codeOf(err) == uniqueViolation && constraintOf(err) == eventHashes {
		return t.refuseKnown(err, events, hashes)
	}
	return err
}

// eventArrays are events column by column, as appendFew takes them.
func eventArrays(events []lead.Event, hashes []lead.MessageHash) []any {
	n := len(events)
	var texts [9][]string
	for i := range texts {
		texts[i] = make([]string, n)
	}
	leads, sources, occurred, received := make([]int64, n), make([]int64, n), make([]int64, n), make([]int64, n)
	types, origins := make([]int16, n), make([]int16, n)
	backfill, sanitised := make([]bool, n), make([]bool, n)
	bodies, digests := make([][]byte, n), make([][]byte, n)
	for i := range events {
		e := &events[i]
		for k, text := range []string{e.MessageID, e.Name, e.UserID, e.AnonymousID, e.GroupID, e.PreviousID, e.Email, e.Company, e.Phone} {
			texts[k][i] = pack(text)
		}
		leads[i], sources[i], occurred[i], received[i] = int64(e.Lead), e.Source, int64(e.Occurred), int64(e.Received)
		types[i], origins[i], backfill[i], sanitised[i] = int16(e.Type), int16(e.Origin), e.Backfill, e.Sanitised
		bodies[i], digests[i] = bytesOrNull(e.Body), hashes[i][:]
	}
	return []any{int64(n), leads, texts[0], types, texts[1], texts[2], texts[3], texts[4], texts[5], texts[6], texts[7],
		origins, sources, occurred, received, backfill, sanitised, bodies, texts[8], digests}
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

// Expect sends what it is told along with the next question.
func (t *tx) Expect(messages []lead.MessageHash, ids []lead.Identifier) {
	if len(messages) > 0 {
		asked, seen := digestsOf(messages), map[lead.MessageHash]bool{}
		t.expected = append(t.expected, step{query: knownHashes, args: []any{asked}, row: scanHash(seen), done: func(int64) error {
			for _, hash := range messages {
				t.foretold[hash] = seen[hash]
			}
			return nil
		}})
	}
	_, steps := t.lookUpSteps(ids)
	t.expected = append(t.expected, steps...)
}

// Known keeps in mind what is not there, see refuseKnown.
func (t *tx) Known(hashes []lead.MessageHash) (map[lead.MessageHash]bool, error) {
	if err := t.meet(); err != nil {
		return nil, err
	}
	known := map[lead.MessageHash]bool{}
	var rest []lead.MessageHash
	for _, hash := range hashes {
		seen, told := t.foretold[hash]
		switch {
		case !told || t.appended[hash]:
			rest = append(rest, hash)
		case seen:
			known[hash] = true
		}
	}
	more, err := t.snapshot.Known(rest)
	maps.Copy(known, more)
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
	return known, s.each(q, scanHash(known), digestsOf(hashes))
}

func (s *snapshot) Messages(hashes []lead.MessageHash) ([]lead.Event, error) {
	if len(hashes) == 0 {
		return nil, s.err
	}
	return list(s, eventsByHash, scanEvent, digestsOf(hashes))
}

// digestsOf makes a parameter of hashes.
func digestsOf(hashes []lead.MessageHash) [][]byte {
	all := make([][]byte, len(hashes))
	for i := range hashes {
		all[i] = hashes[i][:]
	}
	return all
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
