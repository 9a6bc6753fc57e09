// Package olist tests the example: its mappings and playbook are sound, the
// playbook's own tests pass, and a few invented shops come to what they should.
// With the data at hand, which are not part of this repository, it also reads them:
//
//	GALENA_OLIST=folder go test -v ./examples/olist
package olist

import (
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"
	_ "time/tzdata" // as in the program: the playbook names a time zone

	"galena/internal/bulk"
	"galena/internal/engine"
	"galena/internal/lead"
	"galena/internal/playbook"
)

const now = lead.Time(1_767_225_600_000) // 2026-01-01

func load(t *testing.T) (*playbook.Document, *playbook.Plan) {
	t.Helper()
	text, err := os.ReadFile("playbook.yaml")
	if err != nil {
		t.Fatal(err)
	}
	doc, plan, problems := playbook.Load(text, 0)
	for _, p := range problems {
		t.Errorf("%+v", p)
	}
	if plan == nil {
		t.FailNow()
	}
	return doc, plan
}

func TestPlaybook(t *testing.T) {
	t.Parallel()
	doc, plan := load(t)
	for i := range doc.Tests {
		for _, differs := range engine.Trial(plan, &doc.Tests[i]) {
			t.Errorf("%s: %s", doc.Tests[i].Name.Text, differs)
		}
	}
}

// What is known of a deal must not reach the score of the shop.
func TestNothingLeaks(t *testing.T) {
	t.Parallel()
	before := shops(t, "testdata/mql.csv", "")
	for i, after := range shops(t, "testdata/mql.csv", "testdata/deals.csv") {
		if after.points != before[i].points {
			t.Errorf("%s has %s points before its outcome and %s after", after.id, before[i].points, after.points)
		}
	}
	deals := mapping(t, "deals.yaml")
	if len(deals.Traits) > 0 || deals.KeepRest {
		t.Error("the mapping of the deals tells traits of the shops")
	}
}

// shop is one of the marketing-qualified leads as it ends.
type shop struct {
	id, stage, origin string
	contact, won      lead.Time // 0 for never
	points            lead.Points
}

func TestInventedShops(t *testing.T) {
	t.Parallel()
	var got []string
	for _, s := range shops(t, "testdata/mql.csv", "testdata/deals.csv") {
		got = append(got, s.id+" "+s.stage+" "+s.points.String())
	}
	// The sixth was won before it is said to have come.
	want := []string{"shop-1 Customer 50", "shop-2 Lead 30", "shop-3 Lead -20", "shop-4 Lead 35", "shop-5 Customer 15", "shop-6 Customer 50"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestRealShops(t *testing.T) {
	t.Parallel()
	dir := os.Getenv("GALENA_OLIST")
	if dir == "" {
		t.Skip("GALENA_OLIST does not name the folder of the data")
	}
	all := shops(t, found(t, dir, "*mql*.csv", "*qualified_leads*.csv"), found(t, dir, "*closed_deals*.csv"))
	t.Log("\n" + figures(all))
	if len(all) != 8000 {
		t.Errorf("%d shops, want 8,000", len(all))
	}
	_, newest := split(all)
	if a := auc(newest); a < 0.68 {
		t.Errorf("among the newest, the score foretells a deal with an AUC of %.3f, worse than when it was written", a)
	}
}

// found is the file of a folder that a pattern names.
func found(t *testing.T, dir string, patterns ...string) string {
	t.Helper()
	for _, p := range patterns {
		if names, err := filepath.Glob(filepath.Join(dir, p)); err == nil && len(names) > 0 {
			return names[0]
		}
	}
	t.Fatalf("no file of %s is called %q", dir, patterns)
	return ""
}

func mapping(t *testing.T, name string) *bulk.Mapping {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	m, err := bulk.ParseMapping(text)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// shops reads both files as an import does, the deals if they are named, and folds
// each shop's events.
func shops(t *testing.T, contacts, deals string) []shop {
	t.Helper()
	_, plan := load(t)
	eng := engine.New(plan)
	histories := map[string][]lead.Event{}
	var order []string
	for _, file := range []struct{ name, mapping string }{{contacts, "mql.yaml"}, {deals, "deals.yaml"}} {
		if file.name == "" {
			continue
		}
		f, err := os.Open(file.name)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		r, err := bulk.NewReader(f, bulk.Options{Mapping: mapping(t, file.mapping), Now: now, Backfill: true})
		if err != nil {
			t.Fatal(err)
		}
		for {
			row, err := r.Next()
			if err == io.EOF {
				break
			}
			if err != nil || row.Reject != nil {
				t.Fatalf("%s: %v, %+v", file.name, err, row.Reject)
			}
			id := row.Events[0].UserID
			if histories[id] == nil {
				order = append(order, id)
			}
			histories[id] = append(histories[id], row.Events...)
		}
	}
	total := len(plan.Scores) - 1
	var all []shop
	for _, id := range order {
		events := histories[id]
		s := shop{id: id}
		for i := range events {
			e := &events[i]
			e.Seq, e.Received = int64(i+1), now
			switch e.Name {
			case "Landing Page Submitted":
				s.contact = e.Occurred
				s.origin, _ = e.Properties["origin"].(string)
			case "Deal Won":
				s.won = e.Occurred
			}
		}
		slices.SortFunc(events, func(a, b lead.Event) int {
			if a.Before(&b) {
				return -1
			}
			return 1
		})
		state := eng.NewState()
		eng.Step(state, events, now)
		s.stage, _, _ = eng.Stage(state)
		s.points = eng.Read(state)[total]
		all = append(all, s)
	}
	return all
}
