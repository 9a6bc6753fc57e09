package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
)

const (
	// answerTimeout bounds the wait for one answer. The server's own limit
	// (statementTimeout) comes first; this one is for a network that went silent.
	answerTimeout = statementTimeout + 5*time.Second
	// checkTimeout is the same for those who read everything.
	checkTimeout = time.Hour
)

// query is one SQL text of this package. Names in it are those of the workspace's
// schema, which every transaction puts on its search path.
type query struct{ text string }

// queries lists every SQL text, so that a test can prepare them all.
var queries []*query

// define adds a query. It is called only to initialise package variables.
func define(text string) *query {
	q := &query{text}
	queries = append(queries, q)
	return q
}

// step is a query with its arguments and what to do with its answer: row is
// called for every row, done with the number of rows that it touched. Either may
// be nil.
type step struct {
	query *query
	args  []any
	row   func(pgx.Rows) error
	done  func(touched int64) error
}

// send runs steps in order, all in one message.
func send(ctx context.Context, conn *pgx.Conn, steps []step) error {
	if len(steps) == 1 {
		rows, err := conn.Query(ctx, steps[0].query.text, steps[0].args...)
		return steps[0].read(rows, err)
	}
	var batch pgx.Batch
	for i := range steps {
		batch.Queue(steps[i].query.text, steps[i].args...)
	}
	results := conn.SendBatch(ctx, &batch)
	for i := range steps {
		rows, err := results.Query()
		if err := steps[i].read(rows, err); err != nil {
			_ = results.Close() // tells the same error again
			return err
		}
	}
	return results.Close()
}

// read takes a step's answer.
func (s *step) read(rows pgx.Rows, err error) error {
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if s.row == nil {
			continue
		}
		if err := s.row(rows); err != nil {
			return err
		}
	}
	rows.Close()
	if err := rows.Err(); err != nil {
		return err
	}
	if s.done != nil {
		return s.done(rows.CommandTag().RowsAffected())
	}
	return nil
}
