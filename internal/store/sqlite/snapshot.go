package sqlite

import (
	"context"
	"database/sql"
	"slices"
	"strconv"

	"galena/internal/lead"
	"galena/internal/store/listsql"
)

// snapshot is one transaction's view; it implements store.Snapshot. Its methods
// stand beside the SQL of their tables.
type snapshot struct {
	ctx   context.Context
	on    *handle
	path  string
	clock func() lead.Time

	// What tables and indexes lack is in tails, the newest first, as it was at a
	// moment; runs are the indexes. To a reader beside the process that writes
	// look gives them.
	tails  []*tail
	runs   []*run
	at     moment
	beside *beside

	dialect *listsql.Dialect

	key     []byte // see erasureKey
	keyRead bool

	// err is the first failure. Every later call returns it too, and a writing
	// transaction that had one is not committed, whatever its function returns.
	err error
}

// Now is the clock of this process.
func (s *snapshot) Now() (lead.Time, error) { return s.clock(), s.err }

// fail keeps the first error.
func (s *snapshot) fail(err error) error {
	if s.err == nil {
		s.err = err
	}
	return s.err
}

// exec runs a query that gives no rows and tells how many it touched.
func (s *snapshot) exec(q *query, args ...any) (int64, error) {
	if s.err != nil {
		return 0, s.err
	}
	result, err := s.on.exec(s.ctx, q, args...)
	if err != nil {
		return 0, s.fail(explain(s.ctx, err, s.path))
	}
	return result.RowsAffected()
}

// each runs a query and calls row for every row it gives.
func (s *snapshot) each(q *query, row func(*sql.Rows) error, args ...any) error {
	if s.err != nil {
		return s.err
	}
	if err := s.on.each(s.ctx, q, args, row); err != nil {
		return s.fail(explain(s.ctx, err, s.path))
	}
	return nil
}

// one runs a query that gives at most one row of integers, and tells whether it
// gave one.
func (s *snapshot) one(q *query, n *int64, args ...any) (bool, error) {
	found := false
	err := s.each(q, func(rows *sql.Rows) error {
		found = true
		return rows.Scan(n)
	}, args...)
	return found, err
}

// list collects the rows of a query.
func list[T any](s *snapshot, q *query, scan func(*sql.Rows, *T) error, args ...any) ([]T, error) {
	var all []T
	err := s.each(q, func(rows *sql.Rows) error {
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
func page[T any](s *snapshot, q *query, scan func(*sql.Rows, *T) error, after int64, limit int) ([]T, error) {
	if limit <= 0 {
		return nil, s.err // to SQLite a negative limit is none
	}
	return list(s, q, scan, after, int64(limit))
}

// idList writes ids as a JSON array: one parameter for json_each, however many
// there are.
func idList[T ~int64](ids []T) string {
	b := make([]byte, 1, 2+8*len(ids))
	b[0] = '['
	for i, id := range ids {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendInt(b, int64(id), 10)
	}
	return string(append(b, ']'))
}
