package memory

import (
	"cmp"
	"slices"

	"galena/internal/lead"
	"galena/internal/store"
)

// state is all that a workspace remembers at one moment. It is copied by value.
// Its slices are only ever appended to: an older state sees the shorter one, and
// what a forgotten transaction appended is overwritten by the next. What changes
// something within a slice copies it first.
type state struct {
	lastLead lead.ID
	leads    tree[lead.ID, store.LeadRow]
	due      tree[wake, struct{}]
	joins    tree[lead.ID, store.Join] // by child
	members  tree[lead.ID, []lead.ID]  // of a surviving lead: what was joined into it

	learned     int64 // number of the newest identifier
	identifiers tree[lead.Identifier, held]
	known       tree[lead.ID, tree[int64, store.Link]] // of a surviving lead, by number

	events []lead.Event
	hashes tree[lead.MessageHash, int64] // places in events
	byLead tree[lead.ID, []int]          // places in events

	decisions []lead.Decision
	decided   tree[lead.ID, []int] // places in decisions

	rejects   []lead.Reject
	refused   tree[lead.MessageHash, int64] // seq by identity
	keys      []lead.Key                    // replaced as a whole
	playbooks []store.Playbook
	sweep     store.Sweep

	accounts tree[string, store.Account]
	memberOf tree[lead.ID, store.Member]
	people   tree[membership, struct{}]
	// erasureKey is made when something is first erased.
	erasureKey []byte
	counters   tree[string, int64]
	papers     tree[place, []byte]

	listing tree[lead.ID, store.ListRow] // tidied; what is in a row is never changed
	mark    store.ListMark
}

// wake orders leads by the moment at which they are due.
type wake struct {
	at lead.Time
	id lead.ID
}

// held says which surviving lead holds an identifier, under which number.
type held struct {
	by     lead.ID
	number int64
}

func empty() state {
	return state{
		leads:       ordered[lead.ID, store.LeadRow](cmp.Compare[lead.ID]),
		due:         ordered[wake, struct{}](func(a, b wake) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.id, b.id)) }),
		joins:       ordered[lead.ID, store.Join](cmp.Compare[lead.ID]),
		members:     ordered[lead.ID, []lead.ID](cmp.Compare[lead.ID]),
		identifiers: ordered[lead.Identifier, held](compareIdentifiers),
		known:       ordered[lead.ID, tree[int64, store.Link]](cmp.Compare[lead.ID]),
		refused:     ordered[lead.MessageHash, int64](func(a, b lead.MessageHash) int { return slices.Compare(a[:], b[:]) }),
		hashes:      ordered[lead.MessageHash, int64](func(a, b lead.MessageHash) int { return slices.Compare(a[:], b[:]) }),
		byLead:      ordered[lead.ID, []int](cmp.Compare[lead.ID]),
		decided:     ordered[lead.ID, []int](cmp.Compare[lead.ID]),
		counters:    ordered[string, int64](cmp.Compare[string]),
		listing:     ordered[lead.ID, store.ListRow](cmp.Compare[lead.ID]),
		papers:      ordered[place, []byte](func(a, b place) int { return cmp.Or(cmp.Compare(a.drawer, b.drawer), cmp.Compare(a.name, b.name)) }),
		accounts:    ordered[string, store.Account](cmp.Compare[string]),
		memberOf:    ordered[lead.ID, store.Member](cmp.Compare[lead.ID]),
		people: ordered[membership, struct{}](func(a, b membership) int {
			return cmp.Or(cmp.Compare(a.account, b.account), cmp.Compare(a.id, b.id))
		}),
	}
}

func compareIdentifiers(a, b lead.Identifier) int {
	return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Value, b.Value))
}

// exists says whether an id was ever given out.
func (s *state) exists(id lead.ID) bool { return id >= 1 && id <= s.lastLead }

// survives says whether an id stands for itself.
func (s *state) survives(id lead.ID) bool {
	_, joined := s.joins.get(id)
	return s.exists(id) && !joined
}

// survivor follows joins.
func (s *state) survivor(id lead.ID) lead.ID {
	for {
		j, joined := s.joins.get(id)
		if !joined {
			return id
		}
		id = j.Parent
	}
}

// family is a surviving lead and all that were joined into it; nothing for one
// that was joined itself.
func (s *state) family(id lead.ID) []lead.ID {
	if !s.survives(id) {
		return nil
	}
	members, _ := s.members.get(id)
	return append([]lead.ID{id}, members...)
}

func (s *state) linksOf(id lead.ID) tree[int64, store.Link] {
	links, ok := s.known.get(id)
	if !ok {
		return ordered[int64, store.Link](cmp.Compare[int64])
	}
	return links
}
