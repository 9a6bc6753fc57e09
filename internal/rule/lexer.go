package rule

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"galena/internal/lead"
	"galena/internal/phrase"
)

// tokenKind says what a token is to the shape of a condition.
type tokenKind uint8

const (
	nameToken     tokenKind = iota
	valueToken              // a number, a text, true, false, null
	durationToken           // 30d
	binaryToken             // an operator between two values
	minusToken
	notToken
	dotToken
	commaToken
	questionToken
	colonToken
	openToken
	closeToken
)

// token is a word of a condition's text.
type token struct {
	kind       tokenKind
	start, end int   // bytes of the text
	at         int   // code points of the CEL text
	span       int64 // milliseconds of a duration
	mate       int   // the bracket that belongs to this one; -1: none
}

// lexer cuts a condition into tokens. It knows every form of CEL's texts,
// numbers, names and comments, so that what looks like a duration within them is
// left alone.
type lexer struct {
	text     string
	pos      int
	tokens   []token
	problems []Problem
}

func (l *lexer) run() {
	for l.pos < len(l.text) {
		c := l.text[l.pos]
		switch {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f':
			l.pos++
		case strings.HasPrefix(l.text[l.pos:], "//"):
			if end := strings.IndexByte(l.text[l.pos:], '\n'); end >= 0 {
				l.pos += end
			} else {
				l.pos = len(l.text)
			}
		case isDigit(c) || c == '.' && l.pos+1 < len(l.text) && isDigit(l.text[l.pos+1]):
			l.number()
		case l.quoteAt() > 0:
			l.quoted(l.quoteAt())
		case isLetter(c):
			l.name()
		default:
			l.sign()
		}
	}
}

func isDigit(c byte) bool  { return c >= '0' && c <= '9' }
func isLetter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' }

func wordKind(word string) tokenKind {
	switch word {
	case "true", "false", "null":
		return valueToken
	case "in":
		return binaryToken
	}
	return nameToken
}

// name reads a name, with what is a letter in other languages, and reports that.
func (l *lexer) name() {
	end, foreign := l.pos, false
	for end < len(l.text) {
		r, size := utf8.DecodeRuneInString(l.text[end:])
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '_' {
			break
		}
		foreign = foreign || size > 1
		end += size
	}
	if foreign {
		l.report(end, Problem{
			Message:  phrase.New("Names are made of the letters a to z, digits and underscores."),
			Found:    phrase.Verbatim(clip(l.text[l.pos:end])),
			Expected: phrase.New("a name, or text in quotes"),
		})
	}
	l.emit(wordKind(l.text[l.pos:end]), end)
}

func (l *lexer) emit(kind tokenKind, end int) {
	l.tokens = append(l.tokens, token{kind: kind, start: l.pos, end: end, mate: -1})
	l.pos = end
}

func (l *lexer) report(end int, p Problem) {
	p.Offset, p.Length = l.pos, end-l.pos
	l.problems = append(l.problems, p)
}

// quoteAt is the length of the prefix (r, b, br) and one quote at this place; 0 if no
// text begins here.
func (l *lexer) quoteAt() int {
	rest := l.text[l.pos:]
	n := 0
	if n < len(rest) && (rest[n] == 'b' || rest[n] == 'B') {
		n++
	}
	if n < len(rest) && (rest[n] == 'r' || rest[n] == 'R') {
		n++
	}
	if n < len(rest) && (rest[n] == '"' || rest[n] == '\'') {
		return n + 1
	}
	return 0
}

// quoted reads a text. head is the length of its prefix and first quote.
func (l *lexer) quoted(head int) {
	prefix, quote := l.text[l.pos:l.pos+head-1], l.text[l.pos+head-1:l.pos+head]
	raw := strings.ContainsAny(prefix, "rR")
	long := strings.HasPrefix(l.text[l.pos+head-1:], quote+quote+quote)
	closing, i := quote, l.pos+head
	if long {
		closing, i = quote+quote+quote, i+2
	}
	for i < len(l.text) {
		switch {
		case strings.HasPrefix(l.text[i:], closing):
			l.emit(valueToken, i+len(closing))
			return
		case !long && (l.text[i] == '\n' || l.text[i] == '\r'):
			l.unclosed(i, quote)
			return
		case !raw && l.text[i] == '\\':
			n := escapeLength(l.text[i:])
			if n == 0 {
				_, size := utf8.DecodeRuneInString(l.text[i+1:])
				bad := l.text[i : i+1+size]
				l.problems = append(l.problems, Problem{
					Offset: i, Length: len(bad),
					Message:    phrase.New("This backslash begins nothing that text knows."),
					Found:      phrase.Verbatim(bad),
					Expected:   phrase.New(`one of \\ \" \' \n \r \t \u0000`),
					Suggestion: phrase.New("double it (\\%s), or put r before the quote", bad),
				})
				n = 1 + size
			}
			i += n
		default:
			i++
		}
	}
	l.unclosed(len(l.text), quote)
}

func (l *lexer) unclosed(end int, quote string) {
	l.report(end, Problem{
		Message:  phrase.New("This text has no closing quote."),
		Found:    phrase.New("the end of the line"),
		Expected: phrase.Verbatim(quote),
	})
	l.emit(valueToken, end)
}

// escapeLength is the length of the escape sequence that s begins with; 0 if CEL
// has none such.
func escapeLength(s string) int {
	if len(s) < 2 {
		return 0
	}
	digits, base := 0, "0123456789abcdefABCDEF"
	switch c := s[1]; {
	case strings.IndexByte("abfnrtv\"'\\?`", c) >= 0:
		return 2
	case c == 'x' || c == 'X':
		digits = 2
	case c == 'u':
		digits = 4
	case c == 'U':
		digits = 8
	case c >= '0' && c <= '3':
		digits, base = 2, "01234567"
	default:
		return 0
	}
	if len(s) < 2+digits || strings.Trim(s[2:2+digits], base) != "" {
		return 0
	}
	return 2 + digits
}

// number reads a number or a duration.
func (l *lexer) number() {
	end := l.pos
	digits := func() {
		for end < len(l.text) && isDigit(l.text[end]) {
			end++
		}
	}
	digits()
	whole := true
	if end+1 < len(l.text) && l.text[end] == '.' && isDigit(l.text[end+1]) {
		whole = false
		end++
		digits()
	}
	number := l.text[l.pos:end]
	if e := end; e < len(l.text) && (l.text[e] == 'e' || l.text[e] == 'E') {
		e++
		if e < len(l.text) && (l.text[e] == '+' || l.text[e] == '-') {
			e++
		}
		if e < len(l.text) && isDigit(l.text[e]) {
			whole = false
			end = e
			digits()
		}
	}
	unit := end
	for end < len(l.text) && (isLetter(l.text[end]) || isDigit(l.text[end])) {
		end++
	}
	suffix := l.text[unit:end]
	switch {
	case suffix == "", whole && (suffix == "u" || suffix == "U"),
		number == "0" && len(suffix) > 1 && suffix[0] == 'x' && strings.Trim(suffix[1:], "0123456789abcdefABCDEFuU") == "":
		l.emit(valueToken, end)
	default:
		span, problem := parseDuration(number, suffix, whole)
		if problem != nil {
			l.report(end, *problem)
		}
		l.emit(durationToken, end)
		l.tokens[len(l.tokens)-1].span = span
	}
}

// signs are the marks of CEL, longest first.
var signs = []struct {
	text string
	kind tokenKind
}{
	{"==", binaryToken}, {"!=", binaryToken}, {"<=", binaryToken}, {">=", binaryToken},
	{"&&", binaryToken}, {"||", binaryToken},
	{"<", binaryToken}, {">", binaryToken},
	{"+", binaryToken}, {"*", binaryToken}, {"/", binaryToken}, {"%", binaryToken},
	{"-", minusToken}, {"!", notToken}, {".", dotToken}, {",", commaToken},
	{"?", questionToken}, {":", colonToken},
	{"(", openToken}, {"[", openToken}, {"{", openToken},
	{")", closeToken}, {"]", closeToken}, {"}", closeToken},
}

// foreignSigns are marks of other languages, and what is written instead.
var foreignSigns = []struct {
	text, instead string
	kind          tokenKind
}{
	{"===", "==", binaryToken}, {"!==", "!=", binaryToken}, {"<>", "!=", binaryToken},
	{"=>", ">=", binaryToken}, {"=<", "<=", binaryToken}, {"=~", "x.matches(…)", binaryToken}, {"=", "==", binaryToken},
	{"&", "&&", binaryToken}, {"|", "||", binaryToken},
	{"≥", ">=", binaryToken}, {"≤", "<=", binaryToken}, {"≠", "!=", binaryToken},
	{"∧", "&&", binaryToken}, {"∨", "||", binaryToken}, {"¬", "!", notToken}, {"−", "-", minusToken},
}

func (l *lexer) sign() {
	rest := l.text[l.pos:]
	if !strings.HasPrefix(rest, "==") && !strings.HasPrefix(rest, "!=") || strings.HasPrefix(rest[2:], "=") {
		for _, f := range foreignSigns {
			if strings.HasPrefix(rest, f.text) && !strings.HasPrefix(rest, "&&") && !strings.HasPrefix(rest, "||") {
				l.report(l.pos+len(f.text), Problem{
					Message:    phrase.New("%s is no operator here.", f.text),
					Found:      phrase.Verbatim(f.text),
					Expected:   phrase.Verbatim(f.instead),
					Suggestion: phrase.New("write %s", f.instead),
				})
				l.emit(f.kind, l.pos+len(f.text))
				return
			}
		}
	}
	for _, s := range signs {
		if strings.HasPrefix(rest, s.text) {
			l.emit(s.kind, l.pos+len(s.text))
			return
		}
	}
	l.stranger()
}

// stranger reports a character that has no meaning outside of a text, and skips it.
func (l *lexer) stranger() {
	r, size := utf8.DecodeRuneInString(l.text[l.pos:])
	end := l.pos + size
	switch {
	case strings.ContainsRune("“”„«»‘’‚`´", r):
		l.report(end, Problem{
			Message:    phrase.New("Text stands between straight quotes."),
			Found:      phrase.Verbatim(string(r)),
			Expected:   phrase.Verbatim(`"`),
			Suggestion: phrase.New("write %s", `"…"`),
		})
		if n := strings.IndexAny(l.text[end:], "“”»‘’`´\n"); n >= 0 && l.text[end+n] != '\n' {
			end += n
			_, size = utf8.DecodeRuneInString(l.text[end:])
			l.emit(valueToken, end+size)
			return
		}
	case unicode.IsLetter(r):
		l.name()
		return
	case !unicode.IsPrint(r):
		l.report(end, Problem{
			Message:    phrase.New("There is an invisible character here (U+%04X).", r),
			Suggestion: phrase.New("delete it"),
		})
	default:
		l.report(end, Problem{
			Message:  phrase.New("%s has no meaning outside of quotes.", string(r)),
			Found:    phrase.Verbatim(string(r)),
			Expected: phrase.New("a name, a number, text in quotes or an operator"),
		})
	}
	l.pos = end
}

// celText writes the tokens as CEL, durations as calls, and notes in each token
// where it now stands.
func celText(text string, tokens []token) string {
	var b strings.Builder
	at := 0
	for i := range tokens {
		t := &tokens[i]
		t.at = at
		word := text[t.start:t.end]
		if t.kind == durationToken {
			word = fmt.Sprintf(`duration("%dms")`, t.span/lead.Millisecond)
		}
		b.WriteString(word)
		b.WriteByte(' ')
		at += utf8.RuneCountInString(word) + 1
	}
	return b.String()
}
