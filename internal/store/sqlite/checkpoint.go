package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"math"
)

const (
	// settleAt is how many pages of the log (80 MB) are gathered before they are
	// moved into the database. Random pages are touched again and again, and each
	// is moved once: against SQLite's own thousand pages this makes writing 1.6
	// times as fast.
	settleAt = 20_000
	// Past so many times that commits wait until the log is settled.
	settleHard = 3
	// Beside the commits the log is moved again as long as more than such a part of
	// settleAt came meanwhile, and each time half as much as before, or less.
	settleRest = 16
)

var (
	// logSize and settleLog give (busy, pages in the log, pages of them settled).
	logSize   = define(`PRAGMA wal_checkpoint(NOOP)`)
	settleLog = define(`PRAGMA wal_checkpoint(PASSIVE)`)
)

// grown settles the log after a commit, when there were enough of them since the
// last look that it may be due.
func (s *Store) grown(by *tail, listed int) {
	// A row of the listing touches a page of most of its indexes.
	const pageBytes, eventBytes, listedBytes = 4096, 600, 8 * 4096
	s.unlooked += pageBytes + int64(len(by.events)*eventBytes+by.bytes+listed*listedBytes)
	if s.unlooked > s.settleAt*pageBytes/16 {
		s.unlooked = 0
		s.settle()
	}
}

// pragmaLog runs one of the above and tells how many pages are not settled.
func (h *handle) pragmaLog(q *query) (open int64, err error) {
	err = h.each(context.Background(), q, nil, func(rows *sql.Rows) error {
		var busy, pages, settled int64
		err := rows.Scan(&busy, &pages, &settled)
		open = pages - settled
		return err
	})
	return open, err
}

// settle has the log moved into the database when it has grown enough. It waits
// for no reader: what one still needs stays in the log until a later turn. What
// was committed is safe whatever happens here, so the only error that counts is a
// disk that fails. The caller has the turn.
func (s *Store) settle() {
	open, err := s.writer.pragmaLog(logSize)
	switch {
	case err != nil:
	case open >= settleHard*s.settleAt:
		_, err = s.writer.pragmaLog(settleLog)
	case open >= s.settleAt:
		s.settleDue = true
	}
	_ = s.writeError(err)
}

// settleBeside moves the log while commits go on, over a connection of its own, and
// syncs the database: SQLite itself would sync it only when it has come to the end
// of the log, with the turn, and commits would wait until all is on the disk. In
// turn it moves the little that came meanwhile, so that the log can begin anew.
func (s *Store) settleBeside() {
	var err error
	for open, left := int64(0), int64(math.MaxInt64); ; left = open {
		// It is as much as before where a reader needs the rest.
		if open, err = s.moveLog(); err != nil || open <= s.settleAt/settleRest || open > left/2 {
			break
		}
	}
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
	case <-s.closed:
		s.unsettled = err
		return // the end of the writing connection settles what is left
	}
	if err == nil && s.diskFailed == nil {
		_, err = s.writer.pragmaLog(settleLog)
	}
	s.settleDue = false
	if err == nil && s.cutDue && s.diskFailed == nil {
		err = s.cut() // which could not be while the log was moved
	}
	_ = s.writeError(err)
}

// moveLog moves what is in the log into the database, on to the disk, and tells how
// many pages came meanwhile.
func (s *Store) moveLog() (open int64, err error) {
	if _, err := s.settler.pragmaLog(settleLog); err != nil {
		return 0, err
	}
	flush(s.file, s.closed)
	if err := s.file.Sync(); err != nil {
		return 0, errors.Join(errSync, err)
	}
	return s.settler.pragmaLog(logSize)
}
