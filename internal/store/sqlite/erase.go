package sqlite

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"

	"galena/internal/lead"
)

var (
	erasureKeyOf  = define(`SELECT erasure_key FROM workspace`)
	putErasureKey = define(`UPDATE workspace SET erasure_key = ?`)

	// Tombstones are of type 8 (lead.Tombstone).
	hashesOfFamily = define(`SELECT seq, hash FROM events WHERE type <> 8 AND lead IN (` + family + `)`)
	buryEvent      = define(`UPDATE events SET hash = ?2, message_id = '', type = 8, name = '', user_id = '', anonymous_id = '',
			group_id = '', previous_id = '', email = '', company = '', source = 0, sanitised = 0, body = NULL, phone = ''
		WHERE seq = ?1`)
	forgetIdentifiers = define(`DELETE FROM identifiers WHERE lead = ?`)
	clearDecisions    = define(`UPDATE decisions SET event = '' WHERE lead IN (` + family + `)`)
	clearJoins        = define(`UPDATE joins SET event = '' WHERE survivor = ?`)
	clearReject       = define(`UPDATE rejects SET message_id = '', message = '', body = NULL WHERE seq = ?`)

	// cutLog moves the log into the database and empties its file: what was
	// overwritten there still shows older pages.
	cutLog = define(`PRAGMA wal_checkpoint(TRUNCATE)`)
)

// keyedHash is by what the message of a tombstone is known: a hash of its hash
// under a key of the workspace, so that nobody else can tell which it was.
func keyedHash(key []byte, hash []byte) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write(hash)
	return mac.Sum(nil)[:len(hash)]
}

// erasureKey is nil as long as nothing was erased.
func (s *snapshot) erasureKey() ([]byte, error) {
	var key []byte
	err := s.each(erasureKeyOf, func(rows *sql.Rows) error { return rows.Scan(&key) })
	return key, err
}

func (t *tx) Erase(id lead.ID) error {
	if err := t.requireSurviving(id); err != nil {
		return err
	}
	key, err := t.erasureKey()
	if err == nil && key == nil {
		key = make([]byte, sha256.Size)
		rand.Read(key)
		_, err = t.exec(putErasureKey, key)
	}
	if err != nil {
		return err
	}
	hashes := map[int64][]byte{}
	err = t.each(hashesOfFamily, func(rows *sql.Rows) error {
		var seq int64
		var hash []byte
		err := rows.Scan(&seq, &hash)
		hashes[seq] = hash
		return err
	}, int64(id))
	if err != nil {
		return err
	}
	for seq, hash := range hashes {
		if _, err := t.exec(buryEvent, seq, keyedHash(key, hash)); err != nil {
			return err
		}
	}
	for _, q := range []*query{forgetIdentifiers, dropLead, dropMember, clearDecisions, clearJoins} {
		if _, err := t.exec(q, int64(id)); err != nil {
			return err
		}
	}
	t.erased = true
	return t.err
}

func (t *tx) EraseRejects(seqs []int64) error {
	for _, seq := range seqs {
		n, err := t.exec(clearReject, seq)
		if err != nil {
			return err
		}
		if n == 0 {
			return t.refuse("Reject %d does not exist.", seq)
		}
		t.erased = true
	}
	return t.err
}

// cut empties the log's file after an erasure. Readers of an older moment can
// keep it from that; then the next commit tries again.
func (s *Store) cut() error {
	var busy, pages, settled int64
	err := s.writer.each(context.Background(), cutLog, nil, func(rows *sql.Rows) error {
		return rows.Scan(&busy, &pages, &settled)
	})
	if err == nil {
		s.cutDue = busy != 0
	}
	return err
}
