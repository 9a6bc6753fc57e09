package sqlite

import (
	"bytes"
	"database/sql"
	"encoding/binary"

	"galena/internal/lead"
)

var (
	countRows   = define(`SELECT (SELECT count(*) FROM leads), (SELECT count(*) FROM leads WHERE id IN (SELECT value FROM json_each(?))), leads FROM workspace`)
	joinedRows  = define(`SELECT id FROM leads JOIN joins ON child = id`)
	joinedOf    = define(`SELECT count(*) FROM joins WHERE child IN (SELECT value FROM json_each(?))`)
	keysUpTo    = define(`SELECT seq, lead, hash FROM events WHERE seq <= (SELECT seq FROM marks)`)
	blocksOfRun = define(`SELECT id, keys FROM blocks WHERE id BETWEEN ? AND ? ORDER BY id`)
)

// checkRows compares table leads, with what the tails know better, with what else
// says who there is.
func (s *snapshot) checkRows(broken func(n int64, rule string)) error {
	if err := s.look(); err != nil {
		return err
	}
	var known, live []lead.ID
	for i, t := range s.tails {
		t.eachRow(s.at, func(v *version) {
			if s.younger(i, v.row.ID) {
				return
			}
			known = append(known, v.row.ID)
			if !v.gone {
				live = append(live, v.row.ID)
			}
		})
	}
	err := s.each(countRows, func(rows *sql.Rows) error {
		var stored, replaced, counted int64
		err := rows.Scan(&stored, &replaced, &counted)
		n := stored - replaced + int64(len(live)) - counted
		broken(max(n, -n), "leads missing from their count or counted twice")
		return err
	}, idList(known))
	if err != nil {
		return err
	}
	joined, err := list(s, joinedRows, func(rows *sql.Rows, id *lead.ID) error { return rows.Scan(id) })
	if err != nil {
		return err
	}
	var n int64
	if _, err := s.one(joinedOf, &n, idList(live)); err != nil {
		return err
	}
	for _, id := range joined {
		if s.row(id) == nil {
			n++
		}
	}
	broken(n, "rows of leads that were joined")
	return nil
}

// sum is the same for the same keys in any order.
type sum struct{ keys, high, low uint64 }

func (s *sum) add(k []byte) {
	s.keys++
	s.high += binary.BigEndian.Uint64(k)
	s.low += binary.BigEndian.Uint64(k[8:]) * (1 + binary.BigEndian.Uint64(k)<<1)
}

// checkRuns compares the runs with the log: whether each event is in them once,
// in its order, where it is looked for.
func (s *snapshot) checkRuns(broken func(n int64, rule string)) error {
	want := map[kind]*sum{byMessage: {}, byLead: {}}
	var hash []byte
	err := s.each(keysUpTo, func(rows *sql.Rows) error {
		var seq int64
		var id lead.ID
		if err := rows.Scan(&seq, &id, &hash); err != nil {
			return err
		}
		for _, t := range s.tails {
			if t.isRefiled(seq) {
				return nil
			}
		}
		if len(hash) == len(lead.MessageHash{}) {
			message := messageKey(lead.MessageHash(hash), seq)
			want[byMessage].add(message[:])
		}
		place := leadKey(id, seq)
		want[byLead].add(place[:])
		return nil
	})
	if err != nil {
		return err
	}
	got := map[kind]*sum{byMessage: {}, byLead: {}}
	for _, r := range s.runs {
		if got[r.kind] == nil {
			broken(1, "runs of no known kind")
			continue
		}
		bad, err := s.checkRun(r, got[r.kind])
		if err != nil {
			return err
		}
		broken(bad, "blocks of the index that are not as they were written")
	}
	for _, k := range kinds {
		if *got[k] != *want[k] {
			broken(max(1, int64(want[k].keys)-int64(got[k].keys)), map[kind]string{
				byMessage: "messages of the log that the index does not know rightly",
				byLead:    "events of the log that the index of leads does not know rightly",
			}[k])
		}
	}
	return nil
}

// checkRun counts the blocks of a run in which something is wrong, and sums its
// keys.
func (s *snapshot) checkRun(r *run, keys *sum) (bad int64, err error) {
	n := 0
	var before []byte
	err = s.each(blocksOfRun, func(rows *sql.Rows) error {
		var id int64
		var block []byte
		if err := rows.Scan(&id, &block); err != nil {
			return err
		}
		// A key that was struck may have been the first.
		good := id == r.blockID(n) && n < r.blocks() && len(block)%keyBytes == 0 &&
			(len(block) == 0 || bytes.Compare(r.fences[n*keyBytes:(n+1)*keyBytes], block[:keyBytes]) <= 0)
		for ; good && len(block) > 0; block = block[keyBytes:] {
			k := block[:keyBytes]
			good = bytes.Compare(before, k) < 0 && r.filter.mayHave(filtered(key(k)))
			before = k
			keys.add(k)
		}
		if !good {
			bad++
		}
		n++
		return nil
	}, r.blockID(0), r.blockID(1<<blockBits-1))
	if n != r.blocks() {
		bad++
	}
	return bad, err
}
