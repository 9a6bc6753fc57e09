package sqlite

import (
	"context"
	"database/sql"
)

// settleAt is how many pages of the log (80 MB) are gathered before they are
// moved into the database. Random indexes touch the same pages again and again,
// and each is moved once: against SQLite's own thousand pages this makes writing
// 1.6 times as fast.
const settleAt = 20_000

var (
	// logSize and settleLog give (busy, pages in the log, pages of them settled).
	logSize   = define(`PRAGMA wal_checkpoint(NOOP)`)
	settleLog = define(`PRAGMA wal_checkpoint(PASSIVE)`)
)

// settle moves the log into the database when it has grown enough. It waits for
// no reader: what one still needs stays in the log until a later turn. What was
// committed is safe whatever happens here, so the only error that counts is a
// disk that fails.
func (s *Store) settle() {
	var busy, pages, settled int64
	scan := func(rows *sql.Rows) error { return rows.Scan(&busy, &pages, &settled) }
	err := s.writer.each(context.Background(), logSize, nil, scan)
	if err == nil && pages-settled >= s.settleAt {
		err = s.writer.each(context.Background(), settleLog, nil, scan)
	}
	if err == nil && s.cutDue {
		err = s.cut()
	}
	_ = s.writeError(err)
}
