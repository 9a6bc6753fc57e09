package sqlite

import "bytes"

var (
	putBlock = define(`INSERT OR REPLACE INTO blocks (id, keys) VALUES (?, ?)`)
	putRun   = define(`INSERT INTO runs (id, kind, keys, filter, fences) VALUES (?, ?, ?, ?, ?)`)
)

func compareKeys(a, b key) int { return bytes.Compare(a[:], b[:]) }

// draft is a run that is being written, a few blocks in each transaction. Until
// its head is there too, nobody looks at its blocks.
type draft struct {
	run  *run
	next func(*snapshot) (k key, more bool, err error) // the keys, ascending
	done bool
}

func newDraft(id int64, of kind, filterBytes int, next func(*snapshot) (key, bool, error)) *draft {
	return &draft{run: &run{id: id, kind: of, filter: make(filter, filterBytes)}, next: next}
}

// write writes blocks, until that is enough or all are written.
func (d *draft) write(view *snapshot, p *pace) error {
	for over := false; !d.done && !over; over = p.over(blockRows) {
		block := make([]byte, 0, blockKeys*keyBytes)
		for len(block) < blockKeys*keyBytes {
			k, more, err := d.next(view)
			if err != nil {
				return err
			}
			if !more {
				d.done = true
				break
			}
			d.run.filter.add(filtered(k))
			block = append(block, k[:]...)
		}
		if len(block) == 0 {
			return nil
		}
		if _, err := view.exec(putBlock, d.run.blockID(d.run.blocks()), block); err != nil {
			return err
		}
		d.run.fences = append(d.run.fences, block[:keyBytes]...)
		d.run.keys += int64(len(block) / keyBytes)
	}
	return nil
}

// end writes the head: from the commit on the run counts.
func (d *draft) end(view *snapshot) error {
	r := d.run
	_, err := view.exec(putRun, r.id, int64(r.kind), r.keys, []byte(r.filter), r.fences)
	return err
}

// ofKeys gives keys that are in memory.
func ofKeys(keys []key) func(*snapshot) (key, bool, error) {
	return func(*snapshot) (key, bool, error) {
		if len(keys) == 0 {
			return key{}, false, nil
		}
		k := keys[0]
		keys = keys[1:]
		return k, true, nil
	}
}

// cursor walks a run.
type cursor struct {
	run   *run
	block []byte
	at, n int // in the block; of the next block
}

// ofRuns gives the keys of several runs in one order.
func ofRuns(runs []*run) func(*snapshot) (key, bool, error) {
	cursors := make([]*cursor, len(runs))
	for i, r := range runs {
		cursors[i] = &cursor{run: r}
	}
	return func(view *snapshot) (key, bool, error) {
		least := -1
		for i := 0; i < len(cursors); i++ {
			c := cursors[i]
			for c.at == len(c.block) && c.n < c.run.blocks() {
				var err error
				if c.block, err = view.block(c.run, c.n); err != nil {
					return key{}, false, err
				}
				c.at = 0
				c.n++
			}
			if c.at == len(c.block) {
				cursors = append(cursors[:i], cursors[i+1:]...)
				i--
				continue
			}
			if least < 0 || bytes.Compare(c.block[c.at:c.at+keyBytes], cursors[least].block[cursors[least].at:cursors[least].at+keyBytes]) < 0 {
				least = i
			}
		}
		if least < 0 {
			return key{}, false, nil
		}
		c := cursors[least]
		k := key(c.block[c.at:])
		c.at += keyBytes
		return k, true, nil
	}
}
