package postgres

import (
	"crypto/sha256"
	"slices"

	"github.com/jackc/pgx/v5"

	"galena/internal/lead"
	"galena/internal/store"
)

// digest is the key of an identifier: it is short however long the identifier is.
type digest [16]byte

func digestOf(id lead.Identifier) digest {
	b := make([]byte, 0, 64)
	b = append(b, byte(id.Kind))
	b = append(b, id.Value...)
	sum := sha256.Sum256(b)
	return digest(sum[:16])
}

var (
	holdersOf = define(`SELECT digest, lead FROM identifiers WHERE digest = ANY($1::bytea[])`)
	// Locks the leads that hold identifiers.
	lockHolders = define(`SELECT id, kept, wake_at, state FROM leads
		WHERE id = ANY(ARRAY(SELECT lead FROM identifiers WHERE digest = ANY($1::bytea[]))) ORDER BY id FOR UPDATE`)
	linksOfHolders = define(`SELECT digest, kind, value, lead, display, since FROM identifiers
		WHERE lead = ANY(ARRAY(SELECT lead FROM identifiers WHERE digest = ANY($1::bytea[]))) ORDER BY lead, id`)
	linksOfLead = define(`SELECT kind, value, lead, display, since, origin FROM identifiers WHERE lead = $1::bigint ORDER BY id`)

	forgetIdentifiers = define(`DELETE FROM identifiers WHERE digest = ANY($1::bytea[])`)
	// The numbers follow the order given, the rows that of the digests: two nodes
	// that learn the same then meet at the first of them. One that a neighbour
	// has learned meanwhile is left out and missed in the count.
	insertIdentifiers = define(`
		WITH learned AS MATERIALIZED (
			SELECT nextval('identifier_ids') AS id, digest, kind, value, lead, display, since
			FROM (SELECT * FROM unnest($1::bytea[], $2::smallint[], $3::text[], $4::bigint[], $5::text[], $6::bigint[])
				WITH ORDINALITY AS l(digest, kind, value, lead, display, since, place) ORDER BY place) AS given
		)
		INSERT INTO identifiers (id, digest, kind, value, lead, origin, display, since)
		SELECT id, digest, kind, value, lead, lead, display, since FROM learned ORDER BY digest
		ON CONFLICT (digest) DO NOTHING`)
)

// pendingLink is a link that waits to be written.
type pendingLink struct {
	store.Link
	digest digest
	// moves says that another lead holds the identifier so far.
	moves bool
}

func (t *tx) Link(links []store.Link) error {
	if len(links) == 0 {
		return t.err
	}
	leads := make([]lead.ID, len(links))
	ids := make([]lead.Identifier, len(links))
	for i := range links {
		leads[i], ids[i] = links[i].Lead, links[i].Identifier
	}
	if err := t.requireSurviving(leads...); err != nil {
		return err
	}
	digests, err := t.lookUp(ids)
	if err != nil {
		return err
	}
	for i, l := range links {
		d := digests[i]
		holder := t.holders[d]
		if holder == l.Lead {
			continue
		}
		if t.linking[d] {
			if err := t.flushLinks(); err != nil {
				return err
			}
		}
		t.links = append(t.links, pendingLink{Link: l, digest: d, moves: holder != 0})
		t.linking[d] = true
		t.holders[d] = l.Lead
		for _, id := range []lead.ID{holder, l.Lead} {
			t.stale[id] = true
			delete(t.known, id)
		}
	}
	return t.err
}

// flushLinks writes the links that wait.
func (t *tx) flushLinks() error { return t.run(t.linkSteps()...) }

// linkSteps write the links that wait.
func (t *tx) linkSteps() []step {
	if len(t.links) == 0 {
		return nil
	}
	var moved, digests [][]byte
	var kinds []int16
	var values, displays []string
	var leads, since []int64
	for _, l := range t.links {
		digests = append(digests, l.digest[:])
		if l.moves {
			moved = append(moved, l.digest[:])
		}
		kinds = append(kinds, int16(l.Identifier.Kind))
		values = append(values, pack(l.Identifier.Value))
		leads = append(leads, int64(l.Lead))
		displays = append(displays, pack(l.Display))
		since = append(since, int64(l.Since))
	}
	var steps []step
	if len(moved) > 0 {
		steps = append(steps, step{query: forgetIdentifiers, args: []any{moved}})
	}
	t.links = t.links[:0]
	clear(t.linking)
	clear(t.stale)
	return append(steps, step{
		query: insertIdentifiers, args: []any{digests, kinds, values, leads, displays, since},
		done: func(touched int64) error {
			if touched < int64(len(digests)) {
				return t.again()
			}
			return nil
		},
	})
}

// Find locks the leads that it finds, so that what it says holds until the
// transaction ends.
func (t *tx) Find(ids []lead.Identifier) (map[lead.Identifier]lead.ID, error) {
	digests, err := t.lookUp(ids)
	if err != nil {
		return nil, err
	}
	found := make(map[lead.Identifier]lead.ID, len(ids))
	for i, id := range ids {
		if holder := t.holders[digests[i]]; holder != 0 {
			found[id] = holder
		}
	}
	return found, nil
}

// lookUp makes holders know identifiers, and gives their digests. In one message
// it locks who holds them and, now that nobody can change that, reads all that
// those leads are known by: what was asked for is among it, and callers ask for
// the rest next.
func (t *tx) lookUp(ids []lead.Identifier) ([]digest, error) {
	if err := t.meet(); err != nil {
		return nil, err
	}
	digests, steps := t.lookUpSteps(ids)
	return digests, t.run(steps...)
}

func (t *tx) lookUpSteps(ids []lead.Identifier) ([]digest, []step) {
	digests := make([]digest, len(ids))
	var asked [][]byte
	wanted := map[digest]bool{}
	for i, id := range ids {
		digests[i] = digestOf(id)
		if _, told := t.holders[digests[i]]; !told {
			t.holders[digests[i]] = 0
			wanted[digests[i]] = true
			asked = append(asked, digests[i][:])
		}
	}
	if len(asked) == 0 {
		return digests, nil
	}
	known := map[lead.ID][]store.Link{}
	return digests, []step{
		{query: lockHolders, args: []any{asked}, row: t.hold},
		{query: linksOfHolders, args: []any{asked}, row: func(rows pgx.Rows) error {
			d, l, err := scanHeldLink(rows)
			if err != nil {
				return err
			}
			if wanted[d] {
				t.holders[d] = l.Lead
				if t.surviving(l.Lead) == nil {
					return t.again() // a neighbour gave the identifier away meanwhile
				}
			}
			known[l.Lead] = append(known[l.Lead], l)
			return nil
		}, done: func(int64) error {
			for id, links := range known {
				if t.leads[id] != nil && !t.stale[id] {
					t.known[id] = links
				}
			}
			return nil
		}},
	}
}

func (s *snapshot) Find(ids []lead.Identifier) (map[lead.Identifier]lead.ID, error) {
	found := make(map[lead.Identifier]lead.ID, len(ids))
	if len(ids) == 0 {
		return found, s.err
	}
	asked := make([][]byte, len(ids))
	byDigest := make(map[digest]lead.Identifier, len(ids))
	for i, id := range ids {
		d := digestOf(id)
		asked[i], byDigest[d] = d[:], id
	}
	err := s.each(holdersOf, func(rows pgx.Rows) error {
		d, holder, err := scanHolder(rows)
		found[byDigest[d]] = holder
		return err
	}, asked)
	return found, err
}

// Identifiers are at hand for leads that Find found.
func (t *tx) Identifiers(id lead.ID) ([]store.Link, error) {
	if links, ok := t.known[id]; ok {
		return slices.Clone(links), t.err
	}
	if t.stale[id] {
		if err := t.flushLinks(); err != nil {
			return nil, err
		}
	}
	return t.snapshot.Identifiers(id)
}

func (s *snapshot) Identifiers(id lead.ID) ([]store.Link, error) {
	return list(s, linksOfLead, scanLink, int64(id))
}

func scanHolder(rows pgx.Rows) (digest, lead.ID, error) {
	var d []byte
	var holder int64
	if err := rows.Scan(&d, &holder); err != nil {
		return digest{}, 0, err
	}
	return digest(d), lead.ID(holder), nil
}

func scanHeldLink(rows pgx.Rows) (digest, store.Link, error) {
	var d []byte
	var l store.Link
	err := rows.Scan(&d, (*uint8)(&l.Identifier.Kind), &l.Identifier.Value, (*int64)(&l.Lead), &l.Display, (*int64)(&l.Since))
	if err != nil {
		return digest{}, l, err
	}
	return digest(d), l, unpackAll(&l.Identifier.Value, &l.Display)
}

func scanLink(rows pgx.Rows, l *store.Link) error {
	err := rows.Scan((*uint8)(&l.Identifier.Kind), &l.Identifier.Value, (*int64)(&l.Lead), &l.Display, (*int64)(&l.Since), (*int64)(&l.Origin))
	if err != nil {
		return err
	}
	return unpackAll(&l.Identifier.Value, &l.Display)
}
