package rule

import (
	"strings"

	"galena/internal/phrase"
)

// shape checks that values and operators alternate, that brackets match and that
// nothing is nested too deeply, before any recursive parser sees the text. It
// knows all places at once, where a parser stops being sure after its first
// surprise.
type shape struct {
	text     string
	tokens   []token
	frames   []frameShape
	depth    int
	problems []Problem
}

// frameShape is an open bracket.
type frameShape struct {
	open    int // its token; -1: the condition itself
	call    bool
	ternary int // ? whose : is to come
	nested  int // what the frame adds to the depth
}

func (s *shape) run() {
	s.frames = []frameShape{{open: -1}}
	wantValue := true
	unary := 0
	for i := range s.tokens {
		t := &s.tokens[i]
		if wantValue {
			wantValue = s.value(i, t)
		} else {
			wantValue = s.operator(i, t)
		}
		if t.kind == notToken || t.kind == minusToken {
			unary++
		} else {
			unary = 0
		}
		if s.depth+unary > MaxDepth {
			s.report(i, Problem{
				Message:  phrase.New("The condition is nested more than %d deep.", MaxDepth),
				Expected: phrase.New("at most %d levels", MaxDepth),
			})
			return
		}
	}
	if wantValue && !(len(s.tokens) > 0 && s.tokens[len(s.tokens)-1].kind == openToken) {
		s.missingValue(len(s.tokens) - 1)
	}
	for _, f := range s.frames[1:] {
		open := s.word(f.open)
		s.report(f.open, Problem{
			Message:  phrase.New("This %s is never closed.", open),
			Found:    phrase.Verbatim(open),
			Expected: phrase.Verbatim(closing(open)),
		})
	}
	if f := s.frames[len(s.frames)-1]; len(s.frames) == 1 && f.ternary > 0 {
		s.report(len(s.tokens)-1, Problem{
			Message:  phrase.New("A ? needs a : and what holds otherwise."),
			Expected: phrase.Verbatim(":"),
		})
	}
}

func (s *shape) word(i int) string { return s.text[s.tokens[i].start:s.tokens[i].end] }

// shown is a token as a message quotes it.
func (s *shape) shown(i int) string { return clip(s.word(i)) }

func (s *shape) report(i int, p Problem) {
	p.Offset, p.Length = s.tokens[i].start, s.tokens[i].end-s.tokens[i].start
	s.problems = append(s.problems, p)
}

func (s *shape) missingValue(i int) {
	s.report(i, Problem{
		Message:  phrase.New("A value is missing after %s.", s.shown(i)),
		Found:    phrase.New("the end"),
		Expected: phrase.New("a name, a number, text in quotes or ("),
	})
}

// value takes the token at a place where a value begins, and says whether one is
// still to come.
func (s *shape) value(i int, t *token) bool {
	switch t.kind {
	case nameToken, valueToken, durationToken:
		return false
	case notToken, minusToken:
		return true
	case openToken:
		return s.open(i, false)
	case closeToken:
		// [] () {} and the comma after the last item of a list are fine.
		if i > 0 {
			last := s.tokens[i-1]
			inList := s.frames[len(s.frames)-1].open >= 0 && s.word(s.frames[len(s.frames)-1].open) != "("
			f := s.frames[len(s.frames)-1]
			if last.kind == openToken && (f.call || inList) || last.kind == commaToken && inList {
				return s.close(i)
			}
		}
	}
	before := phrase.Verbatim(s.shown(i))
	if t.kind == dotToken {
		before = phrase.New("the dot")
	}
	s.report(i, Problem{
		Message:  phrase.New("A value is missing before %s.", before),
		Found:    phrase.Verbatim(s.shown(i)),
		Expected: phrase.New("a name, a number, text in quotes or ("),
	})
	if t.kind == closeToken {
		return s.close(i)
	}
	return true
}

// operator takes the token after a value, and says whether another value is to come.
func (s *shape) operator(i int, t *token) bool {
	f := &s.frames[len(s.frames)-1]
	last := s.tokens[i-1]
	switch t.kind {
	case binaryToken, minusToken:
		return true
	case dotToken:
		if i+1 == len(s.tokens) || s.tokens[i+1].kind != nameToken && !isWord(s.word(i+1)) {
			s.report(i, Problem{
				Message:  phrase.New("A name is missing after the dot."),
				Expected: phrase.New("a name"),
			})
			return false
		}
		return true
	case openToken:
		if s.word(i) == "[" || s.word(i) == "(" && last.kind == nameToken {
			return s.open(i, s.word(i) == "(")
		}
	case closeToken:
		return s.close(i)
	case commaToken:
		if f.open >= 0 && (f.call || s.word(f.open) != "(") {
			return true
		}
		s.report(i, Problem{
			Message:    phrase.New("A comma separates only what stands in a list or a call."),
			Found:      phrase.Verbatim(","),
			Expected:   phrase.New("an operator"),
			Suggestion: phrase.New("write && or ||"),
		})
		return true
	case questionToken:
		f.ternary++
		f.nested++
		s.depth++
		return true
	case colonToken:
		if f.ternary > 0 {
			f.ternary--
			return true
		}
		if f.open >= 0 && s.word(f.open) == "{" {
			return true
		}
		s.report(i, Problem{
			Message:  phrase.New("This : belongs to no ? before it."),
			Found:    phrase.Verbatim(":"),
			Expected: phrase.New("an operator"),
		})
		return true
	}
	return s.missingOperator(i, t)
}

func isWord(w string) bool { return isLetter(w[0]) && !strings.ContainsAny(w, "\"'") }

// foreignWords are operators of other languages.
var foreignWords = map[string]string{
	"and": "&&", "or": "||", "not": "!", "is": "==", "equals": "==", "eq": "==", "neq": "!=",
	"contains": `x.contains("…")`, "like": `x.matches("…")`, "matches": `x.matches("…")`,
	"startswith": `x.startsWith("…")`, "endswith": `x.endsWith("…")`, "between": "x >= 1 && x <= 9",
}

// missingOperator reports two values side by side.
func (s *shape) missingOperator(i int, t *token) bool {
	word := s.word(i)
	p := Problem{
		Message:  phrase.New("Between %s and %s an operator is missing.", s.shown(i-1), s.shown(i)),
		Found:    phrase.Verbatim(s.shown(i)),
		Expected: phrase.New("&&, ||, a comparison or the end"),
	}
	if instead, ok := foreignWords[strings.ToLower(word)]; ok && t.kind == nameToken {
		p.Message = phrase.New("%s is no operator here.", word)
		p.Suggestion = phrase.New("write %s", instead)
		if strings.EqualFold(word, "not") {
			p.Suggestion = phrase.New("write %s", "!(x in […])")
		}
		s.report(i, p)
		// After the not of "x not in y" the in is still to come.
		return i+1 == len(s.tokens) || s.tokens[i+1].kind != binaryToken
	}
	if last := s.word(i - 1); strings.EqualFold(last, "not") {
		p.Message = phrase.New("%s is no operator here.", last)
		p.Found = phrase.Verbatim(last)
		p.Suggestion = phrase.New("write %s", "!")
		s.report(i-1, p)
	} else {
		s.report(i, p)
	}
	if t.kind == openToken {
		return s.open(i, false)
	}
	return t.kind == notToken
}

func (s *shape) open(i int, call bool) bool {
	s.frames = append(s.frames, frameShape{open: i, call: call, nested: 1})
	s.depth++
	return true
}

func closing(open string) string {
	switch open {
	case "(":
		return ")"
	case "[":
		return "]"
	}
	return "}"
}

// close ends the innermost bracket; what it closed is a value, so none is to come.
func (s *shape) close(i int) bool {
	f := s.frames[len(s.frames)-1]
	if f.open < 0 {
		s.report(i, Problem{
			Message:  phrase.New("This %s closes nothing.", s.word(i)),
			Found:    phrase.Verbatim(s.word(i)),
			Expected: phrase.New("an operator or the end"),
		})
		return false
	}
	if want := closing(s.word(f.open)); want != s.word(i) {
		s.report(i, Problem{
			Message:  phrase.New("The %s that is open here is closed by %s.", s.word(f.open), want),
			Found:    phrase.Verbatim(s.word(i)),
			Expected: phrase.Verbatim(want),
		})
	} else if f.ternary > 0 {
		s.report(i, Problem{
			Message:  phrase.New("A ? needs a : and what holds otherwise."),
			Found:    phrase.Verbatim(s.word(i)),
			Expected: phrase.Verbatim(":"),
		})
	}
	s.tokens[f.open].mate, s.tokens[i].mate = i, f.open
	s.depth -= f.nested
	s.frames = s.frames[:len(s.frames)-1]
	return false
}
