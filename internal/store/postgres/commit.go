package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"galena/internal/fault"
)

const (
	// fatePatience bounds the questions after a lost commit, and fatePause is
	// the wait between them: the server may still be at it.
	fatePatience = 2 * time.Second
	fatePause    = 20 * time.Millisecond
)

var commitNow = &query{text: "COMMIT"}

// finish writes what waits and ends the transaction, in one message. When the
// connection is lost before the answer came, the server is asked over another what
// became of the transaction.
func (t *tx) finish() error {
	if err := t.flushLinks(); err != nil {
		return err
	}
	steps := t.waiting()
	if t.err != nil || t.opening != nil && len(steps) == 0 {
		return t.err // or nothing was asked, nothing written, and so nothing begun
	}
	if t.opening != nil {
		// A transaction whose number is not known cannot be asked after.
		if err := t.exchange(nil); err != nil {
			return err
		}
	}
	var told string
	steps = append(steps, step{query: commitNow, told: &told})
	ctx, cancel := context.WithTimeout(t.ctx, answerTimeout)
	defer cancel()
	err := send(ctx, t.conn, steps, t.names)
	if err == nil && told != commitNow.text {
		// Only an error that somebody swallowed can bring this about.
		return t.fail(fault.New(fault.Internal, "The transaction was rolled back instead of committed."))
	}
	if err == nil {
		t.taken = nil
		return nil
	}
	answer, ok := errors.AsType[*pgconn.PgError](err)
	if !t.conn.IsClosed() && (!ok || answer.Severity == "ERROR") {
		return t.fail(t.node.explain(ctx, err))
	}
	t.taken = nil // ids that may be in use are never given back
	switch t.node.fate(t.session) {
	case "committed":
		return nil
	case "aborted":
		return t.fail(t.node.lost(err))
	}
	return t.fail(fault.Wrap(err, fault.Busy,
		"The connection to %s was lost during a commit, and whether it was carried out cannot be told; try the same again.", t.node.place))
}

// fate asks what became of a transaction: "committed", "aborted", or anything
// else when nobody knows.
func (s *Store) fate(of session) string {
	ctx, cancel := context.WithTimeout(context.Background(), fatePatience)
	defer cancel()
	for {
		var server, status string
		err := s.withConnection(ctx, func(conn *pgx.Conn) error {
			return conn.QueryRow(ctx, `SELECT extract(epoch FROM pg_postmaster_start_time())::text, coalesce(pg_xact_status($1::text::xid8), '')`, of.xid).
				Scan(&server, &status)
		})
		if err == nil && server != of.server {
			return ""
		}
		if err == nil && status != "in progress" {
			return status
		}
		select {
		case <-ctx.Done():
			return ""
		case <-time.After(fatePause):
		}
	}
}
