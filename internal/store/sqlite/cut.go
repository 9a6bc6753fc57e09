package sqlite

import (
	"context"
	"database/sql"
)

// SQLite overwrites what is deleted (secure_delete), but files show for a while
// what is no more: the journal older rows, the write-ahead log older pages. After
// an erasure the tail is written back, the journal dropped, and the log cut. That
// it is owed is committed with the erasure, so that a process that is killed leaves
// it to the next.
var (
	setErase = define(`UPDATE marks SET erase = ?`)
	eraseDue = define(`SELECT erase FROM marks`)

	// cutLog moves the log into the database and empties its file.
	cutLog = define(`PRAGMA wal_checkpoint(TRUNCATE)`)
)

// How long the log waits for readers while it is cut, and otherwise.
const (
	waitShort = `busy_timeout = 20`
	waitLong  = `busy_timeout = 5000` // busyTimeout
)

// cut makes the files forget what was erased. Readers of an older moment can keep
// it from emptying the log; then the next commit tries again. The caller has the
// turn.
func (s *Store) cut() error {
	if s.journalDue {
		if err := s.writeAllBack(); err != nil {
			return err
		}
		// Many erasures in a row would leave work no time between them to merge the
		// runs that each makes.
		for more := true; more; {
			var err error
			if more, err = s.step(); err != nil {
				return err
			}
		}
		s.journalDue = false
	}
	ctx := context.Background()
	if err := s.writer.set(waitShort); err != nil {
		return err
	}
	var busy, pages, settled int64
	err := s.writer.each(ctx, cutLog, nil, func(rows *sql.Rows) error {
		return rows.Scan(&busy, &pages, &settled)
	})
	if err2 := s.writer.set(waitLong); err == nil {
		err = err2
	}
	if err != nil || busy != 0 {
		return err
	}
	return s.transact(func(view *snapshot) error {
		_, err := view.exec(setErase, 0)
		return err
	}, func() { s.cutDue = false })
}
