package sqlite

import (
	"database/sql"
	"sync"

	"galena/internal/fault"
	"galena/internal/lead"
)

// beside is what readings beside the process that writes share: what the last of
// them made from the log and the journal, so that the next has less to read.
type beside struct {
	mu   sync.Mutex
	runs []*run
	tail *tail
}

// marks is how far the write-back had come.
var marksNow = define(`SELECT seq, entry FROM marks`)

func (s *snapshot) marks() (moment, error) {
	var m moment
	err := s.each(marksNow, func(rows *sql.Rows) error { return rows.Scan(&m.seq, &m.entry) })
	return m, err
}

// look makes sure that the snapshot has tails and runs: beside the process that
// writes it reads what is behind the marks.
func (s *snapshot) look() error {
	if s.err != nil || s.beside == nil {
		return s.err
	}
	b := s.beside
	b.mu.Lock()
	defer b.mu.Unlock()
	marks, err := s.marks()
	if err != nil {
		return err
	}
	var last moment
	if _, err := s.one(lastSeq, &last.seq); err != nil {
		return err
	}
	if _, err := s.one(lastEntry, &last.entry); err != nil {
		return err
	}
	if last.seq-marks.seq > maxBeside {
		return s.fail(fault.New(fault.Conflict,
			"%s was not brought up to date by this version yet; start the server once.", s.path))
	}
	runs, err := s.readRuns(b.runs)
	if err != nil {
		return err
	}
	t := b.tail
	if t == nil || t.after != marks || t.upTo.seq > last.seq || t.upTo.entry > last.entry {
		t = newTail(marks)
	}
	// Readings that are under way have seen the tail as it was, and know that
	// moment; one that fails half way leaves nothing behind.
	longer := newTail(t.upTo)
	if err := s.readTail(longer, maxBeside+1); err != nil {
		return err
	}
	t.take(longer)
	b.runs, b.tail = runs, t
	s.tails, s.runs, s.at, s.beside = []*tail{t}, runs, last, nil
	return nil
}

// maxBeside is the longest tail that a process reads which cannot write it back:
// more than there ever is after the first start.
const maxBeside = startBound * tailEvents

// readTail adds to a tail what follows it in the log, at most so many events, and
// the whole journal.
func (s *snapshot) readTail(t *tail, events int) error {
	var hash []byte
	err := s.each(keysOfEvents, func(rows *sql.Rows) error {
		var seq int64
		var id lead.ID
		if err := rows.Scan(&seq, &id, &hash); err != nil {
			return err
		}
		if seq != t.upTo.seq+1 || len(hash) != keyBytes {
			return fault.New(fault.Internal,
				"The log of the database %s is damaged at place %d; stop Galena and restore it from the latest backup.", s.path, t.upTo.seq+1)
		}
		t.addEvent(lead.MessageHash(hash), id)
		return nil
	}, t.upTo.seq, int64(events))
	if err != nil {
		return err
	}
	return s.readJournal(t.upTo.entry, t)
}

var (
	highestBlock = define(`SELECT coalesce(max(id), 0) FROM blocks`)
	dropWritten  = define(`DELETE FROM journal WHERE id <= (SELECT entry FROM marks)`)
	dropOrphans  = define(`DELETE FROM blocks WHERE id > ? AND id < ?`)
)

// recover finds out, before the first transaction, what the process before left:
// it drops what was written back or never finished, and reads the tail. A tail
// far above its bound is written back at once, and so are all events that a version
// without runs left.
func (s *Store) recover() error {
	err := s.transact(func(view *snapshot) error {
		if _, err := view.exec(dropWritten); err != nil {
			return err
		}
		marks, err := view.marks()
		if err != nil {
			return err
		}
		if s.runs, err = view.readRuns(nil); err != nil {
			return err
		}
		var highest int64
		if _, err := view.one(highestBlock, &highest); err != nil {
			return err
		}
		s.lastRun = highest >> blockBits
		before := int64(-1)
		for _, r := range s.runs {
			if _, err := view.exec(dropOrphans, before, r.blockID(0)); err != nil {
				return err
			}
			before = r.blockID(r.blocks() - 1)
			s.lastRun = max(s.lastRun, r.id)
		}
		if _, err := view.exec(dropOrphans, before, highest+1); err != nil {
			return err
		}
		var due int64
		if _, err := view.one(eraseDue, &due); err != nil {
			return err
		}
		s.cutDue, s.journalDue = due != 0, due != 0
		s.own = newTail(marks)
		s.tails = []*tail{newTail(marks)}
		return nil
	}, func() {})
	most := s.bounds.times(startBound)
	for more := true; err == nil && more; {
		t := s.tails[0]
		err = s.transact(func(view *snapshot) error { return view.readTail(t, most.events) }, func() {})
		if more = t.full(most); more && err == nil {
			err = s.writeTailBack()
		}
	}
	return err
}

// writeTailBack writes the tail back to its end.
func (s *Store) writeTailBack() error {
	s.freeze()
	for len(s.tails) == 2 {
		if _, err := s.step(); err != nil {
			return err
		}
	}
	return nil
}
