package sqlite

import (
	"database/sql"

	"galena/internal/lead"
)

const rejectColumns = `seq, received, source, place, message_id, code, message, body`

var (
	insertReject = define(`INSERT INTO rejects (` + rejectColumns + `) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`)
	lastReject   = define(`SELECT coalesce(max(seq), 0) FROM rejects`)
	rejectsAfter = define(`SELECT ` + rejectColumns + ` FROM rejects WHERE seq > ? ORDER BY seq LIMIT ?`)
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
		_, err := t.exec(insertReject, seq, int64(r.Received), r.Source, int64(r.Index), r.MessageID, r.Code, r.Message, r.Body)
		if err != nil {
			return err
		}
		r.Seq = seq
	}
	return nil
}

func (s *snapshot) Rejects(after int64, limit int) ([]lead.Reject, error) {
	return page(s, rejectsAfter, func(rows *sql.Rows, r *lead.Reject) error {
		return rows.Scan(&r.Seq, &r.Received, &r.Source, &r.Index, &r.MessageID, &r.Code, &r.Message, &r.Body)
	}, after, limit)
}
