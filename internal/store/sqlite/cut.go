package sqlite

import (
	"context"
	"database/sql"
)

// Files show for a while what is no more: the journal older rows, freed pages
// what they held, the write-ahead log older pages. Within pages that are in use
// SQLite overwrites what is deleted (secure_delete=FAST). After an erasure the
// rest is done too: the tail is written back, free pages are filled, and the log
// is cut. That it is owed is committed with the erasure, so that a process that is
// killed leaves it to the next.
var (
	setErase = define(`UPDATE marks SET erase = ?`)
	eraseDue = define(`SELECT erase FROM marks`)

	freePages = define(`PRAGMA freelist_count`)
	fillPages = define(`INSERT INTO journal (id, rows) VALUES (?, zeroblob(?))`)
	// Entries with ids below 0 fill, and nobody reads them.
	dropFill = define(`DELETE FROM journal WHERE id < 0`)

	// cutLog moves the log into the database and empties its file.
	cutLog    = define(`PRAGMA wal_checkpoint(TRUNCATE)`)
	waitShort = define(`PRAGMA busy_timeout = 20`)
	waitLong  = define(`PRAGMA busy_timeout = 5000`) // busyTimeout
)

// cut makes the files forget what was erased. Readers of an older moment can keep
// it from emptying the log; then the next commit tries again. The caller has the
// turn.
func (s *Store) cut() error {
	if s.wipeDue {
		if err := s.wipe(); err != nil {
			return err
		}
		s.wipeDue = false
	}
	ctx := context.Background()
	if err := s.writer.run(ctx, waitShort); err != nil {
		return err
	}
	var busy, pages, settled int64
	err := s.writer.each(ctx, cutLog, nil, func(rows *sql.Rows) error {
		return rows.Scan(&busy, &pages, &settled)
	})
	if err2 := s.writer.run(ctx, waitLong); err == nil {
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

// wipe leaves nothing in the database but what is in its tables now.
func (s *Store) wipe() error {
	const pageBytes, entryPages = 4096, 4096
	if err := s.writeAllBack(); err != nil {
		return err
	}
	err := s.transact(func(view *snapshot) error {
		var free int64
		if _, err := view.one(freePages, &free); err != nil {
			return err
		}
		for entry := int64(-1); free > 0; entry-- {
			if _, err := view.exec(fillPages, entry, min(free, entryPages)*pageBytes); err != nil {
				return err
			}
			free -= entryPages
		}
		return nil
	}, func() {})
	if err != nil {
		return err
	}
	// In a transaction of its own: pages that are freed in the one that filled them
	// would not be written.
	return s.transact(func(view *snapshot) error {
		_, err := view.exec(dropFill)
		return err
	}, func() {})
}
