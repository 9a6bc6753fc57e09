package rule

import (
	"testing"
	"time"
	"unicode/utf8"

	"galena/internal/lead"
)

// FuzzCompile compiles anything in both scopes, and evaluates what compiles. It
// looks for panics, for problems that lie outside of the text, for conditions whose
// native form and CEL disagree, and for rows that mean something else.
func FuzzCompile(f *testing.F) {
	for _, seed := range []string{
		`employees >= 50 && industry in ["a", "b"] || !subscribed`,
		`score >= 60.5 && count(pricing_visit, 30d) >= 2 && since(demo_request) < 12h`,
		`in_stage > 5d ? known(title) : false`,
		`title.lowerAscii().matches(r"^vp\b") && "x" in tags`,
		`tags.exists(x, x.startsWith("a") && score > 5)`,
		`founded + 30d > timestamp("2020-01-01T00:00:00Z")`,
		`page.path.startsWith("/pricing") && campaign.source == "ads"`,
		`properties["a b"].c[0] == null || has(properties.o.s)`,
		`properties.items.all(i, i.n * 2 > size(properties.items))`,
		`properties.x in [1, "a", null, true, 1.5]`,
		`title == '''a "30d" // ''' // 30d`, `b"\x00" == br'x'`, `0x1F + 5u > 1e3`,
		`((((`, `!!!!-1`, `a ? b : c ? d : e`, `{1: [2]}[1]`, "\xff", `“”`, `30d30d`, `"\u00`, `.a..b`,
	} {
		f.Add(seed)
	}
	e := &lead.Event{Type: lead.Page, Name: "Pricing",
		Properties: map[string]any{"x": 1.0, "o": map[string]any{"s": "a"}, "items": []any{map[string]any{"n": 3.0}, nil}, "a b": nil, "url": "/pricing?utm_source=ads"},
		Traits:     map[string]any{"x": "1"},
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, env := range []*Env{leads, events} {
			began := time.Now()
			x, problems := env.Compile(text)
			if took := time.Since(began); took > 3*time.Second {
				t.Fatalf("compiling took %v", took)
			}
			if (x == nil) != (len(problems) > 0) {
				t.Fatalf("expression %v with problems %v", x, problems)
			}
			for _, p := range problems {
				if p.Message.IsZero() || p.Offset < 0 || p.Length < 0 || p.Offset+p.Length > len(text) {
					t.Fatalf("problem %+v of a text of %d bytes", p, len(text))
				}
				if !utf8.ValidString(p.Message.String() + p.Found.String() + p.Expected.String() + p.Suggestion.String()) {
					t.Fatalf("problem %+v is not valid UTF-8", p)
				}
			}
			if x == nil {
				continue
			}
			same := x
			if rows, ok := ReadRows(text); ok {
				written, err := rows.Write()
				if err != nil {
					t.Fatalf("rows %+v: %v", rows, err)
				}
				if same, problems = env.Compile(written); same == nil {
					if len(written) > MaxText {
						continue
					}
					t.Fatalf("rows become %q: %v", written, problems)
				}
			}
			if env == events {
				if got, want := same.OnEvent(e), x.OnEvent(e); got != want {
					t.Fatalf("%v, by rows %v", want, got)
				}
				if native, cel := x.OnEvent(e), x.OnEventByCEL(e); native != cel {
					t.Fatalf("%v, by CEL %v", native, cel)
				}
				continue
			}
			for _, p := range []*person{somebody(), nobody()} {
				if got, want := same.OnLead(p), x.OnLead(p); got != want {
					t.Fatalf("%v, by rows %v", want, got)
				}
				if native, cel := x.OnLead(p), x.OnLeadByCEL(p); native != cel {
					t.Fatalf("%v, by CEL %v", native, cel)
				}
			}
		}
	})
}
