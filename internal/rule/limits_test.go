package rule

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"galena/internal/lead"
)

// soon is how long a hostile condition may take. The aim is 50 ms of an idle
// core; a test on a busy machine can only tell that from what grows without bound.
const soon = 2 * time.Second

// TestHostileConditions compiles, and where that succeeds evaluates, what was
// written to hurt.
func TestHostileConditions(t *testing.T) {
	limit := soon
	if raceDetector {
		limit = 10 * soon // it slows matching and CEL about tenfold
	}
	fill := func(unit, between, end string) string {
		n := (MaxText - len(end)) / (len(unit) + len(between))
		return strings.TrimSuffix(strings.Repeat(unit+between, n), between) + end
	}
	huge := strings.Repeat("a", 1<<20)
	items := make([]any, 20_000)
	for i := range items {
		items[i] = float64(i)
	}
	e := &lead.Event{Type: lead.Track, Name: huge, Properties: map[string]any{"list": items, "text": huge, "short": huge[:MaxMatched], "a": true}}
	tests := map[string]string{
		"parentheses":            strings.Repeat("(", 100_000),
		"parentheses, closed":    strings.Repeat("(", 2000) + "true" + strings.Repeat(")", 2000),
		"brackets":               strings.Repeat("[", MaxText),
		"braces":                 strings.Repeat("{1:", MaxText/3),
		"nots":                   strings.Repeat("!", 100_000) + "true",
		"nots that fit":          strings.Repeat("!", MaxText-4) + "true",
		"minuses":                strings.Repeat("-", MaxText-1) + "1",
		"nots in parentheses":    strings.Repeat("!(", MaxDepth/2) + "true" + strings.Repeat(")", MaxDepth/2),
		"ternaries":              fill("true?true:", "", "true"),
		"ternaries, left":        fill("true?", "", ""),
		"selections":             fill("a", ".", ""),
		"selections of a map":    "properties." + strings.Repeat("a.", 1900) + "a == 1",
		"indexes":                "properties" + strings.Repeat("[0]", 1300) + " == 1",
		"sum":                    fill("1", "+", ""),
		"sum of texts":           fill("name", "+", ` == ""`),
		"sum of literals":        fill(`"a"`, "+", ` == ""`),
		"comparisons":            fill("1", "<", ""),
		"equalities":             fill("name", "==", ""),
		"ands":                   fill("properties.a", "&&", ""),
		"ors":                    fill("!properties.a", "||", ""),
		"list":                   "1 in [" + fill("1", ",", "]   "),
		"nested lists":           strings.Repeat("[", 60) + strings.Repeat("]", 60) + " == []",
		"calls":                  fill("size(", "", ""),
		"member calls":           "name" + strings.Repeat(".trim()", 200) + ` == ""`,
		"cubic loop":             "properties.list.all(x, properties.list.all(y, properties.list.all(z, z >= 0 && y >= 0 && x >= 0)))",
		"deep loops":             strings.Repeat("properties.list.all(x, ", 50) + "true" + strings.Repeat(")", 50),
		"growing list":           "properties.list.map(x, properties.list.map(y, properties.list)).size() > 5",
		"loop over text":         "properties.list.exists(x, properties.text.contains(\"b\"))",
		"loop over patterns":     `properties.list.exists(x, properties.text.matches("(a|b)*c"))`,
		"loop over comparisons":  "properties.list.all(x, properties == properties)",
		"loop over sums":         "properties.list.all(x, (properties.text + properties.text).size() > 1)",
		"loop over cut texts":    "properties.list.all(x, properties.text.substring(1).size() > 1)",
		"slow pattern":           `properties.short.matches("(a?){120}(a|b){100}c")`,
		"slow patterns":          fill(`properties.short.matches("(a?){9}(a|b){9}c")`, "||", ""),
		"loop over slow pattern": `properties.list.exists(x, properties.short.matches("(a?){120}(a|b){100}c"))`,
		"repeated repetition":    `name.matches("(a{1000}){1000}")`,
		"repetitions":            `name.matches("` + strings.Repeat("a{1000}", 100) + `")`,
		"nested repetitions":     `name.matches("((((((a{9}){9}){9}){9}){9}){9})")`,
		"nested stars":           `name.matches("` + strings.Repeat("(", 500) + "a" + strings.Repeat(")*", 500) + `")`,
		"backtracking":           `name.matches("(a+)+$") || name.matches("(a|aa)+$")`,
		"classes":                `name.matches("` + strings.Repeat(`[\\pL\\pN]`, 90) + `")`,
		"any of classes":         `name.matches("([\\pL]|[\\pN]|[\\pM]){50}$")`,
		"long pattern":           `name.matches("` + strings.Repeat("a", MaxRegexp+1) + `")`,
		"many patterns":          fill(`name.matches("(a{30}){30}")`, "||", ""),
		"far date":               `timestamp("9999999-01-01T00:00:00Z") > timestamp("2020-01-01T00:00:00Z")`,
		"long duration":          `duration("1e300h") > 1d || 99999999999999999999d > 1d`,
		"large numbers":          "int(1e300) > 0 || -9223372036854775808 / -1 == 1 || int(properties.list[0]) % 0 == 0",
		"most negative divided":  "int(-9223372036854775808) / int(-1) == 1",
		"quotes":                 strings.Repeat(`"`, MaxText),
		"triple quotes":          strings.Repeat(`"""`, MaxText/3),
		"backslashes":            `"` + strings.Repeat(`\`, MaxText-2) + `"`,
		"comments":               strings.Repeat("//\n", MaxText/3),
		"questions":              strings.Repeat("?", MaxText),
		"dots":                   strings.Repeat(".", MaxText),
		"colons":                 strings.Repeat("a?b:c:", MaxText/6),
		"digits":                 strings.Repeat("9", MaxText),
		"names":                  strings.Repeat("a", MaxText),
		"unknown names":          fill("zzzzzzzzzzzzzzzz", "||", ""),
		"unknown functions":      fill("f()", "||", ""),
		"sizes and numbers":      fill("size(name)+properties.a", "+", " > 1"),
		"sum of sizes":           strings.Repeat("size(name) + ", 200) + "properties.a > 1",
		"chain of growing lists": "[1]" + strings.Repeat(".map(x, [x])", 200) + " == []",
		"nested maps":            strings.Repeat("{1: ", 60) + "1" + strings.Repeat("}", 60) + " == {}",
		"nested loops":           strings.Repeat("[1].map(x, ", 50) + "1" + strings.Repeat(")", 50) + " == []",
		"wrong calls":            strings.Repeat(strings.Repeat("size(", 50)+"name"+strings.Repeat(")", 50)+" == 1 || ", 12) + "true",
		"template":               `{{env "HOME"}} ${jndi:ldap://x}`,
		"zero bytes":             strings.Repeat("\x00", MaxText),
		"invalid UTF-8":          strings.Repeat("\xff", MaxText),
		"right to left override": "name == \"a\u202eb\" \u202e",
		"deep map keys":          strings.Repeat("{", 63) + strings.Repeat("}", 63) + " == {}",
		"macros without end":     fill("properties.list.map(x, x)", ".filter(y, true)", ""),
		"triple macro":           fill("[1].map(x,", "", ""),
		"member macro chains":    "[1]" + strings.Repeat(".map(x,x)", 200) + " == []",
	}
	mustCompile(t, events, "true") // what is built once is not what is measured
	for name, text := range tests {
		began := time.Now()
		x, problems := events.Compile(text)
		compiled := time.Since(began)
		if (x == nil) == (len(problems) == 0) {
			t.Errorf("%s: expression %v with %d problems", name, x, len(problems))
		}
		if compiled > limit {
			t.Errorf("%s: compiling took %v", name, compiled)
		}
		if x == nil {
			continue
		}
		began = time.Now()
		native := x.OnEvent(e)
		if took := time.Since(began); took > limit {
			t.Errorf("%s: evaluating took %v (%v)", name, took, native)
		}
		began = time.Now()
		cel := x.OnEventByCEL(e)
		if took := time.Since(began); took > limit {
			t.Errorf("%s: evaluating by CEL took %v (%v)", name, took, cel)
		}
		if testing.Verbose() {
			t.Logf("%s: compiled in %v, evaluated in %v: %v, %v", name, compiled, time.Since(began), native, cel)
		}
	}
}

// TestRefused names what must not compile at all.
func TestRefused(t *testing.T) {
	t.Parallel()
	deep := func(n int) string { return strings.Repeat("(", n) + "true" + strings.Repeat(")", n) }
	mustCompile(t, events, deep(MaxDepth))
	tests := []struct{ what, text, message string }{
		{"depth", deep(MaxDepth + 1), "nested"},
		{"nots", strings.Repeat("!", MaxDepth+1) + "true", "nested"},
		{"length", strings.Repeat(" ", MaxText) + "1", "too long"},
		{"pattern", fmt.Sprintf("name.matches(%q)", strings.Repeat("a", MaxRegexp+1)), "too long"},
		{"machine", `name.matches("a{1000}b")`, "too large"},
		{"machines", strings.Repeat(`name.matches("a{999}") || `, 3) + "true", "too large"},
		{"repetition", `name.matches("(a{1000}){1000}")`, "not well formed"},
		{"lists", "[[[[[[1]]]]]] == []", "nested"},
		{"grown lists", "[1]" + strings.Repeat(".map(x, [x])", maxNested) + " == []", "nested"},
		{"chain", "properties" + strings.Repeat(".a", 300) + " == 1", "chain"},
	}
	for _, test := range tests {
		x, problems := events.Compile(test.text)
		if x != nil || !strings.Contains(problems[0].Message.String(), test.message) {
			t.Errorf("%s: %v", test.what, problems)
		}
	}
}

func TestPastTheCostLimitIsUnknown(t *testing.T) {
	t.Parallel()
	items := make([]any, 300)
	for i := range items {
		items[i] = float64(i)
	}
	e := &lead.Event{Type: lead.Track, Properties: map[string]any{"list": items}}
	tests := []struct {
		text string
		want Truth
	}{
		{"properties.list.all(x, x >= 0)", True},
		{"properties.list.all(x, properties.list.all(y, x + y >= 0))", Unknown},
		{"properties.list.all(x, properties.list.all(y, x + y >= 0)) || type == \"track\"", True},
	}
	for _, test := range tests {
		if got := mustCompile(t, events, test.text).OnEvent(e); got != test.want {
			t.Errorf("%s: %v, want %v", test.text, got, test.want)
		}
	}
}

// TestNativeShapesCostLittle fills a condition with each native shape and runs it
// in CEL: it must stay within MaxCost, or the two would differ.
func TestNativeShapesCostLittle(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("x", 32<<10)
	inner := map[string]any{"s": text, "n": 1.0, "b": false}
	e := &lead.Event{Type: lead.Track, Name: text[:MaxMatched], Properties: map[string]any{"s": text, "b": false, "n": 1.0, "o": map[string]any{"o": inner}}}
	for _, shape := range []string{
		`name==""`, `name<""`, `name.contains("a")`, `name.matches("a")`, `name.lowerAscii()==""`, `properties.s.contains("a")`,
		`properties.b`, `properties.n==2`, `properties.n in[2]`, `properties.o.o.s in["",""]`, `has(properties.x)`, `properties.b==null`, `false`,
		`name in["a","b","c","d","e","f","g","h","i","j","k","l"]`,
	} {
		condition := strings.Repeat(shape+"||", MaxText/(len(shape)+2)-2) + "false"
		x := mustCompile(t, events, condition)
		if !x.Native() {
			t.Errorf("%s is not native", shape)
		}
		if got := x.OnEventByCEL(e); got != False {
			t.Errorf("%s: %v by CEL, want false", shape, got)
		}
	}
	x := mustCompile(t, events, strings.Repeat(`name.matches("xxxxxxxx[a]{1}")||`, 80)+"false")
	if got := x.OnEventByCEL(e); got != False {
		t.Errorf("patterns: %v by CEL, want false", got)
	}
	p := somebody()
	p.attributes[5].List = make([]string, lead.MaxItems)
	p.holds = func(*Atom) Truth { return False }
	for _, shape := range []string{`"a" in tags`, `employees<1`, `!subscribed`, `score>5`, `!known(tags)`} {
		x := mustCompile(t, leads, strings.Repeat(shape+"||", MaxText/(len(shape)+2)-2)+"false")
		if got := x.OnLeadByCEL(p); got != False {
			t.Errorf("%s: %v by CEL, want false", shape, got)
		}
	}
}

func TestNativeShapesAllocateNothing(t *testing.T) {
	if raceDetector {
		t.Skip("folded texts borrow their room from a sync.Pool, which the race detector empties at random")
	}
	e := opened(t, lead.Event{Type: lead.Page, Name: "Pricing"}, `{"properties": {"url": "https://x.example/pricing?utm_source=ads", "plan": "Team", "n": 3, "o": {"flag": true}}}`)
	for _, text := range []string{
		`type == "page" && name in ["Home", "Pricing"]`,
		`page.path.startsWith("/pricing") && campaign.source == "ads"`,
		`properties.plan.lowerAscii().contains("tea") && properties.plan.lowerAscii().matches("^t")`,
		`properties.n >= 3 && properties.n in [1, 2, 3] && properties.o.flag`,
		`name.matches("(?i)^pri") && has(properties.o.flag) && properties.plan != null`,
		`!(properties.plan < "A") && properties.plan.upperAscii() == "TEAM"`,
	} {
		x := mustCompile(t, events, text)
		if got := x.OnEvent(e); got != True || !x.Native() {
			t.Errorf("%s: %v, native %v", text, got, x.Native())
		}
		if n := testing.AllocsPerRun(100, func() { x.OnEvent(e) }); n != 0 {
			t.Errorf("%s: %v allocations", text, n)
		}
	}
	p := somebody()
	for _, text := range []string{
		`employees >= 50 && industry in ["software", "retail"] && subscribed`,
		`fit >= 60 && count(demo_request, 30d) >= 2 && known(title) && "beta" in tags`,
		`founded > timestamp("2020-01-01T00:00:00Z") && title.lowerAscii().startsWith("vp")`,
	} {
		x := mustCompile(t, leads, text)
		if got := x.OnLead(p); got != True || !x.Native() {
			t.Errorf("%s: %v, native %v", text, got, x.Native())
		}
		if n := testing.AllocsPerRun(100, func() { x.OnLead(p) }); n != 0 {
			t.Errorf("%s: %v allocations", text, n)
		}
	}
}
