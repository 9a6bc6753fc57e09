package sqlite

import (
	"errors"
	"math"

	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/store"
)

// tx is a writing transaction; it implements store.Tx.
type tx struct {
	snapshot
	last lead.ID // the highest id given out; 0: not looked up yet

	own *tail // what this transaction adds; also the first of tails
	// entry is what it writes into the journal: the rows put so far.
	entry []byte
	// rowed are leads that were found to have a row in the table.
	rowed map[lead.ID]bool
	// absent are messages that were found not to be in the log when this transaction
	// looked, which may have added them since.
	absent map[lead.MessageHash]bool
	fresh  lead.ID // the first id taken by this transaction, 0 for none
	// holders are the store's; linked is what changes there with the commit.
	holders *holders
	linked  []store.Link
	joined  bool // whether it joined or parted leads: then nothing that is remembered counts
	// released says that leads lost identifiers otherwise than by a link or join:
	// what is remembered of holders is forgotten with the commit.
	released bool
	// erased says that no file must show any more what was there before.
	erased bool
	// struck are the runs that it took keys out of, by their ids.
	struck map[int64]bool
	listed int     // how many rows of the listing it puts
	more   int64   // how many rows it adds that are not counted yet
	taken  bool    // whether ids were taken that are not counted yet
	waking *waking // the store's
}

var _ store.Tx = (*tx)(nil)

// maxEntryRoom bounds the room that is made beforehand for an entry.
const maxEntryRoom = 1 << 20

// newTx makes a transaction whose additions go to s.own.
func (s *Store) newTx(view *snapshot) *tx {
	view.tails = append([]*tail{s.own}, s.tails...)
	view.at = moment{math.MaxInt64, math.MaxInt64}
	return &tx{snapshot: *view, own: s.own, rowed: map[lead.ID]bool{}, absent: map[lead.MessageHash]bool{}, struck: map[int64]bool{}, holders: &s.holders, waking: &s.waking, entry: make([]byte, 0, s.entryRoom)}
}

// Expect has nothing to do: questions are cheap here.
func (t *tx) Expect([]lead.MessageHash, []lead.Identifier) {}

// Lock has nothing to do: there is one writer.
func (t *tx) Lock([]lead.ID) error { return t.err }

// refuse fails the transaction for what a caller must never ask.
func (t *tx) refuse(format string, args ...any) error {
	return t.fail(fault.New(fault.Internal, format, args...))
}

var countLeads = define(`UPDATE workspace SET last_lead = max(last_lead, ?), leads = leads + ?`)

// writeCounts brings the workspace's numbers up to date, for whoever asks the
// database for them.
func (t *tx) writeCounts() error {
	if t.more == 0 && !t.taken {
		return t.err
	}
	_, err := t.exec(countLeads, int64(t.last), t.more)
	t.more, t.taken = 0, false
	return err
}

func (t *tx) Counts() (store.Counts, error) {
	if err := t.writeCounts(); err != nil {
		return store.Counts{}, err
	}
	return t.snapshot.Counts()
}

func (t *tx) Surviving(ids []lead.ID) (map[lead.ID]lead.ID, error) {
	if err := t.writeCounts(); err != nil {
		return nil, err
	}
	return t.snapshot.Surviving(ids)
}

// end writes what was gathered, before the commit.
func (t *tx) end() error {
	if err := errors.Join(t.writeCounts(), t.cutHeads()); err != nil {
		return err
	}
	if t.erased {
		if _, err := t.exec(setErase, 1); err != nil {
			return err
		}
	}
	if len(t.entry) == 0 {
		return t.err
	}
	id := t.entryID()
	if _, err := t.exec(insertEntry, id, t.entry); err != nil {
		return err
	}
	t.own.upTo.entry = id
	t.own.bytes = len(t.entry)
	t.own.entries = append(t.own.entries, id)
	return nil
}

// entryID is the number of the entry that this transaction adds to the journal.
func (t *tx) entryID() int64 { return t.own.after.entry + 1 }

// put gives a lead a row.
func (t *tx) put(row store.LeadRow) {
	t.entry, row.State = appendRow(t.entry, row)
	if len(row.State) == 0 {
		row.State = nil
	}
	t.own.putRow(t.entryID(), row, false)
}

// drop takes the row of a lead away, if it has one.
func (t *tx) drop(id lead.ID) {
	t.entry = appendGone(t.entry, id)
	t.own.putRow(t.entryID(), store.LeadRow{ID: id}, true)
}
