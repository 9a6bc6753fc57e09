package view

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"galena/internal/playbook"
)

func TestReadAgreement(t *testing.T) {
	t.Parallel()
	a := ReadAgreement("# Title\n\nIt \\*is\\* so.\n\n## What people do\n\n| Signal | Name |\n| --- | --- |\n| a \\| b | `x \\| y` |\n\n"+
		"### Fit (`fit`)\n\n| Rule |\n| --- |\n| `` a`b `` |\n\n## The stages\n\n1. **Lead** (role identified)\n\n   Criterion: `a > 1`\n\n2. **MQL**\n\n- one\n- two\n", nil)
	want := []Block{
		{Text: []Span{{Text: "It *is* so."}}},
		{Heading: 2, ID: "what-people-do", Text: []Span{{Text: "What people do"}}},
		{Head: [][]Span{{{Text: "Signal"}}, {{Text: "Name"}}},
			Rows: []Row{{ID: "what-people-do-1", Cells: [][]Span{{{Text: "a | b"}}, {{Text: "x | y", Code: true}}}}}},
		{Heading: 3, ID: "what-people-do-fit", Text: []Span{{Text: "Fit ("}, {Text: "fit", Code: true}, {Text: ")"}}},
		{Head: [][]Span{{{Text: "Rule"}}}, Rows: []Row{{ID: "what-people-do-fit-1", Cells: [][]Span{{{Text: "a`b", Code: true}}}}}},
		{Heading: 2, ID: "the-stages", Text: []Span{{Text: "The stages"}}},
		{Ordered: true, Start: 1, Items: []Item{
			{ID: "the-stages-1", Blocks: []Block{{Text: []Span{{Text: "Lead", Strong: true}, {Text: " (role identified)"}}},
				{Text: []Span{{Text: "Criterion: "}, {Text: "a > 1", Code: true}}}}},
			{ID: "the-stages-2", Blocks: []Block{{Text: []Span{{Text: "MQL", Strong: true}}}}},
		}},
		{Items: []Item{{ID: "the-stages-3", Blocks: []Block{{Text: []Span{{Text: "one"}}}}}, {ID: "the-stages-4", Blocks: []Block{{Text: []Span{{Text: "two"}}}}}}},
	}
	for i := range max(len(want), len(a.Blocks)) {
		if i >= len(want) || i >= len(a.Blocks) || !reflect.DeepEqual(a.Blocks[i], want[i]) {
			t.Fatalf("block %d of %+v", i, a.Blocks)
		}
	}
}

// Whatever a playbook calls its things, its readers see just that.
func TestAgreementSaysWhatIsMeant(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"a | b", `back\slash`, "`tick`", "**bold**", "<script>alert(1)</script>", "[x](javascript:alert(1))", "_a_ # b", "שלום", `end\`, "``", "- x"} {
		source := fmt.Sprintf("galena: 1\nname: N\ntime_zone: UTC\nsignals:\n  visit: {label: %q, event: Visit}\nscores:\n  keen:\n    rules: [{on: visit, points: 1}]\n"+
			"stages: [{name: %q, role: identified, when: count(visit) >= 1}]\n", name, name)
		doc, _, problems := playbook.Load([]byte(source), 0)
		if doc == nil {
			t.Fatal(problems)
		}
		a := ReadAgreement(playbook.Describe(doc, nil), nil)
		var signal, stage string
		for _, b := range a.Blocks {
			for _, r := range b.Rows {
				if r.ID == Anchor("What people do", "", 1) {
					signal = plainText(r.Cells[0])
				}
			}
			if b.Ordered {
				stage = b.Items[0].Blocks[0].Text[0].Text
			}
		}
		if signal != "the lead "+name || stage != name {
			t.Errorf("of %q one reads %q and %q", name, signal, stage)
		}
	}
}

// Every section of a shipped playbook is found, and nothing stands twice at one
// place.
func TestAgreementOfShippedPlaybooks(t *testing.T) {
	t.Parallel()
	for _, name := range playbook.ShippedNames() {
		source, _ := playbook.Shipped(name)
		doc, _, _ := playbook.Load(source, 0)
		text := playbook.Describe(doc, nil)
		a := ReadAgreement(text, nil)
		for line := range strings.Lines(text) {
			if title, ok := strings.CutPrefix(line, "## "); ok && !slices.ContainsFunc(a.Sections, func(s Section) bool { return s.Title == strings.TrimSpace(title) }) {
				t.Errorf("%s has no section %q", name, title)
			}
		}
		seen := map[string]bool{}
		for _, id := range identifiers(a.Blocks) {
			if seen[id] {
				t.Errorf("%s has two places %q", name, id)
			}
			seen[id] = true
		}
	}
}

func identifiers(blocks []Block) []string {
	var all []string
	add := func(id string) {
		if id != "" {
			all = append(all, id)
		}
	}
	for _, b := range blocks {
		add(b.ID)
		for _, r := range b.Rows {
			add(r.ID)
		}
		for _, i := range b.Items {
			add(i.ID)
			all = append(all, identifiers(i.Blocks)...)
		}
	}
	return all
}

func FuzzReadAgreement(f *testing.F) {
	f.Add("# a\n\n| a |\n| --- |\n| \\| |\n\n1. x\n\n   - y\n")
	f.Add("`` ` **\\")
	f.Fuzz(func(t *testing.T, text string) { ReadAgreement(text, nil) })
}

// Short cells of an agreement's tables stay on one line, and a column of numbers ends
// at the right.
func TestAgreementTables(t *testing.T) {
	t.Parallel()
	a := ReadAgreement("# Title\n\n| Rule | Points | How often | At most |\n| --- | --- | --- | --- |\n"+
		"| visited the pages that tell of prices | -10 | as long as it holds | 5 |\n| short | 2.5 | never | `2 * 3` |\n", nil)
	var got []string
	for i := range a.Blocks[0].Head {
		got = append(got, a.Blocks[0].headClass(i))
		for _, r := range a.Blocks[0].Rows {
			got = append(got, cellClass(r.Cells[i]))
		}
	}
	want := []string{"", "", "nowrap", "right", "right number", "right number", "", "nowrap", "nowrap", "", "right number", "nowrap"}
	if !slices.Equal(got, want) {
		t.Errorf("the cells are %q, want %q", got, want)
	}
}
