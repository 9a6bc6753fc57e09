package sqlite

import (
	"context"
	"slices"

	"galena/internal/lead"
)

// bounds say how large a tail grows before it is written back.
type bounds struct{ events, bytes int }

const (
	// Past so many times the bounds a commit waits for the write-back, and helps.
	hardBound = 2
	// A start reads so many times the bounds and leaves them for later; only what
	// is more, an index that is made anew, it writes back at once.
	startBound = 2 * hardBound
)

func (b bounds) times(n int) bounds { return bounds{b.events * n, b.bytes * n} }

// What one slice of the work takes, so that no commit waits long behind it: some
// ten milliseconds each. Smaller ones cost more in all.
const (
	sliceRows   = 512
	sliceBlocks = 256
	sliceBytes  = 1 << 20 // of the journal, dropped
	sliceDrops  = 2000    // entries of it, or blocks
)

// job is something to be done behind the commits, a slice in each transaction.
type job interface {
	// slice does some of it. At the end it gives what is to change in memory with
	// the commit.
	slice(view *snapshot) (end func(), err error)
	// abandon is called after a slice has failed; the job is begun anew some day.
	abandon()
}

var (
	putRow = define(`INSERT INTO leads (id, wake_at, state) VALUES (?1, ?2, ?3)
		ON CONFLICT (id) DO UPDATE SET wake_at = ?2, state = ?3`)
	dropRow   = define(`DELETE FROM leads WHERE id = ?`)
	setMarks  = define(`UPDATE marks SET seq = ?, entry = ?`)
	dropRun   = define(`DELETE FROM runs WHERE id = ?`)
	dropBlock = define(`DELETE FROM blocks WHERE id BETWEEN ? AND ?`)
	dropEntry = define(`DELETE FROM journal WHERE id = ?`)
)

// work does what there is to do behind the commits, whenever it is told to, until
// the store is closed.
func (s *Store) work() {
	defer close(s.worked)
	for {
		select {
		case <-s.wanted:
		case <-s.closed:
			return
		}
		for more := true; more; {
			select {
			case s.turn <- struct{}{}:
			case <-s.closed:
				return
			}
			var err error
			more, err = s.step()
			due := s.settleDue && s.diskFailed == nil
			<-s.turn
			if due {
				s.settleBeside()
			}
			if err != nil {
				break // what is wrong shows at the next commit, which tells again
			}
		}
	}
}

// tell wakes the one who works behind the commits, if there is something to do.
func (s *Store) tell() {
	if !s.settleDue && s.job == nil && len(s.tails) == 1 && !s.tails[0].full(s.bounds) && len(s.garbage) == 0 {
		return
	}
	select {
	case s.wanted <- struct{}{}:
	default:
	}
}

// step does one slice of what there is to do, and tells whether there may be
// more. The caller has the turn.
func (s *Store) step() (more bool, err error) {
	if s.diskFailed != nil {
		return false, s.diskFailed
	}
	if s.job == nil {
		if s.job = s.nextJob(); s.job == nil {
			return false, nil
		}
	}
	var end func()
	err = s.transact(func(view *snapshot) (err error) {
		end, err = s.job.slice(view)
		return err
	}, func() {
		if end != nil {
			end()
		}
	})
	if err != nil {
		s.job.abandon()
		s.job = nil
		return false, err
	}
	if end != nil {
		s.job = nil
	}
	s.settle()
	return true, nil
}

// transact runs fn in a transaction of the writing connection; after, with the
// commit, is one step for readers.
func (s *Store) transact(fn func(*snapshot) error, after func()) error {
	ctx := context.Background()
	if err := s.writer.run(ctx, beginImmediate); err != nil {
		return s.writeError(explain(ctx, err, s.path))
	}
	view := &snapshot{ctx: ctx, on: s.writer, path: s.path, clock: s.clock, runs: s.runs}
	committed := false
	defer func() {
		view.err = errOver
		if !committed {
			_ = s.writer.run(ctx, rollback) // fails where SQLite has rolled back by itself
		}
	}()
	if err := fn(view); err != nil {
		return s.writeError(err)
	}
	s.sight.Lock()
	defer s.sight.Unlock()
	if err := s.writer.run(ctx, commit); err != nil {
		return s.writeError(explain(ctx, err, s.path))
	}
	committed = true
	after()
	return nil
}

// nextJob finds what is to be done, nil if there is nothing.
func (s *Store) nextJob() job {
	if len(s.tails) == 1 && s.tails[0].full(s.bounds) {
		s.freeze()
	}
	if len(s.tails) == 2 {
		return s.newWriteBack(s.tails[1])
	}
	if inputs := s.bounds.crowded(s.runs); inputs != nil {
		return s.newMerge(inputs)
	}
	if len(s.garbage) > 0 {
		return &sweep{s}
	}
	return nil
}

// freeze begins a new tail; the old one grows no more and is written back.
func (s *Store) freeze() {
	s.sight.Lock()
	defer s.sight.Unlock()
	s.tails = []*tail{newTail(s.tails[0].upTo), s.tails[0]}
}

func (s *Store) takeRunID() int64 {
	s.lastRun++
	return s.lastRun
}

// writeBack brings a tail that grows no more to where it belongs.
type writeBack struct {
	store  *Store
	tail   *tail
	ids    []lead.ID // whose rows are still to be written
	drafts []*draft
}

func (s *Store) newWriteBack(t *tail) *writeBack {
	w := &writeBack{store: s, tail: t, ids: t.sortedLeads()}
	for _, k := range kinds {
		distinct := map[kind]int{byMessage: len(t.events) + len(t.refiled), byLead: len(t.newest) + len(t.moved)}
		if keys := t.sortedKeys(k, s.tails[0]); len(keys) > 0 {
			w.drafts = append(w.drafts, newDraft(s.takeRunID(), k, filterSize(distinct[k]), ofKeys(keys)))
		}
	}
	return w
}

func (w *writeBack) slice(view *snapshot) (func(), error) {
	if len(w.ids) > 0 {
		n := min(sliceRows, len(w.ids))
		err := w.rows(view, w.ids[:n])
		w.ids = w.ids[n:]
		return nil, err
	}
	for _, d := range w.drafts {
		if !d.done {
			return nil, d.write(view, sliceBlocks)
		}
	}
	runs := slices.Clone(w.store.runs)
	for _, d := range w.drafts {
		if err := d.end(view); err != nil {
			return nil, err
		}
		runs = append(runs, d.run)
	}
	if _, err := view.exec(setMarks, w.tail.upTo.seq, w.tail.upTo.entry); err != nil {
		return nil, err
	}
	return func() {
		w.store.runs = runs
		w.store.tails = w.store.tails[:1:1]
		for _, e := range w.tail.entries {
			w.store.garbage = append(w.store.garbage, garbage{entry: e.id, bytes: e.bytes})
		}
	}, nil
}

func (w *writeBack) rows(view *snapshot, ids []lead.ID) error {
	younger := w.store.tails[0]
	for _, id := range ids {
		if younger.rows[id] != nil {
			continue // it is in the journal again, and will be written with that
		}
		v := w.tail.rows[id]
		var err error
		if v.gone {
			_, err = view.exec(dropRow, int64(id))
		} else {
			_, err = view.exec(putRow, int64(id), int64(v.row.WakeAt), v.row.State)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (w *writeBack) abandon() { w.store.discard(w.drafts...) }

// merge makes one run of several.
type merge struct {
	store  *Store
	inputs []*run
	draft  *draft
}

func (s *Store) newMerge(inputs []*run) *merge {
	size := 0
	for _, r := range inputs {
		size += len(r.filter)
	}
	return &merge{s, inputs, newDraft(s.takeRunID(), inputs[0].kind, size, ofRuns(inputs))}
}

func (m *merge) slice(view *snapshot) (func(), error) {
	if !m.draft.done {
		return nil, m.draft.write(view, sliceBlocks)
	}
	if err := m.draft.end(view); err != nil {
		return nil, err
	}
	runs := []*run{m.draft.run}
	for _, r := range m.store.runs {
		if !slices.Contains(m.inputs, r) {
			runs = append(runs, r)
		}
	}
	for _, r := range m.inputs {
		if _, err := view.exec(dropRun, r.id); err != nil {
			return nil, err
		}
	}
	return func() {
		m.store.runs = runs
		for _, r := range m.inputs {
			m.store.discardBlocks(r)
		}
	}, nil
}

func (m *merge) abandon() { m.store.discard(m.draft) }

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

// writeAllBack empties the tail, at the end of a process. What cannot be written
// back stays in the log and the journal, where the next process finds it.
func (s *Store) writeAllBack() {
	if s.diskFailed != nil {
		return
	}
	if m, ok := s.job.(*merge); ok { // the next process may do it
		m.abandon()
		s.job = nil
	}
	for len(s.tails) == 2 {
		if _, err := s.step(); err != nil {
			return
		}
	}
	if s.tails[0].upTo != s.tails[0].after && s.writeTailBack() != nil {
		return
	}
	for len(s.garbage) > 0 {
		s.job = &sweep{s}
		if _, err := s.step(); err != nil {
			return
		}
	}
}
