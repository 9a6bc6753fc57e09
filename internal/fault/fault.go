// Package fault is the one kind of error that crosses Galena's floors: a kind
// that a program can act on, a text that is safe to show to a person, and the
// cause, which is for logs only.
//
// It knows nothing of HTTP, exit codes or databases; each face translates kinds
// into its own answers.
package fault

import (
	"errors"
	"fmt"
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
}

func (e *Error) Error() string {
	if e.Cause != nil {
		return e.Text + ": " + e.Cause.Error()
	}
	return e.Text
}

func (e *Error) Unwrap() error { return e.Cause }

// New makes a fault without a cause. The text is formatted as by fmt.Sprintf.
func New(kind Kind, format string, args ...any) error {
	return &Error{Kind: kind, Text: fmt.Sprintf(format, args...)}
}

// Wrap gives err a kind and a text for people. Wrap of nil is nil.
func Wrap(err error, kind Kind, format string, args ...any) error {
	if err == nil {
		return nil
	}
	return &Error{Kind: kind, Text: fmt.Sprintf(format, args...), Cause: err}
}

// KindOf is the kind of the outermost fault in err's chain, Internal if there is none.
func KindOf(err error) Kind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	return Internal
}

// Text is what may be shown of err to a person: the outermost fault's text, or
// a sentence that tells nothing when err is no fault.
func Text(err error) string {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Text
	}
	return "Something went wrong on our side."
}
