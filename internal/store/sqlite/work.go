package sqlite

import (
	"context"
	"errors"
	"time"
)

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

// Whether the log is synced with each transaction.
const (
	syncCommits = `synchronous = FULL`
	syncLater   = `synchronous = NORMAL`
)

// sliceTime is how long one slice of the work takes, or little more, so that no
// commit waits long behind it. Much shorter ones would cost more in all.
const sliceTime = 8 * time.Millisecond

// What a slice does at least, in rows of leads, and what else is about as much: on a
// processor that many want, the time may be over before anything is done, while
// beginning and ending a slice costs the same.
const (
	sliceRows = 100
	blockRows = 2 // a block of keys
	dropRows  = 5 // an entry of the journal, or some blocks, that are dropped
)

// pace says when a slice is over.
type pace struct {
	until time.Time
	least int // rows
}

// over counts what was done, in rows, and says whether that is enough.
func (p *pace) over(rows int) bool {
	p.least -= rows
	return p.least <= 0 && !time.Now().Before(p.until)
}

// maxRest is how many times as long as a slice took the work rests after it while
// commits come, where the tail that fills meanwhile is empty. Were a slice done after
// each commit, all that is due would be done at once, and who sends single events
// would have a fifth of the time until then.
const maxRest = 4

// rest is how long no slice is done after one. The fuller the tail, the shorter: what
// is due has to be done before the next tail is. The caller has the turn.
func (s *Store) rest(after time.Duration) time.Duration {
	return time.Duration(float64(after*maxRest) * max(0, 1-s.tails[0].fullness(s.bounds)))
}

// job is something to be done behind the commits, a slice in each transaction.
type job interface {
	// slice does some of it. When all is done it gives what is to change in memory
	// with the commit.
	slice(view *snapshot, p *pace) (end func(), err error)
	// abandon is called after a slice has failed; the job is begun anew some day.
	abandon()
}

// nextPace is that of the next slice. Commits and slices take turns when both wait,
// and large commits would leave too little to short slices: the fuller the tail,
// the more of the last commit's time the next slice takes, all of it where the next
// tail would have to wait.
func (s *Store) nextPace() *pace {
	if s.byHand {
		return &pace{}
	}
	room := max(sliceTime, time.Duration(float64(s.lastCommit)*min(1, s.tails[0].fullness(s.bounds))))
	return &pace{until: time.Now().Add(room), least: sliceRows}
}

// work does what there is to do behind the commits, whenever it is told to, until
// the store is closed.
func (s *Store) work() {
	defer close(s.worked)
	resting := time.NewTimer(0)
	defer resting.Stop()
	commits := 0
	for {
		select {
		case <-s.wanted:
		case <-s.closed:
			return
		}
		for more := true; more; {
			s.sortAhead()
			select {
			case s.turn <- struct{}{}:
			case <-s.closed:
				return
			}
			begun := time.Now()
			var err error
			more, err = s.step()
			due := s.settleDue && s.diskFailed == nil
			rest := time.Duration(0)
			if s.commits != commits {
				rest = s.rest(time.Since(begun))
			}
			commits = s.commits
			<-s.turn
			if due {
				s.settleBeside()
			}
			if err != nil {
				break // what is wrong shows at the next commit, which tells again
			}
			resting.Reset(rest)
			select {
			case <-resting.C:
			case <-s.closed:
				return
			}
		}
	}
}

// tell wakes the one who works behind the commits, if there is something to do.
func (s *Store) tell() {
	if s.byHand || !s.settleDue && s.job == nil && len(s.tails) == 1 && !s.tails[0].full(s.bounds) && len(s.garbage) == 0 {
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
		s.freeze()
		return true, nil // work sorts it first, without the turn
	}
	if m, ok := s.job.(*merge); ok && len(s.tails) == 2 {
		s.job, s.resting = nil, m // a tail must not wait for it
	}
	if s.job == nil {
		if s.job = s.nextJob(); s.job == nil {
			return false, nil
		}
	}
	var end func()
	err = s.unsynced(func() error {
		return s.transact(func(view *snapshot) (err error) {
			end, err = s.job.slice(view, s.nextPace())
			return err
		}, func() {
			if end != nil {
				end()
			}
		})
	})
	if err != nil {
		s.abandon()
		return false, err
	}
	if end != nil {
		s.job = nil
	}
	s.settle()
	return true, nil
}

// unsynced runs a transaction that need not be on the disk when it ends: the next
// commit that is synced takes it along, since the log has one order, and a slice
// that is lost with all that followed is done again.
func (s *Store) unsynced(transact func() error) (err error) {
	if err := s.writer.set(syncLater); err != nil {
		return s.writeError(explain(context.Background(), err, s.path))
	}
	defer func() { // also when it panics
		if failed := s.writer.set(syncCommits); failed != nil && s.diskFailed == nil {
			// What is acknowledged from now on would not be on the disk.
			s.diskFailed = s.failed(failed)
		}
		err = errors.Join(err, s.diskFailed)
	}()
	return transact()
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
	if s.resting != nil {
		defer func() { s.resting = nil }()
		return s.resting
	}
	if inputs := s.bounds.crowded(s.runs); inputs != nil {
		return s.newMerge(inputs)
	}
	if len(s.garbage) > 0 {
		return &sweep{s}
	}
	return nil
}

// abandon gives up what is under way; it is begun anew some day.
func (s *Store) abandon() {
	if s.job != nil {
		s.job.abandon()
	}
	if s.resting != nil {
		s.resting.abandon()
	}
	s.job, s.resting = nil, nil
}

// sortAhead sorts what a frozen tail has, without the turn, so that no commit waits
// for it.
func (s *Store) sortAhead() {
	s.sight.RLock()
	tails := s.tails
	s.sight.RUnlock()
	if len(tails) == 2 {
		tails[1].sort()
	}
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
	if _, ok := s.job.(*merge); ok || s.resting != nil {
		s.abandon() // it may be done another time
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
