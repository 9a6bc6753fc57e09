package tracking

import (
	"bytes"

	"github.com/go-json-experiment/json/jsontext"

	"galena/internal/lead"
	"galena/internal/pipeline"
)

// Remark is a warning about the message at Index of its batch.
type Remark struct {
	Index int
	Code  Warning
}

// Batch is what the messages of one request are.
type Batch struct {
	pipeline.Batch
	Remarks []Remark
	// Suppressed is how many messages are not kept since their browser objects.
	Suppressed int
}

// Batch decodes an envelope with its messages. A bad message becomes a reject
// and harms no other, as long as its brackets and quotes are in balance. The
// error is a *Refusal of the envelope: nothing in it can be read, or it holds too
// many messages.
func (d Decoder) Batch(raw []byte, from Arrival) (Batch, error) {
	limits := d.Limits.withDefaults()
	around, list, err := readEnvelope(raw, limits)
	if err != nil {
		return Batch{}, err
	}
	items, _ := outline(list, limits.Events)
	if len(items) > limits.Events {
		return Batch{}, refuse(CodeTooManyEvents, "the batch has more than %d messages; send fewer at once", limits.Events)
	}
	if around.size*len(items) > limits.Shared {
		return Batch{}, refuse(CodeEnvelopeTooLarge, "the envelope's context and integrations have %d bytes, too many to repeat in %d messages; send fewer at once",
			around.size, len(items))
	}
	batch := Batch{Batch: pipeline.Batch{Events: make([]lead.Event, 0, len(items))}}
	for i, item := range items {
		batch.add(i, item, 0, from, around, limits)
	}
	return batch, nil
}

// single decodes one message as a batch of one.
func (d Decoder) single(raw []byte, as lead.Type, from Arrival) Batch {
	var batch Batch
	batch.add(0, raw, as, from, &envelope{}, d.Limits.withDefaults())
	return batch
}

func (b *Batch) add(index int, raw []byte, as lead.Type, from Arrival, around *envelope, limits Limits) {
	m, err := decode(raw, as, from, around, limits)
	switch {
	case err == errObjected:
		b.Suppressed++
		return
	case err != nil:
		b.Rejects = append(b.Rejects, err.(*Refusal).Reject(index, named(raw, as), from))
		return
	}
	b.Events = append(b.Events, m.Event)
	for _, w := range m.Warnings {
		b.Remarks = append(b.Remarks, Remark{index, w})
	}
}

// envelope is what a batch says about all of its messages.
type envelope struct {
	context, integrations fields
	sent                  lead.Time
	size                  int // of both, as text
	mended                bool
}

func readEnvelope(raw []byte, limits Limits) (*envelope, []byte, error) {
	all, err := members(raw)
	if err != nil {
		return nil, nil, err
	}
	around, seen := &envelope{}, make(map[string]bool, len(all))
	var list []byte
	for _, m := range all {
		if seen[m.name] {
			return nil, nil, refuse(CodeDuplicateKey, "the envelope has %q twice; send it once", m.name)
		}
		seen[m.name] = true
		if m.name == "batch" {
			list = m.raw
			continue
		}
		text, mended := mend(m.raw)
		if !jsontext.Value(text).IsValid() {
			return nil, nil, refuse(CodeInvalidJSON, "%q of the envelope is not JSON, or has a name twice", m.name)
		}
		switch m.name {
		case "context":
			around.context, err = readShared(m.name, text, limits)
			around.size += len(text)
		case "integrations":
			around.integrations, err = readShared(m.name, text, limits)
			around.size += len(text)
		case "sentAt":
			around.sent, _ = parseMoment(textOf(text))
		default:
			mended = false // it is not kept
		}
		if err != nil {
			return nil, nil, err
		}
		around.mended = around.mended || mended
	}
	if len(list) < 2 || list[0] != '[' || list[len(list)-1] != ']' {
		return nil, nil, refuse(CodeInvalidBatch, "the envelope has no list named batch; send {\"batch\":[…]}")
	}
	return around, list, nil
}

// readShared reads an object whose members all messages of the batch share.
func readShared(name string, text []byte, limits Limits) (fields, error) {
	if kind := jsontext.Value(text).Kind(); kind != '{' {
		// As in a message: null, "" and PHP's empty list are none, and some
		// write true for integrations, which concern nobody here.
		compact := jsontext.Value(bytes.Clone(text))
		_ = compact.Compact() // it is valid
		if s := string(compact); name == "integrations" || s == "null" || s == `""` || s == "[]" {
			return nil, nil
		}
		return nil, refuse(CodeInvalidField, "%s of the envelope is %s; give an object", name, kindName(kind))
	}
	w := startWalk(text, limits)
	defer w.end()
	var all fields
	err := w.members(text, &all)
	return all, err
}

// fields keeps what it takes.
type fields []field

func (all *fields) take(f *field) error {
	*all = append(*all, *f)
	return nil
}

// textOf is the text that JSON says; "" if it is no text.
func textOf(raw []byte) string {
	if jsontext.Value(raw).Kind() != '"' {
		return ""
	}
	text, err := jsontext.AppendUnquote(nil, raw)
	if err != nil {
		return ""
	}
	return string(text)
}

// messageIDOf is the message id in a message that may be broken, "" if it
// cannot be read.
func messageIDOf(raw []byte) string {
	if trimmed := trim(raw); len(trimmed) == 0 || trimmed[0] != '{' {
		return ""
	}
	text, _ := mend(raw)
	id := textOf((&object{raw: text}).member("messageId"))
	if len(id) > lead.MaxText {
		return ""
	}
	return id
}
