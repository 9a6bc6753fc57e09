package rule

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"galena/internal/lead"
)

var both = ForBoth(catalogue)

func sale(properties map[string]any) *lead.Event {
	return &lead.Event{Type: lead.Track, Name: "Order Completed", Properties: properties}
}

func TestNumbersAreReckoned(t *testing.T) {
	t.Parallel()
	e := sale(map[string]any{"seats": 7.0, "total": 12.5, "plan": "team", "items": []any{1.0, 2.0}, "zero": 0.0})
	for _, c := range []struct {
		text   string
		want   float64
		ok     bool
		native bool
	}{
		{"properties.seats * 2", 14, true, true},
		{`properties["seats"]`, 7, true, true},
		{"-properties.total / 5 + 1", -1.5, true, true},
		{"min(properties.total, 10)", 10, true, true},
		{"max(1, min(properties.seats, employees, 40), 3)", 7, true, true},
		{`properties.plan == "team" ? 10 : 5`, 10, true, true},
		{"subscribed ? employees / 10 : 0", 5, true, true},
		{"known(industry) ? 3 : 1", 3, true, true},
		{"has(properties.coupon) ? 1 : 4", 4, true, true},
		{"size(tags) * 2", 4, true, false},
		{"min(size(tags), 1)", 1, true, false},
		{"size(properties.items)", 2, true, false},
		{"3", 3, true, true},
		{"properties.missing * 2", 0, false, true},
		{"properties.plan * 2", 0, false, true},
		{"properties.seats / properties.zero", 0, false, true},
		{"properties.zero / properties.zero", 0, false, true},
		{"properties.missing > 1 ? 1 : 2", 0, false, true},
	} {
		n, problems := both.CompileNumber(c.text)
		if n == nil {
			t.Errorf("%s\n%s", c.text, describe(c.text, problems))
			continue
		}
		got, ok := n.Of(e, somebody())
		slow, slowOK := n.ByCEL(e, somebody())
		if got != c.want || ok != c.ok || slow != got || slowOK != ok {
			t.Errorf("%s: %v %t, by CEL %v %t, want %v %t", c.text, got, ok, slow, slowOK, c.want, c.ok)
		}
		if n.Native() != c.native {
			t.Errorf("%s: native is %t", c.text, n.Native())
		}
	}
}

func TestDivisionByZeroIsSeen(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"properties.seats / 0": true, "1 + -(employees / 0.0)": true, "subscribed ? 1 : employees / 0": true,
		"properties.seats / 2": false, "0 / employees": false, "employees * 0": false, "employees / properties.zero": false,
	} {
		n, problems := both.CompileNumber(text)
		if n == nil {
			t.Fatalf("%s: %v", text, problems)
		}
		if got := n.DividesByZero(); got != want {
			t.Errorf("%s: %t", text, got)
		}
	}
}

func TestNumbersThatAreNone(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"properties.seats > 2":  "This gives no number.",
		"title":                 "This gives no number.",
		"score * 2":             "score is neither",
		"count(demo_request)":   "belongs to conditions",
		"in_stage > 5d ? 1 : 2": "in_stage is neither",
		"propertees.seats":      "There is no propertees here.",
		"employes * 2":          "There is no employes here.",
		"min(3)":                "not called in this way",
		"properties.seats *":    "A value is missing",
	} {
		n, problems := both.CompileNumber(text)
		if n != nil || len(problems) == 0 || !strings.Contains(problems[0].Message.String(), want) {
			t.Errorf("%s: %v, want %q", text, problems, want)
		}
	}
}

// TestNativeNumbersAgree reckons random expressions natively and in CEL, to the bit.
func TestNativeNumbersAgree(t *testing.T) {
	t.Parallel()
	var write func(t *rapid.T, depth int) string
	write = func(t *rapid.T, depth int) string {
		if depth == 0 || rapid.IntRange(0, 3).Draw(t, "leaf") == 0 {
			return rapid.SampledFrom([]string{
				"properties.a", "properties.b", "properties.c.d", "employees", "2", "0.1", "7", "0", "1e6", "properties.none",
			}).Draw(t, "value")
		}
		a, b := write(t, depth-1), write(t, depth-1)
		switch rapid.IntRange(0, 8).Draw(t, "form") {
		case 0:
			return fmt.Sprintf("(%s + %s)", a, b)
		case 1:
			return fmt.Sprintf("(%s - %s)", a, b)
		case 2:
			return fmt.Sprintf("(%s * %s)", a, b)
		case 3:
			return fmt.Sprintf("(%s / %s)", a, b)
		case 4:
			return fmt.Sprintf("min(%s, %s)", a, b)
		case 5:
			return fmt.Sprintf("max(%s, %s, %s)", a, b, a)
		case 6:
			return fmt.Sprintf("-(%s)", a)
		case 7:
			return fmt.Sprintf("(properties.a > 2 ? %s : %s)", a, b)
		default:
			return fmt.Sprintf("(known(title) && properties.b < 9 ? %s : %s)", a, b)
		}
	}
	value := rapid.SampledFrom([]any{nil, 0.0, 1.0, 0.1, -3.25, 1e300, "text", true, math.MaxFloat64})
	rapid.Check(t, func(t *rapid.T) {
		text := write(t, 4)
		n, problems := both.CompileNumber(text)
		if n == nil {
			t.Fatalf("%s\n%s", text, describe(text, problems))
		}
		e := sale(map[string]any{
			"a": value.Draw(t, "a"), "b": value.Draw(t, "b"), "c": map[string]any{"d": value.Draw(t, "d")},
		})
		who := rapid.SampledFrom([]*person{somebody(), nobody()}).Draw(t, "who")
		got, ok := n.Of(e, who)
		want, wantOK := n.ByCEL(e, who)
		if ok != wantOK || math.Float64bits(got) != math.Float64bits(want) {
			t.Fatalf("%s: %v %t, by CEL %v %t", text, got, ok, want, wantOK)
		}
	})
}
