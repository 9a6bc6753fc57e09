package sqlite

import (
	"context"
	"database/sql"
)

// query is one SQL text of this package. Each connection prepares it at its
// first use and keeps it.
type query struct {
	text string
	slot int // in handle.statements
}

var (
	begin          = define(`BEGIN`)
	beginImmediate = define(`BEGIN IMMEDIATE`)
	commit         = define(`COMMIT`)
	rollback       = define(`ROLLBACK`)
)

// queries lists every SQL text, so that a test can prepare them all.
var queries []*query

// define adds a query. It is called only to initialise package variables.
func define(text string) *query {
	q := &query{text: text, slot: len(queries)}
	queries = append(queries, q)
	return q
}

// handle is one connection with its prepared statements, used by one goroutine
// at a time.
type handle struct {
	conn       *sql.Conn
	statements []*sql.Stmt
	// broken says that the connection must not be used again.
	broken bool
	values []any // room for what is inserted
}

func openHandle(ctx context.Context, db *sql.DB) (*handle, error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	return &handle{conn: conn, statements: make([]*sql.Stmt, len(queries))}, nil
}

func (h *handle) prepared(q *query) (*sql.Stmt, error) {
	if s := h.statements[q.slot]; s != nil {
		return s, nil
	}
	s, err := h.conn.PrepareContext(context.Background(), q.text)
	if err != nil {
		return nil, err
	}
	h.statements[q.slot] = s
	return s, nil
}

func (h *handle) exec(ctx context.Context, q *query, args ...any) (sql.Result, error) {
	s, err := h.prepared(q)
	if err != nil {
		return nil, err
	}
	return s.ExecContext(ctx, args...)
}

func (h *handle) run(ctx context.Context, q *query) error {
	_, err := h.exec(ctx, q)
	return err
}

// set changes a setting of the connection. SQLite does that when it prepares the
// statement, and not again when one that was kept is run.
func (h *handle) set(pragma string) error {
	_, err := h.conn.ExecContext(context.Background(), "PRAGMA "+pragma)
	return err
}

// each calls row for every row of the result.
func (h *handle) each(ctx context.Context, q *query, args []any, row func(*sql.Rows) error) error {
	s, err := h.prepared(q)
	if err != nil {
		return err
	}
	rows, err := s.QueryContext(ctx, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := row(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

func (h *handle) close() error {
	for _, s := range h.statements {
		if s != nil {
			s.Close()
		}
	}
	return h.conn.Close()
}
