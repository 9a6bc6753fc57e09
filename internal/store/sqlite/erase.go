package sqlite

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"slices"

	"galena/internal/lead"
)

var (
	erasureKeyOf  = define(`SELECT erasure_key FROM workspace`)
	putErasureKey = define(`UPDATE workspace SET erasure_key = ?`)

	// Tombstones are of type 8 (lead.Tombstone).
	hashesAt  = define(`SELECT seq, lead, hash FROM events WHERE type <> 8 AND seq IN (SELECT value FROM json_each(?))`)
	buryEvent = define(`UPDATE events SET hash = ?2, message_id = '', type = 8, name = '', user_id = '', anonymous_id = '',
			group_id = '', previous_id = '', email = '', company = '', source = 0, sanitised = 0, body = NULL, phone = ''
		WHERE seq = ?1`)
	forgetIdentifiers = define(`DELETE FROM identifiers WHERE lead = ?`)
	clearDecisions    = define(`UPDATE decisions SET event = '' WHERE lead IN (` + family + `)`)
	clearJoins        = define(`UPDATE joins SET event = '' WHERE survivor = ?`)
	clearReject       = define(`UPDATE rejects SET message_id = '', message = '', body = NULL WHERE seq = ?`)
)

// keyedHash is by what the message of a tombstone is known: a hash of its hash
// under a key of the workspace, so that nobody else can tell which it was.
func keyedHash(key []byte, hash lead.MessageHash) lead.MessageHash {
	mac := hmac.New(sha256.New, key)
	mac.Write(hash[:])
	return lead.MessageHash(mac.Sum(nil)[:len(hash)])
}

// erasureKey is nil as long as nothing was erased. It is read once.
func (s *snapshot) erasureKey() ([]byte, error) {
	if s.keyRead {
		return s.key, s.err
	}
	err := s.each(erasureKeyOf, func(rows *sql.Rows) error { return rows.Scan(&s.key) })
	s.keyRead = err == nil
	return s.key, err
}

func (t *tx) Erase(id lead.ID) error {
	if err := t.requireSurviving(id); err != nil {
		return err
	}
	key, err := t.erasureKey()
	if err == nil && key == nil {
		key = make([]byte, sha256.Size)
		rand.Read(key)
		t.key = key
		_, err = t.exec(putErasureKey, key)
	}
	if err != nil {
		return err
	}
	hashes, err := t.hashesOfFamily(id)
	if err != nil {
		return err
	}
	for seq, hash := range hashes {
		keyed := keyedHash(key, hash)
		if err := t.refile(seq, 0, keyed); err != nil {
			return err
		}
		if _, err := t.exec(buryEvent, seq, keyed[:]); err != nil {
			return err
		}
	}
	for _, q := range []*query{forgetIdentifiers, dropMember, dropListed, dropFacts, clearDecisions, clearJoins} {
		if _, err := t.exec(q, int64(id)); err != nil {
			return err
		}
	}
	has, _, err := t.standing(id)
	if has {
		t.more--
		t.drop(id)
	}
	t.joined, t.released, t.erased = true, true, true
	return err
}

// hashesOfFamily gives the hashes of all events of a surviving lead that are no
// tombstones yet, by their places.
func (t *tx) hashesOfFamily(id lead.ID) (map[int64]lead.MessageHash, error) {
	family, places, err := t.familyPlaces(id)
	if err != nil {
		return nil, err
	}
	hashes := map[int64]lead.MessageHash{}
	var hash []byte
	err = t.each(hashesAt, func(rows *sql.Rows) error {
		var seq int64
		var owner lead.ID
		err := rows.Scan(&seq, &owner, &hash)
		if err == nil && slices.Contains(family, owner) {
			hashes[seq] = lead.MessageHash(hash)
		}
		return err
	}, idList(places))
	return hashes, err
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
