package postgres

import (
	"slices"

	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/store"
)

// tx is a writing transaction; it implements store.Tx.
//
// It gathers what the log does not need at once (links, rows of leads,
// decisions, counts) and writes each kind with one statement, when something is
// read that it may change, or at the end.
type tx struct {
	*snapshot

	// leads are those whose rows this transaction holds, or makes; asked are all
	// on which it asked for the lock.
	leads map[lead.ID]*heldLead
	asked []lead.ID
	// taken are the ids that it took, to be given back when it fails.
	taken []takenIDs
	// more is by how much the number of kept rows grew and was not written yet.
	more int64

	// holders are what the transaction was told of identifiers, 0 for nobody;
	// known are the identifiers of leads, as read with them.
	holders map[digest]lead.ID
	known   map[lead.ID][]store.Link
	// links wait to be written; linking are their identifiers, stale the leads
	// whose identifiers they change.
	links   []pendingLink
	linking map[digest]bool
	stale   map[lead.ID]bool

	// unseen are the hashes of which it was told that the log has none of them;
	// appended are those that it appended itself.
	unseen, appended map[lead.MessageHash]bool
	// foretold says of the hashes that were expected which the log has.
	foretold map[lead.MessageHash]bool

	decisions []lead.Decision
	counts    map[string]int64
}

type takenIDs struct {
	first lead.ID
	n     int
}

var _ store.Tx = (*tx)(nil)

func newTx(view *snapshot) *tx {
	return &tx{
		snapshot: view,
		leads:    map[lead.ID]*heldLead{},
		holders:  map[digest]lead.ID{},
		known:    map[lead.ID][]store.Link{},
		linking:  map[digest]bool{},
		stale:    map[lead.ID]bool{},
		unseen:   map[lead.MessageHash]bool{},
		appended: map[lead.MessageHash]bool{},
		foretold: map[lead.MessageHash]bool{},
		counts:   map[string]int64{},
	}
}

// meet asks what is expected and was not asked yet.
func (t *tx) meet() error {
	if t.err != nil || t.expected == nil {
		return t.err
	}
	return t.exchange(nil)
}

// refuse fails the transaction for what a caller must never ask.
func (t *tx) refuse(format string, args ...any) error {
	return t.fail(fault.New(fault.Internal, format, args...))
}

// again fails the transaction because a neighbour's commit overtook it.
func (t *tx) again() error { return t.fail(t.node.disturbed(nil)) }

// flush writes everything that waits. Locks are always taken in this order, the
// row of the workspace last, so that nodes do not wait for each other in circles.
func (t *tx) flush() error {
	if err := t.flushLinks(); err != nil {
		return err
	}
	return t.run(t.waiting()...)
}

// waiting are the steps that write what waits, but for links.
func (t *tx) waiting() []step {
	return slices.Concat(t.leadSteps(), t.countSteps(), t.decisionSteps())
}

// giveBack gives back the ids of a transaction that failed.
func (t *tx) giveBack() {
	for i := len(t.taken) - 1; i >= 0; i-- {
		t.node.ids.giveBack(t.taken[i].first, t.taken[i].n)
	}
}
