package postgres

import (
	"sync"

	"github.com/jackc/pgx/v5"

	"galena/internal/lead"
)

// blockSize is how many ids a number of the sequence stands for, as the
// migration has it. Larger blocks would ask less often and leave larger gaps
// when a node stops.
const blockSize = 32

var takeBlocks = define(`SELECT nextval('lead_ids') FROM generate_series(1, $1::bigint)`)

// idBlocks hold the ids of leads that this node has taken and not given out: a
// sequence gives them to nodes without making one wait for the other's commit.
type idBlocks struct {
	mu        sync.Mutex
	next, end lead.ID // those from next to before end are free
}

// take gives n ids in a row and returns the first. draw asks the database for
// blocks.
func (b *idBlocks) take(n int, draw func(blocks int) ([]lead.ID, error)) (lead.ID, error) {
	for {
		first, lacking := b.fromBlock(n)
		if lacking == 0 {
			return first, nil
		}
		blocks, err := draw((lacking + blockSize - 1) / blockSize)
		if err != nil {
			return 0, err
		}
		b.add(blocks)
	}
}

// fromBlock takes n ids, or tells how many are lacking.
func (b *idBlocks) fromBlock(n int) (first lead.ID, lacking int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if free := int(b.end - b.next); free < n {
		return 0, n - free
	}
	b.next += lead.ID(n)
	return b.next - lead.ID(n), 0
}

// add appends blocks. What does not join up with the next block, because another
// node took one between, is lost.
func (b *idBlocks) add(starts []lead.ID) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, start := range starts {
		if start != b.end {
			b.next = start
		}
		b.end = start + blockSize
	}
}

// giveBack takes back n ids from first that were not used, if they are the last
// ones given out.
func (b *idBlocks) giveBack(first lead.ID, n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.next == first+lead.ID(n) {
		b.next = first
	}
}

// drawBlocks takes blocks from the sequence.
func (s *snapshot) drawBlocks(n int) ([]lead.ID, error) {
	return list(s, takeBlocks, func(rows pgx.Rows, id *lead.ID) error { return rows.Scan((*int64)(id)) }, int64(n))
}
