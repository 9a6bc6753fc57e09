package tracking

import (
	"bytes"
	"errors"
	"strconv"
	"strings"
	"sync"

	"github.com/go-json-experiment/json/jsontext"
)

// walk reads one message from its first byte to its last, once: it checks that
// the text is JSON without duplicate names and within the limits, and builds the
// values that an opened event shows.
type walk struct {
	buf    bytes.Buffer
	dec    jsontext.Decoder
	limits Limits
	names  int // left to the member under way
	field  field
	draft  draft // here to be allocated once; decode's
	// known are names read before, so that those of every message are allocated once.
	known map[string]string
}

// maxKnown bounds walk.known against a sender that makes up names.
const maxKnown = 1024

var walks = sync.Pool{New: func() any { return &walk{known: make(map[string]string)} }}

func startWalk(raw []byte, limits Limits) *walk {
	w := walks.Get().(*walk)
	w.buf = *bytes.NewBuffer(raw)
	w.dec.Reset(&w.buf)
	w.limits = limits
	return w
}

func (w *walk) end() {
	clear(w.draft.rest)
	w.buf, w.field, w.draft = bytes.Buffer{}, field{}, draft{rest: w.draft.rest[:0]}
	w.dec.Reset(&w.buf)
	walks.Put(w)
}

// field is a member that has been read.
type field struct {
	member
	kind  jsontext.Kind
	text  string // what a text says
	value any    // what anything else is, as json.Unmarshal makes it
}

// any is the field's value.
func (f *field) any() any {
	if f.kind == '"' {
		return f.text
	}
	return f.value
}

// none says whether the field is as good as absent: null and "" mean the same.
func (f *field) none() bool { return f.kind == 0 || f.kind == 'n' || f.kind == '"' && f.text == "" }

// taker is given the members of a message as they are read. The field is valid
// during the call.
type taker interface{ take(*field) error }

// members hands over each member of the message, whose text is given again.
func (w *walk) members(text []byte, to taker) error {
	if kind := w.dec.PeekKind(); kind != '{' {
		if !jsontext.Value(text).IsValid() {
			return refuse(CodeInvalidJSON, "the message is not JSON")
		}
		return refuse(CodeNotAnObject, "the message is %s; send a JSON object", kindName(kind))
	}
	if err := w.open(); err != nil {
		return err
	}
	for w.dec.PeekKind() != '}' {
		w.names = 1 // those of the message itself are bounded by its size
		name, err := w.name()
		if err != nil {
			return err
		}
		w.names = w.limits.Names
		start := int(w.dec.InputOffset())
		f := &w.field
		*f = field{kind: w.dec.PeekKind()}
		if f.kind == '"' {
			f.text, err = w.text()
		} else {
			f.value, err = w.value()
		}
		if err != nil {
			return err
		}
		raw, _ := bytes.CutPrefix(trim(text[start:w.dec.InputOffset()]), []byte(":"))
		f.member = member{name, trim(raw)}
		if err := to.take(f); err != nil {
			return err
		}
	}
	if _, err := w.dec.ReadToken(); err != nil {
		return syntax(err)
	}
	if len(trim(text[w.dec.InputOffset():])) > 0 {
		return refuse(CodeTrailingData, "there is more after the message; send one JSON object")
	}
	return nil
}

func (w *walk) name() (string, error) {
	quoted, err := w.dec.ReadValue()
	if err != nil {
		return "", syntax(err)
	}
	if w.names--; w.names < 0 {
		return "", refuse(CodeTooManyNames, "more than %d names in one member of the message; send fewer properties", w.limits.Names)
	}
	text := quoted[1 : len(quoted)-1]
	if bytes.IndexByte(text, '\\') >= 0 {
		if text, err = jsontext.AppendUnquote(nil, quoted); err != nil {
			return "", syntax(err)
		}
	}
	if len(text) > w.limits.Name {
		return "", refuse(CodeNameTooLong, "the name %q… has %d bytes; at most %d are taken", text[:min(len(text), 40)], len(text), w.limits.Name)
	}
	if known, ok := w.known[string(text)]; ok {
		return known, nil
	}
	if len(w.known) == maxKnown {
		clear(w.known)
	}
	name := string(text)
	w.known[name] = name
	return name, nil
}

func (w *walk) value() (any, error) {
	switch w.dec.PeekKind() {
	case '{':
		if err := w.open(); err != nil {
			return nil, err
		}
		object := make(map[string]any)
		for w.dec.PeekKind() != '}' {
			name, err := w.name()
			if err != nil {
				return nil, err
			}
			if object[name], err = w.value(); err != nil {
				return nil, err
			}
		}
		_, err := w.dec.ReadToken()
		return object, syntax(err)
	case '[':
		if err := w.open(); err != nil {
			return nil, err
		}
		list := []any{}
		for w.dec.PeekKind() != ']' {
			item, err := w.value()
			if err != nil {
				return nil, err
			}
			list = append(list, item)
		}
		_, err := w.dec.ReadToken()
		return list, syntax(err)
	case '0':
		digits, err := w.dec.ReadValue()
		if err != nil {
			return nil, syntax(err)
		}
		number, err := strconv.ParseFloat(string(digits), 64)
		if err != nil {
			return nil, refuse(CodeInvalidNumber, "%s is too large for a number; send it as text", digits[:min(len(digits), 40)])
		}
		return number, nil
	case '"':
		return w.text()
	case 't', 'f':
		token, err := w.dec.ReadToken()
		if err != nil {
			return nil, syntax(err)
		}
		return token.Bool(), nil
	default: // null, or an error that reading tells
		_, err := w.dec.ReadToken()
		return nil, syntax(err)
	}
}

func (w *walk) text() (string, error) {
	token, err := w.dec.ReadToken()
	if err != nil {
		return "", syntax(err)
	}
	return token.String(), nil
}

func (w *walk) open() error {
	if _, err := w.dec.ReadToken(); err != nil {
		return syntax(err)
	}
	if w.dec.StackDepth() > w.limits.Depth {
		return refuse(CodeTooDeep, "the message nests more than %d deep; flatten it", w.limits.Depth)
	}
	return nil
}

func syntax(err error) error {
	if err == nil {
		return nil
	}
	// The sender need not know which package reads.
	where := strings.TrimPrefix(err.Error(), "jsontext: ")
	if errors.Is(err, jsontext.ErrDuplicateName) {
		return refuse(CodeDuplicateKey, "a name is given twice in one object; send it once (%s)", where)
	}
	return refuse(CodeInvalidJSON, "the message is not JSON: %s", where)
}
