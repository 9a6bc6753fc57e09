package playbook

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"galena/internal/fault"
	"galena/internal/phrase"
)

// MaxProblems bounds how many problems are reported at once.
const MaxProblems = 100

// Severity says whether a problem keeps a playbook from being used.
type Severity string

const (
	// Error keeps a playbook from being compiled.
	Error Severity = "error"
	// Warning is allowed but hardly meant.
	Warning Severity = "warning"
)

// Problem is something wrong with a playbook, told to the person who wrote it.
type Problem struct {
	Severity Severity `json:"severity"`
	// Line and Column count from 1, columns in characters; 0 if it has no place.
	Line   int `json:"line"`
	Column int `json:"column"`
	// Path leads to the value: "scores.interest.rules[2].limit".
	Path    string        `json:"path"`
	Message phrase.Phrase `json:"message"`
	// Found, Expected and Suggestion complete the message where they are known.
	// Suggestion is a clause: `did you mean "points"?`.
	Found      phrase.Phrase `json:"found,omitzero"`
	Expected   phrase.Phrase `json:"expected,omitzero"`
	Suggestion phrase.Phrase `json:"suggestion,omitzero"`
}

// String is the problem in one line: `12:9: unknown field "poins" in a rule; did
// you mean "points"?`.
func (p Problem) String() string {
	return p.Said().String()
}

// Said is the problem in one line, for whatever language.
func (p Problem) Said() phrase.Phrase {
	said := p.Message
	switch {
	case !p.Found.IsZero() && !p.Expected.IsZero():
		said = phrase.New("%s: found %s, expected %s", said, p.Found, p.Expected)
	case !p.Found.IsZero():
		said = phrase.New("%s: found %s", said, p.Found)
	case !p.Expected.IsZero():
		said = phrase.New("%s: expected %s", said, p.Expected)
	}
	if !p.Suggestion.IsZero() {
		said = phrase.New("%s; %s", said, p.Suggestion)
	}
	if p.Severity == Warning {
		said = phrase.New("warning: %s", said)
	}
	if p.Line > 0 {
		said = phrase.New("%d:%d: %s", p.Line, p.Column, said)
	}
	return said
}

// Excerpt is String followed by the line of the source and a caret below the
// place. What a terminal might obey is not printed as such.
func (p Problem) Excerpt(source []byte) string {
	src := newSource(source)
	if p.Line < 1 || p.Line > len(src.starts) {
		return p.String()
	}
	line := []rune(strings.ToValidUTF8(string(src.line(p.Line)), "\uFFFD"))
	column := min(max(p.Column, 1), len(line)+1)
	from := 0
	if column > excerptWidth*3/4 {
		from = column - excerptWidth/2
	}
	shown := line[from:min(len(line), from+excerptWidth)]
	for i, r := range shown {
		if !unicode.IsPrint(r) {
			shown[i] = ' '
		}
	}
	gutter := fmt.Sprintf("%5d | ", p.Line)
	indent := strings.Repeat(" ", len(gutter)-2) + "| " + strings.Repeat(" ", column-1-from)
	return p.String() + "\n" + gutter + string(shown) + "\n" + indent + "^"
}

// excerptWidth is how many characters of a long line an excerpt shows.
const excerptWidth = 100

// Failed says whether any of the problems is an error.
func Failed(problems []Problem) bool { return firstError(problems) != nil }

// Broken is the fault of using a playbook whose problems have an error among them,
// told to whoever has a command line at hand.
func Broken(problems []Problem) error {
	return fault.New(fault.Invalid, "The playbook has problems, the first at %s. `galena check` lists them all.", firstError(problems).Said())
}

// Unusable is Broken for whoever sees the problems beside it, or has them from Broken
// already.
func Unusable(problems []Problem) error {
	return fault.New(fault.Invalid, "The playbook has problems, the first at %s.", firstError(problems).Said())
}

// firstError is what keeps a playbook from being used, which a warning does not; nil if
// nothing does.
func firstError(problems []Problem) *Problem {
	if i := slices.IndexFunc(problems, func(p Problem) bool { return p.Severity == Error }); i >= 0 {
		return &problems[i]
	}
	return nil
}

// orderly sorts problems by place, drops repetitions (what an alias repeats has
// one place) and cuts them to MaxProblems, warnings first.
func orderly(problems []Problem) []Problem {
	slices.SortStableFunc(problems, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	seen := map[string]bool{}
	problems = slices.DeleteFunc(problems, func(p Problem) bool {
		key := p.String()
		again := seen[key]
		seen[key] = true
		return again
	})
	if len(problems) > MaxProblems && Failed(problems) {
		errors := 0
		for _, p := range problems {
			if p.Severity == Error {
				errors++
			}
		}
		spare := max(0, MaxProblems-errors)
		problems = slices.DeleteFunc(problems, func(p Problem) bool {
			if p.Severity == Error {
				return false
			}
			spare--
			return spare < 0
		})
	}
	return problems[:min(len(problems), MaxProblems)]
}

// collector gathers problems. It stops listening well past MaxProblems, so that
// a document that is wrong everywhere costs no more than one that is not.
type collector struct {
	problems    []Problem
	comparisons int // spent on suggestions
}

func (c *collector) add(p Problem) {
	if p.Severity == "" {
		p.Severity = Error
	}
	if !c.full() {
		c.problems = append(c.problems, p)
	}
}

func (c *collector) full() bool { return len(c.problems) >= 20*MaxProblems }

// report adds an error that needs nothing but a sentence.
func (c *collector) report(at Place, path, format string, args ...any) {
	if c.full() {
		return
	}
	c.add(Problem{Line: at.Line, Column: at.Column, Path: path, Message: phrase.New(format, args...)})
}

// warn adds a warning.
func (c *collector) warn(at Place, path, format string, args ...any) {
	c.add(Problem{Severity: Warning, Line: at.Line, Column: at.Column, Path: path, Message: phrase.New(format, args...)})
}

// didYouMean makes a suggestion of a word, none of "".
func didYouMean(word string) phrase.Phrase {
	if word == "" {
		return phrase.Phrase{}
	}
	return phrase.New("did you mean %s?", quote(word))
}

// Meant is the word of the playbook's that was probably meant by what stands there; ""
// if none is near.
func (p Problem) Meant() string {
	if p.Suggestion.English != didYouMean("x").English {
		return ""
	}
	quoted, _ := p.Suggestion.Args[0].(string)
	word, _ := strconv.Unquote(quoted) // what conditions suggest is not quoted
	return word
}

// quote shows a text of the author's in a message, cut where it is long.
func quote(s string) string {
	const most = 60
	if utf8.RuneCountInString(s) > most {
		s = string([]rune(s)[:most]) + "…"
	}
	return fmt.Sprintf("%q", s)
}
