package sqlite

import (
	"maps"
	"slices"
	"sync"

	"galena/internal/lead"
	"galena/internal/store"
)

// moment is what a transaction sees: the last event, the last entry of the
// journal.
type moment struct{ seq, entry int64 }

// tail is what indexes and tables do not have yet, of a stretch of the log and
// of the journal. It only grows, so that a reader who knows its moment sees what
// was there then. Safe for one writer and any number of readers.
type tail struct {
	after moment // it begins behind this

	mu     sync.RWMutex
	upTo   moment
	events []tailEvent // of after.seq+1 and what follows
	hashes map[lead.MessageHash]int64
	newest map[lead.ID]int64 // the last event of each lead in events
	rows   map[lead.ID]*version
	// refiled are events of any place in the log whose row was changed, as they
	// are to be found now; each lead's are in moved too.
	refiled map[int64]tailEvent
	moved   map[lead.ID][]int64
	// soonest is not after any moment at which a row of them was ever due.
	soonest lead.Time
	// bytes is about what the rows take, in memory as in the journal.
	bytes   int
	entries []int64 // of the journal
	sorted  sorted
}

// tailEvent is what the indexes will know of an event.
type tailEvent struct {
	hash   lead.MessageHash
	lead   lead.ID
	before int64 // the event of the lead before it in the same tail, 0 for none
}

// version is the row of a lead from an entry of the journal on.
type version struct {
	entry  int64
	row    store.LeadRow
	gone   bool
	before *version
}

func newTail(after moment) *tail {
	return &tail{
		after:   after,
		upTo:    after,
		soonest: lead.Never,
		hashes:  map[lead.MessageHash]int64{},
		newest:  map[lead.ID]int64{},
		rows:    map[lead.ID]*version{},
		refiled: map[int64]tailEvent{},
		moved:   map[lead.ID][]int64{},
	}
}

// roomy is how much of a transaction's tail is kept for the next one: to clear a
// large map takes as long as to fill it.
const roomy = 256

// emptied gives an empty tail for the next transaction: this one, if it is small.
func (t *tail) emptied(after moment) *tail {
	if len(t.hashes)+len(t.rows)+len(t.refiled) > roomy {
		return newTail(after)
	}
	t.after, t.upTo = after, after
	t.events, t.entries, t.bytes, t.soonest = t.events[:0], t.entries[:0], 0, lead.Never
	clear(t.hashes)
	clear(t.newest)
	clear(t.rows)
	clear(t.refiled)
	clear(t.moved)
	return t
}

// refile adds an event that is to be found otherwise than before.
func (t *tail) refile(seq int64, id lead.ID, hash lead.MessageHash) {
	t.refiled[seq] = tailEvent{hash: hash, lead: id}
	t.hashes[hash] = seq
	t.moved[id] = append(t.moved[id], seq)
}

// addEvent adds the event that follows.
func (t *tail) addEvent(hash lead.MessageHash, id lead.ID) {
	seq := t.upTo.seq + 1
	t.events = append(t.events, tailEvent{hash, id, t.newest[id]})
	t.hashes[hash] = seq
	t.newest[id] = seq
	t.upTo.seq = seq
}

// putRow adds what an entry of the journal says of a lead. Of an entry the last
// word counts.
func (t *tail) putRow(entry int64, row store.LeadRow, gone bool) {
	v := t.rows[row.ID]
	if v == nil || v.entry != entry {
		v = &version{entry: entry, before: v}
		t.rows[row.ID] = v
	}
	v.row, v.gone = row, gone
	if row.WakeAt != 0 {
		t.soonest = min(t.soonest, row.WakeAt)
	}
}

// addEntry adds an entry of the journal, which it keeps.
func (t *tail) addEntry(id int64, entry []byte) error {
	t.upTo.entry = id
	t.bytes += len(entry)
	t.entries = append(t.entries, id)
	return readEntry(entry, func(row store.LeadRow, gone bool) { t.putRow(id, row, gone) }, t.refile)
}

// take moves in what a transaction left in a tail of its own.
func (t *tail) take(own *tail) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for i := range own.events {
		t.addEvent(own.events[i].hash, own.events[i].lead)
	}
	t.soonest = min(t.soonest, own.soonest)
	for id, v := range own.rows {
		v.before = t.rows[id]
		t.rows[id] = v
	}
	for seq, e := range own.refiled {
		t.refile(seq, e.lead, e.hash)
	}
	if len(own.entries) > 0 {
		t.entries = append(t.entries, own.entries...)
		t.bytes += own.bytes
		t.upTo.entry = own.upTo.entry
	}
}

// place is where a message may be that has a hash: 0 if nothing is known of it.
func (t *tail) place(hash lead.MessageHash, at moment) int64 {
	t.mu.RLock()
	defer t.mu.RUnlock()
	if seq := t.hashes[hash]; seq <= at.seq {
		return seq
	}
	return 0
}

// placesOf appends where a lead's events may be, in no order.
func (t *tail) placesOf(id lead.ID, at moment, places []int64) []int64 {
	t.mu.RLock()
	defer t.mu.RUnlock()
	for seq := t.newest[id]; seq > 0; seq = t.events[seq-t.after.seq-1].before {
		if seq <= at.seq {
			places = append(places, seq)
		}
	}
	return append(places, t.moved[id]...)
}

// isRefiled says whether an event's row was changed since the tail before.
func (t *tail) isRefiled(seq int64) bool {
	t.mu.RLock()
	defer t.mu.RUnlock()
	_, ok := t.refiled[seq]
	return ok
}

// row gives what the tail knew of a lead's row at a moment: nil for nothing.
func (t *tail) row(id lead.ID, at moment) *version {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.rows[id].at(at)
}

func (v *version) at(at moment) *version {
	for v != nil && v.entry > at.entry {
		v = v.before
	}
	return v
}

// anyDue says whether a row may have been due at a moment.
func (t *tail) anyDue(at lead.Time) bool {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.soonest <= at
}

// eachRow shows what the tail knew of all rows at a moment, in no order.
func (t *tail) eachRow(at moment, show func(*version)) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	for _, v := range t.rows {
		if v := v.at(at); v != nil {
			show(v)
		}
	}
}

// full says whether the tail has grown to a bound.
func (t *tail) full(b bounds) bool {
	return len(t.events) >= b.events || t.bytes >= b.bytes
}

// fullness is how far the tail has grown to a bound, which is 1.
func (t *tail) fullness(b bounds) float64 {
	return max(float64(len(t.events))/float64(b.events), float64(t.bytes)/float64(b.bytes))
}

// sorted is what is written back of a tail, in the order in which it is written:
// the leads of which it has a row, and keys as a run has them.
type sorted struct {
	once  sync.Once
	leads []lead.ID
	keys  map[kind][]key
}

// sort makes sorted. The tail must not grow any more.
func (t *tail) sort() {
	t.sorted.once.Do(func() {
		t.sorted.leads = slices.Sorted(maps.Keys(t.rows))
		t.sorted.keys = map[kind][]key{byMessage: t.sortedKeys(byMessage), byLead: t.sortedKeys(byLead)}
	})
}

func (t *tail) sortedKeys(of kind) []key {
	keys := make([]key, 0, len(t.events)+len(t.refiled))
	add := func(seq int64, e *tailEvent) {
		if of == byMessage {
			keys = append(keys, messageKey(e.hash, seq))
		} else {
			keys = append(keys, leadKey(e.lead, seq))
		}
	}
	for i := range t.events {
		seq := t.after.seq + 1 + int64(i)
		if _, ok := t.refiled[seq]; !ok {
			add(seq, &t.events[i])
		}
	}
	for seq, e := range t.refiled {
		add(seq, &e)
	}
	slices.SortFunc(keys, compareKeys)
	return keys
}

// without gives those of an older tail's keys of which this one does not know
// better.
func (t *tail) without(of kind, keys []key) []key {
	if len(t.refiled) == 0 {
		return keys
	}
	return slices.DeleteFunc(slices.Clone(keys), func(k key) bool {
		_, ok := t.refiled[of.seq(k)]
		return ok
	})
}
