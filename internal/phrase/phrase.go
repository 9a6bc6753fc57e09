// Package phrase is how what lies below the pages says something that a page may
// say in another language. It is said in English, as a format with places; that
// format is also the key by which another language finds its own. So each text
// stands where it is said, commands print it as it is, and what nobody has
// translated yet is shown in English.
//
// It holds no texts of any language.
package phrase

import (
	"fmt"
	"strings"
)

// Tongue gives the format that a language has for an English one, or the English
// one. Its zero value speaks English.
type Tongue func(english string) string

// Phrase is something said: an English format and what fills its places. A place may
// be filled by a phrase, by the verb %s.
type Phrase struct {
	English string
	Args    []any
	// clause says that the full stop is left out.
	clause bool
}

// New makes a phrase of a format as of fmt.Sprintf.
func New(english string, args ...any) Phrase {
	if false {
		_ = fmt.Sprintf(english, args...) // so that vet compares places and what fills them
	}
	return Phrase{English: english, Args: args}
}

// Term is a phrase without places, one of several that stand elsewhere.
func Term(english string) Phrase { return Phrase{English: english} }

// Verbatim is what reads the same in every language: what somebody wrote, a name, an
// expression. Of "" it is the zero value.
func Verbatim(text string) Phrase {
	if text == "" {
		return Phrase{}
	}
	return Phrase{English: "%s", Args: []any{text}}
}

// Lines are phrases below each other, each on a line of its own.
func Lines(all ...Phrase) Phrase {
	lines := Phrase{English: strings.TrimSuffix(strings.Repeat("%s\n", len(all)), "\n")}
	for _, p := range all {
		lines.Args = append(lines.Args, p)
	}
	return lines
}

// Clause is the phrase without its full stop, for where the sentence goes on.
func (p Phrase) Clause() Phrase {
	p.clause = true
	return p
}

// IsZero says that there is nothing to say.
func (p Phrase) IsZero() bool { return p.English == "" }

// String is the phrase in English.
func (p Phrase) String() string { return p.In(nil) }

// MarshalText writes the phrase in English, which is what programs read.
func (p Phrase) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// In is the phrase in a language.
func (p Phrase) In(t Tongue) string {
	text := t.Say(p.English, p.Args...)
	if p.clause {
		text = strings.TrimSuffix(text, ".")
	}
	return text
}

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
