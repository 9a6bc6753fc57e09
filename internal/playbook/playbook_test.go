package playbook

import (
	"os"
	"slices"
	"strings"
	"testing"

	"galena/internal/lead"
)

// minimal is a playbook with its head and what follows.
func minimal(rest string) []byte {
	return []byte("galena: 1\nname: Example\ntime_zone: Europe/Berlin\n" + rest)
}

func mustLoad(t *testing.T, text []byte) (*Document, *Plan) {
	t.Helper()
	d, p, problems := Load(text, 7)
	if Failed(problems) {
		t.Fatalf("unexpected problems: %v", problems)
	}
	return d, p
}

func TestShippedHaveNoProblems(t *testing.T) {
	t.Parallel()
	want := []string{"b2c-shop", "default", "gitlab-2021", "marketo-baseline", "model-a", "model-b", "model-c", "model-d", "mql-criteria", "pardot-baseline", "pql", "property-groups"}
	if names := ShippedNames(); !slices.Equal(names, want) {
		t.Errorf("shipped are %q", names)
	}
	for _, name := range ShippedNames() {
		text, ok := Shipped(name)
		if !ok {
			t.Fatalf("%s is named but not there", name)
		}
		if _, _, problems := Load(text, 1); len(problems) > 0 {
			t.Errorf("%s: %v", name, problems)
		}
	}
	for _, name := range []string{"", "none", "../shipped/default", "default.yaml"} {
		if _, ok := Shipped(name); ok {
			t.Errorf("Shipped(%q) finds something", name)
		}
	}
}

// TestSpecificationExample reads the example of the package comment.
func TestSpecificationExample(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	var example strings.Builder
	for line := range strings.Lines(string(source)) {
		if text, ok := strings.CutPrefix(line, "//\t"); ok {
			example.WriteString(text)
		} else if line == "//\n" {
			example.WriteString("\n")
		}
	}
	// The example mentions two signals and a word that it has no room to declare.
	text := strings.Replace(example.String(), "  interest: {label", "  opened: {event: Opened}\n  clicked: {event: Clicked}\n  interest: {label", 1)
	text = strings.Replace(text, "stage: MQL  ", `stage: "" `, 1)
	_, _, problems := Load([]byte(text), 1)
	for _, p := range problems {
		t.Error(p.Excerpt([]byte(text)))
	}
}

func TestDocumentOfTheDefaultPlaybook(t *testing.T) {
	t.Parallel()
	text, _ := Shipped("default")
	d, problems := Parse(text)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	points := d.Scores[1]
	if points.Name.Text != "interest_points" || points.Decay != (Decay{Kind: Halving, Every: 30 * lead.Day}) || *points.Cap != lead.Whole(100) || *points.Floor != lead.Whole(-50) {
		t.Errorf("the second score is %+v", points)
	}
	demo := points.Rules[0]
	if demo.Name.Text != "demo_request" || demo.Label != "requested a demo" || demo.Decay != points.Decay ||
		demo.Limit != (Limit{N: 1, Period: PerWeek}) || demo.Minimum != 1 || demo.Points != lead.Whole(50) {
		t.Errorf("the rule on demo_request is %+v", demo)
	}
	quiet := points.Rules[len(points.Rules)-1]
	if quiet.Kind != PerSilence || quiet.Silence != 30*lead.Day || quiet.Decay != (Decay{}) || quiet.Limit != (Limit{N: 3}) {
		t.Errorf("the rule of silence is %+v", quiet)
	}
	for i := range d.Signals {
		if d.Signals[i].Name.Text == "demo_request" && !slices.Equal(d.Signals[i].Types, []lead.Type{lead.Track}) {
			t.Errorf("a signal of an event has the types %v", d.Signals[i].Types)
		}
	}
}

func TestTestEventsHaveMoments(t *testing.T) {
	t.Parallel()
	d, _ := mustLoad(t, minimal(`
signals: {demo: {event: Demo}}
scores: {s: {rules: [{on: demo, points: 1}]}}
tests:
  - name: times
    events:
      - {event: Demo, user: u}
      - {event: Demo, after: 90m, properties: {n: 1.5e1, no: no, list: [1, null, true], day: 2024-01-01}}
      - {type: page, name: Pricing, at: 2026-02-01T00:00:00+01:00}
    after: 2d
    expect: {stage: "", scores: {s: 2.5}}
`))
	test := d.Tests[0]
	want := []string{"2026-01-05T09:00:00.000Z", "2026-01-05T10:30:00.000Z", "2026-01-31T23:00:00.000Z"}
	for i, w := range want {
		if got := test.Events[i].At.String(); got != w {
			t.Errorf("event %d happens at %s, want %s", i, got, w)
		}
	}
	if got := test.Look.String(); got != "2026-02-02T23:00:00.000Z" {
		t.Errorf("the test looks at %s", got)
	}
	properties := test.Events[1].Properties
	list, _ := properties["list"].([]any)
	if properties["n"] != 15.0 || properties["no"] != "no" || properties["day"] != "2024-01-01" ||
		!slices.Equal(list, []any{1.0, nil, true}) {
		t.Errorf("the properties are %#v", properties)
	}
	if test.Expect.Stage == nil || test.Expect.Stage.Text != "" || test.Expect.Excluded != nil || test.Expect.Scores[0].Points != 2500 {
		t.Errorf("the expectation is %+v", test.Expect)
	}
}

func TestPlan(t *testing.T) {
	t.Parallel()
	_, p := mustLoad(t, minimal(`
attributes: {title: text, staff: {type: number, from: [staff, account.employees]}}
signals:
  all_seen: {any: [visit, demo]}
  visit: {type: [page, screen]}
  demo: {event: [Demo, Demo Asked]}
  pricing: {type: page, name: Pricing}
scores:
  fit: {rules: [{name: big, when: staff > 5, points: 1.5}]}
  acts: {rules: [{on: [visit, demo], name: any_act, points: 2, limit: 3 per 36h, minimum: 2}, {on: pricing, points: 1}]}
totals: {total: {sum: [acts, fit], cap: 10}}
stages:
  - {name: A, role: identified, when: "count(visit, 30d) >= 4 || count(visit, 1d) == 6 || count(demo) > 99"}
  - {name: B, role: engaged, when: "count(all_seen, 7d) != 0 && total > 3"}
`))
	if p.Version != 7 || p.Zone.String() != "Europe/Berlin" {
		t.Errorf("version %d in %v", p.Version, p.Zone)
	}
	if len(p.Attributes) != Builtins+2 || p.Attributes[BuiltinStage].Name != "stage" || p.Attributes[Builtins].Name != "title" {
		t.Errorf("the attributes are %+v", p.Attributes)
	}
	for i, a := range p.Attributes {
		if f := p.Catalogue.Fields[i]; f.Name != a.Name || f.Kind != a.Kind {
			t.Errorf("slot %d is %s among the attributes and %s in the catalogue", i, a.Name, f.Name)
		}
	}
	if want := []string{"all_seen", "visit", "demo", "pricing"}; !slices.Equal(p.Catalogue.Signals, want) {
		t.Errorf("the signals are %q", p.Catalogue.Signals)
	}
	if want := []string{"fit", "acts", "total"}; !slices.Equal(p.Catalogue.Scores, want) {
		t.Errorf("the scores are %q", p.Catalogue.Scores)
	}
	for slot, want := range []int{1, 7, 0, 0} {
		if got := p.Signals[slot].Recall; got != want {
			t.Errorf("%s recalls %d occurrences, want %d", p.Signals[slot].Name, got, want)
		}
	}
	if !slices.Equal(p.Signals[0].Any, []int{1, 2}) || !slices.Equal(p.Scores[2].Of, []int{0, 1}) || !slices.Equal(p.Scores[1].Rules, []int{1, 2, 5, 6}) {
		t.Errorf("union %v, total %v, rules %v", p.Signals[0].Any, p.Scores[2].Of, p.Scores[1].Rules)
	}
	if r := p.Rules[1]; r.Score != 1 || !slices.Equal(r.Signals, []int{1, 2}) || r.Limit != (Limit{3, Rolling, 36 * lead.Hour}) || r.Minimum != 2 {
		t.Errorf("the rule any_act is %+v", r)
	}
	if r := p.Rules[0]; r.When == nil || r.Points != 1500 {
		t.Errorf("the rule big is %+v", r)
	}
	if got := p.Attributes[Builtins+1].From; len(got) != 2 || !slices.Equal(got[1], []string{"account", "employees"}) {
		t.Errorf("staff comes from %q", got)
	}
	for _, c := range []struct {
		event lead.Event
		want  []int
	}{
		{lead.Event{Type: lead.Track, Name: "Demo Asked"}, []int{2}},
		{lead.Event{Type: lead.Page, Name: "Pricing"}, []int{1, 3}},
		{lead.Event{Type: lead.Screen, Name: "Pricing"}, []int{1}},
		{lead.Event{Type: lead.Track, Name: "Pricing"}, nil},
		{lead.Event{Type: lead.Identify}, nil},
	} {
		var got []int
		p.Candidates(&c.event, func(s int) { got = append(got, s) })
		slices.Sort(got)
		if !slices.Equal(got, c.want) {
			t.Errorf("candidates of %v %q are %v, want %v", c.event.Type, c.event.Name, got, c.want)
		}
	}
}

// TestTolerates holds what is unusual and right.
func TestTolerates(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"sections left empty":       "attributes:\nsignals:\nscores:\ntotals:\nstages:\nexclusions:\ntests:\n",
		"an anchor and its aliases": "signals:\n  a: {event: &names [X, Y]}\n  b: {type: track, event: *names}\nscores: {s: {rules: [{on: [a, b], name: r, points: 1}]}}\n",
		"cap on the floor":          "signals: {a: {event: X}}\nscores: {s: {cap: 0, floor: 0, rules: [{on: a, points: +1.250}]}}\n",
		"a condition that is true":  "stages: [{name: All, role: identified, when: true}]\n",
		"windows line ends":         "signals: {a: {event: X}}\r\nscores:\r\n  s:\r\n    rules: [{on: a, points: 1}]\r\n",
	} {
		for _, mark := range []string{"", "\ufeff"} {
			if _, _, problems := Load([]byte(mark+string(minimal(text))), 1); len(problems) > 0 {
				t.Errorf("%s: %v", name, problems)
			}
		}
	}
}
