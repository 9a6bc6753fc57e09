package sqlite

var (
	dropBlock = define(`DELETE FROM blocks WHERE id BETWEEN ? AND ?`)
	dropEntry = define(`DELETE FROM journal WHERE id = ?`)
)

// garbage is an entry of the journal that was written back, or blocks of runs
// that are no more.
type garbage struct {
	entry       int64
	bytes       int
	first, last int64 // blocks
}

func (s *Store) discard(drafts ...*draft) {
	for _, d := range drafts {
		s.discardBlocks(d.run)
	}
}

func (s *Store) discardBlocks(r *run) {
	for n := 0; n < r.blocks(); n += sliceDrops {
		s.garbage = append(s.garbage, garbage{first: r.blockID(n), last: r.blockID(min(n+sliceDrops, r.blocks()) - 1)})
	}
}

// sweep drops garbage.
type sweep struct{ store *Store }

func (w *sweep) slice(view *snapshot) (func(), error) {
	n := 0
	for bytes := 0; n < min(sliceDrops, len(w.store.garbage)) && bytes < sliceBytes; n++ {
		g := w.store.garbage[n]
		var err error
		if g.entry > 0 {
			_, err = view.exec(dropEntry, g.entry)
			bytes += g.bytes
		} else {
			_, err = view.exec(dropBlock, g.first, g.last)
			bytes += int(g.last-g.first+1) * blockKeys * keyBytes / 4 // they are freed by the leaf
		}
		if err != nil {
			return nil, err
		}
	}
	return func() { w.store.garbage = w.store.garbage[n:] }, nil
}

func (w *sweep) abandon() {}
