package sqlite

import (
	"database/sql"
	"encoding/binary"
	"errors"

	"galena/internal/lead"
	"galena/internal/store"
)

// An entry of the journal holds what one commit did to rows, one behind the other:
// a lead, what became of it, and more: of a row that was put when the lead wakes,
// the length of its state, and the state; of an event that is filed under the
// lead from now on, its place and its hash.
const (
	entryPut     = 0
	entryGone    = 1
	entryRefiled = 2
)

var (
	insertEntry  = define(`INSERT INTO journal (id, rows) VALUES (?, ?)`)
	entriesAfter = define(`SELECT id, rows FROM journal WHERE id > ? ORDER BY id`)
	lastEntry    = define(`SELECT max(coalesce((SELECT max(id) FROM journal), 0), entry) FROM marks`)
)

// appendRow writes a row behind an entry and gives the entry with the row's state
// in it, which stays valid while the entry grows.
func appendRow(entry []byte, row store.LeadRow) (longer, state []byte) {
	entry = binary.AppendVarint(entry, int64(row.ID))
	entry = append(entry, entryPut)
	entry = binary.AppendVarint(entry, int64(row.WakeAt))
	entry = binary.AppendUvarint(entry, uint64(len(row.State)))
	entry = append(entry, row.State...)
	n := len(entry)
	return entry, entry[n-len(row.State) : n : n]
}

func appendGone(entry []byte, id lead.ID) []byte {
	return append(binary.AppendVarint(entry, int64(id)), entryGone)
}

func appendRefiled(entry []byte, seq int64, id lead.ID, hash lead.MessageHash) []byte {
	entry = append(binary.AppendVarint(entry, int64(id)), entryRefiled)
	entry = binary.AppendVarint(entry, seq)
	return append(entry, hash[:]...)
}

var errEntry = errors.New("an entry of the journal cannot be read")

// readEntry gives each row of an entry to put, each event to refile; states are
// parts of the entry.
func readEntry(entry []byte, put func(row store.LeadRow, gone bool), refile func(seq int64, id lead.ID, hash lead.MessageHash)) error {
	for len(entry) > 0 {
		id, n := binary.Varint(entry)
		if n <= 0 || len(entry) == n {
			return errEntry
		}
		what := entry[n]
		entry = entry[n+1:]
		if what == entryGone {
			put(store.LeadRow{ID: lead.ID(id)}, true)
			continue
		}
		number, n := binary.Varint(entry)
		if n <= 0 || what != entryPut && what != entryRefiled {
			return errEntry
		}
		entry = entry[n:]
		if what == entryRefiled {
			if len(entry) < len(lead.MessageHash{}) {
				return errEntry
			}
			refile(number, lead.ID(id), lead.MessageHash(entry))
			entry = entry[len(lead.MessageHash{}):]
			continue
		}
		length, n := binary.Uvarint(entry)
		if n <= 0 || length > uint64(len(entry)-n) {
			return errEntry
		}
		end := n + int(length)
		put(store.LeadRow{ID: lead.ID(id), WakeAt: lead.Time(number), State: entry[n:end:end]}, false)
		entry = entry[end:]
	}
	return nil
}

// readJournal adds the entries after one to a tail.
func (s *snapshot) readJournal(after int64, to *tail) error {
	return s.each(entriesAfter, func(rows *sql.Rows) error {
		var id int64
		var entry []byte
		if err := rows.Scan(&id, &entry); err != nil {
			return err
		}
		return to.addEntry(id, entry)
	}, after)
}
