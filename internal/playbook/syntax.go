package playbook

import (
	"errors"
	"strings"

	"go.yaml.in/yaml/v4"

	"galena/internal/phrase"
)

// syntaxProblem tells what the YAML reader stumbled over in words for people
// who do not know YAML's grammar, with the place that they have to look at.
func syntaxProblem(src *source, err error) Problem {
	load, ok := errors.AsType[*yaml.LoadError](err)
	if !ok {
		return Problem{Severity: Error, Line: 1, Column: 1, Message: phrase.New("this is not YAML: %s", quote(err.Error()))}
	}
	p := Problem{Severity: Error, Line: max(load.Mark.Line, 1), Column: max(load.Mark.Column, 1)}
	if p.Line > len(src.starts) { // the reader sees one more line after the last
		end := src.place(len(src.text))
		p.Line, p.Column = end.Line, end.Column
	}
	opened := Place{load.ContextMark.Line, load.ContextMark.Column}
	at, inside := src.offset(Place{p.Line, p.Column})
	switch message := load.Message; {
	case strings.Contains(message, "exceeded max depth"):
		p.Message = phrase.New("this is nested more than %d levels deep", MaxDepth)
	case strings.Contains(message, "mapping values are not allowed"):
		p.Message = phrase.New("this colon cannot begin a value; the line is indented wrongly, or a text holds a colon")
		p.Expected = phrase.New("a text that holds a colon to stand in quotes")
	case strings.Contains(message, "tab character"), inside && src.text[at] == '\t':
		p.Message = phrase.New("a tab stands where the line is indented")
		p.Expected = phrase.New("spaces")
	case strings.Contains(message, "cannot start any token") && inside:
		p.Message = phrase.New("a text cannot begin with %q", rune(src.text[at]))
		p.Expected = phrase.New("such a text to stand in quotes")
	case strings.Contains(message, "did not find expected ',' or"):
		p.Message = phrase.New("the bracket opened at %d:%d is not closed before this, or a text after it needs quotes", opened.Line, opened.Column)
	case strings.Contains(message, "did not find expected key"):
		p.Message = phrase.New("this does not fit in here; the line is indented wrongly, or text goes on after a closing quote")
		p.Expected = phrase.New("a text that holds quotes to stand in quotes of the other kind as a whole")
	case strings.Contains(message, "expected '-' indicator"):
		p.Message = phrase.New("this line is neither in the list that begins at %d:%d nor outside of it", opened.Line, opened.Column)
		p.Expected = phrase.New(`its items to begin with "- " and to be indented alike`)
	case strings.Contains(message, "unexpected end of stream"):
		p.Message = phrase.New("the document ends before the quote opened at %d:%d is closed", opened.Line, opened.Column)
	case strings.Contains(message, "unknown anchor"):
		p.Message = phrase.New("this alias names nothing that was marked before; a text that begins with * must stand in quotes")
	default:
		p.Message = phrase.New("this is not YAML: %s", message)
	}
	return p
}
