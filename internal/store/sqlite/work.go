package sqlite

import "context"

// bounds say how large a tail grows before it is written back.
type bounds struct{ events, bytes int }

const (
	// Past so many times the bounds a commit waits for the write-back, and helps.
	hardBound = 2
	// A start reads so many times the bounds and leaves them for later; only what
	// is more, an index that is made anew, it writes back at once.
	startBound = 4 * hardBound
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
	if len(s.tails) == 1 && s.tails[0].full(s.bounds) {
		s.freeze() // a merge may be under way: it goes on, with room for commits
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
	view := &snapshot{ctx: ctx, on: s.writer, path: s.path, clock: s.clock, runs: s.runs, dialect: s.dialect}
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

// writeAllBack empties the tail, and drops what the journal and replaced runs left.
func (s *Store) writeAllBack() error {
	if m, ok := s.job.(*merge); ok { // it may be done another time
		m.abandon()
		s.job = nil
	}
	for len(s.tails) == 2 {
		if _, err := s.step(); err != nil {
			return err
		}
	}
	if s.tails[0].upTo != s.tails[0].after {
		if err := s.writeTailBack(); err != nil {
			return err
		}
	}
	for len(s.garbage) > 0 {
		s.job = &sweep{s}
		if _, err := s.step(); err != nil {
			return err
		}
	}
	return s.diskFailed
}
