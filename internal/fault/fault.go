// Package fault is the one kind of error that crosses Galena's floors: a kind
// that a program can act on, a text that is safe to show to a person, and the
// cause, which is for logs only.
//
// It knows nothing of HTTP, exit codes or databases; each face translates kinds
// into its own answers.
package fault

import (
	"errors"
	"strings"

	"galena/internal/phrase"
)

// Kind says what sort of thing went wrong, as far as a caller can act on it.
type Kind uint8

const (
	// Internal is everything nobody foresaw; its text never shows the cause.
	Internal Kind = iota
	// Invalid is input that will never be accepted as it stands.
	Invalid
	// NotFound is a name or id that leads nowhere.
	NotFound
	// Conflict is a request that the present state refuses.
	Conflict
	// Denied is a missing or insufficient right.
	Denied
	// TooLarge is input past a named limit.
	TooLarge
	// Busy is a refusal for now: the same request may succeed later.
	Busy
)

func (k Kind) String() string {
	switch k {
	case Invalid:
		return "invalid"
	case NotFound:
		return "not_found"
	case Conflict:
		return "conflict"
	case Denied:
		return "denied"
	case TooLarge:
		return "too_large"
	case Busy:
		return "busy"
	default:
		return "internal"
	}
}

// Error is a fault. Text names the field, the value and the way out, and is
// safe to show; Cause may be nil.
type Error struct {
	Kind  Kind
	Text  string
	Cause error
	// said is the text for other languages; of a fault that came as a text it is none.
	said phrase.Phrase
}

func (e *Error) Error() string {
	if e.Cause != nil {
		return strings.TrimSuffix(e.Text, ".") + ": " + e.Cause.Error()
	}
	return e.Text
}

func (e *Error) Unwrap() error { return e.Cause }

// New makes a fault without a cause. The text is a phrase, formatted as by
// fmt.Sprintf.
func New(kind Kind, format string, args ...any) error {
	said := phrase.New(format, args...)
	return &Error{Kind: kind, Text: said.String(), said: said}
}

// Wrap gives err a kind and a text for people. Wrap of nil is nil.
func Wrap(err error, kind Kind, format string, args ...any) error {
	if err == nil {
		return nil
	}
	said := phrase.New(format, args...)
	return &Error{Kind: kind, Text: said.String(), Cause: err, said: said}
}

// KindOf is the kind of the outermost fault in err's chain, Internal if there is none.
func KindOf(err error) Kind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	return Internal
}

// Said is what may be shown of err to a person, for whatever language: the outermost
// fault's text, or a sentence that tells nothing when err is no fault.
func Said(err error) phrase.Phrase {
	e, ok := errors.AsType[*Error](err)
	switch {
	case !ok:
		return phrase.New("Something went wrong on our side.")
	case e.said.English == "":
		return phrase.New("%s", e.Text)
	}
	return e.said
}

// Text is Said in English.
func Text(err error) string { return Said(err).String() }
