package playbook

import (
	"reflect"
	"strings"
	"testing"

	"galena/internal/lead"
)

// Everything that a document can say is compared: each part of one is changed in
// turn, and the difference must be told. A field that is new to documents fails
// here until Diff knows it.
func TestDiffMissesNothing(t *testing.T) {
	t.Parallel()
	// What the kind of decay that stands there does not look at.
	idle := map[string]bool{"document.Scores[].Decay.Percent": true, "document.Scores[].Rules[].Decay.Loss": true,
		"document.Scores[].Balance.Percent": true, "document.Totals[].Balance.Percent": true}
	changed := fullDocument()
	n := 0
	vary(reflect.ValueOf(changed).Elem(), "document", func(path string) {
		n++
		if idle[path] {
			return
		}
		if len(Diff(fullDocument(), changed, nil)) == 0 || len(Diff(changed, fullDocument(), nil)) == 0 {
			t.Errorf("nobody is told that %s differs", path)
		}
	}, func(path string) {
		if strings.Contains(path, ".Then[].") || strings.Contains(path, ".Else[].") {
			return // a step within a branch is such a step as the branch
		}
		t.Errorf("%s has nothing in the test's document: fill it", path)
	})
	if n < 150 {
		t.Errorf("only %d parts were changed", n)
	}
	if same := Diff(fullDocument(), changed, nil); len(same) > 0 {
		t.Errorf("they were not put back: %v", same)
	}
}

// word makes a name that stands nowhere.
func word(s string) Word { return Word{Text: s} }

// fullDocument says everything that a document can say, sensible or not: of a part
// that the test cannot change nobody knows whether Diff tells it.
func fullDocument() *Document {
	when := Condition{Text: "true"}
	day := Date{Text: "2026-01-02"}
	euros := Money{Minor: 100, Currency: "EUR"}
	// Nothing is shared: what is changed is changed in one place.
	hours := func() *Hours { return &Hours{Days: []string{"mon"}, From: lead.Hour, To: 2 * lead.Hour} }
	target := func() Target { return Target{Owner: "o", Team: "t", Queue: "q", Robin: []Share{{word("ann"), 2}}} }
	inner := func() []Step { return []Step{{Kind: "send", What: "w"}} }
	return &Document{
		Name: "n", Description: "d", TimeZone: word("UTC"),
		Attributes: []AttributeDecl{{Name: word("a"), Label: "l", Kind: lead.Text, From: [][]string{{"x", "y"}}}},
		Signals: []SignalDecl{{Name: word("s"), Label: "l", Types: []lead.Type{lead.Track}, Names: []string{"N"},
			Where: when, Any: []Word{word("t")}}},
		Segments: []SegmentDecl{{Name: word("g"), Label: "l", When: when}},
		Personas: []PersonaDecl{{SegmentDecl: SegmentDecl{Name: word("boss"), Label: "l", When: when}, Description: "d"}},
		Scores: []ScoreDecl{{
			Name: word("fit"), Label: "l", EachCycle: true, Decay: Decay{Kind: Linear, Every: lead.Day, Loss: 1000},
			Stop: &StopDecl{word("fit"), 5}, Balance: Decay{Kind: Linear, Every: lead.Day, Loss: 1000}, Cap: new(lead.Whole(4)), Floor: new(lead.Whole(3)),
			Rules: []RuleDecl{{
				Name: word("r"), Label: "l", Kind: PerSilence, When: when, On: []Word{word("s")},
				Silence: lead.Day, Every: PerWeek, Points: 5, Compute: when, Least: 1, Most: 2,
				Reset: &Reset{Below: new(lead.Whole(1)), Above: new(lead.Whole(2))}, Limit: Limit{N: 2, Period: Rolling, Span: lead.Day}, Minimum: 2,
				Decay: Decay{Kind: Shrinking, Every: lead.Hour, Percent: 9}, Stop: &StopDecl{word("total"), 7}, Cap: new(lead.Whole(4)), Floor: new(lead.Whole(3)),
			}},
		}},
		Totals: []TotalDecl{{Name: word("total"), Label: "l", Sum: []Word{word("fit")},
			Balance: Decay{Kind: Linear, Every: lead.Day, Loss: 1000}, Cap: new(lead.Whole(4)), Floor: new(lead.Whole(3))}},
		Stages: []StageDecl{{
			Name: word("Lead"), Label: "l", Role: word("identified"), When: when, FastTrack: when,
			ByHand: true, Side: true, Back: true, BackWhen: when, BackTo: word("New"),
		}},
		Exits: []ExitDecl{{
			Name: word("Gone"), Label: "l", Role: word("recycled"), When: when, ByHand: true,
			Reasons: []Word{word("no budget")}, CoolDown: lead.Day, Final: true,
		}},
		HandRaise:  []Word{word("s")},
		Exclusions: []ExclusionDecl{{Name: word("e"), Label: "l", When: when}},
		Grade:      []ScaleDecl{{Score: word("fit"), Bands: []Band{{Mark: "A", From: 4}}}},
		Tests: []Test{{
			Name: word("test"), Look: 9,
			Events: []TestEvent{{
				At: 1, Type: lead.Page, Name: "p", User: "u", Anonymous: "a", Group: "g", Stage: word("Lead"), Reason: "r",
				Properties: map[string]any{"k": "v"}, Traits: map[string]any{"k": "v"}, Context: map[string]any{"k": "v"},
			}},
			Expect: Expectation{
				Stage: &Word{Text: "Lead"}, Scores: []ExpectedScore{{word("fit"), 3}}, Excluded: &Word{Text: "e"}, Grade: &Word{Text: "A"},
				Cycle: new(int64(2)), Reason: &Word{Text: "r"}, Entered: []Word{word("Lead")},
			},
		}},
		Handoff: &Handoff{
			On: []Word{word("Lead")}, OwnerFirst: true, Routes: []Route{{word("large"), when, target()}}, Fallback: new(target()),
			Capacity: 5, Wait: lead.Hour, Hours: hours(), Holidays: []Date{day}, Clock: "qualification",
			AcceptWithin: lead.Hour, ReachWithin: lead.Day, Ladder: []Rung{{After: lead.Hour, Do: "remind", To: "boss"}},
			Context:   []Word{word("a")},
			Questions: []Question{{Name: word("budget"), Ask: "How much?", Kind: lead.Text, Choices: []string{"c"}, Required: true}},
			Rejects:   []Word{word("no need")},
		},
		Tracks: []Track{{
			Name: word("welcome"), Label: "l", Enrol: when, Exit: when, Hours: hours(), Limit: Limit{N: 2, Period: Rolling, Span: lead.Day},
			Steps: []Step{{
				Kind: "branch", What: "w", Text: "t", Span: lead.Day, For: word("s"), Sets: []Setting{{Name: word("a"), Value: "v"}},
				When: when, Then: inner(), Else: inner(),
			}},
		}},
		Attribution: &Attribution{Touches: []Word{word("s")}, Window: lead.Day, Models: []Model{{
			Name: word("m"), Label: "l", Kind: word("custom"), Anchors: []Word{word("Lead")}, Half: lead.Day, Weights: []Weight{{word("first"), 100}},
		}}},
		Goals: []Goal{{Name: word("spring"), From: day, To: day, Revenue: new(euros), Stage: word("Lead"), Count: 3}},
		Costs: []Cost{{
			Name: word("ads"), Source: "s", Medium: "m", Campaign: "c", Vendor: "v", Amount: euros, Per: "lead", From: day, To: day,
		}},
		Review: day,
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
	case reflect.Interface:
		with(reflect.ValueOf("other"))
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
		other := v.Int() + 1
		if strings.Contains(path, ".Hours.") { // times of day are told to the minute, as they are written
			other = v.Int() + lead.Minute
		}
		with(reflect.ValueOf(other).Convert(v.Type()))
	case reflect.Uint8:
		// Kinds of which each says other things: the next is another.
		with(reflect.ValueOf(uint8(v.Uint()) - 1).Convert(v.Type()))
	default:
		empty(path + " of kind " + v.Kind().String())
	}
}
