package rule

import (
	"strings"
	"testing"

	"galena/internal/lead"
)

func TestValuesInEvents(t *testing.T) {
	t.Parallel()
	e := &lead.Event{Type: lead.Page, Properties: map[string]any{
		"asset": "guide", "n": 3.0, "yes": true, "empty": "", "null": nil, "list": []any{1.0},
		"deep": map[string]any{"id": "x"}, "url": "https://a.example/p?utm_source=news",
	}}
	for text, want := range map[string]lead.Value{
		"properties.asset":   {Kind: lead.Text, Text: "guide"},
		"properties.n":       {Kind: lead.Number, Num: 3},
		"properties.yes":     {Kind: lead.Bool, Num: 1},
		"properties.deep.id": {Kind: lead.Text, Text: "x"},
		"page.path":          {Kind: lead.Text, Text: "/p"},
		"campaign.source":    {Kind: lead.Text, Text: "news"},
		"properties.empty":   {},
		"properties.null":    {},
		"properties.list":    {},
		"properties.deep":    {},
		"traits.asset":       {},
	} {
		if got := PathOf(text).Value(e); !got.Equal(want) {
			t.Errorf("%s is %+v, want %+v", text, got, want)
		}
	}
}

func TestAtomsOfValues(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Atom{
		"distinct(demo_request, properties.asset, 30d) >= 2": {
			Kind: Distinct, Path: "properties.asset", Window: 30 * lead.Day, Op: GreaterOrEqual, N: 2, Rising: true},
		`3 > distinct(pricing_visit, properties["asset"])`: {
			Kind: Distinct, Slot: 1, Path: "properties.asset", Op: Less, N: 3, Rising: true},
		"!same(demo_request, pricing_visit, context.mail.id, 1d)": {
			Kind: Same, Other: 1, Path: "context.mail.id", Window: lead.Day, Op: GreaterOrEqual, N: 1, Falling: true},
		"since(title) > 180d": {Kind: Age, Slot: 1, Op: Greater, N: 180 * lead.Day, Rising: true},
	} {
		x := mustCompile(t, leads, text)
		if len(x.Atoms()) != 1 || x.Atoms()[0] != want || !x.Native() {
			t.Errorf("%s: %+v, want %+v", text, x.Atoms(), want)
		}
		for _, who := range []*person{somebody(), nobody()} {
			if fast, slow := x.OnLead(who), x.OnLeadByCEL(who); fast != slow {
				t.Errorf("%s is %v, by CEL %v", text, fast, slow)
			}
		}
	}
	for text, want := range map[string]string{
		"distinct(demo_request, asset) > 1":                       "needs to know where",
		"distinct(demo_request, properties) > 1":                  "needs to know where",
		`distinct(demo_request, properties["a.b"]) > 1`:           "needs to know where",
		"distinct(demo_request, properties.a, 0d) > 1":            "longer than nothing",
		"distinct(demo_request, properties.a, 5) > 1":             "a duration that is written out",
		"distinct(demo_request, properties.a) > 500":              "at most 100",
		"distinct(demo_request, properties.a)":                    "can only be compared with a whole number",
		"distinct(demo, properties.a) > 1":                        "There is no signal demo",
		"same(demo_request, demo_request, properties.a)":          "these are one",
		"same(demo_request, pricing_visit, fit)":                  "needs to know where",
		"same(demo_request, pricing_visit, properties.a, 3) || x": "a duration that is written out",
		"same(demo_request)":                                      "not called in this way",
		"since(title) > 3":                                        "can only be compared with a duration",
		"since(titel) > 3d":                                       "There is no signal titel",
	} {
		x, problems := leads.Compile(text)
		if x != nil || len(problems) == 0 || !strings.Contains(problems[0].Message.String(), want) {
			t.Errorf("%s: %v, want %q", text, problems, want)
		}
	}
}
