package sqlite

var (
	dropBlock = define(`DELETE FROM blocks WHERE id BETWEEN ? AND ?`)
	dropEntry = define(`DELETE FROM journal WHERE id = ?`)
)

// garbage is an entry of the journal that was written back, or blocks of runs
// that are no more.
type garbage struct {
	entry       int64
	first, last int64 // blocks
}

func (s *Store) discard(drafts ...*draft) {
	for _, d := range drafts {
		s.discardBlocks(d.run)
	}
}

// droppedAtOnce is how many blocks go with one statement: about a millisecond.
const droppedAtOnce = 64

func (s *Store) discardBlocks(r *run) {
	for n := 0; n < r.blocks(); n += droppedAtOnce {
		s.garbage = append(s.garbage, garbage{first: r.blockID(n), last: r.blockID(min(n+droppedAtOnce, r.blocks()) - 1)})
	}
}

// sweep drops garbage.
type sweep struct{ store *Store }

func (w *sweep) slice(view *snapshot, p *pace) (func(), error) {
	n := 0
	for over := false; n < len(w.store.garbage) && !over; over = p.over(dropRows) {
		g := w.store.garbage[n]
		n++
		var err error
		if g.entry > 0 {
			_, err = view.exec(dropEntry, g.entry)
		} else {
			_, err = view.exec(dropBlock, g.first, g.last)
		}
		if err != nil {
			return nil, err
		}
	}
	return func() { w.store.garbage = w.store.garbage[n:] }, nil
}

func (w *sweep) abandon() {}
