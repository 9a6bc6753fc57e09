package bulk

import (
	"bytes"
	"errors"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// lineObject reads a line of NDJSON that must be one JSON object, under the limits
// that the tracking endpoint has for anyone else. Text that is no Unicode is
// mended; all else is as it was.
func lineObject(text string) (record, *problem) {
	object := jsontext.Value(text)
	mended, bad := inspect(object)
	if bad != nil {
		return record{}, bad
	}
	if mended != nil {
		object = mended
	}
	r := record{index: map[string]int{}, mended: mended != nil}
	if err := r.add("", object, 0); err != nil {
		return record{}, &problem{"invalid_json", err.Error()}
	}
	return r, nil
}

// inspect goes through an object: what is wrong with it, and the object with its
// texts mended, nil if there was nothing to mend.
func inspect(object jsontext.Value) (mended jsontext.Value, bad *problem) {
	dec := jsontext.NewDecoder(bytes.NewReader(object), jsontext.AllowInvalidUTF8(true))
	var out bytes.Buffer
	enc := jsontext.NewEncoder(&out, jsontext.AllowInvalidUTF8(true))
	names := 0
	for begun := false; ; begun = true {
		// The place of the token tells whether it is a name.
		kind, length := dec.StackIndex(dec.StackDepth())
		t, err := dec.ReadToken()
		outside := kind == jsontext.KindInvalid
		if err == io.EOF && outside && begun {
			break
		}
		if err != nil {
			return nil, unreadableJSON(err)
		}
		if outside && (begun || t.Kind() != '{') {
			return nil, refusal("invalid_json", "the line is not one JSON object")
		}
		switch t.Kind() {
		case '"':
			if kind == '{' && length%2 == 0 {
				if names++; names > MaxColumns {
					return nil, refusal("too_many_properties", "the object has more than the %d members allowed", MaxColumns)
				}
				if name := t.String(); len(name) > MaxName {
					return nil, refusal("key_too_long", "the name %.40q… has %d bytes, more than the %d allowed", name, len(name), MaxName)
				}
			}
		case '0':
			if f, err := strconv.ParseFloat(t.String(), 64); err != nil || math.IsInf(f, 0) {
				return nil, refusal("invalid_number", "%s: %s is larger than a number can be; write it as text", pointer(dec), shorten(t.String()))
			}
		case '{', '[':
			if dec.StackDepth() > MaxNesting {
				return nil, refusal("too_deep", "the object nests deeper than the %d levels allowed", MaxNesting)
			}
		}
		if err := enc.WriteToken(t); err != nil {
			return nil, unreadableJSON(err)
		}
	}
	if object.IsValid() {
		return nil, nil
	}
	return bytes.TrimSpace(out.Bytes()), nil
}

// unreadableJSON says in words what is wrong with a line.
func unreadableJSON(err error) *problem {
	if errors.Is(err, jsontext.ErrDuplicateName) {
		return refusal("duplicate_key", "an object has the same name twice: %s", reason(err))
	}
	return refusal("invalid_json", "the line is not one JSON object: %s", reason(err))
}

func reason(err error) string {
	return strings.TrimPrefix(strings.TrimPrefix(err.Error(), "jsontext: "), "json: ")
}

// pointer is where the decoder is, as people write paths.
func pointer(dec *jsontext.Decoder) string {
	return strings.ReplaceAll(strings.TrimPrefix(string(dec.StackPointer()), "/"), "/", ".")
}

// shorten cuts what nobody would read to its end.
func shorten(text string) string {
	const shown = 80
	if len(text) > shown {
		text = strings.ToValidUTF8(text[:shown], "") + "…"
	}
	return text
}
