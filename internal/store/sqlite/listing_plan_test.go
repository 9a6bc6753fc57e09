package sqlite

import (
	"database/sql"
	"strings"
	"testing"

	"galena/internal/lead"
	"galena/internal/store"
	"galena/internal/store/listsql"
)

// planned keeps the plans of what is asked of the listing.
type planned struct {
	onListing
	*testing.T
	plans map[string]string // by statement
}

func (p planned) explain(text string, args []any) {
	p.Helper()
	if err := p.eachOf("EXPLAIN QUERY PLAN "+text, args, func(rows *sql.Rows) error {
		var id, parent, unused sql.NullInt64
		var step string
		err := rows.Scan(&id, &parent, &unused, &step)
		p.plans[text] += step + "\n"
		return err
	}); err != nil {
		p.Fatalf("%s\n%v", text, err)
	}
}

func (p planned) Rows(text string, args []any) ([]store.ListRow, error) {
	p.explain(text, args)
	return p.onListing.Rows(text, args)
}

func (p planned) Number(text string, args []any) (int64, error) {
	p.explain(text, args)
	return p.onListing.Number(text, args)
}

func (p planned) Places(text string, args []any, texts bool) ([]store.ListPlace, error) {
	p.explain(text, args)
	return p.onListing.Places(text, args, texts)
}

// Among people of one score a list finds its place by both columns of the index, and
// goes on along it: otherwise each part of a list would go through all of them. The
// plan is the budget, since SQLite does not tell how many rows it looks at.
func TestListsAmongEqualsGoByTheIndex(t *testing.T) {
	t.Parallel()
	s := newTestStore(t)
	const people = 400
	if err := s.Write(t.Context(), func(tx store.Tx) error {
		first, err := tx.NewLeads(people)
		if err != nil {
			return err
		}
		rows := make([]store.ListRow, people)
		for i := range rows {
			rows[i] = store.ListRow{Lead: first + lead.ID(i), Kind: store.ListContact, Score: 10, FirstSeen: 1, LastSeen: 1}
		}
		return tx.PutListed(rows)
	}); err != nil {
		t.Fatal(err)
	}
	nobody := []store.FactCondition{{Name: "title", Op: store.FactContains, Text: "zebra"}}
	for _, q := range []store.ListQuery{
		{Sort: store.ByScore, Descending: true, Facts: nobody},
		{Sort: store.ByLastSeen, Facts: nobody},
		{Sort: store.ByScore, Descending: true},
	} {
		number := int64(10)
		if q.Sort == store.ByLastSeen {
			number = 1
		}
		q.After, q.Limit, q.Look = &store.ListPlace{Number: number, Lead: people / 2}, 20, 300
		seen := planned{T: t, plans: map[string]string{}}
		if err := s.Read(t.Context(), func(snap store.Snapshot) error {
			of := snap.(*snapshot)
			seen.onListing = onListing{of}
			_, err := listsql.List(seen, of.dialect, q)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		between := 0
		for text, plan := range seen.plans {
			for step := range strings.Lines(plan) {
				if strings.Contains(step, "SCAN l") || strings.Contains(step, "TEMP B-TREE") {
					t.Errorf("%s\ngoes through the listing, or sorts it:\n%s", text, plan)
				}
			}
			if !strings.Contains(text, "l.lead <") && !strings.Contains(text, "l.lead >") {
				continue
			}
			between++
			if !strings.Contains(plan, "=? AND lead<?)") && !strings.Contains(plan, "=? AND lead>?)") && !strings.Contains(plan, "lead>? AND lead<?)") {
				t.Errorf("%s\ndoes not begin at its place:\n%s", text, plan)
			}
		}
		if between == 0 {
			t.Errorf("no part of the list was among equals: %v", seen.plans)
		}
	}
}
