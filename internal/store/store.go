// Package store is the contract of Galena's memory: what a workspace remembers,
// and what it promises to whoever writes and reads. Implementations live in the
// packages below it; storetest is the suite that each must pass.
//
// A store decides nothing: it knows no playbook, resolves no identity and never
// looks inside a lead's state. One store is one workspace.
//
// # The contract
//
//   - Write runs one transaction. When it returns nil, all that its function
//     wrote is durable (it survives a power loss) and visible to every later
//     Read; when it returns an error, nothing of it is. The function may run
//     more than once (after a serialization failure), so it must have no effects
//     besides those on its Tx.
//   - A Tx method that returns an error has failed the whole transaction,
//     whatever the function makes of it. To ask for what no caller may ask (an
//     event that is known, a lead that was joined) is a programming error, of
//     kind fault.Internal.
//   - The context of Write counts until the transaction begins; from then on it
//     runs to its end. The context of Read counts throughout.
//   - Writes are isolated from each other as if they ran one after the other
//     for all leads that were named to Lock, and for all message hashes,
//     identifiers and counters.
//   - Read sees one moment of the workspace: nothing of a Write that is under
//     way, nothing that commits later.
//   - Maps and slices that a Tx or Snapshot returns belong to the caller; what
//     is passed in is not kept. Both work only until their function returns.
//   - A lead exists from NewLeads on, and survives until it is joined to
//     another. What is asked of a surviving lead is empty for any other.
//   - Text may be any bytes. Empty bytes come back as nil. A limit below 1 gives
//     nothing.
//   - A reading that finds nothing returns an empty result, not an error.
//     Errors are for a store that cannot do its work; a full or read-only disk
//     and a busy database are fault.Busy.
package store

import (
	"context"

	"galena/internal/lead"
)

// Store is the memory of one workspace. Safe for concurrent use.
type Store interface {
	Write(ctx context.Context, fn func(Tx) error) error
	// Derive is Write for what can be derived from the rest again: after a power
	// loss it may not have happened, unless something that was written later has.
	Derive(ctx context.Context, fn func(Tx) error) error
	Read(ctx context.Context, fn func(Snapshot) error) error
	// Close waits for the transactions under way; those after it are refused as
	// fault.Busy. A second Close does nothing.
	Close() error
}

// Snapshot reads.
type Snapshot interface {
	// Now is the store's clock: of the process for an embedded store; of the
	// database for a shared one, at the moment at which the transaction began.
	Now() (lead.Time, error)

	// Known finds which of the hashes belong to events or tombstones in the log.
	Known(hashes []lead.MessageHash) (map[lead.MessageHash]bool, error)
	// Messages gives the events with these hashes, by Seq. Of what was erased it
	// knows nothing.
	Messages(hashes []lead.MessageHash) ([]lead.Event, error)

	// Find gives the surviving leads that hold the identifiers.
	Find(ids []lead.Identifier) (map[lead.Identifier]lead.ID, error)
	// Identifiers gives what a surviving lead is known by, in the order in which
	// it was learned.
	Identifiers(id lead.ID) ([]Link, error)
	// Surviving follows joins: the lead that an id stands for today; an id that
	// was never joined stands for itself, one that never existed is absent.
	Surviving(ids []lead.ID) (map[lead.ID]lead.ID, error)
	// Joins gives the joins by which other leads became part of a surviving one,
	// directly or through others, by At, then Child.
	Joins(into lead.ID) ([]Join, error)

	// States gives the rows of surviving leads.
	States(ids []lead.ID) (map[lead.ID]LeadRow, error)
	// Leads lists surviving leads with an id above after, ascending, at most limit.
	Leads(after lead.ID, limit int) ([]LeadRow, error)
	// Due lists surviving leads whose WakeAt is at or before at and not 0, by
	// WakeAt, then ID, at most limit.
	Due(at lead.Time, limit int) ([]LeadRow, error)

	// History gives the events of a surviving lead and of all that were joined
	// into it, by the fold key. Their Body is not opened.
	History(id lead.ID) ([]lead.Event, error)
	// Latest lists those events with Seq below before, descending, at most limit;
	// before 0 is after the last. Their Body is not opened.
	Latest(id lead.ID, before int64, limit int) ([]lead.Event, error)
	// Log lists events with Seq above after, ascending, at most limit. It never
	// shows an event while one with a smaller Seq may still appear.
	Log(after int64, limit int) ([]lead.Event, error)
	// Decisions gives the decision log of a surviving lead and of all that were
	// joined into it, in the order it was written.
	Decisions(id lead.ID) ([]lead.Decision, error)
	// DecisionLog lists the decision log after its first rows, of which after names how
	// many, in the order it was written, at most limit.
	DecisionLog(after int64, limit int) ([]LoggedDecision, error)
	// Rejects lists rejects with Seq above after, ascending, at most limit.
	Rejects(after int64, limit int) ([]lead.Reject, error)
	// LastRejects lists rejects with Seq below before, descending, at most limit;
	// before 0 is after the last.
	LastRejects(before int64, limit int) ([]lead.Reject, error)
	// Refused finds which of the identities belong to rejects that are kept.
	Refused(identities []lead.MessageHash) (map[lead.MessageHash]bool, error)

	// Keys lists all write keys, the oldest first.
	Keys() ([]lead.Key, error)
	// Playbooks lists all published versions, the oldest first.
	Playbooks() ([]Playbook, error)
	// InForce is the number of the newest version, 0 if none was published.
	InForce() (int, error)
	// Sweep tells how far the leads have been brought to a version.
	Sweep() (Sweep, error)
	// Counts tells how much there is.
	Counts() (Counts, error)

	ManyReader
	AccountReader
	PaperReader
	ListReader
}

// Tx reads and writes. What it has written, it reads.
//
// Its Find also locks the leads that it finds, as Lock does. Its Due claims: it
// locks what it lists, and leaves out what another writer holds. Its InForce is
// true until its end: nobody publishes meanwhile. Its Sweep keeps others from
// asking for theirs.
type Tx interface {
	Snapshot

	// Expect says what will be asked of Known and Find, so that a store in a database
	// of its own can ask it along with something else. It comes before any change, and
	// changes no answer. Find's locks may be taken from here on.
	Expect(messages []lead.MessageHash, ids []lead.Identifier)
	// Lock holds the rows of leads against other writers until the end of the
	// transaction, taking them in ascending order. An embedded store with one
	// writer has nothing to do.
	Lock(ids []lead.ID) error

	// NewLeads takes n ids that were never given out and returns the first; the
	// others follow. For 0 it takes none and returns 0. Ids of a transaction that
	// fails may be lost or given out again.
	NewLeads(n int) (lead.ID, error)
	// Append puts events at the end of the log and sets their Seq, ascending in
	// the order given. An event whose message hash is known already is a
	// programming error. Its lead must exist, and may have been joined.
	Append(events []lead.Event) error
	// Link makes identifiers of surviving leads known, in the order given. One
	// that another lead held moves to the new one; one that the lead holds
	// already stays as it is.
	Link(links []Link) error
	// PutLeads inserts or replaces rows of surviving leads.
	PutLeads(rows []LeadRow) error
	// Join makes Child part of Parent for good: its identifiers and history are
	// found under Parent, its own row goes. Both must be surviving; the joins are
	// done in the order given.
	Join(joins []Join) error
	// Part undoes a join: Child stands for itself again, without a row, and with
	// it whatever had been joined into it. All that a Parting names must be the
	// survivor's so far.
	Part(p Parting) error
	// Erase takes from a surviving lead, and from all that were joined into it,
	// what tells who it was: its identifiers and its row go, its events become
	// tombstones (lead.Tombstone: Seq, Lead, Origin, Occurred, Received and
	// Backfill stay), decisions and joins lose the message that caused them. The
	// messages stay known, by a hash under a key of the store's own. The lead
	// still exists.
	Erase(id lead.ID) error
	// EraseRejects empties rejects but for Seq, Received, Source, Index and Code.
	EraseRejects(seqs []int64) error
	// Decide appends to the decision log, as given. The lead must exist, and may
	// have been joined.
	Decide(decisions []lead.Decision) error
	// Reject keeps what was refused, and sets Seq. An Identity that is kept already
	// fails the transaction.
	Reject(rejects []lead.Reject) error
	// PutKey inserts a key (ID 0, which is set) or replaces one that is there. No
	// two have the same hash.
	PutKey(key *lead.Key) error
	// Publishing waits until no other transaction relies on its InForce, keeps
	// those that would from it, and tells the time: it is not before the Now of
	// any of the former. A transaction that has asked for InForce may not ask
	// for this.
	Publishing() (lead.Time, error)
	// PutPlaybook appends a version. Its Version must be one more than the last;
	// if it is not, somebody else published first, and that is a fault.Conflict.
	PutPlaybook(p Playbook) error
	// PutSweep replaces what Sweep tells.
	PutSweep(s Sweep) error
	// Count adds to a named counter of the workspace ("duplicates", …).
	Count(name string, n int64) error

	AccountWriter
	PaperWriter
	ListWriter
}

// LeadRow is what is kept of a surviving lead beside its log.
type LeadRow struct {
	ID lead.ID
	// State is the engine's; a store keeps it as it is.
	State []byte
	// WakeAt is the next moment at which something about the lead changes by
	// itself; 0 if none.
	WakeAt lead.Time
}

// Link says that a lead is known by an identifier.
type Link struct {
	Identifier lead.Identifier
	Lead       lead.ID
	// Display is the identifier as it was written by its owner; "" if the same.
	Display string
	Since   lead.Time
	// Origin is the lead to which it was linked, before joins. The store sets it.
	Origin lead.ID
}

// Join says that Child was found to be the same person as Parent.
type Join struct {
	Child, Parent lead.ID
	// At is the effective moment, Event the message id that showed it.
	At    lead.Time
	Event string
}

// Parting says what a lead takes along when its join is undone.
type Parting struct {
	// Child was joined to another, directly or not, and stands for itself again.
	Child lead.ID
	// Joins are children of other leads that Child's are from now on.
	Joins []lead.ID
	// Identifiers are those of the survivor that go along. Those that were linked
	// to none of the leads that go have Child as their origin from now on.
	Identifiers []lead.Identifier
	// Events are places in the log; what stands there is filed under Child.
	Events []int64
}

// LoggedDecision is a row of the decision log, with what the newest row before it
// says of the same decision (lead.Decision.ID): the row takes its place.
type LoggedDecision struct {
	lead.Decision
	Was     lead.Verb // 0 if there is none
	WasFrom string
	WasAt   lead.Time
}

// Playbook is a published version. It never changes.
type Playbook struct {
	Version   int // from 1
	Source    []byte
	Published lead.Time // from when on it is in force
	Note      string
	Author    string
	// Apply says that the criteria were evaluated for existing leads, Effects
	// that what they decided then has effects.
	Apply, Effects bool
	Signed         []Signature // in the order given
}

// Signature says who agreed to a version.
type Signature struct {
	Role string // "marketing" or "sales"
	Name string
	At   lead.Time
}

// Sweep is how far the leads have been brought from older versions of the
// playbook to one: in the order of their ids, to Reached.
type Sweep struct {
	Version int
	Reached lead.ID
	Leads   int64 // how many were looked at
	Over    bool
}

// Counts tells how much a workspace holds.
type Counts struct {
	// Leads are the rows of surviving leads.
	Events, Leads, Rejects, Decisions int64
	// Named are the counters that Tx.Count keeps.
	Named map[string]int64
}
