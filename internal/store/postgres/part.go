package postgres

import (
	"slices"

	"galena/internal/lead"
	"galena/internal/store"
)

var (
	survivorOf = define(`SELECT survivor FROM joins WHERE child = $1::bigint`)
	dropJoin   = define(`DELETE FROM joins WHERE child = $1::bigint`)
	// A child that goes along must be the survivor's.
	rejoin = define(`UPDATE joins SET parent = $2::bigint WHERE child = ANY($1::bigint[]) AND survivor = $3::bigint`)
	// What hangs below the child.
	partFamily = define(`
		WITH RECURSIVE below(id) AS (
			VALUES ($1::bigint) UNION ALL SELECT child FROM joins JOIN below ON parent = id WHERE survivor = $2::bigint
		)
		UPDATE joins SET survivor = $1::bigint WHERE child IN (SELECT id FROM below)`)

	partIdentifiers = define(`UPDATE identifiers SET lead = $1::bigint,
			origin = CASE WHEN origin IN (SELECT child FROM joins WHERE survivor = $1::bigint) THEN origin ELSE $1::bigint END
		WHERE digest = ANY($2::bytea[]) AND lead = $3::bigint`)
	partEvents = define(`UPDATE events SET lead = $1::bigint WHERE seq = ANY($2::bigint[])
		AND (lead IN ($1::bigint, $3::bigint) OR lead IN (SELECT child FROM joins WHERE survivor IN ($1::bigint, $3::bigint)))`)
)

func (t *tx) Part(p store.Parting) error {
	if err := t.flush(); err != nil {
		return err
	}
	survivor, err := t.lockSurvivorOf(p.Child)
	if err != nil {
		return err
	}
	joins := unique(numbers(p.Joins))
	seqs := unique(p.Events)
	var digests [][]byte
	for _, id := range p.Identifiers {
		d := digestOf(id)
		if t.holders[d] != p.Child {
			digests = append(digests, d[:])
		}
		t.holders[d] = p.Child
	}
	complete := func(what string, want int) func(int64) error {
		return func(touched int64) error {
			if touched != int64(want) {
				return t.refuse("%d %s cannot go along with %s: not all are of %s.", want, what, p.Child, survivor)
			}
			return nil
		}
	}
	delete(t.known, p.Child)
	delete(t.known, survivor)
	t.leads[p.Child] = &heldLead{waiting: true}
	child := int64(p.Child)
	steps := []step{{query: dropJoin, args: []any{child}}}
	if len(joins) > 0 {
		steps = append(steps, step{query: rejoin, args: []any{joins, child, int64(survivor)}, done: complete("leads", len(joins))})
	}
	steps = append(steps, step{query: partFamily, args: []any{child, int64(survivor)}})
	if len(digests) > 0 {
		steps = append(steps, step{query: partIdentifiers, args: []any{child, digests, int64(survivor)}, done: complete("identifiers", len(digests))})
	}
	if len(seqs) > 0 {
		steps = append(steps, step{query: partEvents, args: []any{child, seqs, int64(survivor)}, done: complete("events", len(seqs))})
	}
	return t.run(append(steps, t.leadSteps()...)...)
}

// lockSurvivorOf locks the lead of which a joined lead is part.
func (t *tx) lockSurvivorOf(child lead.ID) (lead.ID, error) {
	ask := func() (id lead.ID, err error) {
		found, err := list(t.snapshot, survivorOf, scanID, int64(child))
		if err == nil && len(found) == 0 {
			return 0, t.refuse("%s was not joined to another lead.", child)
		}
		if err == nil {
			id = found[0]
		}
		return id, err
	}
	survivor, err := ask()
	if err != nil {
		return 0, err
	}
	if err := t.Lock([]lead.ID{survivor}); err != nil {
		return 0, err
	}
	if again, err := ask(); err != nil || again != survivor {
		return 0, firstOf(err, t.again)
	}
	return survivor, nil
}

func unique(list []int64) []int64 { return slices.Compact(slices.Sorted(slices.Values(list))) }

// firstOf gives err, or else what the next step says.
func firstOf(err error, next func() error) error {
	if err != nil {
		return err
	}
	return next()
}
