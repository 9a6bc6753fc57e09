// Package xeducation tests the example: its mapping and playbook are sound, and
// the playbook's own tests pass. With the data at hand, which are not part of this
// repository, it also reads them:
//
//	GALENA_X_EDUCATION=Leads.csv go test -v ./examples/x_education
package xeducation

import (
	"io"
	"os"
	"slices"
	"strings"
	"testing"

	"galena/internal/bulk"
	"galena/internal/engine"
	"galena/internal/lead"
	"galena/internal/playbook"
)

func load(t *testing.T) (*bulk.Mapping, *playbook.Document, *playbook.Plan) {
	t.Helper()
	text, err := os.ReadFile("mapping.yaml")
	if err != nil {
		t.Fatal(err)
	}
	mapping, err := bulk.ParseMapping(text)
	if err != nil {
		t.Fatal(err)
	}
	if text, err = os.ReadFile("playbook.yaml"); err != nil {
		t.Fatal(err)
	}
	doc, plan, problems := playbook.Load(text, 0)
	for _, p := range problems {
		t.Errorf("%+v", p)
	}
	if plan == nil {
		t.FailNow()
	}
	return mapping, doc, plan
}

func TestPlaybook(t *testing.T) {
	t.Parallel()
	_, doc, plan := load(t)
	for i := range doc.Tests {
		for _, differs := range engine.Trial(plan, &doc.Tests[i]) {
			t.Errorf("%s: %s", doc.Tests[i].Name.Text, differs)
		}
	}
}

// What sales wrote down afterwards must not foretell the outcome.
var leaks = []string{"Tags", "Lead Quality", "Lead Profile", "Asymmetrique", "Last Activity", "Last Notable Activity"}

func TestNothingLeaks(t *testing.T) {
	t.Parallel()
	mapping, _, plan := load(t)
	text, err := mapping.Document()
	if err != nil {
		t.Fatal(err)
	}
	for _, leak := range leaks {
		if strings.Contains(string(text), leak) {
			t.Errorf("the mapping reads %s", leak)
		}
	}
	if mapping.KeepRest {
		t.Error("the mapping keeps columns that it does not name")
	}
	for _, a := range plan.Attributes {
		for _, path := range a.From {
			if path[len(path)-1] == "converted" {
				t.Errorf("rules may read the outcome as %s", a.Name)
			}
		}
	}
}

// person is a row as the evaluation sees it.
type person struct {
	number    float64
	points    lead.Points
	converted bool
}

func TestBands(t *testing.T) {
	t.Parallel()
	name := os.Getenv("GALENA_X_EDUCATION")
	if name == "" {
		t.Skip("GALENA_X_EDUCATION does not name the file of the data")
	}
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	mapping, _, plan := load(t)
	const now = lead.Time(1_767_225_600_000)
	people := read(t, f, mapping, engine.New(plan), now)
	split := quantile(people, 0.7)
	newest := slices.DeleteFunc(slices.Clone(people), func(p person) bool { return p.number < split })
	older := slices.DeleteFunc(people, func(p person) bool { return p.number >= split })
	t.Log("\n" + table("the older 70 %", older) + table("the newest 30 %", newest))
	if auc(newest) < 0.85 {
		t.Error("the playbook tells the newest people apart worse than it did when it was written")
	}
}

func read(t *testing.T, f io.Reader, mapping *bulk.Mapping, eng *engine.Engine, now lead.Time) []person {
	t.Helper()
	r, err := bulk.NewReader(f, bulk.Options{Mapping: mapping, Now: now, Backfill: true})
	if err != nil {
		t.Fatal(err)
	}
	total := len(eng.Plan().Scores) - 1
	var people []person
	for {
		row, err := r.Next()
		if err == io.EOF {
			return people
		}
		if err != nil || row.Reject != nil {
			t.Fatal(err, row.Reject)
		}
		for i := range row.Events {
			row.Events[i].Seq, row.Events[i].Received = int64(i+1), now
		}
		state := eng.NewState()
		eng.Step(state, row.Events, now)
		traits := row.Events[0].Traits
		people = append(people, person{traits["lead_number"].(float64), eng.Read(state)[total], traits["converted"].(bool)})
	}
}
