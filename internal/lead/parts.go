package lead

import (
	"bytes"
	"fmt"
	"io"
	"sync"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Parts are some of the open parts of a body.
type Parts uint8

const (
	PartProperties Parts = 1 << iota
	PartTraits
	PartContext
)

// OpenParts is Open for some parts; the others stay closed, and what is in them is
// only passed over. For no parts the body is not looked at.
func (e *Event) OpenParts(wanted Parts) error {
	if wanted == 0 || len(e.Body) == 0 {
		return nil
	}
	o := openers.Get().(*opener)
	defer openers.Put(o)
	o.body.Reset(e.Body)
	o.decoder.Reset(&o.body, opening...)
	if err := e.openParts(&o.decoder, wanted); err != nil {
		return fmt.Errorf("body of event %d: %w", e.Seq, err)
	}
	return nil
}

// opener is what opens one body after the other: a decoder has a buffer, which costs
// more than most bodies.
type opener struct {
	body    bytes.Reader
	decoder jsontext.Decoder
}

var (
	openers = sync.Pool{New: func() any { return new(opener) }}
	opening = []jsontext.Options{jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)}
)

func (e *Event) openParts(d *jsontext.Decoder, wanted Parts) error {
	begin, err := d.ReadToken()
	if err != nil || begin.Kind() != '{' {
		return err // null, as for Open
	}
	for d.PeekKind() != '}' {
		name, err := d.ReadToken()
		if err != nil {
			return err
		}
		var part *map[string]any
		switch name.String() {
		case "properties":
			part = partTo(wanted&PartProperties, &e.Properties)
		case "traits":
			part = partTo(wanted&PartTraits, &e.Traits)
		case "context":
			part = partTo(wanted&PartContext, &e.Context)
		}
		if part == nil {
			err = d.SkipValue()
		} else {
			err = json.UnmarshalDecode(d, part)
		}
		if err != nil {
			return err
		}
	}
	if _, err := d.ReadToken(); err != nil {
		return err
	}
	if _, err := d.ReadToken(); err != io.EOF {
		return fmt.Errorf("more than one value (%v)", err)
	}
	return nil
}

// partTo is where a part goes; nil if it is not wanted.
func partTo(wanted Parts, to *map[string]any) *map[string]any {
	if wanted == 0 {
		return nil
	}
	return to
}
