package sqlite

import (
	"bytes"
	"database/sql"
	"encoding/binary"
	"sort"

	"galena/internal/fault"
	"galena/internal/lead"
)

// kind says what the keys of a run are.
type kind int64

const (
	byMessage kind = 1 // ten bytes of the hash of a message, six of seq
	byLead    kind = 2 // eight bytes of lead, eight of seq
)

var kinds = []kind{byMessage, byLead}

const (
	keyBytes = 16
	// blockKeys fill one page of the database.
	blockKeys = 253
	// blockBits of a block's id are its number in its run.
	blockBits = 24
)

// key is an entry of a run: what is looked for, and the place in the log where it
// is, or was: the row there decides. Numbers are big-endian.
type key [keyBytes]byte

// hashBytes of a message's hash are in a key.
const hashBytes = 10

func messageKey(hash lead.MessageHash, seq int64) (k key) {
	binary.BigEndian.PutUint64(k[8:], uint64(seq))
	copy(k[:hashBytes], hash[:])
	return k
}

func leadKey(id lead.ID, seq int64) (k key) {
	binary.BigEndian.PutUint64(k[:8], uint64(id))
	binary.BigEndian.PutUint64(k[8:], uint64(seq))
	return k
}

// run is an index of a stretch of the log: sorted keys, in blocks that never
// change. What is kept here of it stays in memory while it lives: 12 bits of a
// filter for each key, and the first key of each block.
type run struct {
	id     int64
	kind   kind
	keys   int64
	filter filter
	fences []byte // the first key of each block, one behind the other
}

func (r *run) blocks() int         { return len(r.fences) / keyBytes }
func (r *run) blockID(n int) int64 { return r.id<<blockBits | int64(n) }

// blockFor is the number of the block in which the first key that is not below
// one stands, or at whose end it would.
func (r *run) blockFor(k key) int {
	n := sort.Search(r.blocks(), func(i int) bool {
		return bytes.Compare(r.fences[i*keyBytes:(i+1)*keyBytes], k[:]) > 0
	})
	return max(0, n-1)
}

// seq is the place in the log that a key names.
func (k kind) seq(of key) int64 {
	if k == byMessage {
		of[8], of[9] = 0, 0
	}
	return int64(binary.BigEndian.Uint64(of[8:]))
}

var (
	oneBlock = define(`SELECT keys FROM blocks WHERE id = ?`)
	allRuns  = define(`SELECT id, kind, keys FROM runs ORDER BY id`)
	oneRun   = define(`SELECT filter, fences FROM runs WHERE id = ?`)
)

// block reads a block of a run.
func (s *snapshot) block(r *run, n int) (keys []byte, err error) {
	found := false
	err = s.each(oneBlock, func(rows *sql.Rows) error {
		found = true
		return rows.Scan(&keys)
	}, r.blockID(n))
	if err == nil && (!found || len(keys)%keyBytes != 0) {
		err = s.fail(fault.New(fault.Internal,
			"The index of the database %s is damaged (block %d of run %d); stop Galena and restore it from the latest backup.", s.path, n, r.id))
	}
	return keys, err
}

// search is the place in a block of the first key that is not below one.
func search(block []byte, k key) int {
	return sort.Search(len(block)/keyBytes, func(i int) bool {
		return bytes.Compare(block[i*keyBytes:(i+1)*keyBytes], k[:]) >= 0
	})
}

// scan appends the places in the log of all keys of a kind in runs, from first
// up to last, both included. The first eight bytes of both are the same.
func (s *snapshot) scan(of kind, first, last key, places []int64) ([]int64, error) {
	a, b := filtered(first)
	for _, r := range s.runs {
		if r.kind != of || !r.filter.mayHave(a, b) {
			continue
		}
	blocks:
		for n := r.blockFor(first); n < r.blocks(); n++ {
			block, err := s.block(r, n)
			if err != nil {
				return nil, err
			}
			for i := search(block, first) * keyBytes; i < len(block); i += keyBytes {
				k := key(block[i:])
				if compareKeys(k, last) > 0 {
					break blocks
				}
				places = append(places, of.seq(k))
			}
		}
	}
	return places, nil
}

// lastSeqOfKey is above all places in the log that a key can name.
const lastSeqOfKey = 1<<48 - 1

// indexed appends where a message with a hash may be, according to runs.
func (s *snapshot) indexed(hash lead.MessageHash, places []int64) ([]int64, error) {
	return s.scan(byMessage, messageKey(hash, 0), messageKey(hash, lastSeqOfKey), places)
}

// placesOf appends where a lead's events may be, according to runs, in no order.
func (s *snapshot) placesOf(id lead.ID, places []int64) ([]int64, error) {
	return s.scan(byLead, leadKey(id, 0), leadKey(id, lastSeqOfKey), places)
}

// readRuns reads the heads of all runs. Those that are had already are taken
// over: a run never changes.
func (s *snapshot) readRuns(had []*run) ([]*run, error) {
	known := make(map[int64]*run, len(had))
	for _, r := range had {
		known[r.id] = r
	}
	heads, err := list(s, allRuns, func(rows *sql.Rows, r *run) error {
		return rows.Scan(&r.id, &r.kind, &r.keys)
	})
	if err != nil {
		return nil, err
	}
	all := make([]*run, len(heads))
	for i := range heads {
		r := &heads[i]
		if all[i] = known[r.id]; all[i] != nil {
			continue
		}
		all[i] = r
		err := s.each(oneRun, func(rows *sql.Rows) error { return rows.Scan(&r.filter, &r.fences) }, r.id)
		if err != nil {
			return nil, err
		}
		if r.keys < 0 || len(r.filter) == 0 || r.blocks() == 0 || r.keys > int64(r.blocks()*blockKeys) {
			return nil, s.fail(fault.New(fault.Internal,
				"The index of the database %s is damaged (head of run %d); stop Galena and restore it from the latest backup.", s.path, r.id))
		}
	}
	return all, nil
}
