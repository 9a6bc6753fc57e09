package rule

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"galena/internal/fault"
	"galena/internal/phrase"
)

// Rows are a condition as people fill it into a form: questions one below the
// other, of which all have to hold or any, and groups of such questions. What no question can ask stays CEL, in a
// row of its own.
type Rows struct {
	Joint Joint // One with a single row
	Rows  []Row
}

// Row is one question of a condition.
type Row struct {
	About Subject
	// Name is an attribute, segment, score, signal or in_stage, or where in an event
	// the value is: properties.plan.
	Name   string
	Other  string // of a Likeness, the other signal
	Of     string // of a Variety or a Likeness, where in the events the values are: properties.asset
	Window string // of what is Windowed, as it is written: 30d; "" for ever
	How    How
	Not    bool // only of what is no comparison of two values
	Values []Literal
	CEL    string // of Otherwise
	// Joint and Rows are of a Group, whose rows are no groups themselves.
	Joint Joint
	Rows  []Row
}

// Subject says what a row asks about.
type Subject uint8

const (
	Itself    Subject = iota // what the name stands for
	Tally                    // how often the signal occurred
	Variety                  // how many different values the signal's events had at a place
	Elapsed                  // the time since the signal occurred or the attribute was told
	Otherwise                // CEL
	Likeness                 // whether events of two signals have the same value at a place
	Group                    // several rows, of which all have to hold or any
)

// Windowed says whether only what happened within some time may be meant.
func (s Subject) Windowed() bool { return s == Tally || s == Variety || s == Likeness }

// Placed says whether it is about the values at a place in events.
func (s Subject) Placed() bool { return s == Variety || s == Likeness }

// How says what is asked of a subject.
type How string

const (
	Is         How = "=="
	IsNot      How = "!="
	Below      How = "<"
	AtMost     How = "<="
	Above      How = ">"
	AtLeast    How = ">="
	OneOf      How = "in"
	Contains   How = "contains"
	StartsWith How = "startsWith"
	EndsWith   How = "endsWith"
	Matches    How = "matches"
	Item       How = "item"  // a list has it
	Known      How = "known" // there is a value
	Holds      How = "holds" // it is true
)

// Comparing says whether it sets the subject beside one value, which has its own
// word for the contrary.
func (h How) Comparing() bool {
	return slices.Contains([]How{Is, IsNot, Below, AtMost, Above, AtLeast}, h)
}

// Textual says whether it sets the subject beside a text, whatever kind that is of.
func (h How) Textual() bool { return h == Item || h.method() }

func (h How) method() bool { return slices.Contains([]How{Contains, StartsWith, EndsWith, Matches}, h) }

// Literal is a written value.
type Literal struct {
	Kind LiteralKind
	Text string // without quotes; other kinds as they are written
}

// LiteralKind is the kind of a written value.
type LiteralKind uint8

const (
	TextLiteral LiteralKind = iota
	NumberLiteral
	TruthLiteral
	SpanLiteral // a duration
)

var (
	pathForm  = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*$`)
	rowNumber = regexp.MustCompile(`^-?([0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?|0x[0-9a-fA-F]+)[uU]?$`)
	rowSpan   = regexp.MustCompile(`^[0-9]+(ms|s|m|h|d|w)$`)
)

// IsPath says whether a text is a name, or names with dots between them, such as
// properties.plan.
func IsPath(s string) bool { return pathForm.MatchString(s) }

// ReadRows takes a condition apart into rows; false if it has comments, which rows
// have no place for, or is not well formed. Written again it means the same.
func ReadRows(text string) (Rows, bool) {
	if flaw(text) != "" {
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
// white space between its words. It is "" of one that can.
func flaw(text string) string {
	if len(text) > MaxText {
		return "The condition is too long."
	}
	l := &lexer{text: text}
	l.run()
	if len(l.problems) > 0 {
		return l.problems[0].Message
	}
	if len(l.tokens) == 0 {
		return "The condition is empty."
	}
	s := &shape{text: text, tokens: l.tokens}
	s.run()
	if len(s.problems) > 0 {
		return s.problems[0].Message
	}
	at := 0
	for _, t := range append(l.tokens, token{start: len(text)}) {
		if strings.TrimSpace(text[at:t.start]) != "" {
			return "Comments have no place in rows."
		}
		at = t.end
	}
	return ""
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

// check says why a value cannot be written.
func (l Literal) check() error {
	fits := false
	var expected phrase.Phrase
	switch l.Kind {
	case TextLiteral:
		fits = !strings.ContainsFunc(l.Text, func(r rune) bool {
			return unicode.IsControl(r) || unicode.In(r, unicode.Zl, unicode.Zp) || r == unicode.ReplacementChar
		})
		expected = phrase.New("a text on one line")
	case NumberLiteral:
		fits, expected = rowNumber.MatchString(l.Text), phrase.New("a number such as 50")
	case TruthLiteral:
		fits, expected = l.Text == "true" || l.Text == "false", phrase.New("true or false")
	case SpanLiteral:
		fits, expected = rowSpan.MatchString(l.Text), phrase.New("a time such as 30d")
	}
	if !fits {
		return fault.New(fault.Invalid, "%q is not %s.", clip(l.Text), expected)
	}
	return nil
}

func (l Literal) write() string {
	if l.Kind == TextLiteral {
		return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(l.Text) + `"`
	}
	return l.Text
}

// Write is the condition that the rows say. It refuses with fault.Invalid, naming
// the row, what is incomplete.
func (r Rows) Write() (string, error) {
	return r.write(0)
}

// write names rows by their place in all, from 1, of which there are some before.
func (r Rows) write(before int) (string, error) {
	if len(r.Rows) == 0 {
		return "", fault.New(fault.Invalid, "The condition asks nothing. Add a row.")
	}
	sign := " && "
	if r.Joint == Any {
		sign = " || "
	}
	texts := make([]string, len(r.Rows))
	for i, row := range r.Rows {
		before++
		var err error
		if row.About == Group {
			if texts[i], err = row.writeGroup(before, len(r.Rows) > 1); err != nil {
				return "", err
			}
			before += len(row.Rows)
		} else if texts[i], err = row.write(len(r.Rows) > 1); err != nil {
			return "", fault.Wrap(err, fault.Invalid, "Row %d: %s", before, fault.Said(err))
		}
	}
	return strings.Join(texts, sign), nil
}

func (row Row) writeGroup(nth int, joined bool) (string, error) {
	if len(row.Rows) == 0 {
		return "", fault.New(fault.Invalid, "Row %d: a group has rows of its own. Add one, or take the group away.", nth)
	}
	if slices.ContainsFunc(row.Rows, func(inner Row) bool { return inner.About == Group }) {
		return "", fault.New(fault.Invalid, "Row %d: a group has no groups in it.", nth)
	}
	text, err := Rows{Joint: row.Joint, Rows: row.Rows}.write(nth)
	switch {
	case err != nil || !joined:
		return text, err
	case len(row.Rows) == 1:
		return row.Rows[0].write(true)
	}
	return "(" + text + ")", nil
}

func (row Row) write(joined bool) (string, error) {
	if row.About == Otherwise {
		return row.writeCEL(joined)
	}
	if !IsPath(row.Name) {
		return "", fault.New(fault.Invalid, "Choose what it asks about.")
	}
	if row.Not && row.How.Comparing() {
		return "", fault.New(fault.Invalid, "A comparison has its own contrary. Choose it.")
	}
	values := make([]string, len(row.Values))
	for i, v := range row.Values {
		if err := v.check(); err != nil {
			return "", err
		}
		values[i] = v.write()
	}
	if wanted := row.How != Known && row.How != Holds; wanted != (len(values) > 0) || len(values) > 1 && row.How != OneOf {
		return "", fault.New(fault.Invalid, "Write the value that %s is compared with.", clip(row.Name))
	}
	subject := row.Name
	if row.About == Likeness {
		if !IsPath(row.Other) {
			return "", fault.New(fault.Invalid, "Choose the other signal.")
		}
		subject += ", " + row.Other
	}
	if row.About.Placed() {
		if !IsPath(row.Of) {
			return "", fault.New(fault.Invalid, "Write where in the events the values are, such as properties.asset or page.path.")
		}
		subject += ", " + row.Of
	}
	if row.About.Windowed() && row.Window != "" {
		if err := (Literal{SpanLiteral, row.Window}).check(); err != nil {
			return "", err
		}
		subject += ", " + row.Window
	}
	switch row.About {
	case Tally:
		subject = "count(" + subject + ")"
	case Variety:
		subject = "distinct(" + subject + ")"
	case Elapsed:
		subject = "since(" + subject + ")"
	case Likeness:
		subject = "same(" + subject + ")"
	}
	text, loose := "", false
	switch how := row.How; {
	case row.About == Likeness && how != Holds:
		return "", fault.New(fault.Invalid, "%s holds or does not.", subject)
	case how.Comparing():
		return subject + " " + string(how) + " " + values[0], nil
	case row.About != Itself && row.About != Likeness:
		return "", fault.New(fault.Invalid, "%s can only be compared.", subject)
	case how == Holds:
		text = subject
	case how == Known && strings.Contains(subject, "."):
		text = "has(" + subject + ")"
	case how == Known:
		text = "known(" + subject + ")"
	case how == OneOf:
		text, loose = subject+" in ["+strings.Join(values, ", ")+"]", true
	case how == Item && row.Values[0].Kind == TextLiteral:
		text, loose = values[0]+" in "+subject, true
	case how.method() && row.Values[0].Kind == TextLiteral:
		text = subject + "." + string(how) + "(" + values[0] + ")"
	default:
		return "", fault.New(fault.Invalid, "Choose what is asked of %s.", clip(subject))
	}
	switch {
	case row.Not && loose:
		return "!(" + text + ")", nil
	case row.Not:
		return "!" + text, nil
	}
	return text, nil
}

func (row Row) writeCEL(joined bool) (string, error) {
	text := strings.TrimSpace(row.CEL)
	if why := flaw(text); why != "" {
		return "", fault.New(fault.Invalid, "%s", why)
	}
	if strings.ContainsAny(text, "\r\n") {
		return "", fault.New(fault.Invalid, "A row stands on one line.")
	}
	l := &lexer{text: text}
	l.run()
	for _, sign := range []string{"&&", "||", "?"} {
		if joined && len(outermost(l.tokens, text, sign)) > 0 {
			return "(" + text + ")", nil
		}
	}
	return text, nil
}
