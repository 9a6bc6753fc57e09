package postgres

import (
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"galena/internal/lead"
)

const (
	// lockTimeout bounds the wait for another writer: beyond it a sender is
	// better told to come again.
	lockTimeout      = 2 * time.Second
	statementTimeout = 30 * time.Second
	// idleWriter is how long a node that has gone silent in the midst of a
	// transaction may hold its locks; idleReader is longer, since a reader holds
	// none and may be feeding somebody's pager.
	idleWriter = 10 * time.Second
	idleReader = 5 * time.Minute
)

// session is what a transaction learns as it begins.
type session struct {
	now lead.Time
	// xid names a writing transaction for later questions about its fate; server
	// is the moment at which the server that gave it was started, since numbers
	// of one server say nothing on another.
	xid, server string
}

// access is what a transaction may do.
type access bool

const (
	readOnly  access = false
	readWrite access = true
)

// Plans of a writing transaction go by indexes: others wait for it, and figures of a
// table that was just filled are missing or old, by which the planner would rather go
// through all of it than look a hundred rows up. No statement is compiled (jit), which
// takes longer than any of them runs, and is done where a guess is far too high.
const (
	planned = `set_config('jit', 'off', true)`
	byIndex = planned + `, set_config('enable_seqscan', 'off', true)`
)

// durability is how long a commit waits, as an expression of SQL.
type durability string

const (
	// durable is at least until the disk has it.
	durable durability = `CASE current_setting('synchronous_commit') WHEN 'remote_apply' THEN 'remote_apply' ELSE 'on' END`
	// soon is not at all: the next commit that waits takes it along.
	soon durability = `'off'`
)

// opening are the texts that begin a transaction; the second is answered with what a
// session learns. All settings are the transaction's own: a pooler between us and the
// server may give the next transaction another connection, and passes none of them on.
func opening(schema string, may access, until durability) [2]*query {
	mode, xid, idle, plans := "ISOLATION LEVEL REPEATABLE READ, READ ONLY", "''", idleReader, planned
	if may == readWrite {
		mode, xid, idle, plans = "ISOLATION LEVEL READ COMMITTED, READ WRITE", "pg_current_xact_id()::text", idleWriter, byIndex
	}
	return [2]*query{{text: "BEGIN " + mode}, {text: fmt.Sprintf(`
		SELECT %s, floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint, extract(epoch FROM pg_postmaster_start_time())::text,
			concat(set_config('search_path', '"%s"', true),
			set_config('synchronous_commit', %s, true),
			set_config('lock_timeout', '%d', true),
			set_config('statement_timeout', '%d', true),
			set_config('idle_in_transaction_session_timeout', '%d', true),
			set_config('timezone', 'UTC', true), %s)`,
		xid, schema, until, lockTimeout.Milliseconds(), statementTimeout.Milliseconds(), idle.Milliseconds(), plans)}}
}

// begin gives the steps that begin a transaction and tell what it learns.
func (s *session) begin(with [2]*query) []step {
	return []step{{query: with[0]}, {query: with[1], row: func(rows pgx.Rows) error {
		return rows.Scan(&s.xid, (*int64)(&s.now), &s.server, nil)
	}}}
}
