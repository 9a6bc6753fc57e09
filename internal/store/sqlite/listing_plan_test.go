package sqlite

import (
	"database/sql"
	"strings"
	"testing"

	"galena/internal/lead"
	"galena/internal/store"
	"galena/internal/store/listsql"
	"galena/internal/store/storetest"
)

// planned keeps the plans of what is asked of the listing, by statement.
func planned(t *testing.T, on onListing, plans map[string]string) storetest.Watched {
	return storetest.Watched{Database: on, Watch: func(text string, args []any) {
		t.Helper()
		if err := on.eachOf("EXPLAIN QUERY PLAN "+text, args, func(rows *sql.Rows) error {
			var id, parent, unused sql.NullInt64
			var step string
			err := rows.Scan(&id, &parent, &unused, &step)
			plans[text] += step + "\n"
			return err
		}); err != nil {
			t.Fatalf("%s\n%v", text, err)
		}
	}}
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
		plans := map[string]string{}
		if err := s.Read(t.Context(), func(snap store.Snapshot) error {
			of := snap.(*snapshot)
			_, err := listsql.List(planned(t, onListing{of}, plans), of.dialect, q)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		between := 0
		for text, plan := range plans {
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
			t.Errorf("no part of the list was among equals: %v", plans)
		}
	}
}

// Who did something, how often and since when is found along an index that holds both,
// and asked of each row by the row's own facts: a signal that everybody gave would be
// gone through for each page otherwise.
func TestSignalsAreFoundByAnIndex(t *testing.T) {
	t.Parallel()
	s := newTestStore(t)
	const people = 40
	if err := s.Write(t.Context(), func(tx store.Tx) error {
		first, err := tx.NewLeads(people)
		if err != nil {
			return err
		}
		rows := make([]store.ListRow, people)
		for i := range rows {
			rows[i] = store.ListRow{Lead: first + lead.ID(i), Kind: store.ListContact,
				Facts: []store.Fact{{Name: "signal.visit", Text: "000000003", Number: 5, Numeric: true}, {Name: "segment.in", Text: "large"}}}
		}
		return tx.PutListed(rows)
	}); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		fact         store.FactCondition
		listed, each string
	}{
		"how often": {store.FactCondition{Name: "signal.visit", Op: store.FactFrom, Text: "000000002"},
			"INDEX listing_facts_key (name=? AND key>?)", "PRIMARY KEY (lead=? AND name=? AND key>?)"},
		"since when": {store.FactCondition{Name: "signal.visit", Op: store.FactAtLeast, Number: 4},
			"INDEX listing_facts_number (name=? AND number>?)", "PRIMARY KEY (lead=? AND name=?)"},
		"ever": {store.FactCondition{Name: "signal.visit", Op: store.FactSet},
			"INDEX listing_facts_key (name=?)", "PRIMARY KEY (lead=? AND name=?)"},
		"segment": {store.FactCondition{Name: "segment.in", Text: "large"},
			"INDEX listing_facts_key (name=? AND key=?)", "PRIMARY KEY (lead=? AND name=? AND key=?)"},
	} {
		for _, not := range []bool{false, true} {
			q := store.ListQuery{Facts: []store.FactCondition{c.fact}, Limit: 5, Look: 30}
			q.Facts[0].Not = not
			listed, each := false, false
			plans := map[string]string{}
			if err := s.Read(t.Context(), func(snap store.Snapshot) error {
				of := snap.(*snapshot)
				few := *of.dialect
				few.Bounds.Probed = people / 2 // everybody is too many
				_, err := listsql.List(planned(t, onListing{of}, plans), &few, q)
				return err
			}); err != nil {
				t.Fatal(err)
			}
			for text, plan := range plans {
				for step := range strings.Lines(plan) {
					if strings.Contains(step, "SCAN l") || strings.Contains(step, "SCAN f") {
						t.Errorf("%s: %s\ngoes through all:\n%s", name, text, plan)
					}
					listed = listed || strings.Contains(step, c.listed) && strings.HasPrefix(text, "SELECT lead FROM listing_facts")
					each = each || strings.Contains(step, c.each) && strings.Contains(text, "EXISTS")
				}
			}
			if listed == not || !each {
				t.Errorf("%s, not %v: listed by its index %v, asked of each row %v:\n%v", name, not, listed, each, plans)
			}
		}
	}
}
