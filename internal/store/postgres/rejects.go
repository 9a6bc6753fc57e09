package postgres

import (
	"github.com/jackc/pgx/v5"

	"galena/internal/lead"
)

const rejectColumns = `received, source, place, message_id, code, message, body`

var (
	insertRejects = define(`
		WITH taken AS (
			UPDATE workspace SET last_reject = last_reject + $1::bigint RETURNING last_reject - $1::bigint AS before
		), put AS (
			INSERT INTO rejects (seq, ` + rejectColumns + `)
			SELECT before + n, ` + rejectColumns + `
			FROM taken, unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::text[], $7::text[], $8::bytea[])
				WITH ORDINALITY AS r(` + rejectColumns + `, n)
		)
		SELECT before FROM taken`)
	rejectsAfter = define(`SELECT seq, ` + rejectColumns + ` FROM rejects WHERE seq > $1::bigint ORDER BY seq LIMIT $2::bigint`)
)

func (t *tx) Reject(rejects []lead.Reject) error {
	n := len(rejects)
	if n == 0 {
		return t.err
	}
	received, sources, places := make([]int64, n), make([]int64, n), make([]int64, n)
	messageIDs, codes, messages, bodies := make([]string, n), make([]string, n), make([]string, n), make([][]byte, n)
	for i := range rejects {
		r := &rejects[i]
		received[i], sources[i], places[i] = int64(r.Received), r.Source, int64(r.Index)
		messageIDs[i], codes[i], messages[i], bodies[i] = pack(r.MessageID), pack(r.Code), pack(r.Message), bytesOrNull(r.Body)
	}
	var before int64
	err := t.one(insertRejects, []any{&before}, int64(n), received, sources, places, messageIDs, codes, messages, bodies)
	for i := range rejects {
		rejects[i].Seq = before + 1 + int64(i)
	}
	return err
}

func (s *snapshot) Rejects(after int64, limit int) ([]lead.Reject, error) {
	return page(s, rejectsAfter, func(rows pgx.Rows, r *lead.Reject) error {
		err := rows.Scan(&r.Seq, (*int64)(&r.Received), &r.Source, &r.Index, &r.MessageID, &r.Code, &r.Message, &r.Body)
		if err != nil {
			return err
		}
		return unpackAll(&r.MessageID, &r.Code, &r.Message)
	}, after, limit)
}
