package rule

import (
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"galena/internal/fault"
)

func TestReadRows(t *testing.T) {
	t.Parallel()
	text := func(s string) Literal { return Literal{TextLiteral, s} }
	number := func(s string) Literal { return Literal{NumberLiteral, s} }
	span := func(s string) Literal { return Literal{SpanLiteral, s} }
	for condition, want := range map[string]Rows{
		`subscribed`:                   {One, []Row{{Name: "subscribed", How: Holds}}},
		`(subscribed)`:                 {One, []Row{{Name: "subscribed", How: Holds}}},
		`! subscribed && known(title)`: {All, []Row{{Name: "subscribed", How: Holds, Not: true}, {Name: "title", How: Known}}},
		`employees>=50 || employees == -1`: {Any, []Row{
			{Name: "employees", How: AtLeast, Values: []Literal{number("50")}}, {Name: "employees", How: Is, Values: []Literal{number("-1")}}}},
		`title == 'a "b" \'c\' \\d' && title.matches(r"^\d")`: {All, []Row{
			{Name: "title", How: Is, Values: []Literal{text(`a "b" 'c' \d`)}}, {Name: "title", How: Matches, Values: []Literal{text(`^\d`)}}}},
		`!(industry in ["a", "b, c"]) && !("x" in tags)`: {All, []Row{
			{Name: "industry", How: OneOf, Not: true, Values: []Literal{text("a"), text("b, c")}}, {Name: "tags", How: Item, Not: true, Values: []Literal{text("x")}}}},
		`count( demo_request , 2w ) >= 2 && since(pricing_visit) < 7d && in_stage > 90m`: {All, []Row{
			{About: Tally, Name: "demo_request", Window: "2w", How: AtLeast, Values: []Literal{number("2")}},
			{About: Elapsed, Name: "pricing_visit", How: Below, Values: []Literal{span("7d")}},
			{Name: "in_stage", How: Above, Values: []Literal{span("90m")}}}},
		`has(properties.plan) && !page.path.startsWith("/a")`: {All, []Row{
			{Name: "properties.plan", How: Known}, {Name: "page.path", How: StartsWith, Not: true, Values: []Literal{text("/a")}}}},
		`properties.meeting != true`: {One, []Row{{Name: "properties.meeting", How: IsNot, Values: []Literal{{TruthLiteral, "true"}}}}},
		`!same(a, b, properties.asset, 7d) && same( a , b , page.path )`: {All, []Row{
			{About: Likeness, Name: "a", Other: "b", Of: "properties.asset", Window: "7d", How: Holds, Not: true},
			{About: Likeness, Name: "a", Other: "b", Of: "page.path", How: Holds}}},

		// Groups.
		"fit >= 20 && (subscribed ||\n fit > 3)": {All, []Row{
			{Name: "fit", How: AtLeast, Values: []Literal{number("20")}},
			{About: Group, Joint: Any, Rows: []Row{{Name: "subscribed", How: Holds}, {Name: "fit", How: Above, Values: []Literal{number("3")}}}}}},
		`subscribed && known(title) || reachable`: {Any, []Row{
			{About: Group, Joint: All, Rows: []Row{{Name: "subscribed", How: Holds}, {Name: "title", How: Known}}}, {Name: "reachable", How: Holds}}},
		`((subscribed && (a || b)) || c) && d`: {All, []Row{
			{About: Group, Joint: Any, Rows: []Row{{About: Otherwise, CEL: "subscribed && (a || b)"}, {Name: "c", How: Holds}}}, {Name: "d", How: Holds}}},

		// What no row can ask is CEL.
		"fit >= 20 && ((subscribed ?\n fit > 3 : true))": {All, []Row{
			{Name: "fit", How: AtLeast, Values: []Literal{number("20")}}, {About: Otherwise, CEL: "subscribed ? fit > 3 : true"}}},
		`fit >= 20 && !(subscribed || known(title))`: {All, []Row{
			{Name: "fit", How: AtLeast, Values: []Literal{number("20")}}, {About: Otherwise, CEL: "!(subscribed || known(title))"}}},
		`!(employees >= 50)`:               {One, []Row{{About: Otherwise, CEL: "!(employees >= 50)"}}},
		`!title == "x"`:                    {One, []Row{{About: Otherwise, CEL: `!title == "x"`}}},
		`!"x" in tags`:                     {One, []Row{{About: Otherwise, CEL: `!"x" in tags`}}},
		`50 <= employees`:                  {One, []Row{{About: Otherwise, CEL: `50 <= employees`}}},
		`title == "a\nb"`:                  {One, []Row{{About: Otherwise, CEL: `title == "a\nb"`}}},
		`title == null`:                    {One, []Row{{About: Otherwise, CEL: `title == null`}}},
		`title == b"x"`:                    {One, []Row{{About: Otherwise, CEL: `title == b"x"`}}},
		`title == """x"""`:                 {One, []Row{{About: Otherwise, CEL: `title == """x"""`}}},
		`title.lowerAscii().contains("x")`: {One, []Row{{About: Otherwise, CEL: `title.lowerAscii().contains("x")`}}},
		`same(a, b, properties["x"])`:      {One, []Row{{About: Otherwise, CEL: `same(a, b, properties["x"])`}}},
		`distinct(a, properties["x"]) > 2`: {One, []Row{{About: Otherwise, CEL: `distinct(a, properties["x"]) > 2`}}},
		`distinct(demo_request, page.path, 2w) > 2`: {One, []Row{
			{About: Variety, Name: "demo_request", Of: "page.path", Window: "2w", How: Above, Values: []Literal{number("2")}}}},
		`subscribed ? fit > 1 : fit > 2`: {One, []Row{{About: Otherwise, CEL: `subscribed ? fit > 1 : fit > 2`}}},
	} {
		got, ok := ReadRows(condition)
		if !ok || !reflect.DeepEqual(got, want) {
			t.Errorf("%s is read as\n%+v, want\n%+v", condition, got, want)
		}
	}
	for _, condition := range []string{"", "subscribed // yes", "subscribed &&", "(subscribed", `title == "x`} {
		if rows, ok := ReadRows(condition); ok {
			t.Errorf("%q is read as %+v", condition, rows)
		}
	}
}

func TestWriteRowsRefuses(t *testing.T) {
	t.Parallel()
	for want, row := range map[string]Row{
		"Choose what it asks about":  {How: Holds},
		"Row 1: Choose what it asks": {Name: "a || b", How: Holds},
		"Write the value":            {Name: "title", How: Is},
		"is not a number":            {Name: "employees", How: Is, Values: []Literal{{NumberLiteral, "1 || true"}}},
		"is not a time":              {About: Elapsed, Name: "demo_request", How: Above, Values: []Literal{{SpanLiteral, "soon"}}},
		`"1d)" is not a time`:        {About: Tally, Name: "demo_request", Window: "1d)", How: Above, Values: []Literal{{NumberLiteral, "1"}}},
		"a text on one line":         {Name: "title", How: Is, Values: []Literal{{TextLiteral, "a\nb"}}},
		"true or false":              {Name: "subscribed", How: Is, Values: []Literal{{TruthLiteral, "yes"}}},
		"has its own contrary":       {Name: "employees", How: AtLeast, Not: true, Values: []Literal{{NumberLiteral, "1"}}},
		"where in the events":        {About: Variety, Name: "demo_request", Of: "a b", How: Above, Values: []Literal{{NumberLiteral, "1"}}},
		"can only be compared":       {About: Tally, Name: "demo_request", How: Holds},
		"Choose the other signal":    {About: Likeness, Name: "demo_request", Of: "page.path", How: Holds},
		"holds or does not":          {About: Likeness, Name: "a", Other: "b", Of: "page.path", How: Above, Values: []Literal{{NumberLiteral, "1"}}},
		"Row 1: a group has rows":    {About: Group},
		"Row 2: Choose what":         {About: Group, Rows: []Row{{How: Holds}}},
		"Row 1: a group has no gr":   {About: Group, Rows: []Row{{About: Group}}},
		"Choose what is asked":       {Name: "title", How: "like", Values: []Literal{{TextLiteral, "a"}}},
		"Comments have no place":     {About: Otherwise, CEL: "subscribed // &&"},
		"closes nothing":             {About: Otherwise, CEL: "fit > 1) || (true"},
		"stands on one line":         {About: Otherwise, CEL: "fit > 1 ||\ntrue"},
		"is empty":                   {About: Otherwise},
	} {
		text, err := Rows{Rows: []Row{row}}.Write()
		if err == nil || fault.KindOf(err) != fault.Invalid || !strings.Contains(fault.Text(err), want) {
			t.Errorf("%+v becomes %q, %v; want an error with %q", row, text, err, want)
		}
	}
	if text, err := (Rows{}).Write(); err == nil {
		t.Errorf("no rows become %q", text)
	}
}

// drawRow makes a row that can be written, about the catalogue of the tests.
func drawRow(t *rapid.T) Row {
	text := func() Literal {
		return Literal{TextLiteral, rapid.StringMatching(`[a-z"'\\ ,&|(){}\[\]é😀#:/?]{0,8}`).Draw(t, "text")}
	}
	number := func() Literal {
		return Literal{NumberLiteral, rapid.StringMatching(`-?(0|[1-9][0-9]{0,3})(\.[0-9]{1,2})?`).Draw(t, "number")}
	}
	count := func() Literal { return Literal{NumberLiteral, rapid.StringMatching(`[1-9][0-9]?`).Draw(t, "count")} }
	span := func() string { return rapid.StringMatching(`[1-9][0-9]?(m|h|d|w)`).Draw(t, "span") }
	not := rapid.Bool().Draw(t, "not")
	order := rapid.SampledFrom([]How{Below, AtMost, Above, AtLeast}).Draw(t, "order")
	switch rapid.IntRange(0, 11).Draw(t, "kind") {
	case 0:
		return Row{Name: "employees", How: order, Values: []Literal{number()}}
	case 1:
		return Row{Name: "title", How: rapid.SampledFrom([]How{Is, IsNot}).Draw(t, "equal"), Values: []Literal{text()}}
	case 2:
		return Row{Name: "title", How: rapid.SampledFrom([]How{Contains, StartsWith, EndsWith}).Draw(t, "method"), Not: not, Values: []Literal{text()}}
	case 3:
		return Row{Name: "industry", How: OneOf, Not: not, Values: rapid.SliceOfN(rapid.Custom(func(*rapid.T) Literal { return text() }), 1, 3).Draw(t, "list")}
	case 4:
		return Row{Name: "tags", How: Item, Not: not, Values: []Literal{text()}}
	case 5:
		return Row{Name: "title", How: Known, Not: not}
	case 6:
		return Row{Name: "subscribed", How: Holds, Not: not}
	case 7:
		return Row{Name: "fit", How: order, Values: []Literal{number()}}
	case 8:
		if rapid.Bool().Draw(t, "different") {
			return Row{About: Variety, Name: "demo_request", Of: rapid.SampledFrom([]string{"page.path", "properties.asset", "campaign.source"}).Draw(t, "of"),
				Window: rapid.SampledFrom([]string{"", span()}).Draw(t, "window"), How: order, Values: []Literal{count()}}
		}
		return Row{About: Tally, Name: "demo_request", Window: rapid.SampledFrom([]string{"", span()}).Draw(t, "window"), How: order, Values: []Literal{count()}}
	case 10:
		return Row{About: Likeness, Name: "demo_request", Other: "pricing_visit", Of: "properties.asset",
			Window: rapid.SampledFrom([]string{"", span()}).Draw(t, "window"), How: Holds, Not: not}
	case 9:
		return Row{About: Elapsed, Name: "pricing_visit", How: order, Values: []Literal{{SpanLiteral, span()}}}
	}
	return Row{About: Otherwise, CEL: rapid.SampledFrom([]string{
		"subscribed ? fit > 1 : fit > 2", "50 <= employees", `title.lowerAscii().contains("x")`, "!(fit > 3)", "!(subscribed && fit > 3)",
	}).Draw(t, "cel")}
}

// What rows say is read as the same rows, and compiles.
func TestRowsComeBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		rows := Rows{Rows: rapid.SliceOfN(rapid.Custom(drawRow), 1, 4).Draw(t, "rows")}
		joint := rapid.SampledFrom([]Joint{All, Any})
		if len(rows.Rows) > 1 {
			rows.Joint = joint.Draw(t, "joint")
			for i := range rows.Rows {
				if rapid.IntRange(0, 3).Draw(t, "group") == 0 {
					rows.Rows[i] = Row{About: Group, Joint: joint.Draw(t, "joint"), Rows: rapid.SliceOfN(rapid.Custom(drawRow), 2, 3).Draw(t, "rows")}
				}
			}
		}
		text, err := rows.Write()
		if err != nil {
			t.Fatal(err)
		}
		if _, problems := leads.Compile(text); len(problems) > 0 {
			t.Fatalf("%s: %v", text, problems)
		}
		got, ok := ReadRows(text)
		if !ok || !reflect.DeepEqual(got, rows) {
			t.Fatalf("%s is read as\n%+v, written as\n%+v", text, got, rows)
		}
		again, err := got.Write()
		if err != nil || again != text {
			t.Fatalf("%s becomes %s, %v", text, again, err)
		}
	})
}

// What is read as rows and written again means the same.
func TestRowsKeepTheMeaning(t *testing.T) {
	t.Parallel()
	leaves := []string{`subscribed`, `!subscribed`, `!(subscribed)`, `employees>=50`, `employees < -3`, `fit >= 20`, `title == 'VP Sales'`, `title == "VP \"Sales\""`, `title.matches(r"^VP\b")`, `title.matches("^VP\\b")`,
		`!(industry in ["software", 'x'])`, `!("beta" in tags)`, `count(pricing_visit,2w) >= 1`, `in_stage > 7d`, `!(employees >= 50)`, `(subscribed ? fit >= 20 : known(title))`, `!known(title)`}
	var condition func(*rapid.T, int) string
	condition = func(t *rapid.T, depth int) string {
		if depth == 0 || rapid.IntRange(0, 2).Draw(t, "leaf") == 0 {
			return rapid.SampledFrom(leaves).Draw(t, "what")
		}
		one, other := condition(t, depth-1), condition(t, depth-1)
		return rapid.SampledFrom([]string{one + " && " + other, one + "\n||" + other, "(" + one + ")", "!(" + one + ")", "(" + one + " || " + other + ") && " + one}).Draw(t, "joined")
	}
	rapid.Check(t, func(t *rapid.T) {
		text := condition(t, 3)
		was, problems := leads.Compile(text)
		if was == nil {
			t.Fatalf("%s: %v", text, problems)
		}
		rows, ok := ReadRows(text)
		if !ok {
			t.Fatalf("%s has no rows", text)
		}
		written, err := rows.Write()
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		is, problems := leads.Compile(written)
		if is == nil {
			t.Fatalf("%s became %s: %v", text, written, problems)
		}
		for who, l := range map[string]Lead{"somebody": somebody(), "nobody": nobody()} {
			if got, want := is.OnLead(l), was.OnLead(l); got != want {
				t.Fatalf("%s: %s is %v, and %s %v", who, written, got, text, want)
			}
		}
	})
}
