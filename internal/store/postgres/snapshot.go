package postgres

import (
	"bytes"
	"context"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"galena/internal/lead"
)

// snapshot is one transaction's view; it implements store.Snapshot. Its methods
// stand beside the SQL of their tables.
type snapshot struct {
	ctx  context.Context
	conn *pgx.Conn
	node *Store
	session
	answer time.Duration // how long the wait for an answer may be
	names  bool          // texts may be left with the server

	// opening are the steps that begin the transaction, until they are sent: with
	// the first message. expected go along behind what that message is about.
	opening, expected []step

	// err is the first failure. Every later call returns it too, and a writing
	// transaction that had one is not committed, whatever its function returns.
	err error
}

// Now is the database's clock at the moment at which the transaction began, so
// that one transaction is one moment.
func (s *snapshot) Now() (lead.Time, error) {
	if s.node.clock != nil {
		return s.node.clock(), s.err
	}
	if s.opening != nil {
		return s.now, s.exchange(nil)
	}
	return s.now, s.err
}

// fail keeps the first error.
func (s *snapshot) fail(err error) error {
	if s.err == nil {
		s.err = err
	}
	return s.err
}

// run sends steps to the database.
func (s *snapshot) run(steps ...step) error {
	if s.err != nil || len(steps) == 0 {
		return s.err
	}
	return s.exchange(steps)
}

// exchange sends steps, and with them what waits to be sent.
func (s *snapshot) exchange(steps []step) error {
	begins := s.opening != nil
	if begins || s.expected != nil {
		steps = slices.Concat(s.opening, steps, s.expected)
		s.opening, s.expected = nil, nil
	}
	ctx, cancel := context.WithTimeout(s.ctx, s.answer)
	defer cancel()
	err := send(ctx, s.conn, steps, s.names)
	switch {
	case err == nil:
		return nil
	case begins && s.session == session{}:
		return s.fail(s.unbegun(err))
	}
	return s.fail(s.broken(err))
}

// copy sends rows to a COPY statement.
func (s *snapshot) copy(statement string, rows []byte) error {
	if s.err != nil {
		return s.err
	}
	ctx, cancel := context.WithTimeout(s.ctx, s.answer)
	defer cancel()
	if _, err := s.conn.PgConn().CopyFrom(ctx, bytes.NewReader(rows), statement); err != nil {
		return s.fail(s.broken(err))
	}
	return nil
}

// each runs a query and calls row for every row it gives.
func (s *snapshot) each(q *query, row func(pgx.Rows) error, args ...any) error {
	return s.run(step{query: q, args: args, row: row})
}

// one runs a query that gives one row, and scans it.
func (s *snapshot) one(q *query, into []any, args ...any) error {
	return s.each(q, func(rows pgx.Rows) error { return rows.Scan(into...) }, args...)
}

// list collects the rows of a query.
func list[T any](s *snapshot, q *query, scan func(pgx.Rows, *T) error, args ...any) ([]T, error) {
	var all []T
	err := s.each(q, func(rows pgx.Rows) error {
		if len(all) == cap(all) {
			all = slices.Grow(all, len(all)+1) // append would grow by a quarter, and copy a long life time and again
		}
		all = all[:len(all)+1]
		return scan(rows, &all[len(all)-1])
	}, args...)
	if err != nil {
		return nil, err
	}
	return all, nil
}

// page is list for a query whose last parameter is a limit.
func page[T any](s *snapshot, q *query, scan func(pgx.Rows, *T) error, after int64, limit int) ([]T, error) {
	if limit <= 0 {
		return nil, s.err // PostgreSQL refuses a negative limit
	}
	return list(s, q, scan, after, int64(limit))
}

// numbers makes parameters of ids.
func numbers(ids []lead.ID) []int64 {
	all := make([]int64, len(ids))
	for i, id := range ids {
		all[i] = int64(id)
	}
	return all
}
