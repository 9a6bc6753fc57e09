package postgres

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/jackc/pgx/v5"

	"galena/internal/lead"
	"galena/internal/store"
	"galena/internal/store/listsql"
	"galena/internal/store/storetest"
)

// node is a part of a plan that was carried out.
type node struct {
	Relation string  `json:"Relation Name"`
	Rows     float64 `json:"Actual Rows"`
	Loops    float64 `json:"Actual Loops"`
	Removed  float64 `json:"Rows Removed by Filter"`
	Plans    []node
}

func (n *node) read(relations ...string) (rows float64) {
	if slices.Contains(relations, n.Relation) {
		rows = (n.Rows + n.Removed) * n.Loops
	}
	for i := range n.Plans {
		rows += n.Plans[i].read(relations...)
	}
	return rows
}

// readFor is how many rows of some relations a statement reads.
func readFor(t *testing.T, s *snapshot, relations []string, text string, args ...any) (rows float64) {
	t.Helper()
	if err := s.each(&query{text: "EXPLAIN (ANALYZE, FORMAT JSON) " + text}, func(of pgx.Rows) error {
		var told []byte
		if err := of.Scan(&told); err != nil {
			return err
		}
		var plans []struct{ Plan node }
		err := json.Unmarshal(told, &plans)
		for i := range plans {
			rows += plans[i].Plan.read(relations...)
		}
		return err
	}, args...); err != nil {
		t.Fatalf("%s\n%v", text, err)
	}
	return rows
}

// weighed adds up how many rows of the listing, and of its facts, its statements read.
func weighed(t *testing.T, on onListing, read *float64) storetest.Watched {
	return storetest.Watched{Database: on, Watch: func(text string, args []any) {
		t.Helper()
		*read += readFor(t, on.snapshot, []string{"listing", "listing_facts"}, text, args...)
	}}
}

// The end of the log of decisions is read without the rest, but for what else was
// decided of the same leads.
func TestTheEndOfTheDecisionsIsReadAlone(t *testing.T) {
	t.Parallel()
	s := newTestStore(t)
	const leads, each, end = 1000, 4, 50
	if err := s.Write(t.Context(), func(tx store.Tx) error {
		if _, err := tx.NewLeads(leads); err != nil {
			return err
		}
		var all []lead.Decision
		for i := range leads * each {
			all = append(all, lead.Decision{Lead: lead.ID(1 + i%leads), Cycle: 1, Stage: "MQL", Nth: i / leads, Verb: lead.Made})
		}
		return tx.Decide(all)
	}); err != nil {
		t.Fatal(err)
	}
	for _, figures := range []string{"none", "new"} {
		if figures == "new" {
			s.exec(t, "ANALYZE decisions")
		}
		if err := s.Read(t.Context(), func(snap store.Snapshot) error {
			read := readFor(t, snap.(*snapshot), []string{"decisions"}, decisionsAfter.text, int64(leads*each-end), int64(end))
			if most := end + end*each; read > float64(most) || read < end {
				t.Errorf("with figures that are %s, %v rows were read, at most %d should be", figures, read, most)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
}

// A part of a list reads no more rows than a few times those that it may look at,
// however many there are, of the same score or not.
func TestListsReadNoMoreThanTheyMayLookAt(t *testing.T) {
	t.Parallel()
	s := newTestStore(t)
	const people, look = 6_000, 200
	if err := s.Write(t.Context(), func(tx store.Tx) error {
		first, err := tx.NewLeads(people)
		if err != nil {
			return err
		}
		rows := make([]store.ListRow, people)
		for i := range rows {
			rows[i] = store.ListRow{Lead: first + lead.ID(i), Kind: []store.ListKind{store.ListVisitor, store.ListContact, store.ListLead}[i%3],
				Score: 10, FirstSeen: 1, LastSeen: 1 + lead.Time(i%50)}
		}
		return tx.PutListed(rows)
	}); err != nil {
		t.Fatal(err)
	}
	s.exec(t, "ANALYZE listing")
	nobody := []store.FactCondition{{Name: "title", Op: store.FactContains, Text: "zebra"}}
	for name, q := range map[string]store.ListQuery{
		"from the beginning": {Sort: store.ByScore, Descending: true, Facts: nobody},
		"among equals":       {Sort: store.ByScore, Descending: true, Facts: nobody, After: &store.ListPlace{Number: 10, Lead: people / 2}},
		"of some moments":    {Sort: store.ByLastSeen, Facts: nobody, After: &store.ListPlace{Number: 25, Lead: people / 2}},
		"a page of all":      {Sort: store.ByScore, Descending: true, After: &store.ListPlace{Number: 10, Lead: people / 2}},
	} {
		q.Limit, q.Look = 20, look
		read := 0.0
		if err := s.Read(t.Context(), func(snap store.Snapshot) error {
			of := snap.(*snapshot)
			_, err := listsql.List(weighed(t, onListing{of}, &read), of.node.dialect, q)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		// Of each of three kinds the place is looked for, then the rows are read.
		if most := 3*look + 2*look; read > float64(most) || read == 0 {
			t.Errorf("%s: %v rows were read, at most %d should be", name, read, most)
		}
	}
	// Three conditions are asked of a third of the rows that one is asked of; how many
	// there are is counted before. So small a table is read row by row, of which a third
	// is of the kind.
	read, asked := 0.0, 3
	if err := s.Read(t.Context(), func(snap store.Snapshot) error {
		of := snap.(*snapshot)
		q := store.ListQuery{Kinds: []store.ListKind{store.ListVisitor, store.ListContact, store.ListLead}}
		for range asked {
			q.Facts = append(q.Facts, nobody...)
		}
		_, err := listsql.Count(weighed(t, onListing{of}, &read), of.node.dialect, q, 1000)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if most := 2 * 3 * (listsql.Bounds{}.OrUsual().Looked/asked + 1); read > float64(most) || read == 0 {
		t.Errorf("%v rows were read to count, at most %d should be", read, most)
	}
}

// Who did something, how often and since when is found by reading as many facts as a
// list of leads may have, and asked of each row by one more: however many did it.
func TestSignalsAreFoundByAnIndex(t *testing.T) {
	t.Parallel()
	s := newTestStore(t)
	const people, look, probed = 6_000, 200, 300
	if err := s.Write(t.Context(), func(tx store.Tx) error {
		first, err := tx.NewLeads(people)
		if err != nil {
			return err
		}
		rows := make([]store.ListRow, people)
		for i := range rows {
			rows[i] = store.ListRow{Lead: first + lead.ID(i), Kind: store.ListContact, Score: 10,
				Facts: []store.Fact{{Name: "signal.visit", Text: "000000003", Number: float64(i), Numeric: true}, {Name: "segment.in", Text: "large"}}}
		}
		return tx.PutListed(rows)
	}); err != nil {
		t.Fatal(err)
	}
	s.exec(t, "ANALYZE listing, listing_facts")
	often := store.FactCondition{Name: "signal.visit", Op: store.FactFrom, Text: "000000002"}
	since := store.FactCondition{Name: "signal.visit", Op: store.FactAtLeast, Number: 100}
	lately := store.FactCondition{Name: "signal.visit", Op: store.FactAtLeast, Number: people - 50}
	in := store.FactCondition{Name: "segment.in", Text: "large"}
	not := func(c store.FactCondition) store.FactCondition {
		c.Not = true
		return c
	}
	for name, c := range map[string]struct {
		facts        []store.FactCondition
		listed, each int // how many conditions are listed, and asked of each row
	}{
		"by many":            {[]store.FactCondition{often}, 1, 1},
		"since long":         {[]store.FactCondition{since}, 1, 1},
		"lately":             {[]store.FactCondition{lately}, 1, 0},
		"lately and by many": {[]store.FactCondition{lately, often, in}, 3, 2},
		"not, by nobody":     {[]store.FactCondition{not(often)}, 0, 1},
		"neither, nor":       {[]store.FactCondition{not(since), not(in)}, 0, 2},
	} {
		q := store.ListQuery{Sort: store.ByScore, Descending: true, Facts: c.facts, Limit: 20, Look: look}
		read := 0.0
		if err := s.Read(t.Context(), func(snap store.Snapshot) error {
			of := snap.(*snapshot)
			few := *of.node.dialect
			few.Bounds.Probed = probed
			_, err := listsql.List(weighed(t, onListing{of}, &read), &few, q)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if most := c.listed*(probed+1) + 3*look + 2*look + c.each*look; read > float64(most) || read == 0 {
			t.Errorf("%s: %v rows were read, at most %d should be", name, read, most)
		}
	}
}
