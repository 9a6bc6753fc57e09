package sqlite

import (
	"database/sql"
	"math"

	"galena/internal/lead"
)

const rejectColumns = `seq, received, source, place, message_id, code, message, body, identity`

var (
	insertReject  = define(`INSERT INTO rejects (` + rejectColumns + `) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`)
	lastReject    = define(`SELECT coalesce(max(seq), 0) FROM rejects`)
	rejectsAfter  = define(`SELECT ` + rejectColumns + ` FROM rejects WHERE seq > ? ORDER BY seq LIMIT ?`)
	rejectsBefore = define(`SELECT ` + rejectColumns + ` FROM rejects WHERE seq < ? ORDER BY seq DESC LIMIT ?`)
	refusedOf     = define(`
		WITH RECURSIVE asked(nth) AS (
			VALUES (1) UNION ALL SELECT nth + 16 FROM asked WHERE nth + 16 < length(?1))
		SELECT identity FROM asked CROSS JOIN rejects ON identity = substr(?1, nth, 16)`)
)

func (t *tx) Reject(rejects []lead.Reject) error {
	if len(rejects) == 0 {
		return t.err
	}
	var seq int64
	if _, err := t.one(lastReject, &seq); err != nil {
		return err
	}
	for i := range rejects {
		r := &rejects[i]
		seq++
		_, err := t.exec(insertReject, seq, int64(r.Received), r.Source, int64(r.Index), r.MessageID, r.Code, r.Message, r.Body, identityOrNull(r.Identity))
		if err != nil {
			return err
		}
		r.Seq = seq
	}
	return nil
}

// identityOrNull is what the column holds of an identity.
func identityOrNull(id lead.MessageHash) []byte {
	if id == (lead.MessageHash{}) {
		return nil
	}
	return id[:]
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

func scanReject(rows *sql.Rows, r *lead.Reject) error {
	var identity []byte
	err := rows.Scan(&r.Seq, &r.Received, &r.Source, &r.Index, &r.MessageID, &r.Code, &r.Message, &r.Body, &identity)
	copy(r.Identity[:], identity)
	return err
}

func (s *snapshot) Refused(identities []lead.MessageHash) (map[lead.MessageHash]bool, error) {
	return s.among(refusedOf, identities)
}

// among finds which of the hashes a query gives that takes them as one blob, so
// that there is one statement for any number of them.
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
