package rule

import (
	"strings"
	"testing"
)

// TestProblems checks what people are told: where, in which words, and what way
// out. `at` is the text that the place covers; "" takes any message part.
func TestProblems(t *testing.T) {
	t.Parallel()
	type want struct{ at, message, found, expected, suggestion string }
	tests := []struct {
		env  *Env
		text string
		want []want
	}{
		{leads, ``, []want{{message: "empty"}}},
		{leads, " // nothing\n", []want{{message: "empty"}}},
		{leads, `employes >= 50 && indutry == "x"`, []want{
			{"employes", "There is no employes", "employes", "attribute", "employees"},
			{"indutry", "There is no indutry", "indutry", "attribute", "industry"},
		}},
		{leads, `title.contain("x")`, []want{{"contain", "no function contain", "contain", "", "contains"}}},
		{leads, `startsWith(title, "x")`, []want{{"startsWith", "not called in this way", "startsWith", `text.startsWith("…")`, ""}}},
		{leads, `title.startsWith`, []want{{at: "title.startsWith", message: "behind a dot"}}},
		{leads, `employees`, []want{{"employees", "neither true nor false", "number", "", "compare"}}},
		{leads, `employees * 2`, []want{{"employees * 2", "neither true nor false", "number", "", ""}}},
		{leads, `title == 5`, []want{{`title == 5`, "cannot be compared", "number", "text", `"5"`}}},
		{leads, `"50" < employees`, []want{{`"50" < employees`, "cannot be compared", "", "", "50 without quotes"}}},
		{leads, `subscribed == "true"`, []want{{`subscribed == "true"`, "cannot be compared", "", "", "true without quotes"}}},
		{leads, `founded > "2020-01-01"`, []want{{`founded > "2020-01-01"`, "cannot be compared", "text", "time", "timestamp("}}},
		{leads, `title && subscribed`, []want{{"title", "true or false", "text", "a truth", "compare"}}},
		{leads, `!employees`, []want{{"!employees", "true or false", "number", "a truth", ""}}},
		{leads, `employees % 2 == 0`, []want{{"employees % 2", "whole numbers", "", "", "int(x) % 2"}}},
		{leads, `title + 5 == "x"`, []want{{"title + 5", "does not work", "text and number", "", ""}}},
		{leads, `tags.contains("x")`, []want{{at: `tags.contains("x")`, message: "does not work", suggestion: "in list"}}},
		{leads, `title in "abc"`, []want{{`title in "abc"`, "looks for an item", "text", "a list", "contains"}}},
		{leads, `title == null`, []want{{`title == null`, "never null", "null", "known(title)", "known(title)"}}},
		{leads, `has(title)`, []want{{"title", "entry of a map", "", "known(attribute)", "known"}}},
		{leads, `title.x == 1`, []want{{"title.x", "behind a dot", "text", "", ""}}},
		{leads, `timestamp("2020") < founded`, []want{{`"2020"`, "says no moment", "2020", "timestamp(", ""}}},
		{leads, `now() > founded`, []want{{at: "now", message: "no now()", suggestion: "since(signal)"}}},
		{leads, `founded.getHours("Europe/Berlin") > 9`, []want{{at: "getHours", message: "not called", expected: "time.getHours()"}}},
		{leads, `properties.plan == "x"`, []want{{at: "properties", message: "belongs to an event"}}},
		{leads, `tags.exists(title, title == "x")`, []want{{at: "exists", message: "has a meaning already"}}},
		{leads, `tags.all(1, true)`, []want{{at: "1", message: "names the item"}}},
		{leads, `count`, []want{{at: "count", message: "is a function", suggestion: "count(signal)"}}},

		// Atoms.
		{leads, `score + fit > 50`, []want{
			{"score", "only be compared with a number", "score", "score >= 50", "define a total"},
			{"fit", "only be compared with a number", "fit", "fit >= 50", "define a total"},
		}},
		{leads, `score > fit`, []want{{at: `score > fit`, message: "not with each other", suggestion: "define a total"}}},
		{leads, `score > employees`, []want{{at: `employees`, message: "written out", suggestion: "define a total"}}},
		{leads, `score in [1, 2]`, []want{{at: `score`, message: "only be compared with a number"}}},
		{leads, `score`, []want{{at: `score`, message: "only be compared with a number"}}},
		{leads, `string(score) == "5"`, []want{{at: `score`, message: "only be compared with a number"}}},
		{leads, `score > 1.2345`, []want{{at: `1.2345`, message: "three decimals", found: "1.2345"}}},
		{leads, `score > -1.2345`, []want{{at: `-1.2345`, message: "three decimals", found: "-1.2345"}}},
		{leads, `score > 1e3`, []want{{at: `1e3`, message: "plain number"}}},
		{leads, `score > "5"`, []want{{at: `"5"`, message: "written out"}}},
		{leads, `count(demo_request) + 1 > 3`, []want{{at: `count(demo_request)`, message: "only be compared with a whole number", suggestion: "compare count(…) with a number"}}},
		{leads, `count(demo_request) > employees`, []want{{at: `employees`, message: "written out"}}},
		{leads, `count(demo_request) > 1.0`, []want{{at: `1.0`, message: "whole number", found: "1.0"}}},
		{leads, `count(demo_request) > -1`, []want{{at: `-1`, message: "never negative", found: "-1"}}},
		{leads, `count(demo_request, 30d) > 1001`, []want{{at: `1001`, message: "at most 1000", found: "1001"}}},
		{leads, `count(demo_request, 0d) > 1`, []want{{at: `0d`, message: "longer than nothing", found: "0d"}}},
		{leads, `count(demo_request, 30) > 1`, []want{{at: `30`, message: "is a duration"}}},
		{leads, `count(demo_requst) > 1`, []want{{at: `demo_requst`, message: "no signal demo_requst", suggestion: "demo_request"}}},
		{leads, `count("demo_request") > 1`, []want{{at: `"demo_request"`, message: "missing", suggestion: "without quotes"}}},
		{leads, `count() > 1`, []want{{at: `count`, message: "not called", expected: "count(signal)"}}},
		{leads, `demo_request > 1`, []want{{at: `demo_request`, message: "is a signal", suggestion: "count(demo_request) >= 1"}}},
		{leads, `since(demo_request) > 30`, []want{{at: `30`, message: "with a duration", suggestion: "30d"}}},
		{leads, `since(demo_request) - 1d > 30d`, []want{{at: `since(demo_request)`, message: "with a duration"}}},
		{leads, `in_stage`, []want{{at: `in_stage`, message: "with a duration"}}},
		{leads, `in_stage > founded`, []want{{at: `founded`, message: "with a duration"}}},
		{leads, `known(demo_request)`, []want{{at: `demo_request`, message: "no attribute", suggestion: "count(demo_request) >= 1"}}},
		{leads, `known(titel)`, []want{{at: `titel`, message: "no attribute", suggestion: "title"}}},

		// Durations and other tokens; places are those of the text as written.
		{leads, `in_stage > 30d && since(demo_request) > 5days`, []want{{"5days", "no unit of time", "5days", "ms, s, m, h, d or w", "write 5d"}}},
		{leads, `in_stage > 30d && in_stage > 2d && titel == ""`, []want{{at: "titel", suggestion: "title"}}},
		{leads, `"é" == title && in_stage > 30d && titel == ""`, []want{{at: "titel", suggestion: "title"}}},
		{leads, "title == '''a\n30d''' // 30d \n && titel == ''", []want{{at: "titel", suggestion: "title"}}},
		{leads, `in_stage > 2months`, []want{{at: "2months", suggestion: "write 60d"}}},
		{leads, `in_stage > 1y`, []want{{at: "1y", suggestion: "write 365d"}}},
		{leads, `in_stage > 3D`, []want{{at: "3D", suggestion: "write 3d"}}},
		{leads, `in_stage > 1.5h`, []want{{at: "1.5h", message: "whole number of its unit"}}},
		{leads, `in_stage > 1h30m`, []want{{at: "1h30m", message: "one number and one unit"}}},
		{leads, `in_stage > 3651d`, []want{{at: "3651d", message: "at most ten years"}}},
		{leads, `in_stage > 99999999999999999999d`, []want{{at: "99999999999999999999d", message: "at most ten years"}}},
		{leads, `subscribed = true`, []want{{"=", "no operator", "=", "==", "write =="}}},
		{leads, `subscribed and known(title) or true`, []want{{at: "and", suggestion: "&&"}, {at: "or", suggestion: "||"}}},
		{leads, `not subscribed`, []want{{at: "not", suggestion: "write !"}}},
		{leads, `title not in ["a"]`, []want{{at: "not", suggestion: "!(x in […])"}}},
		{leads, `title ≠ "a" & subscribed`, []want{{at: "≠", suggestion: "!="}, {at: "&", suggestion: "&&"}}},
		{leads, `title == “VP”`, []want{{at: "“", message: "straight quotes"}}},
		{leads, `title == "a`, []want{{at: `"a`, message: "no closing quote"}}},
		{leads, `title == "\d"`, []want{{at: `\d`, message: "backslash", suggestion: `\\d`}}},
		{leads, `title == "\uD800"`, []want{{at: `"\uD800"`, message: "does not exist"}}},
		{leads, "title ==\u00a0\"a\"", []want{{at: "\u00a0", message: "U+00A0"}}},
		{leads, `größe > 5`, []want{{at: `größe`, message: "letters a to z"}}},
		{leads, `employees > 5 employees < 7`, []want{{at: `employees`, message: "an operator is missing"}}},
		{leads, `employees > `, []want{{at: `>`, message: "missing after >"}}},
		{leads, `&& subscribed`, []want{{at: `&&`, message: "missing before &&"}}},
		{leads, `(subscribed`, []want{{at: `(`, message: "never closed", expected: ")"}}},
		{leads, `subscribed)`, []want{{at: `)`, message: "closes nothing"}}},
		{leads, `title in ["a")`, []want{{at: `)`, message: "closed by ]", expected: "]"}}},
		{leads, `subscribed ? true`, []want{{at: `true`, message: "needs a :"}}},
		{leads, `subscribed : true`, []want{{at: `:`, message: "no ?"}}},
		{leads, `subscribed, true`, []want{{at: `,`, message: "comma"}}},
		{leads, `title. == "a"`, []want{{at: `.`, message: "after the dot"}}},
		{leads, `Foo{a: 1} == 1`, []want{{at: `{`, message: "an operator is missing"}}},
		{leads, `while == 1`, []want{{at: `while`, message: "keeps for itself"}}},
		{leads, `employees > 99999999999999999999`, []want{{at: `99999999999999999999`, message: "too large"}}},

		// Patterns.
		{leads, `title.matches("(")`, []want{{at: `"("`, message: "missing closing )"}}},
		{leads, `title.matches("(?=a)")`, []want{{at: `"(?=a)"`, message: "not well formed", suggestion: "look-around"}}},
		{leads, `title.matches(industry)`, []want{{at: `title.matches(industry)`, message: "written out"}}},

		// The scope of an event.
		{events, `propertie.plan == 1`, []want{{at: "propertie", suggestion: "properties", expected: "one of type, name"}}},
		{events, `count(x) > 1`, []want{{at: "count", message: "belongs to rules and stages"}}},
		{events, `known(properties.x)`, []want{{at: "known", message: "belongs to rules and stages", suggestion: "has("}}},
		{events, `in_stage > 1d`, []want{{at: "in_stage", message: "belongs to rules and stages"}}},
		{events, `has(name)`, []want{{at: "name", message: "entry of a map", expected: "has(properties.plan)"}}},
		{events, `type == 5`, []want{{at: "type == 5", message: "cannot be compared"}}},
		{events, `properties`, []want{{at: "properties", message: "neither true nor false", found: "map"}}},
	}
	for _, test := range tests {
		x, problems := test.env.Compile(test.text)
		if x != nil || len(problems) != len(test.want) {
			t.Errorf("%s: want %d problems, have expression %v and\n%s", test.text, len(test.want), x, describe(test.text, problems))
			continue
		}
		for i, w := range test.want {
			p := problems[i]
			at := test.text[p.Offset : p.Offset+p.Length]
			for part, pair := range map[string][2]string{
				"message": {p.Message.String(), w.message}, "found": {p.Found.String(), w.found},
				"expected": {p.Expected.String(), w.expected}, "suggestion": {p.Suggestion.String(), w.suggestion},
			} {
				if !strings.Contains(pair[0], pair[1]) {
					t.Errorf("%s: %s is %q, want %q", test.text, part, pair[0], pair[1])
				}
			}
			if at != w.at {
				t.Errorf("%s: is about %q, want %q", test.text, at, w.at)
			}
			if strings.Contains(p.Message.String()+p.Expected.String(), "@") || strings.Contains(p.Message.String(), "overload") {
				t.Errorf("%s: speaks of what is inside: %+v", test.text, p)
			}
		}
	}
}

func TestManyProblemsAreCut(t *testing.T) {
	t.Parallel()
	_, problems := leads.Compile(strings.Repeat("nothing || ", 100) + "true")
	if len(problems) != maxProblems {
		t.Errorf("%d problems", len(problems))
	}
}

func TestSuggest(t *testing.T) {
	t.Parallel()
	names := []string{"employees", "industry", "fit"}
	tests := []struct{ name, want string }{
		{"employes", "did you mean employees?"},
		{"emplyoees", "did you mean employees?"},
		{"Industry", "did you mean industry?"},
		{"fti", "did you mean fit?"},
		{"revenue", ""},
		{"", ""},
	}
	for _, test := range tests {
		if got := suggest(test.name, names); got.String() != test.want {
			t.Errorf("%q: %q, want %q", test.name, got, test.want)
		}
	}
}

func TestPatternSizeIsNoLessThanTheMachine(t *testing.T) {
	t.Parallel()
	for _, pattern := range []string{`a`, `abc`, `a*`, `(a|b)+c?`, `a{3,9}`, `(ab{2}){5}`, `[a-z0-9]+@x`, `(?i)vp`, `^$`, `(a{10}){10}`, `a{3,}`, ``} {
		size, machine := sizes(t, pattern)
		// The machine has a beginning and an end besides, and a jump for each choice.
		if 3*size+3 < machine {
			t.Errorf("%s: estimated %d, built %d", pattern, size, machine)
		}
	}
}
