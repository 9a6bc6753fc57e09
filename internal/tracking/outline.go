package tracking

import (
	"bytes"

	"github.com/go-json-experiment/json/jsontext"

	"galena/internal/phrase"
)

// The outline of JSON text is where its values begin and end. It is found by
// brackets and quotes alone, so that a broken value does not hide those after
// it; whether a value is JSON is asked of each by itself, later.

// member is one name of an object with the raw text of its value.
type member struct {
	name string
	raw  []byte
}

// maxMembers bounds the members of an object of which only the outline is read.
const maxMembers = 5000

// members gives the members of the object that is all of raw. The error is a
// *Refusal about raw as a whole.
func members(raw []byte) ([]member, error) {
	raw = trim(raw)
	switch {
	case len(raw) == 0:
		return nil, refuse(CodeEmptyBody, "the body is empty; send one JSON object")
	case raw[0] != '{':
		if !jsontext.Value(raw).IsValid() {
			return nil, refuse(CodeInvalidJSON, "the body is not JSON")
		}
		return nil, refuse(CodeNotAnObject, "the body is %s; send one JSON object", kindName(jsontext.Value(raw).Kind()))
	}
	slots, end := outline(raw, maxMembers)
	if end < 0 {
		return nil, refuse(CodeInvalidJSON, "the body ends in the middle of its JSON object")
	}
	if end < len(raw) {
		return nil, refuse(CodeTrailingData, "there is more after the JSON object, at byte %d; send one object", end)
	}
	if len(slots) > maxMembers {
		return nil, refuse(CodeTooManyNames, "the JSON object has more than %d members", maxMembers)
	}
	found := make([]member, 0, len(slots))
	for _, slot := range slots {
		nameEnd := valueEnd(slot, 0)
		if nameEnd < 0 || len(slot) == 0 || slot[0] != '"' {
			return nil, refuse(CodeInvalidJSON, "the body's JSON object is broken after its %d. member", len(found))
		}
		name, err := jsontext.AppendUnquote(nil, slot[:nameEnd])
		if err != nil {
			return nil, refuse(CodeInvalidJSON, "the name of the body's %d. member is not a JSON string", len(found)+1)
		}
		value, ok := bytes.CutPrefix(trim(slot[nameEnd:]), []byte(":"))
		if !ok {
			return nil, refuse(CodeInvalidJSON, "no colon follows the name %q", name)
		}
		found = append(found, member{string(name), trim(value)})
	}
	return found, nil
}

// outline gives what stands between the brackets and commas of the object or
// list that starts at b[0], at most one slot more than most, and the place after
// it; -1 if it has no end.
func outline(b []byte, most int) (slots [][]byte, end int) {
	start := 1
	keep := func(slot []byte) {
		if len(slots) <= most {
			slots = append(slots, slot)
		}
	}
	for i := 1; i < len(b); {
		switch b[i] {
		case ',':
			keep(trim(b[start:i]))
			i++
			start = i
		case '}', ']':
			if last := trim(b[start:i]); len(last) > 0 || len(slots) > 0 {
				keep(last)
			}
			return slots, i + 1
		case ':', ' ', '\t', '\r', '\n':
			i++
		default:
			if i = valueEnd(b, i); i < 0 {
				return nil, -1
			}
		}
	}
	return nil, -1
}

// valueEnd is the place after the value that starts at b[i]; -1 if it has no end.
func valueEnd(b []byte, i int) int {
	depth := 0
	for i < len(b) {
		switch b[i] {
		case '"':
			i = stringEnd(b, i)
			if i < 0 || depth == 0 {
				return i
			}
			continue
		case '{', '[':
			depth++
		case '}', ']':
			switch depth {
			case 0:
				return i // the end of what the value stands in
			case 1:
				return i + 1
			}
			depth--
		case ',', ':', ' ', '\t', '\r', '\n':
			if depth == 0 {
				return i
			}
		}
		i++
	}
	if depth > 0 {
		return -1
	}
	return i
}

// stringEnd is the place after the string that starts at b[i]; -1 if it has no end.
func stringEnd(b []byte, i int) int {
	for i++; i < len(b); i++ {
		switch b[i] {
		case '"':
			return i + 1
		case '\\':
			i++
		}
	}
	return -1
}

func trim(b []byte) []byte {
	for len(b) > 0 && blank(b[0]) {
		b = b[1:]
	}
	for len(b) > 0 && blank(b[len(b)-1]) {
		b = b[:len(b)-1]
	}
	return b
}

func blank(c byte) bool { return c == ' ' || c == '\n' || c == '\r' || c == '\t' }

func kindName(k jsontext.Kind) phrase.Phrase {
	switch k {
	case 'n':
		return phrase.Term("null")
	case 't', 'f':
		return phrase.Term("a truth value")
	case '"':
		return phrase.Term("a text")
	case '0':
		return phrase.Term("a number")
	case '[':
		return phrase.Term("a list")
	default:
		return phrase.Term("an object")
	}
}
