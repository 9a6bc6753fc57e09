package playbook

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"galena/internal/lead"
)

// A scenario is a txtar file of two playbooks, old.yaml and new.yaml, and what
// Diff says of them: the lines of want.
func TestDiff(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/diff/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scenarios: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			t.Parallel()
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			parts := map[string]*txtar.File{}
			for i := range archive.Files {
				parts[archive.Files[i].Name] = &archive.Files[i]
			}
			var docs []*Document
			for _, name := range []string{"old.yaml", "new.yaml"} {
				doc, plan, problems := Load(parts[name].Data, 0)
				if plan == nil {
					t.Fatalf("%s: %v", name, problems)
				}
				docs = append(docs, doc)
			}
			var got strings.Builder
			for _, c := range Diff(docs[0], docs[1]) {
				got.WriteString(c.Section + " " + c.String() + "\n")
			}
			if want := parts["want"]; string(want.Data) != got.String() {
				if !*update {
					t.Errorf("it says\n%s\nwant\n%s", &got, want.Data)
					return
				}
				want.Data = []byte(got.String())
				if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			for _, doc := range docs {
				if same := Diff(doc, doc); len(same) > 0 {
					t.Errorf("a playbook differs from itself: %v", same)
				}
			}
		})
	}
}

// Everything that a document can say is compared: each part of one is changed in
// turn, and the difference must be told. A field that is new to documents fails
// here until Diff knows it.
func TestDiffMissesNothing(t *testing.T) {
	t.Parallel()
	points := lead.Whole(3)
	word := func(s string) Word { return Word{Text: s} }
	full := func() *Document {
		p, q := points, points
		return &Document{
			Name: "n", Description: "d", TimeZone: word("UTC"),
			Attributes: []AttributeDecl{{Name: word("a"), Label: "l", Kind: lead.Text, From: [][]string{{"x", "y"}}}},
			Signals: []SignalDecl{{Name: word("s"), Label: "l", Types: []lead.Type{lead.Track}, Names: []string{"N"},
				Where: Condition{Text: "true"}, Any: []Word{word("t")}}},
			Segments: []SegmentDecl{{Name: word("g"), Label: "l", When: Condition{Text: "true"}}},
			Scores: []ScoreDecl{{Name: word("fit"), Label: "l", Decay: Decay{Kind: Linear, Every: lead.Day, Loss: 1000}, Stop: &StopDecl{word("fit"), 5},
				Cap: &p, Floor: &q, Rules: []RuleDecl{{Name: word("r"), Label: "l", Kind: PerSilence, When: Condition{Text: "true"}, On: []Word{word("s")},
					Silence: lead.Day, Points: 5, Limit: Limit{N: 2, Period: Rolling, Span: lead.Day}, Minimum: 2,
					Decay: Decay{Kind: Shrinking, Every: lead.Hour, Percent: 9}, Stop: &StopDecl{word("total"), 7}, Cap: &p, Floor: &q}}}},
			Totals:     []TotalDecl{{Name: word("total"), Label: "l", Sum: []Word{word("fit")}, Cap: &p, Floor: &q}},
			Stages:     []StageDecl{{Name: word("Lead"), Label: "l", Role: word("identified"), When: Condition{Text: "true"}}},
			Exclusions: []ExclusionDecl{{Name: word("e"), Label: "l", When: Condition{Text: "true"}}},
			Grade:      []ScaleDecl{{Score: word("fit"), Bands: []Band{{Mark: "A", From: 4}}}},
			Tests: []Test{{Name: word("test"), Look: 9, Events: []TestEvent{{At: 1, Type: lead.Page, Name: "p", User: "u", Anonymous: "a", Group: "g",
				Properties: map[string]any{"k": "v"}, Traits: map[string]any{"k": "v"}, Context: map[string]any{"k": "v"}}},
				Expect: Expectation{Stage: &Word{Text: "Lead"}, Scores: []ExpectedScore{{word("fit"), 3}}, Excluded: &Word{Text: "e"}, Grade: &Word{Text: "A"}}}},
		}
	}
	// What the kind of decay that stands there does not look at.
	idle := map[string]bool{"document.Scores[].Decay.Percent": true, "document.Scores[].Rules[].Decay.Loss": true}
	changed := full()
	n := 0
	vary(reflect.ValueOf(changed).Elem(), "document", func(path string) {
		n++
		if idle[path] {
			return
		}
		if len(Diff(full(), changed)) == 0 || len(Diff(changed, full())) == 0 {
			t.Errorf("nobody is told that %s differs", path)
		}
	}, func(path string) { t.Errorf("%s has nothing in the test's document: fill it", path) })
	if n < 60 {
		t.Errorf("only %d parts were changed", n)
	}
	if same := Diff(full(), changed); len(same) > 0 {
		t.Errorf("they were not put back: %v", same)
	}
}

// vary changes each part of a value in turn, calls look, and puts it back.
func vary(v reflect.Value, path string, look, empty func(path string)) {
	with := func(other reflect.Value) {
		was := reflect.New(v.Type()).Elem()
		was.Set(v)
		v.Set(other)
		look(path)
		v.Set(was)
	}
	switch v.Kind() {
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[Place]() {
			return
		}
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() {
				vary(v.Field(i), path+"."+f.Name, look, empty)
			}
		}
	case reflect.Pointer:
		if v.IsNil() {
			empty(path)
			return
		}
		with(reflect.Zero(v.Type()))
		vary(v.Elem(), path, look, empty)
	case reflect.Slice:
		if v.Len() == 0 {
			empty(path)
			return
		}
		if !strings.HasSuffix(path, ".Bands") { // a scale has some
			with(reflect.Zero(v.Type()))
		}
		for i := range v.Len() {
			vary(v.Index(i), path+"[]", look, empty)
		}
	case reflect.Map:
		with(reflect.ValueOf(map[string]any{"k": "w"}))
	case reflect.String:
		other := "other"
		if strings.HasSuffix(path, ".Mark") {
			other = "B"
		}
		with(reflect.ValueOf(other).Convert(v.Type()))
	case reflect.Bool:
		with(reflect.ValueOf(!v.Bool()).Convert(v.Type()))
	case reflect.Int, reflect.Int64:
		with(reflect.ValueOf(v.Int() + 1).Convert(v.Type()))
	case reflect.Uint8:
		// Kinds of which each says other things: the next is another.
		with(reflect.ValueOf(uint8(v.Uint()) - 1).Convert(v.Type()))
	default:
		empty(path + " of kind " + v.Kind().String())
	}
}
