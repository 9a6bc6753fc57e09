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
	byMessage kind = 1 // the hash of a message
	byLead    kind = 2 // lead, then seq, big-endian
)

var kinds = []kind{byMessage, byLead}

const (
	keyBytes = 16
	// blockKeys fill one page of the database.
	blockKeys = 253
	// blockBits of a block's id are its number in its run.
	blockBits = 24
)

// key is an entry of a run.
type key [keyBytes]byte

func placeKey(id lead.ID, seq int64) (k key) {
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

var (
	oneBlock = define(`SELECT keys FROM blocks WHERE id = ?`)
	allRuns  = define(`SELECT id, kind, keys FROM runs ORDER BY id`)
	oneRun   = define(`SELECT filter, fences FROM runs WHERE id = ?`)
)

// block reads a block of a run.
func (s *snapshot) block(r *run, n int) ([]byte, error) {
	var keys []byte
	err := s.each(oneBlock, func(rows *sql.Rows) error { return rows.Scan(&keys) }, r.blockID(n))
	if err == nil && (len(keys) == 0 || len(keys)%keyBytes != 0) {
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

// indexed says whether a message is in a run.
func (s *snapshot) indexed(hash lead.MessageHash) (bool, error) {
	a, b := byMessage.filtered(hash[:])
	for _, r := range s.runs {
		if r.kind != byMessage || !r.filter.mayHave(a, b) {
			continue
		}
		block, err := s.block(r, r.blockFor(key(hash)))
		if err != nil {
			return false, err
		}
		if i := search(block, key(hash)); i < len(block)/keyBytes && key(block[i*keyBytes:]) == key(hash) {
			return true, nil
		}
	}
	return false, nil
}

// placesOf appends the places of a lead's events that are in runs, in no order.
func (s *snapshot) placesOf(id lead.ID, places []int64) ([]int64, error) {
	first, past := placeKey(id, 0), placeKey(id+1, 0)
	a, b := byLead.filtered(first[:])
	for _, r := range s.runs {
		if r.kind != byLead || !r.filter.mayHave(a, b) {
			continue
		}
	blocks:
		for n := r.blockFor(first); n < r.blocks(); n++ {
			block, err := s.block(r, n)
			if err != nil {
				return nil, err
			}
			for i := search(block, first) * keyBytes; i < len(block); i += keyBytes {
				if bytes.Compare(block[i:i+keyBytes], past[:]) >= 0 {
					break blocks
				}
				places = append(places, int64(binary.BigEndian.Uint64(block[i+8:])))
			}
		}
	}
	return places, nil
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
		if r.keys < 1 || len(r.filter) == 0 || r.blocks() != int((r.keys+blockKeys-1)/blockKeys) {
			return nil, s.fail(fault.New(fault.Internal,
				"The index of the database %s is damaged (head of run %d); stop Galena and restore it from the latest backup.", s.path, r.id))
		}
	}
	return all, nil
}
