package postgres

import (
	"crypto/rand"
	"crypto/sha256"
	"slices"

	"github.com/jackc/pgx/v5"

	"galena/internal/lead"
)

// keyedHash is by what the message of a tombstone is known: a hash of its hash
// and a key of the workspace, so that nobody else can tell which it was. Both
// have a fixed length.
const keyedHash = `substring(sha256(erasure_key || asked.hash) FROM 1 FOR 16)`

var (
	makeErasureKey = define(`UPDATE workspace SET erasure_key = coalesce(erasure_key, $1::bytea)`)
	// Tombstones are of type 8 (lead.Tombstone).
	buryFamily = define(`UPDATE events SET hash = ` + keyedHash + `, message_id = '', type = 8, name = '', user_id = '',
			anonymous_id = '', group_id = '', previous_id = '', email = '', company = '', source = 0, sanitised = false, body = NULL, phone = ''
		FROM workspace, (SELECT seq, hash FROM events WHERE type <> 8 AND lead = ANY(ARRAY(` + family + `))) AS asked
		WHERE events.seq = asked.seq`)
	forgetLead     = define(`DELETE FROM identifiers WHERE lead = $1::bigint`)
	clearDecisions = define(`UPDATE decisions SET event = '' WHERE lead = ANY(ARRAY(` + family + `))`)
	clearJoins     = define(`UPDATE joins SET event = '' WHERE survivor = $1::bigint`)
	clearRejects   = define(`UPDATE rejects SET message_id = '', message = '', body = NULL WHERE seq = ANY($1::bigint[])`)
)

// Erase leaves old versions of the rows to VACUUM, as every change in PostgreSQL
// does.
func (t *tx) Erase(id lead.ID) error {
	if err := t.requireSurviving(id); err != nil {
		return err
	}
	if err := t.flush(); err != nil {
		return err
	}
	for d, holder := range t.holders {
		if holder == id {
			t.holders[d] = 0
		}
	}
	delete(t.known, id)
	l := t.leads[id]
	if l.kept {
		t.more--
	}
	l.kept, l.waiting, l.wakeAt, l.state = false, true, 0, nil
	key := make([]byte, sha256.Size)
	rand.Read(key)
	return t.run(append(t.leadSteps(),
		step{query: forgetLead, args: []any{int64(id)}},
		step{query: dropMembers, args: []any{[]int64{int64(id)}}},
		step{query: dropRows, args: []any{[]int64{int64(id)}}},
		step{query: dropFacts, args: []any{[]int64{int64(id)}}},
		step{query: makeErasureKey, args: []any{key}},
		step{query: buryFamily, args: []any{int64(id)}},
		step{query: clearDecisions, args: []any{int64(id)}},
		step{query: clearJoins, args: []any{int64(id)}},
	)...)
}

func (t *tx) EraseRejects(seqs []int64) error {
	if len(seqs) == 0 {
		return t.err
	}
	seqs = slices.Compact(slices.Sorted(slices.Values(seqs)))
	return t.run(step{query: clearRejects, args: []any{seqs}, done: func(touched int64) error {
		if touched != int64(len(seqs)) {
			return t.refuse("Of %d rejects only %d exist.", len(seqs), touched)
		}
		return nil
	}})
}

func scanID(rows pgx.Rows, id *lead.ID) error { return rows.Scan((*int64)(id)) }
