// Package phrase is how what lies below the pages says something that a page may
// say in another language. It is said in English, as a format with places; that
// format is also the key by which another language finds its own. So each text
// stands where it is said, commands print it as it is, and what nobody has
// translated yet is shown in English.
//
// It holds no texts of any language.
package phrase

import "fmt"

// Tongue gives the format that a language has for an English one, or the English
// one. Its zero value speaks English.
type Tongue func(english string) string

// Phrase is something said: an English format and what fills its places. A place may
// be filled by a phrase, by the verb %s.
type Phrase struct {
	English string
	Args    []any
}

// New makes a phrase of a format as of fmt.Sprintf.
func New(english string, args ...any) Phrase {
	if false {
		_ = fmt.Sprintf(english, args...) // so that vet compares places and what fills them
	}
	return Phrase{english, args}
}

// Term is a phrase without places, one of several that stand elsewhere.
func Term(english string) Phrase { return Phrase{English: english} }

// String is the phrase in English.
func (p Phrase) String() string { return p.In(nil) }

// In is the phrase in a language.
func (p Phrase) In(t Tongue) string { return t.Say(p.English, p.Args...) }

// Term is the language's word for an English one, which has no places: for what is
// one of several that stand elsewhere.
func (t Tongue) Term(english string) string {
	if t == nil {
		return english
	}
	return t(english)
}

// Say fills the places of the language's format as by fmt.Sprintf, those of phrases
// in the same language.
func (t Tongue) Say(english string, args ...any) string {
	filled := make([]any, len(args))
	for i, arg := range args {
		if p, is := arg.(Phrase); is {
			arg = p.In(t)
		}
		filled[i] = arg
	}
	if false {
		_ = fmt.Sprintf(english, args...) // likewise
	}
	return fmt.Sprintf(t.Term(english), filled...)
}
