package postgres

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/store"
	"galena/internal/store/listsql"
)

// acquireTimeout bounds the wait for a connection once it is one's turn.
const acquireTimeout = 5 * time.Second

// Store is a workspace in a schema of a PostgreSQL database.
type Store struct {
	pool     *pgxpool.Pool
	place    string // the database, for people
	schema   string
	readOnly bool
	opened   bool             // Open has succeeded
	clock    func() lead.Time // nil: the database's
	ids      idBlocks
	dialect  *listsql.Dialect

	// What begins a transaction.
	beginRead, beginWrite, beginDerive [2]*query
	// unnamed says that texts cannot be left with the server, since a pooler lends
	// its connections by the transaction and does not keep track of them.
	unnamed atomic.Bool

	closing sync.Once
	closed  chan struct{}
	// Those who read and those who write take turns of their own, so that
	// neither can keep the others from a connection.
	reading, writing chan struct{}
}

var _ store.Store = (*Store)(nil)

func newStore(config *pgxpool.Config, options Options) *Store {
	return &Store{
		place:       placeOf(config.ConnConfig, options.Schema),
		schema:      options.Schema,
		readOnly:    options.ReadOnly,
		clock:       options.Clock,
		dialect:     newDialect(options.Listing),
		beginRead:   opening(options.Schema, readOnly, durable),
		beginWrite:  opening(options.Schema, readWrite, durable),
		beginDerive: opening(options.Schema, readWrite, soon),
		closed:      make(chan struct{}),
		reading:     make(chan struct{}, config.MaxConns-config.MaxConns/2),
		writing:     make(chan struct{}, config.MaxConns/2),
	}
}

// Writers is how many transactions of this store write at the same time; others
// wait for their turn.
func (s *Store) Writers() int { return cap(s.writing) }

// Read runs fn in a transaction that sees the moment at which it began.
func (s *Store) Read(ctx context.Context, fn func(store.Snapshot) error) error {
	end, err := s.turn(ctx, s.reading)
	if err != nil {
		return err
	}
	defer end()
	view, release, err := s.beginReading(ctx)
	if err != nil {
		return err
	}
	defer release()
	return fn(view)
}

// Close waits for the transactions under way. Those that wait for their turn
// are refused.
func (s *Store) Close() error {
	s.closing.Do(func() {
		close(s.closed)
		for range cap(s.reading) {
			s.reading <- struct{}{} // for good
		}
		for range cap(s.writing) {
			s.writing <- struct{}{}
		}
		if s.pool != nil {
			s.pool.Close()
		}
	})
	return nil
}

// turn waits for a turn and gives the function that ends it.
func (s *Store) turn(ctx context.Context, turns chan struct{}) (end func(), err error) {
	select {
	case turns <- struct{}{}:
		end = func() { <-turns }
	case <-s.closed:
	case <-ctx.Done():
	}
	if err := s.refusal(ctx); err != nil {
		if end != nil {
			end()
		}
		return nil, err
	}
	return end, nil
}

// refusal tells why a transaction may not begin, nil if it may.
func (s *Store) refusal(ctx context.Context) error {
	select {
	case <-s.closed:
		return fault.New(fault.Busy, "The connections to %s have been closed; Galena is about to stop.", s.place)
	default:
	}
	if err := ctx.Err(); err != nil {
		return fault.Wrap(err, fault.Busy, "The request ended before the database was free.")
	}
	return nil
}

// beginReading begins a transaction that sees the moment at which this returns.
func (s *Store) beginReading(ctx context.Context) (*snapshot, func(), error) {
	for first := true; ; first = false {
		view, release, err := s.begin(ctx, s.beginRead)
		if err != nil {
			return nil, nil, err
		}
		if err = view.exchange(nil); err == nil {
			return view, release, nil
		}
		release()
		if !first || !errors.Is(err, errAgain) || ctx.Err() != nil {
			return nil, nil, err
		}
	}
}

// begin takes a free connection for a transaction, which begins with what is asked
// first. The caller calls release, which rolls back whatever was not committed.
func (s *Store) begin(ctx context.Context, with [2]*query) (*snapshot, func(), error) {
	conn, err := s.acquire(ctx)
	if err != nil {
		return nil, nil, err
	}
	view := &snapshot{ctx: ctx, conn: conn.Conn(), node: s, answer: answerTimeout}
	view.opening = view.session.begin(with)
	return view, func() { view.end(conn) }, nil
}

// acquire takes a connection from the pool.
func (s *Store) acquire(ctx context.Context) (*pgxpool.Conn, error) {
	limited, cancel := context.WithTimeout(ctx, acquireTimeout)
	defer cancel()
	conn, err := s.pool.Acquire(limited)
	return conn, s.unconnected(ctx, err)
}

// end gives the connection back; the pool closes one that is not idle again.
func (s *snapshot) end(conn *pgxpool.Conn) {
	s.err = errOver
	if !s.conn.IsClosed() && s.conn.PgConn().TxStatus() != 'I' {
		ctx, cancel := context.WithTimeout(context.Background(), answerTimeout)
		defer cancel()
		// A connection on which this fails is of no use to anybody.
		_, _ = s.conn.Exec(ctx, "ROLLBACK")
	}
	conn.Release()
}

// withConnection lends a connection to fn outside of any transaction.
func (s *Store) withConnection(ctx context.Context, fn func(*pgx.Conn) error) error {
	conn, err := s.acquire(ctx)
	if err != nil {
		return err
	}
	defer conn.Release()
	return fn(conn.Conn())
}
