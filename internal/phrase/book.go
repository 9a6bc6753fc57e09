package phrase

import (
	"cmp"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
)

// Book finds out which phrase a text is that was kept in English: it knows the formats
// of which it can be. A text is compared with the formats' fixed parts, one after the
// other, so that a list of texts costs next to nothing.
type Book struct{ forms []form }

// form is a format in its fixed parts, between which its places are.
type form struct {
	english string
	parts   []string
	open    []bool // of a place: it may hold a phrase itself
	fixed   int    // bytes of the parts
}

var place = regexp.MustCompile(`%[-+#0]*[0-9.]*([a-zA-Z%])`)

// maxNested is how deep phrases are looked for in the places of phrases: a row's number,
// what is wrong with a value, and what it should be.
const maxNested = 3

// NewBook makes a book of formats whose places stand in their order.
func NewBook(formats []string) *Book {
	b := &Book{}
	for _, english := range formats {
		f := form{english: english}
		part, from := "", 0
		for _, m := range place.FindAllStringSubmatchIndex(english, -1) {
			part += english[from:m[0]]
			from = m[1]
			verb := english[m[2]:m[3]]
			if verb == "%" {
				part += "%"
				continue
			}
			f.parts, f.open, part = append(f.parts, part), append(f.open, english[m[0]:m[1]] == "%s"), ""
		}
		f.parts = append(f.parts, part+english[from:])
		for _, p := range f.parts {
			f.fixed += len(p)
		}
		b.forms = append(b.forms, f)
	}
	// What begins or says more is the likelier, and of equals always the same one.
	slices.SortFunc(b.forms, func(x, y form) int {
		return cmp.Or(cmp.Compare(len(y.parts[0]), len(x.parts[0])), cmp.Compare(y.fixed, x.fixed), cmp.Compare(x.english, y.english))
	})
	return b
}

// Find is the phrase that a text is, or the text as it is.
func (b *Book) Find(text string) Phrase {
	if p, found := b.find(text, maxNested); found {
		return p
	}
	return Verbatim(text)
}

func (b *Book) find(text string, nested int) (Phrase, bool) {
	for i := range b.forms {
		f := &b.forms[i]
		held, is := f.places(text)
		if !is {
			continue
		}
		p := Phrase{English: f.english}
		for k, h := range held {
			var arg any = kept(h)
			if f.open[k] && nested > 0 {
				if inner, found := b.find(h, nested-1); found {
					arg = inner
				}
			}
			p.Args = append(p.Args, arg)
		}
		return p, true
	}
	return Phrase{}, false
}

// places are what fills the places of the format in a text, if it is of that format.
func (f *form) places(text string) ([]string, bool) {
	last := len(f.parts) - 1
	if last == 0 {
		return nil, text == f.parts[0]
	}
	// The ends are looked at first, which is soon done.
	rest, is := strings.CutPrefix(text, f.parts[0])
	if !is {
		return nil, false
	}
	if rest, is = strings.CutSuffix(rest, f.parts[last]); !is {
		return nil, false
	}
	var held []string
	for _, part := range f.parts[1:last] {
		before, after, found := strings.Cut(rest, part)
		if !found {
			return nil, false
		}
		held, rest = append(held, before), after
	}
	return append(held, rest), true
}

// kept is what filled a place, as it was written: it is not formatted again, whatever
// the verb.
type kept string

func (k kept) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, string(k)) }
