package playbook

import (
	"strings"
	"testing"
)

func TestDescribeShipped(t *testing.T) {
	t.Parallel()
	for _, name := range ShippedNames() {
		text, _ := Shipped(name)
		d, problems := Parse(text)
		if d == nil {
			t.Fatal(problems)
		}
		golden(t, "testdata/describe/"+name+".md", []byte(Describe(d, nil)))
	}
}

// TestDescribeIsInert writes a playbook whose texts are Markdown and HTML.
func TestDescribeIsInert(t *testing.T) {
	t.Parallel()
	d, problems := Parse(minimal(`
description: "<script>alert(1)</script> [x](javascript:1)"
signals: {a: {label: "**bold** | cell", event: "| a |"}}
scores: {s: {label: "# head", rules: [{on: a, points: 1, label: "a\nb"}]}}
stages: [{name: "` + "`" + `x` + "`" + `", role: ready, when: 'a == "` + "`" + `" || b'}]
`))
	if d == nil {
		t.Fatal(problems)
	}
	text := Describe(d, nil)
	for _, alive := range []string{" <script", "\n<script", " [x](", "**bold**", "### # head", "a\nb"} {
		if strings.Contains(text, alive) {
			t.Errorf("the description holds %q alive:\n%s", alive, text)
		}
	}
	if want := "`` a == \"`\" || b ``"; !strings.Contains(text, want) {
		t.Errorf("the condition is not shown as %s:\n%s", want, text)
	}
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "| the lead") && strings.Count(strings.ReplaceAll(line, `\|`, ""), "|") != 4 {
			t.Errorf("a bar of a text ends a cell: %s", line)
		}
	}
}

func TestRulesInWords(t *testing.T) {
	t.Parallel()
	for rule, want := range map[string]string{
		"{on: a, points: properties.n * 2, max: 50}":                 "| a | `properties.n * 2`, at least 0 and at most 50 | each time | never |",
		"{on: a, points: 5, when: 'count(a, 1d) >= 7'}":              "| a, when the lead did a at least 7 times within 1 day (`count(a, 1d) >= 7`) | +5 | each time | never |",
		"{on: a, points: 5, when: 'distinct(a, page.path, 7d) > 2'}": "| a, when the lead did a with more than 2 different path within 7 days (`distinct(a, page.path, 7d) > 2`) | +5 | each time | never |",
		"{on: a, points: 5, when: 'same(a, z, properties.mail.id)'}": "| a, when the lead did a and did z with the same id (`same(a, z, properties.mail.id)`) | +5 | each time | never |",
		"{name: b, every: week, reset: {below: 0}}":                  "| b | back to nothing if below 0 | at the beginning of each week |  |",
		"{on: a, reset: all}":                                        "| a | back to nothing | each time |  |",
		"{name: b, silence: 90d, of: a, reset: {above: 100}}":        "| has not a for 90d (90 days without: a) | back to nothing if above 100 | each time |  |",
		"{name: b, when: reachable, points: 2 * 3, max: 50}":         "| b: `reachable` | `2 * 3`, at least 0 and at most 50 | as long as it holds | never |",
	} {
		d, problems := Parse(minimal("signals: {a: {event: A}}\nscores: {s: {rules: [" + rule + "]}}"))
		if d == nil {
			t.Fatal(problems)
		}
		if text := Describe(d, nil); !strings.Contains(text, want+"\n") {
			t.Errorf("%s is not\n%s\nin\n%s", rule, want, text)
		}
	}
}

func TestDecayInWords(t *testing.T) {
	t.Parallel()
	for decay, want := range map[string]string{
		"{half_life: 30d}":         "half after 30 days",
		"{linear: 2.5, every: 7d}": "by 2.5 every 7 days",
		"{percent: 25, every: 1d}": "by 25% of what is left every 1 day",
		"{expires: 90d}":           "gone after 90 days",
		"none":                     "never",
	} {
		d, problems := Parse(minimal("signals: {a: {event: A}}\nscores: {s: {rules: [{on: a, points: 1, decay: " + decay + "}]}}"))
		if d == nil {
			t.Fatal(problems)
		}
		if text := Describe(d, nil); !strings.Contains(text, "| "+want+" |") {
			t.Errorf("%s is not described as %q:\n%s", decay, want, text)
		}
	}
}

func TestStopInWords(t *testing.T) {
	t.Parallel()
	d, problems := Parse(minimal(`
signals: {a: {event: A}}
scores: {s: {stop: {score: all, above: 300}, rules: [{on: a, points: 1, limit: once}, {name: b, on: a, points: 2, stop: none}]}}
totals: {all: {label: Everything, sum: s}}`))
	if d == nil {
		t.Fatal(problems)
	}
	for _, want := range []string{"| +1 | once, no more once Everything is above 300 |", "| +2 | each time |"} {
		if text := Describe(d, nil); !strings.Contains(text, want) {
			t.Errorf("it is not said that %q:\n%s", want, text)
		}
	}
}

func TestSegmentsInWords(t *testing.T) {
	t.Parallel()
	d, problems := Parse(minimal(`
attributes: {employees: number}
segments: {mid: {label: is of a mid-sized company, when: employees >= 50}}
stages: [{name: Lead, role: identified, when: mid && reachable}]`))
	if d == nil {
		t.Fatal(problems)
	}
	for _, want := range []string{
		"| the lead is of a mid-sized company | `mid` | `employees >= 50` |", "enters it when it is of a mid-sized company and can be reached.",
	} {
		if text := Describe(d, nil); !strings.Contains(text, want) {
			t.Errorf("it is not said that %q:\n%s", want, text)
		}
	}
}

func TestGradeInWords(t *testing.T) {
	t.Parallel()
	d, problems := Parse(minimal(`
signals: {a: {event: A}}
scores: {s: {label: Fit, rules: [{on: a, points: 1}]}}
grade: {numbers: {score: s, 1: 9.5, 3: -1}}
tests: [{name: x, events: [{event: A}], expect: {grade: "3"}}]`))
	if d == nil {
		t.Fatal(problems)
	}
	for _, want := range []string{"- By Fit: **1** from 9.5, **3** from -1\n", "Right then: the grade is **3**."} {
		if text := Describe(d, nil); !strings.Contains(text, want) {
			t.Errorf("it is not said that %q:\n%s", want, text)
		}
	}
}

func TestConditionInWords(t *testing.T) {
	t.Parallel()
	d, problems := Parse(minimal(`
attributes: {title: {type: text, label: job title}, age: number, employees: {type: number, label: number of employees}}
signals: {visit: {label: visited pricing, type: page}, demo: {event: Demo}}
scores: {fit: {label: Fit, rules: [{on: visit, points: 1}]}}
`))
	if d == nil {
		t.Fatal(problems)
	}
	w := wordsFor(d, nil)
	for text, want := range map[string]string{
		"reachable": "can be reached",
		"count(visit) >= 1 && fit > 2.5 && employees == 50": "visited pricing at least once, has a Fit of more than 2.5 and has a number of employees of 50",
		"count(visit, 36h) < 2":                             "visited pricing less than twice within 36 hours",
		"count(demo) >= 2 && since(demo) < 1d && age > 3":   "did demo at least twice, last did demo less than 1 day ago and has an age of more than 3",
		"since(visit) > 1d":                                 "last visited pricing more than 1 day ago",
		`title in ["CEO", "VP"] && known(employees)`:        `has as job title one of "CEO", "VP" and has a known number of employees`,
		"reachable || identified":                           "",
		`title.startsWith("V")`:                             "",
		`title in ["a && b"]`:                               "",
		"!reachable":                                        "",
	} {
		if got, ok := w.condition(text); got != want || ok != (want != "") {
			t.Errorf("%s is told as %q, want %q", text, got, want)
		}
	}
}
