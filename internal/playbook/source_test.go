package playbook

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
	"pgregory.net/rapid"

	"galena/internal/phrase"
)

// TestWithinFindsEveryCharacter writes a text in every way that YAML knows and
// finds each of its visible characters again.
func TestWithinFindsEveryCharacter(t *testing.T) {
	t.Parallel()
	styles := map[string]yaml.Style{
		"plain": 0, "single": yaml.SingleQuotedStyle, "double": yaml.DoubleQuotedStyle,
		"literal": yaml.LiteralStyle, "folded": yaml.FoldedStyle,
	}
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(rapid.StringMatching(`[a-z'"\\(){},:#&|>=é😀]{1,12}`), 1, 30).Draw(t, "words")
		text := strings.Join(words, rapid.SampledFrom([]string{" ", "  ", "\n"}).Draw(t, "between"))
		for name, style := range styles {
			written, err := yaml.Marshal(map[string]*yaml.Node{"when": {Kind: yaml.ScalarNode, Value: text, Style: style}})
			if err != nil {
				t.Fatal(err)
			}
			var back yaml.Node
			if err := yaml.Unmarshal(written, &back); err != nil {
				t.Fatal(err)
			}
			node := back.Content[0].Content[1]
			src := newSource(written)
			for offset, r := range node.Value {
				if r == ' ' || r == '\n' {
					continue
				}
				place := src.within(placeOf(node), node.Value, offset)
				at, ok := src.offset(place)
				if !ok {
					t.Fatalf("%s: byte %d of %q is at %v, outside of\n%s", name, offset, node.Value, place, written)
				}
				found, _ := utf8.DecodeRune(written[at:])
				escaped := written[at] == '\\' && written[at+1] != 0
				if found != r && !escaped {
					t.Fatalf("%s: byte %d of %q (%q) is said to be %q at %v of\n%s", name, offset, node.Value, r, found, place, written)
				}
			}
		}
	})
}

func TestWithinByHand(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		source string
		start  Place
		value  string
		offset int
		want   Place
	}{
		{"when: a >  b", Place{1, 7}, "a >  b", 5, Place{1, 12}},
		{"when: é > b", Place{1, 7}, "é > b", 5, Place{1, 11}},
		{"when: &x a > b", Place{1, 7}, "a > b", 4, Place{1, 14}},
		{"when: a\n  > b", Place{1, 7}, "a > b", 4, Place{2, 5}},
		{"when: 'it''s b'", Place{1, 7}, "it's b", 5, Place{1, 14}},
		{`when: "\x41\u00e9\U0001F600\n\"b"`, Place{1, 7}, "Aé😀\n\"b", 9, Place{1, 32}},
		{"when: \"a \\\n   b\"", Place{1, 7}, "a b", 2, Place{2, 4}},
		{"when: >-\n\n    a >\n    b\n", Place{1, 7}, "\na > b", 5, Place{4, 5}},
		{"when: |\r\n  a >\r\n  b\r\n", Place{1, 7}, "a >\nb\n", 4, Place{3, 3}},
		{"\ufeffwhen: a", Place{1, 7}, "a", 0, Place{1, 7}},
		// The end of a text is right behind it, not in the next line.
		{"when: |\n  a >\nnext: x\n", Place{1, 7}, "a >\n", 4, Place{2, 6}},
		// Where source and value differ there is no better place than the beginning.
		{"when: abc", Place{1, 7}, "xyz", 2, Place{1, 7}},
		{"when: a", Place{9, 9}, "a", 0, Place{9, 9}},
	} {
		if got := newSource([]byte(c.source)).within(c.start, c.value, c.offset); got != c.want {
			t.Errorf("byte %d of %q in %q is at %v, want %v", c.offset, c.value, c.source, got, c.want)
		}
	}
}

func TestProblemText(t *testing.T) {
	t.Parallel()
	p := Problem{Line: 12, Column: 9, Message: phrase.Verbatim(`unknown field "poins" in a rule`), Suggestion: phrase.Verbatim(`did you mean "points"?`)}
	for want, p := range map[string]Problem{
		`12:9: unknown field "poins" in a rule; did you mean "points"?`: p,
		`warning: odd: found a, expected b`:                             {Severity: Warning, Message: phrase.Verbatim("odd"), Found: phrase.Verbatim("a"), Expected: phrase.Verbatim("b")},
		`odd: found a`:                                                  {Message: phrase.Verbatim("odd"), Found: phrase.Verbatim("a")},
		`odd: expected b`:                                               {Message: phrase.Verbatim("odd"), Expected: phrase.Verbatim("b")},
	} {
		if got := p.String(); got != want {
			t.Errorf("the problem reads %q, want %q", got, want)
		}
	}
	long := strings.Repeat("x", 200) + "\x1b[2J" + strings.Repeat("y", 200)
	excerpt := Problem{Line: 1, Column: 202, Message: phrase.Verbatim("m")}.Excerpt([]byte(long))
	if strings.ContainsRune(excerpt, '\x1b') {
		t.Errorf("the excerpt holds a control character: %q", excerpt)
	}
	lines := strings.Split(excerpt, "\n")
	if len(lines) != 3 || len(lines[1]) > excerptWidth+10 || lines[1][strings.Index(lines[2], "^")] != '[' {
		t.Errorf("the caret does not stand below the place:\n%s", excerpt)
	}
	if got := (Problem{Line: 5, Column: 1, Message: phrase.Verbatim("m")}).Excerpt([]byte("a")); got != "5:1: m" {
		t.Errorf("the excerpt of a line that is not there is %q", got)
	}
}

func TestOrderlyKeepsErrors(t *testing.T) {
	t.Parallel()
	var problems []Problem
	for i := range 150 {
		problems = append(problems, Problem{Severity: Warning, Line: i + 1, Message: phrase.Verbatim("w")})
	}
	problems = append(problems, Problem{Severity: Error, Line: 500, Message: phrase.Verbatim("e")}, Problem{Severity: Error, Line: 500, Message: phrase.Verbatim("e")})
	kept := orderly(problems)
	if len(kept) != MaxProblems || kept[MaxProblems-1].Severity != Error || kept[0].Line != 1 || kept[MaxProblems-2].Line != 99 {
		t.Errorf("%d problems are kept, the last %v", len(kept), kept[len(kept)-1])
	}
	for i := range 300 {
		problems = append(problems, Problem{Severity: Error, Line: 300 - i, Message: phrase.Verbatim(fmt.Sprint(i))})
	}
	if kept := orderly(problems); len(kept) != MaxProblems || kept[0].Severity != Error {
		t.Errorf("%d problems are kept, the first %v", len(kept), kept[0])
	}
}
