package rule

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// folding is what happens to the ASCII letters of a text before it is looked at.
type folding uint8

const (
	asIs folding = iota
	lower
	upper
)

func (fold folding) of(c byte) byte {
	switch {
	case fold == lower && c >= 'A' && c <= 'Z':
		return c + ('a' - 'A')
	case fold == upper && c >= 'a' && c <= 'z':
		return c - ('a' - 'A')
	}
	return c
}

// equal says whether text, folded, is want.
func (fold folding) equal(text, want string) bool {
	if fold == asIs || len(text) != len(want) {
		return text == want
	}
	for i := range len(text) {
		if fold.of(text[i]) != want[i] {
			return false
		}
	}
	return true
}

// scratch lends room for folded texts that must stand in one piece.
var scratch = sync.Pool{New: func() any { return new([]byte) }}

// with calls see with text folded.
func (fold folding) with(text string, see func(folded []byte) bool) bool {
	room := scratch.Get().(*[]byte)
	folded := append((*room)[:0], text...)
	for i, c := range folded {
		folded[i] = fold.of(c)
	}
	ok := see(folded)
	if cap(folded) <= 64<<10 { // a rare giant is not kept for ever
		*room = folded
	}
	scratch.Put(room)
	return ok
}

// textTest looks at a text, folded first.
type textTest struct {
	of   source
	fold folding
	look textLook
}

func (t textTest) truth(f frame) Truth {
	text, ok := t.of.text(f)
	if !ok {
		return Unknown
	}
	return t.look.at(text, t.fold)
}

// textLook is a question about a text.
type textLook interface {
	at(text string, fold folding) Truth
}

type textIs struct{ want string }

func (l textIs) at(text string, fold folding) Truth { return truthOf(fold.equal(text, l.want)) }

// textOrder compares unfolded texts byte by byte.
type textOrder struct {
	op   Op
	with string
}

func (l textOrder) at(text string, _ folding) Truth {
	return truthOf(l.op.Compare(int64(strings.Compare(text, l.with)), 0))
}

type textIn struct{ list []string }

func (l textIn) at(text string, fold folding) Truth {
	for _, want := range l.list {
		if fold.equal(text, want) {
			return True
		}
	}
	return False
}

// longList is from how many texts on a sorted list is faster than a look at each.
const longList = 12

// textInSorted is textIn for long lists of unfolded texts.
type textInSorted struct{ sorted []string }

func (l textInSorted) at(text string, _ folding) Truth {
	_, found := slices.BinarySearch(l.sorted, text)
	return truthOf(found)
}

type textStarts struct{ want string }

func (l textStarts) at(text string, fold folding) Truth {
	return truthOf(len(text) >= len(l.want) && fold.equal(text[:len(l.want)], l.want))
}

type textEnds struct{ want string }

func (l textEnds) at(text string, fold folding) Truth {
	return truthOf(len(text) >= len(l.want) && fold.equal(text[len(text)-len(l.want):], l.want))
}

type textContains struct{ want string }

func (l textContains) at(text string, fold folding) Truth {
	if fold == asIs {
		return truthOf(strings.Contains(text, l.want))
	}
	return truthOf(fold.with(text, func(folded []byte) bool { return bytes.Contains(folded, []byte(l.want)) }))
}

type textMatches struct {
	pattern *regexp.Regexp
	matched *memo
}

func (l textMatches) at(text string, fold folding) Truth {
	if len(text) > MaxMatched {
		return Unknown
	}
	return truthOf(l.matched.of(text, func() bool {
		if fold == asIs {
			return l.pattern.MatchString(text)
		}
		return fold.with(text, l.pattern.Match)
	}))
}
