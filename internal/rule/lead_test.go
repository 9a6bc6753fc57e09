package rule

import (
	"slices"
	"strings"
	"testing"

	"galena/internal/lead"
)

// TestOnLead evaluates conditions on a lead that has everything and on one that
// has nothing, natively where they are native, and in CEL.
func TestOnLead(t *testing.T) {
	t.Parallel()
	tests := []struct {
		text            string
		somebody, noone Truth
		native          bool
		fields          []int
	}{
		{text: `true`, somebody: True, noone: True, native: true},
		{text: `employees >= 50`, somebody: True, noone: Unknown, native: true, fields: []int{0}},
		{text: `employees == 50`, somebody: True, noone: Unknown, native: true, fields: []int{0}},
		{text: `employees == 50.0`, somebody: True, noone: Unknown, native: true, fields: []int{0}},
		{text: `employees != 50`, somebody: False, noone: Unknown, native: true, fields: []int{0}},
		{text: `51 > employees`, somebody: True, noone: Unknown, native: true, fields: []int{0}},
		{text: `employees > -1`, somebody: True, noone: Unknown, native: true, fields: []int{0}},
		{text: `employees in [10, 50]`, somebody: True, noone: Unknown, native: true, fields: []int{0}},
		{text: `employees in []`, somebody: False, noone: Unknown, fields: []int{0}},
		{text: `employees * 2 + 1 == 101`, somebody: True, noone: Unknown, fields: []int{0}},
		{text: `employees / 0 > 1`, somebody: True, noone: Unknown, fields: []int{0}},
		{text: `int(employees) % 7 == 1`, somebody: True, noone: Unknown, fields: []int{0}},
		{text: `int(employees) / 0 > 1`, somebody: Unknown, noone: Unknown, fields: []int{0}},
		{text: `size(tags) * 25 == employees`, somebody: True, noone: Unknown, fields: []int{0, 5}},
		{text: `size(tags) + employees == 52`, somebody: True, noone: Unknown, fields: []int{0, 5}},
		{text: `(subscribed ? size(tags) : 1) == 2`, somebody: True, noone: Unknown, fields: []int{3, 5}},
		{text: `[size(tags), employees].exists(n, n == 2)`, somebody: True, noone: Unknown, fields: []int{0, 5}},
		{text: `size(tags) in [1, 2]`, somebody: True, noone: Unknown, fields: []int{5}},

		{text: `title == "VP Sales"`, somebody: True, noone: Unknown, native: true, fields: []int{1}},
		{text: `title < "W"`, somebody: True, noone: Unknown, native: true, fields: []int{1}},
		{text: `title.startsWith("VP")`, somebody: True, noone: Unknown, native: true, fields: []int{1}},
		{text: `title.endsWith("vp")`, somebody: False, noone: Unknown, native: true, fields: []int{1}},
		{text: `title.lowerAscii().contains("vp s")`, somebody: True, noone: Unknown, native: true, fields: []int{1}},
		{text: `title.upperAscii() == "VP SALES"`, somebody: True, noone: Unknown, native: true, fields: []int{1}},
		{text: `title.upperAscii() != "VP SALES"`, somebody: False, noone: Unknown, native: true, fields: []int{1}},
		{text: `title.lowerAscii() in ["cto", "vp sales"]`, somebody: True, noone: Unknown, native: true, fields: []int{1}},
		{text: `title.matches("(?i)\\bvp\\b")`, somebody: True, noone: Unknown, native: true, fields: []int{1}},
		{text: `title.lowerAscii().matches(r"^vp\s")`, somebody: True, noone: Unknown, native: true, fields: []int{1}},
		{text: `title.substring(0, 2) == "VP"`, somebody: True, noone: Unknown, fields: []int{1}},
		{text: `title.trim().size() > 3`, somebody: True, noone: Unknown, fields: []int{1}},
		{text: `title.indexOf("S") == 3`, somebody: True, noone: Unknown, fields: []int{1}},
		{text: `title + "!" == "VP Sales!"`, somebody: True, noone: Unknown, fields: []int{1}},
		{text: `industry in ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "software"]`, somebody: True, noone: Unknown, native: true, fields: []int{2}},

		{text: `subscribed`, somebody: True, noone: Unknown, native: true, fields: []int{3}},
		{text: `!subscribed`, somebody: False, noone: Unknown, native: true, fields: []int{3}},
		{text: `subscribed == true`, somebody: True, noone: Unknown, native: true, fields: []int{3}},
		{text: `false != subscribed`, somebody: True, noone: Unknown, native: true, fields: []int{3}},

		{text: `founded > timestamp("2020-01-01T00:00:00Z")`, somebody: True, noone: Unknown, native: true, fields: []int{4}},
		{text: `founded == timestamp("2020-05-01T14:00:00+02:00")`, somebody: True, noone: Unknown, native: true, fields: []int{4}},
		{text: `founded < timestamp("2020-05-01T12:00:00.0000001Z")`, somebody: True, noone: Unknown, native: true, fields: []int{4}},
		{text: `founded + 30d > timestamp("2020-05-30T00:00:00Z")`, somebody: True, noone: Unknown, fields: []int{4}},
		{text: `founded.getFullYear() == 2020`, somebody: True, noone: Unknown, fields: []int{4}},

		{text: `"beta" in tags`, somebody: True, noone: Unknown, native: true, fields: []int{5}},
		{text: `title in tags`, somebody: False, noone: Unknown, fields: []int{1, 5}},
		{text: `tags.exists(x, x.startsWith("b"))`, somebody: True, noone: Unknown, fields: []int{5}},
		{text: `tags.exists_one(x, x == "beta")`, somebody: True, noone: Unknown, fields: []int{5}},
		{text: `tags.all(x, x != "")`, somebody: True, noone: Unknown, fields: []int{5}},
		{text: `tags.filter(x, x == "beta") == ["beta"]`, somebody: True, noone: Unknown, fields: []int{5}},
		{text: `tags[0] == "partner"`, somebody: True, noone: Unknown, fields: []int{5}},
		{text: `tags[7] == "partner"`, somebody: Unknown, noone: Unknown, fields: []int{5}},

		{text: `known(title)`, somebody: True, noone: False, native: true, fields: []int{1}},
		{text: `!known(title) || title == "x"`, somebody: False, noone: True, native: true, fields: []int{1}},

		{text: `fit >= 60`, somebody: True, noone: Unknown, native: true},
		{text: `score >= 60`, somebody: False, noone: Unknown, native: true},
		{text: `in_stage > 5d`, somebody: Unknown, noone: Unknown, native: true},
		{text: `in_stage > 5d || true`, somebody: True, noone: True, native: true},
		{text: `in_stage > 5d && false`, somebody: False, noone: False, native: true},
		{text: `in_stage > 5d || false`, somebody: Unknown, noone: Unknown, native: true},
		{text: `!(in_stage > 5d)`, somebody: Unknown, noone: Unknown, native: true},
		{text: `count(demo_request) >= 1 && count(pricing_visit, 30d) == 0`, somebody: False, noone: Unknown, native: true},
		{text: `since(demo_request) < 12h`, somebody: True, noone: Unknown, native: true},
		{text: `(fit > 1) == (score > 1)`, somebody: False, noone: Unknown},
		{text: `score > 1 ? true : fit > 1`, somebody: True, noone: Unknown},
		{text: `(in_stage > 1d ? true : false) || subscribed`, somebody: True, noone: Unknown, fields: []int{3}},
		{text: `tags.exists(x, x == "beta" && fit > 5)`, somebody: True, noone: Unknown, fields: []int{5}},
		{text: `size(tags) > 1 && fit > 5 && !(score > 5)`, somebody: True, noone: Unknown, fields: []int{5}},
	}
	for _, test := range tests {
		t.Run(test.text, func(t *testing.T) {
			t.Parallel()
			x := mustCompile(t, leads, test.text)
			if got := x.OnLead(somebody()); got != test.somebody {
				t.Errorf("on somebody: %v, want %v", got, test.somebody)
			}
			if got := x.OnLeadByCEL(somebody()); got != test.somebody {
				t.Errorf("on somebody by CEL: %v, want %v", got, test.somebody)
			}
			if got := x.OnLead(nobody()); got != test.noone {
				t.Errorf("on nobody: %v, want %v", got, test.noone)
			}
			if got := x.OnLeadByCEL(nobody()); got != test.noone {
				t.Errorf("on nobody by CEL: %v, want %v", got, test.noone)
			}
			if x.Native() != test.native {
				t.Errorf("native: %v, want %v", x.Native(), test.native)
			}
			if !slices.Equal(x.Fields(), test.fields) {
				t.Errorf("fields: %v, want %v", x.Fields(), test.fields)
			}
			if x.Text() != test.text {
				t.Errorf("text: %q", x.Text())
			}
		})
	}
}

func TestAtoms(t *testing.T) {
	t.Parallel()
	tests := []struct {
		text string
		want Atom
	}{
		{`score >= 60`, Atom{Kind: Score, Slot: 1, Op: GreaterOrEqual, N: 60_000}},
		{`60 <= score`, Atom{Kind: Score, Slot: 1, Op: GreaterOrEqual, N: 60_000}},
		{`score > -2.5`, Atom{Kind: Score, Slot: 1, Op: Greater, N: -2_500}},
		{`score > - /* not CEL's */ 2.5`, Atom{}},
		{"score > - // a comment\n 2.5", Atom{Kind: Score, Slot: 1, Op: Greater, N: -2_500}},
		{`fit == 0.001`, Atom{Kind: Score, Op: Equal, N: 1}},
		{`0.29 != fit`, Atom{Kind: Score, Op: NotEqual, N: 290}},
		{`(score) < (60)`, Atom{Kind: Score, Slot: 1, Op: Less, N: 60_000}},
		{`count(demo_request) >= 2000`, Atom{Kind: Count, Op: GreaterOrEqual, N: 2000}},
		{`count(pricing_visit, 30d) > 2`, Atom{Kind: Count, Slot: 1, Window: 30 * lead.Day, Op: Greater, N: 2}},
		{`0 < count(pricing_visit, 500ms)`, Atom{Kind: Count, Slot: 1, Window: 500, Op: Greater, N: 0}},
		{`count(demo_request, 3650d) <= 1000`, Atom{Kind: Count, Window: MaxSpan, Op: LessOrEqual, N: MaxWindowCount}},
		{`since(demo_request) > 90m`, Atom{Kind: Since, Op: Greater, N: 90 * lead.Minute}},
		{`45s <= since(demo_request)`, Atom{Kind: Since, Op: GreaterOrEqual, N: 45 * lead.Second}},
		{`since(demo_request) > duration("720h")`, Atom{Kind: Since, Op: Greater, N: 30 * lead.Day}},
		{`in_stage>=2w`, Atom{Kind: InStage, Op: GreaterOrEqual, N: 2 * lead.Week}},
	}
	for _, test := range tests {
		x, problems := leads.Compile(test.text)
		if test.want == (Atom{}) {
			if x != nil {
				t.Errorf("%s compiles", test.text)
			}
			continue
		}
		if x == nil {
			t.Errorf("%s\n%s", test.text, describe(test.text, problems))
			continue
		}
		test.want.Rising = true // nothing stands around it
		if got := x.Atoms(); len(got) != 1 || got[0] != test.want {
			t.Errorf("%s: %+v, want %+v", test.text, got, test.want)
		}
	}
}

func TestWhichWayAnAtomMatters(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`score > 5`:                                     "rising",
		`!(score > 5)`:                                  "falling",
		`!(!(score > 5) || title == "VP")`:              "rising",
		`score > 5 && !(fit > 1 && score > 5)`:          "rising falling, falling",
		`(score > 5 ? "a" : "b") == "a"`:                "rising falling",
		`score > 5 || title.lowerAscii() == "a"`:        "rising",
		`title == "VP" && (score > 5 || !known(title))`: "rising",
	} {
		var ways []string
		for _, a := range mustCompile(t, leads, text).Atoms() {
			var way []string
			if a.Rising {
				way = append(way, "rising")
			}
			if a.Falling {
				way = append(way, "falling")
			}
			ways = append(ways, strings.Join(way, " "))
		}
		if got := strings.Join(ways, ", "); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

func TestAtomsAreToldOnceAndByPointer(t *testing.T) {
	t.Parallel()
	x := mustCompile(t, leads, `score > 5 && (count(demo_request) > 1 || 5 < score)`)
	if len(x.Atoms()) != 2 {
		t.Fatalf("atoms: %+v", x.Atoms())
	}
	asked := map[*Atom]bool{}
	p := somebody()
	p.holds = func(a *Atom) Truth {
		asked[a] = true
		return False
	}
	x.OnLead(p)
	x.OnLeadByCEL(p)
	for a := range asked {
		if a != &x.Atoms()[0] && a != &x.Atoms()[1] {
			t.Errorf("asked for %+v, which is not in the list", *a)
		}
	}
	if len(asked) != 1 { // the && needs no second side
		t.Errorf("asked for %d atoms", len(asked))
	}
}

func TestReserved(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"count", "since", "known", "in_stage", "properties", "page", "name", "type", "true", "in", "size", "matches", "exists", "timestamp", "while", "string", "double"} {
		if !Reserved(name) {
			t.Errorf("%s is not reserved", name)
		}
	}
	for _, name := range []string{"employees", "email", "stage", "reachable", "counted"} {
		if Reserved(name) {
			t.Errorf("%s is reserved", name)
		}
	}
}

func TestEveryAttributeNameThatIsFreeWorks(t *testing.T) {
	t.Parallel()
	var c Catalogue
	for _, name := range []string{"email", "account", "identified", "stage", "d", "ms", "w", "r", "b", "br", "e", "x", "url", "path", "now_then", "_", "optional"} {
		if Reserved(name) {
			t.Fatalf("%s is reserved", name)
		}
		c.Fields = append(c.Fields, Field{Name: name, Kind: lead.Text})
	}
	env := ForLeads(c)
	for slot, f := range c.Fields {
		x := mustCompile(t, env, f.Name+` == "x"`)
		if !slices.Equal(x.Fields(), []int{slot}) {
			t.Errorf("%s reads %v, want %d", f.Name, x.Fields(), slot)
		}
	}
}

// TestSegments compares conditions that ask for segments with the same written out.
func TestSegments(t *testing.T) {
	t.Parallel()
	base := Catalogue{Fields: []Field{{Name: "n", Kind: lead.Number}, {Name: "title", Kind: lead.Text}}}
	texts := map[string]string{"many": `n > 5`, "boss": `size(title) == 2 || title.startsWith("C")`}
	env := ForLeads(base)
	full := base
	for name, text := range texts {
		full.Segments = append(full.Segments, Segment{Name: name, When: mustCompile(t, env, text)})
	}
	short := ForLeads(full)
	for _, condition := range []string{"many", "!many", "many && boss", "boss == true", "boss ? many : n == 1.0", "!(boss || !many)", "[many].exists(x, x)"} {
		written := condition
		for name, text := range texts {
			written = strings.ReplaceAll(written, name, "("+text+")")
		}
		x, y := mustCompile(t, short, condition), mustCompile(t, env, written)
		if !slices.Equal(x.Fields(), y.Fields()) {
			t.Errorf("%s reads %v, written out %v", condition, x.Fields(), y.Fields())
		}
		for _, n := range []lead.Value{{}, {Kind: lead.Number, Num: 1}, {Kind: lead.Number, Num: 9}} {
			for _, title := range []lead.Value{{}, {Kind: lead.Text, Text: "VP"}, {Kind: lead.Text, Text: "Clerk"}, {Kind: lead.Text, Text: "Intern"}} {
				l := nobody()
				l.attributes = []lead.Value{n, title}
				if want, native, cel := y.OnLeadByCEL(l), x.OnLead(l), x.OnLeadByCEL(l); native != want || cel != want {
					t.Errorf("%s of %v: %v, by CEL %v, want %v", condition, l.attributes, native, cel, want)
				}
			}
		}
	}
	none := full
	none.Segments = []Segment{{Name: "many"}}
	if _, problems := ForLeads(none).Compile("many"); len(problems) != 1 {
		t.Errorf("a segment without its condition: %v", problems)
	}
}
