package rule

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"galena/internal/lead"
)

// The property tests here write random conditions and random data, and compare
// what runs natively with what CEL says of the same.

var (
	someTexts   = []string{"", "a", "A", "ab", "Ab", "b", "VP Sales", "/pricing", "é", "12", "true"}
	someNumbers = []string{"0", "1", "-1", "12", "1.5", "50", "1e3", "9007199254740993"}
	patterns    = []string{`a`, `^a`, `(?i)A$`, `^$`, `[0-9]+`, `é|b`}
	operators6  = []string{"==", "!=", "<", "<=", ">", ">="}
)

type writer struct{ t *rapid.T }

func (w writer) of(list ...string) string { return rapid.SampledFrom(list).Draw(w.t, "choice") }
func (w writer) quoted() string           { return fmt.Sprintf("%q", w.of(someTexts...)) }
func (w writer) list(item func() string) string {
	n := rapid.IntRange(1, 14).Draw(w.t, "items")
	items := make([]string, n)
	for i := range items {
		items[i] = item()
	}
	return "[" + strings.Join(items, ", ") + "]"
}
func (w writer) number() string { return w.of(someNumbers...) }

// compare writes a comparison with a constant on either side.
func (w writer) compare(subject string, constant string, ops ...string) string {
	if rapid.Bool().Draw(w.t, "flip") {
		return constant + " " + w.of(ops...) + " " + subject
	}
	return subject + " " + w.of(ops...) + " " + constant
}

func (w writer) textTest(subject string) string {
	folded := subject + w.of("", "", ".lowerAscii()", ".upperAscii()")
	switch rapid.IntRange(0, 4).Draw(w.t, "text test") {
	case 0:
		return w.compare(folded, w.quoted(), operators6...)
	case 1:
		return folded + " in " + w.list(w.quoted)
	case 2:
		return fmt.Sprintf("%s.matches(%q)", folded, w.of(patterns...))
	default:
		return fmt.Sprintf("%s.%s(%s)", folded, w.of("startsWith", "endsWith", "contains"), w.quoted())
	}
}

func (w writer) numberTest(subject string) string {
	switch rapid.IntRange(0, 3).Draw(w.t, "number test") {
	case 0:
		return subject + " in " + w.list(w.number)
	case 1:
		return w.compare(subject+w.of(" * 2", " + 1", " / 3", " - 1.5"), w.number(), operators6...)
	default:
		return w.compare(subject, w.number(), operators6...)
	}
}

// condition joins what leaf writes by operators.
func (w writer) condition(depth int, leaf func() string) string {
	if depth == 0 {
		return leaf()
	}
	sub := func() string { return w.condition(depth-1, leaf) }
	switch rapid.IntRange(0, 9).Draw(w.t, "shape") {
	case 0, 1, 2:
		return "(" + sub() + " && " + sub() + ")"
	case 3, 4, 5:
		return "(" + sub() + " || " + sub() + ")"
	case 6:
		return "!(" + sub() + ")"
	case 7:
		return "((" + sub() + ") == (" + sub() + "))"
	case 8:
		return "((" + sub() + ") ? (" + sub() + ") : (" + sub() + "))"
	default:
		return leaf()
	}
}

func (w writer) leadLeaf() string {
	switch rapid.IntRange(0, 12).Draw(w.t, "leaf") {
	case 0, 1:
		return w.numberTest("employees")
	case 2, 3:
		return w.textTest(w.of("title", "industry"))
	case 4:
		return w.of("subscribed", "subscribed == true", "true != subscribed", "true", "false")
	case 5:
		return w.compare("founded", fmt.Sprintf("timestamp(%q)", w.of("2020-05-01T12:00:00Z", "2020-05-01T12:00:00.0005Z", "1969-12-31T23:59:59.9995Z")), operators6...)
	case 6:
		return w.quoted() + " in tags"
	case 7:
		return "known(" + w.of("employees", "title", "subscribed", "founded", "tags") + ")"
	case 8:
		return w.compare(w.of("score", "fit"), w.of("0", "60", "-2.5"), operators6...)
	case 9:
		return w.compare(w.of("count(demo_request)", "count(pricing_visit, 30d)"), w.of("0", "3"), operators6...)
	case 10:
		return w.compare(w.of("since(demo_request)", "in_stage"), w.of("0s", "7d", "12h"), operators6...)
	case 11:
		return w.of("size(tags) > 1", "title == industry", `tags.exists(x, x == "a" || score > 60)`, `tags.all(x, x != title)`, "size(title) == employees")
	default:
		return w.of(`title.trim() == "a"`, "founded.getFullYear() >= 2020", "employees / 0 > 1", "int(employees) % 2 == 0", `tags.exists_one(x, x == "a")`, "founded + 30d > founded")
	}
}

func (w writer) truth() Truth { return Truth(rapid.IntRange(0, 2).Draw(w.t, "truth")) }

func (w writer) person() *person {
	p := nobody()
	given := func(slot int, v lead.Value) {
		if rapid.IntRange(0, 3).Draw(w.t, "given") > 0 {
			p.attributes[slot] = v
		}
	}
	given(0, lead.Value{Kind: lead.Number, Num: rapid.SampledFrom([]float64{0, 1, -1, 12, 1.5, 50, 9007199254740992}).Draw(w.t, "employees")})
	given(1, lead.Value{Kind: lead.Text, Text: w.of(someTexts...)})
	given(2, lead.Value{Kind: lead.Text, Text: w.of(someTexts...)})
	given(3, lead.Value{Kind: lead.Bool, Num: rapid.SampledFrom([]float64{0, 1}).Draw(w.t, "subscribed")})
	given(4, lead.Value{Kind: lead.Moment, Num: rapid.SampledFrom([]float64{-1, 0, 1588334400000, 1588334400001}).Draw(w.t, "founded")})
	given(5, lead.Value{Kind: lead.List, List: rapid.SliceOfN(rapid.SampledFrom(someTexts), 1, 4).Draw(w.t, "tags")})
	truths := map[Atom]Truth{}
	p.holds = func(a *Atom) Truth {
		if _, ok := truths[*a]; !ok {
			truths[*a] = w.truth()
		}
		return truths[*a]
	}
	return p
}

// perRun is how many conditions are tried on how many data in one run of a property.
const perRun = 12

func (w writer) conditions(e *Env, leaf func() string) []*Expr {
	var list []*Expr
	for range perRun {
		text := w.condition(rapid.SampledFrom([]int{0, 0, 1, 2, 4}).Draw(w.t, "depth"), leaf)
		if len(text) > MaxText {
			continue
		}
		x, problems := e.Compile(text)
		if x == nil {
			w.t.Fatalf("%s\n%s", text, describe(text, problems))
		}
		list = append(list, x)
	}
	return list
}

func TestNativeAgreesWithCELOnLeads(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := writer{t}
		conditions := w.conditions(leads, w.leadLeaf)
		for range perRun {
			p := w.person()
			for _, x := range conditions {
				if native, cel := x.OnLead(p), x.OnLeadByCEL(p); native != cel {
					t.Fatalf("%s\non %+v\nis %v, by CEL %v", x.Text(), p.attributes, native, cel)
				}
			}
		}
	})
}

func (w writer) path() string {
	return w.of("properties.s", `properties["s"]`, "properties.n", "properties.o.s", "properties.o.o.n", `properties["a b"]`,
		"traits.s", "context.n", "page.path", "page.url", "page.s", "page.path.s", "campaign.source", "campaign.name", "campaign.s", "context.page.path")
}

func (w writer) eventLeaf() string {
	path := w.path()
	switch rapid.IntRange(0, 11).Draw(w.t, "leaf") {
	case 0, 1:
		return w.numberTest(path)
	case 2, 3, 4:
		return w.textTest(path)
	case 5:
		return w.textTest(w.of("type", "name"))
	case 6:
		return w.of(path, path+" == true", "false != "+path)
	case 7:
		return "has(" + w.of("properties.s", "properties.o.s", "properties.o.o.n", "traits.s", "page.path", "page.path.s", "page.s", "campaign.source", "campaign.source.s", "campaign.s") + ")"
	case 8:
		return w.compare(path, "null", "==", "!=")
	case 9:
		return path + " in " + w.list(func() string { return w.of(w.quoted(), w.number(), "null", "true") })
	case 10:
		return w.of(path+" == "+w.path(), path+" < "+w.path(), w.quoted()+" in "+path, path+".exists(x, x == "+w.quoted()+")", "size("+path+") > 1", path+"[0] == 1", "int("+path+") == 1")
	default:
		return w.of("page", "campaign", "properties") + w.of(".size() > 1", ".exists(k, k == \"s\")", " == properties")
	}
}

func (w writer) value(depth int) any {
	switch rapid.IntRange(0, 7+depth).Draw(w.t, "value") {
	case 0, 1, 2:
		return w.of(someTexts...)
	case 3, 4:
		return rapid.SampledFrom([]float64{0, 1, -1, 12, 1.5, 50, 9007199254740992}).Draw(w.t, "number")
	case 5:
		return rapid.Bool().Draw(w.t, "bool")
	case 6:
		return nil
	case 7:
		list := make([]any, rapid.IntRange(0, 3).Draw(w.t, "length"))
		for i := range list {
			list[i] = w.value(0)
		}
		return list
	default:
		return w.object(depth - 1)
	}
}

func (w writer) object(depth int) map[string]any {
	m := map[string]any{}
	for _, key := range []string{"s", "n", "o", "a b", "path", "source"} {
		if rapid.Bool().Draw(w.t, "given") {
			m[key] = w.value(depth)
		}
	}
	if rapid.IntRange(0, 2).Draw(w.t, "address") == 0 {
		m["url"] = w.of("https://x.example/pricing?utm_source=a&utm_campaign=Ab#c", "/pricing?utm_source=a+b%20", "pricing", "")
	}
	return m
}

func (w writer) event() *lead.Event {
	e := &lead.Event{Type: rapid.SampledFrom([]lead.Type{lead.Track, lead.Page, lead.Identify}).Draw(w.t, "type"), Name: w.of(someTexts...)}
	if rapid.IntRange(0, 5).Draw(w.t, "bare") == 0 {
		return e
	}
	e.Properties, e.Traits, e.Context = w.object(2), w.object(1), w.object(1)
	if rapid.Bool().Draw(w.t, "page") {
		e.Context["page"] = w.object(1)
	}
	if rapid.IntRange(0, 2).Draw(w.t, "campaign") == 0 {
		e.Context["campaign"] = w.value(1)
	}
	return e
}

func TestNativeAgreesWithCELOnEvents(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := writer{t}
		conditions := w.conditions(events, w.eventLeaf)
		for range perRun {
			e := w.event()
			for _, x := range conditions {
				if native, cel := x.OnEvent(e), x.OnEventByCEL(e); native != cel {
					t.Fatalf("%s\non %+v\nis %v, by CEL %v", x.Text(), e, native, cel)
				}
			}
		}
	})
}
