package memory

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"slices"

	"galena/internal/lead"
)

// keyed is by what the message of a tombstone is known: a hash of its hash under
// a key of this store, so that nobody else can tell which message it was.
func (s *state) keyed(hash lead.MessageHash) lead.MessageHash {
	mac := hmac.New(sha256.New, s.erasureKey)
	mac.Write(hash[:])
	return lead.MessageHash(mac.Sum(nil)[:len(hash)])
}

// knows says whether a message is or was in the log.
func (s *state) knows(hash lead.MessageHash) bool {
	_, ok := s.hashes.get(hash)
	if !ok && s.erasureKey != nil {
		_, ok = s.hashes.get(s.keyed(hash))
	}
	return ok
}

func (t *tx) Erase(id lead.ID) error {
	if err := t.ready(); err != nil {
		return err
	}
	if !t.survives(id) {
		return t.refuse("%s is no surviving lead.", id)
	}
	if t.erasureKey == nil {
		t.erasureKey = make([]byte, sha256.Size)
		rand.Read(t.erasureKey)
	}
	for _, l := range t.linksOf(id).from(0) {
		t.identifiers = t.identifiers.without(l.Identifier)
	}
	t.known = t.known.without(id)
	t.dropRow(id)
	t.dropMember(id)
	t.listing = t.listing.without(id)
	t.ownEvents()
	t.decisions = slices.Clone(t.decisions)
	for _, member := range t.family(id) {
		places, _ := t.byLead.get(member)
		for _, place := range places {
			t.bury(place)
		}
		decided, _ := t.decided.get(member)
		for _, place := range decided {
			t.decisions[place].Event = ""
		}
		if j, joined := t.joins.get(member); joined {
			j.Event = ""
			t.joins = t.joins.with(member, j)
		}
	}
	return nil
}

// bury makes a tombstone of an event.
func (t *tx) bury(place int) {
	e := &t.events[place]
	if e.Type == lead.Tombstone {
		return
	}
	hash := lead.HashMessage(e.MessageID)
	t.hashes = t.hashes.without(hash).with(t.keyed(hash), int64(place))
	*e = lead.Event{
		Seq: e.Seq, Lead: e.Lead, Type: lead.Tombstone, Origin: e.Origin,
		Occurred: e.Occurred, Received: e.Received, Backfill: e.Backfill,
	}
}

func (t *tx) EraseRejects(seqs []int64) error {
	if err := t.ready(); err != nil {
		return err
	}
	t.rejects = slices.Clone(t.rejects)
	for _, seq := range seqs {
		if seq < 1 || seq > int64(len(t.rejects)) {
			return t.refuse("Reject %d does not exist.", seq)
		}
		r := &t.rejects[seq-1]
		*r = lead.Reject{Seq: r.Seq, Received: r.Received, Source: r.Source, Index: r.Index, Code: r.Code}
	}
	return nil
}
