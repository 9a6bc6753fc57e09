package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"sync"
	"time"

	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/store"
	"galena/internal/store/listsql"
)

// Store is a workspace in a SQLite database.
type Store struct {
	path     string
	readOnly bool
	clock    func() lead.Time

	closing sync.Once
	closed  chan struct{}

	reading *sql.DB
	// idle holds the reading connections that nobody uses; nil for one that is
	// not open yet.
	idle chan *handle

	writing *sql.DB
	// turn is held by the one who may use what follows.
	turn       chan struct{}
	writer     *handle
	diskFailed error
	settleAt   int64 // pages of the log, see settle
	cutDue     bool  // the files show what was erased, see cut
	journalDue bool  // the journal does, too
	settleDue  bool  // there are as many
	unlooked   int64 // about how many bytes it grew by since settle looked
	// settler is a second writing connection, which work alone uses, without the
	// turn.
	settler *handle
	// file is the database itself, which work syncs. It is closed last: whoever
	// closes a file gives up all locks of the process on it.
	file *os.File
	// unsettled is what kept work from settling the log at its end.
	unsettled error
	own       *tail // of the transaction under way
	holders   holders
	entryRoom int    // for the next entry of the journal
	job       job    // what is done behind the commits; nil for nothing
	resting   *merge // a job that goes on when the tail is written back; nil for none
	garbage   []garbage
	lastRun   int64 // the highest id given to a run
	// lastCommit is how long the last one had the turn.
	lastCommit time.Duration
	commits    int // so far
	bounds     bounds
	byHand     bool // see Options
	dialect    *listsql.Dialect
	waking     waking

	// sight guards what a transaction looks at in memory. For a reader it goes
	// with the moment at which its transaction began: a commit and its change
	// here are one step.
	sight  sync.RWMutex
	tails  []*tail // the newest first; the others grow no more. At most two
	runs   []*run  // replaced, never changed
	beside beside  // for reading beside the process that writes

	wanted chan struct{} // tells work that there may be something to do
	worked chan struct{} // closed when work has ended; nil if it never began
}

var _ store.Store = (*Store)(nil)

func newStore(path string, options Options) *Store {
	s := &Store{
		path:     path,
		readOnly: options.ReadOnly,
		clock:    options.Clock,
		closed:   make(chan struct{}),
		idle:     make(chan *handle, readers),
		turn:     make(chan struct{}, 1),
		settleAt: settleAt,
		bounds:   options.tail,
		dialect:  newDialect(options.listing),
		byHand:   options.byHand,
		wanted:   make(chan struct{}, 1),
	}
	if s.bounds == (bounds{}) {
		s.bounds = bounds{tailEvents, tailBytes}
	}
	if s.clock == nil {
		s.clock = func() lead.Time { return lead.TimeOf(time.Now()) }
	}
	for range readers {
		s.idle <- nil
	}
	return s
}

// Read runs fn in a transaction that sees the moment at which it began.
func (s *Store) Read(ctx context.Context, fn func(store.Snapshot) error) error {
	return s.withReader(ctx, func(on *handle) error {
		view := &snapshot{ctx: ctx, on: on, path: s.path, clock: s.clock, dialect: s.dialect}
		begun, err := s.begin(view)
		if begun {
			defer func() {
				view.err = errOver
				// SQLite has rolled back by itself after some errors; a connection
				// of which we cannot be sure is opened anew.
				on.broken = on.run(context.Background(), rollback) != nil
			}()
		}
		if err != nil {
			return err
		}
		return fn(view)
	})
}

// begin begins a reading transaction.
func (s *Store) begin(view *snapshot) (begun bool, err error) {
	s.sight.RLock()
	defer s.sight.RUnlock()
	// Not with the reader's context: when that ends just then, the driver says so
	// although the transaction has begun, and nobody would end it.
	if err := view.on.run(context.Background(), begin); err != nil {
		view.on.broken = true
		return false, explain(view.ctx, err, s.path)
	}
	// SQLite takes its snapshot at the first look at a table.
	var id int64
	if _, err := view.one(lastLeadID, &id); err != nil {
		return true, err
	}
	if s.readOnly {
		view.beside = &s.beside
		return true, nil
	}
	view.tails, view.runs, view.at = s.tails, s.runs, s.tails[0].upTo
	return true, nil
}

// Write runs fn in a transaction that begins when those before it have ended.
// ctx counts until then; after that the transaction runs to its end.
func (s *Store) Write(ctx context.Context, fn func(store.Tx) error) error {
	return s.write(ctx, fn, s.transact)
}

// Derive is Write that leaves it to the next one to sync the log.
func (s *Store) Derive(ctx context.Context, fn func(store.Tx) error) error {
	return s.write(ctx, fn, func(fn func(*snapshot) error, after func()) error {
		return s.unsynced(func() error { return s.transact(fn, after) })
	})
}

// write runs fn in a transaction when its turn has come.
func (s *Store) write(ctx context.Context, fn func(store.Tx) error, transact func(fn func(*snapshot) error, after func()) error) error {
	if s.readOnly {
		return fault.New(fault.Denied, "The database %s is open for reading only.", s.path)
	}
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
	case <-s.closed:
	case <-ctx.Done():
	}
	if err := s.refusal(ctx); err != nil {
		return err
	}
	if s.diskFailed != nil {
		return s.diskFailed
	}

	for s.tails[0].full(s.bounds.times(hardBound)) {
		if _, err := s.step(); err != nil {
			return err
		}
	}
	begun := time.Now()
	active := s.tails[0]
	s.own = s.own.emptied(active.upTo)
	var t *tx
	err := transact(func(view *snapshot) error {
		t = s.newTx(view)
		defer func() { t.err = errOver }()
		err := fn(t)
		if err == nil || isDiskFailure(t.err) {
			err = t.err
		}
		if err == nil {
			err = t.end()
		}
		return err
	}, func() {
		if len(s.own.refiled) > 0 {
			s.abandon() // it goes by what was there before
		}
		if t.released {
			s.holders = holders{}
		} else {
			for _, l := range t.linked {
				s.holders.put(l.Identifier, l.Lead)
			}
		}
		// About as much will be put next time. An entry that grows leaves what it was
		// behind, in the states that are parts of it.
		s.entryRoom = min(s.own.bytes*5/4, maxEntryRoom)
		active.take(s.own)
		for _, v := range s.own.rows {
			s.waking.put(&v.row)
		}
		s.runs = t.runs
		if t.erased {
			s.cutDue, s.journalDue = true, true
		}
	})
	if err != nil {
		s.waking.forget()
		return err
	}
	s.lastCommit = time.Since(begun)
	s.commits++
	s.grown(s.own, t.listed)
	if s.cutDue && s.diskFailed == nil {
		// What was committed is safe whatever happens here.
		_ = s.writeError(s.cut())
	}
	s.tell()
	return nil
}

// Close waits for the transactions under way. Those that wait for their turn
// are refused.
func (s *Store) Close() error {
	var err error
	s.closing.Do(func() {
		close(s.closed)
		s.turn <- struct{}{} // for good
		if s.worked != nil {
			<-s.worked
			_ = s.writeError(s.unsettled)
			_ = s.writeAllBack() // what is left stays in the log and the journal, where the next process finds it
			err = errors.Join(err, s.settler.close())
		}
		for range readers {
			if on := <-s.idle; on != nil {
				err = errors.Join(err, on.close())
			}
		}
		if s.reading != nil {
			err = errors.Join(err, s.reading.Close())
		}
		if s.worked != nil && s.cutDue && s.diskFailed == nil {
			_ = s.writeError(s.cut())
		}
		// The last connection to close settles the log, that is, it syncs:
		// after the disk has failed, the end of the process closes the file.
		if s.writing != nil && s.diskFailed == nil {
			if s.writer != nil {
				err = errors.Join(err, s.writer.close())
			}
			err = errors.Join(err, s.writing.Close())
			if s.file != nil {
				err = errors.Join(err, s.file.Close())
			}
		}
	})
	return explain(context.Background(), err, s.path)
}

// refusal tells why a transaction may not begin, nil if it may.
func (s *Store) refusal(ctx context.Context) error {
	select {
	case <-s.closed:
		return fault.New(fault.Busy, "The database %s has been closed; Galena is about to stop.", s.path)
	default:
	}
	if err := ctx.Err(); err != nil {
		return fault.Wrap(err, fault.Busy, "The request ended before the database was free.")
	}
	return nil
}

// withReader lends a reading connection to fn.
func (s *Store) withReader(ctx context.Context, fn func(*handle) error) (err error) {
	var on *handle
	select {
	case on = <-s.idle:
		defer func() {
			if on != nil && on.broken {
				_ = on.close()
				on = nil
			}
			s.idle <- on
		}()
	case <-s.closed:
	case <-ctx.Done():
	}
	if err := s.refusal(ctx); err != nil {
		return err
	}
	if on == nil {
		if on, err = openHandle(ctx, s.reading); err != nil {
			return explain(ctx, err, s.path)
		}
	}
	return fn(on)
}

// writeError keeps in mind that the disk has failed, if err says so.
func (s *Store) writeError(err error) error {
	if !isDiskFailure(err) {
		return err
	}
	s.diskFailed = s.failed(err)
	return s.diskFailed
}

// failed is what every transaction is answered after the disk has failed.
func (s *Store) failed(err error) error {
	return fault.Wrap(errors.Join(ErrDiskFailed, err), fault.Busy,
		"The disk failed while the database %s was written, and nothing more is written to it; check the disk, then restart Galena.", s.path)
}
