package rule

import (
	"strings"

	"galena/internal/phrase"
)

// Text into rows: what follows reads conditions as Rows.Write writes them, and as people do.

// ReadRows takes a condition apart into rows; false if it has comments, which rows
// have no place for, or is not well formed. Written again it means the same.
func ReadRows(text string) (Rows, bool) {
	if !flaw(text).IsZero() {
		return Rows{}, false
	}
	joint, parts := divide(text)
	if joint == One {
		parts = []string{text}
	}
	r := Rows{Joint: joint}
	for _, part := range parts {
		inner, within := divide(part)
		if joint == One || inner == One {
			r.Rows = append(r.Rows, readRow(part))
			continue
		}
		group := Row{About: Group, Joint: inner}
		for _, one := range within {
			group.Rows = append(group.Rows, readRow(one))
		}
		r.Rows = append(r.Rows, group)
	}
	return r, true
}

// flaw says why a text can be no rows: it is not well formed, or has something but
// white space between its words. It is nothing of one that can.
func flaw(text string) phrase.Phrase {
	if len(text) > MaxText {
		return phrase.New("The condition is too long.")
	}
	l := &lexer{text: text}
	l.run()
	if len(l.problems) > 0 {
		return l.problems[0].Message
	}
	if len(l.tokens) == 0 {
		return phrase.New("The condition is empty.")
	}
	s := &shape{text: text, tokens: l.tokens}
	s.run()
	if len(s.problems) > 0 {
		return s.problems[0].Message
	}
	at := 0
	for _, t := range append(l.tokens, token{start: len(text)}) {
		if strings.TrimSpace(text[at:t.start]) != "" {
			return phrase.New("Comments have no place in rows.")
		}
		at = t.end
	}
	return phrase.Phrase{}
}

// readRow reads one part of a condition, whatever it is.
func readRow(text string) Row {
	l := &lexer{text: text}
	l.run()
	p := rowParser{text: text, tokens: stripped(l.tokens, text)}
	if row, ok := p.row(); ok {
		return row
	}
	// On one line, since forms and YAML have their own ways with others.
	var cel strings.Builder
	tokens := stripped(l.tokens, text)
	for i, t := range tokens {
		if i > 0 {
			if gap := text[tokens[i-1].end:t.start]; strings.ContainsAny(gap, "\r\n") {
				cel.WriteByte(' ')
			} else {
				cel.WriteString(gap)
			}
		}
		cel.WriteString(text[t.start:t.end])
	}
	return Row{About: Otherwise, CEL: cel.String()}
}

// stripped are tokens without the brackets around all of them.
func stripped(tokens []token, text string) []token {
	for len(tokens) > 2 && enclosed(tokens, text) {
		tokens = tokens[1 : len(tokens)-1]
	}
	return tokens
}

// rowParser reads tokens from the first to the last.
type rowParser struct {
	text   string
	tokens []token
}

// word is the next token's text; "" at the end.
func (p *rowParser) word() string {
	if len(p.tokens) == 0 {
		return ""
	}
	return p.text[p.tokens[0].start:p.tokens[0].end]
}

// take steps over the next token if it reads so.
func (p *rowParser) take(word string) bool {
	if p.word() != word {
		return false
	}
	p.tokens = p.tokens[1:]
	return true
}

func (p *rowParser) name() (string, bool) {
	if len(p.tokens) == 0 || p.tokens[0].kind != nameToken {
		return "", false
	}
	name := p.word()
	p.tokens = p.tokens[1:]
	return name, true
}

// row reads a whole question.
func (p *rowParser) row() (Row, bool) {
	not := p.take("!")
	bracketed := false
	if inner := stripped(p.tokens, p.text); not && len(inner) < len(p.tokens) {
		p.tokens, bracketed = inner, true
	}
	row, ok := p.question()
	if !ok || len(p.tokens) > 0 {
		return Row{}, false
	}
	// The contrary of a comparison is another one, and ! binds closer than in.
	if not && (row.How.Comparing() || !bracketed && (row.How == OneOf || row.How == Item)) {
		return Row{}, false
	}
	row.Not = not
	return row, true
}

func (p *rowParser) question() (Row, bool) {
	if value, ok := p.literal(); ok {
		if value.Kind != TextLiteral || !p.take("in") {
			return Row{}, false
		}
		path, method, ok := p.path()
		return Row{Name: path, How: Item, Values: []Literal{value}}, ok && method == ""
	}
	name, method, ok := p.path()
	switch {
	case !ok:
		return Row{}, false
	case method != "":
		return p.call(name, How(method))
	case p.take("("):
		return p.function(name)
	case len(p.tokens) == 0:
		return Row{Name: name, How: Holds}, true
	case p.take("in"):
		values, ok := p.list()
		return Row{Name: name, How: OneOf, Values: values}, ok
	}
	return p.comparison(Row{Name: name})
}

// path reads a name with what follows behind dots, and the method that is called on
// it, if any, with its bracket.
func (p *rowParser) path() (path, method string, ok bool) {
	path, ok = p.name()
	for ok && p.take(".") {
		var part string
		if part, ok = p.name(); !ok {
			break
		}
		if p.take("(") {
			return path, part, true
		}
		path += "." + part
	}
	return path, "", ok
}

// call reads the rest of a question that a method asks.
func (p *rowParser) call(path string, method How) (Row, bool) {
	value, ok := p.literal()
	if !ok || value.Kind != TextLiteral || !method.method() || !p.take(")") {
		return Row{}, false
	}
	return Row{Name: path, How: method, Values: []Literal{value}}, true
}

// function reads the rest of a question that begins with a function.
func (p *rowParser) function(function string) (Row, bool) {
	name, method, ok := p.path()
	if !ok || method != "" {
		return Row{}, false
	}
	dotted := strings.Contains(name, ".")
	row := Row{Name: name}
	switch {
	case function == "known" && !dotted, function == "has" && dotted:
		row.How = Known
		return row, p.take(")")
	case function == "since" && !dotted:
		row.About = Elapsed
	case function == "count" && !dotted:
		row.About = Tally
	case function == "distinct" && !dotted && p.take(","):
		row.About = Variety
		if row.Of, method, ok = p.path(); !ok || method != "" {
			return Row{}, false
		}
	case function == "same" && !dotted && p.take(","):
		row.About = Likeness
		if row.Other, ok = p.name(); !ok || !p.take(",") {
			return Row{}, false
		}
		if row.Of, method, ok = p.path(); !ok || method != "" {
			return Row{}, false
		}
	default:
		return Row{}, false
	}
	if row.About.Windowed() && p.take(",") {
		window, ok := p.literal()
		if !ok || window.Kind != SpanLiteral {
			return Row{}, false
		}
		row.Window = window.Text
	}
	if !p.take(")") {
		return Row{}, false
	}
	if row.About == Likeness {
		row.How = Holds
		return row, true
	}
	return p.comparison(row)
}

// comparison reads an operator and the value that a subject is compared with.
func (p *rowParser) comparison(row Row) (Row, bool) {
	row.How = How(p.word())
	if !row.How.Comparing() {
		return Row{}, false
	}
	p.tokens = p.tokens[1:]
	value, ok := p.literal()
	row.Values = []Literal{value}
	return row, ok
}

func (p *rowParser) list() (values []Literal, ok bool) {
	if !p.take("[") {
		return nil, false
	}
	for {
		value, ok := p.literal()
		if !ok {
			return nil, false
		}
		values = append(values, value)
		if !p.take(",") {
			return values, p.take("]")
		}
	}
}

// literal reads a value; false if it is none, or one that a field cannot show as
// it is.
func (p *rowParser) literal() (Literal, bool) {
	if len(p.tokens) == 0 {
		return Literal{}, false
	}
	word := p.word()
	value := Literal{Kind: NumberLiteral, Text: word}
	took := 1
	switch t := p.tokens[0]; {
	case t.kind == durationToken:
		value.Kind = SpanLiteral
	case word == "true", word == "false":
		value.Kind = TruthLiteral
	case t.kind == minusToken && len(p.tokens) > 1 && p.tokens[1].kind == valueToken:
		next := p.tokens[1]
		value.Text, took = "-"+p.text[next.start:next.end], 2
	case t.kind != valueToken:
		return Literal{}, false
	default:
		if text, ok := unquote(word); ok {
			value = Literal{TextLiteral, text}
		}
	}
	if value.check() != nil {
		return Literal{}, false
	}
	p.tokens = p.tokens[took:]
	return value, true
}

// unquote reads a text in single quotes of either kind, raw or not; false if it has
// escapes for what can be written as it is.
func unquote(word string) (string, bool) {
	raw := strings.HasPrefix(word, "r") || strings.HasPrefix(word, "R")
	if raw {
		word = word[1:]
	}
	if len(word) < 2 || word[0] != '"' && word[0] != '\'' || strings.HasPrefix(word, `"""`) || strings.HasPrefix(word, `'''`) {
		return "", false
	}
	word = word[1 : len(word)-1]
	if raw {
		return word, true
	}
	var text strings.Builder
	for i := 0; i < len(word); i++ {
		if word[i] == '\\' {
			if i++; !strings.ContainsRune(`\"'`, rune(word[i])) {
				return "", false
			}
		}
		text.WriteByte(word[i])
	}
	return text.String(), true
}
