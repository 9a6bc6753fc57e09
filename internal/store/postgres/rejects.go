package postgres

import (
	"math"

	"github.com/jackc/pgx/v5"

	"galena/internal/lead"
)

const rejectColumns = `received, source, place, message_id, code, message, body, identity`

var (
	insertRejects = define(`
		WITH taken AS (
			UPDATE workspace SET last_reject = last_reject + $1::bigint RETURNING last_reject - $1::bigint AS before
		), put AS (
			INSERT INTO rejects (seq, ` + rejectColumns + `)
			SELECT before + n, ` + rejectColumns + `
			FROM taken, unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::text[], $7::text[], $8::bytea[], $9::bytea[])
				WITH ORDINALITY AS r(` + rejectColumns + `, n)
		)
		SELECT before FROM taken`)
	rejectsAfter  = define(`SELECT seq, ` + rejectColumns + ` FROM rejects WHERE seq > $1::bigint ORDER BY seq LIMIT $2::bigint`)
	rejectsBefore = define(`SELECT seq, ` + rejectColumns + ` FROM rejects WHERE seq < $1::bigint ORDER BY seq DESC LIMIT $2::bigint`)
	refusedOf     = define(`SELECT identity FROM rejects WHERE identity = ANY($1::bytea[])`)
)

func (t *tx) Reject(rejects []lead.Reject) error {
	n := len(rejects)
	if n == 0 {
		return t.err
	}
	received, sources, places := make([]int64, n), make([]int64, n), make([]int64, n)
	messageIDs, codes, messages := make([]string, n), make([]string, n), make([]string, n)
	bodies, identities := make([][]byte, n), make([][]byte, n)
	for i := range rejects {
		r := &rejects[i]
		received[i], sources[i], places[i] = int64(r.Received), r.Source, int64(r.Index)
		messageIDs[i], codes[i], messages[i], bodies[i] = pack(r.MessageID), pack(r.Code), pack(r.Message), bytesOrNull(r.Body)
		if r.Identity != (lead.MessageHash{}) {
			identities[i] = r.Identity[:]
		}
	}
	var before int64
	err := t.one(insertRejects, []any{&before}, int64(n), received, sources, places, messageIDs, codes, messages, bodies, identities)
	for i := range rejects {
		rejects[i].Seq = before + 1 + int64(i)
	}
	return err
}

func (s *snapshot) Rejects(after int64, limit int) ([]lead.Reject, error) {
	return page(s, rejectsAfter, scanReject, after, limit)
}

func (s *snapshot) LastRejects(before int64, limit int) ([]lead.Reject, error) {
	if before <= 0 {
		before = math.MaxInt64
	}
	return page(s, rejectsBefore, scanReject, before, limit)
}

func scanReject(rows pgx.Rows, r *lead.Reject) error {
	var identity []byte
	err := rows.Scan(&r.Seq, (*int64)(&r.Received), &r.Source, &r.Index, &r.MessageID, &r.Code, &r.Message, &r.Body, &identity)
	if err != nil {
		return err
	}
	copy(r.Identity[:], identity)
	return unpackAll(&r.MessageID, &r.Code, &r.Message)
}

func (s *snapshot) Refused(identities []lead.MessageHash) (map[lead.MessageHash]bool, error) {
	return s.among(refusedOf, identities)
}
