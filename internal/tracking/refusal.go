package tracking

import (
	"bytes"
	"slices"
	"strings"

	"galena/internal/lead"
	"galena/internal/phrase"
)

// Codes of refusals, for programs. A message's and a body's share one space.
const (
	CodeInvalidJSON      = "invalid_json"
	CodeTrailingData     = "trailing_data"
	CodeEmptyBody        = "empty_body"
	CodeNotAnObject      = "not_an_object"
	CodeInvalidBatch     = "invalid_batch"
	CodeTooManyEvents    = "too_many_events"
	CodeEnvelopeTooLarge = "envelope_too_large"

	CodeEventTooLarge     = "event_too_large"
	CodeTooDeep           = "too_deep"
	CodeTooManyNames      = "too_many_properties"
	CodeNameTooLong       = "key_too_long"
	CodeTextTooLong       = "value_too_long"
	CodeDuplicateKey      = "duplicate_key"
	CodeInvalidNumber     = "invalid_number"
	CodeInvalidField      = "invalid_field"
	CodeMissingType       = "missing_type"
	CodeUnknownType       = "unknown_type"
	CodeNoID              = "no_user_anon_id"
	CodeMissingEvent      = "missing_event"
	CodeMissingGroupID    = "missing_group_id"
	CodeMissingUserID     = "missing_user_id"
	CodeMissingPreviousID = "missing_previous_id"
)

// Refusal says why a message, or a whole body, is no event. It will never be
// accepted as it stands.
type Refusal struct {
	Code    string
	Message string
	// Said is the message, for other languages.
	Said phrase.Phrase
}

func (r *Refusal) Error() string { return r.Code + ": " + r.Message }

// maxMessage bounds a refusal's message, which quotes what was sent.
const maxMessage = 400

func refuse(code, format string, args ...any) *Refusal {
	said := phrase.New(format, args...)
	text := said.String()
	if len(text) > maxMessage {
		text = strings.ToValidUTF8(text[:maxMessage]+"…", "")
		said = phrase.Verbatim(text)
	}
	return &Refusal{Code: code, Message: strings.ToValidUTF8(text, ""), Said: said}
}

// Reject is what is kept of a refused message.
func (r *Refusal) Reject(index int, raw []byte, from Arrival) lead.Reject {
	return lead.Reject{
		Received:  from.Received,
		Source:    from.Source,
		Index:     index,
		MessageID: messageIDOf(raw),
		Code:      r.Code,
		Message:   r.Message,
		Body:      excerpt(raw, from),
	}
}

// named is a message with the type that its door gives it, unless it names one
// itself: the path is not kept, and without its type a mended message would be
// refused again.
func named(raw []byte, as lead.Type) []byte {
	body := trim(raw)
	if as == 0 || len(body) == 0 || body[0] != '{' {
		return raw
	}
	if all, err := members(body); err == nil {
		if slices.ContainsFunc(all, func(m member) bool { return m.name == "type" }) {
			return raw
		}
	} else if bytes.Contains(body, []byte(`"type"`)) { // broken, and who mends it sees
		return raw
	}
	head, rest := `{"type":"`+as.String()+`"`, trim(body[1:])
	if len(rest) > 0 && rest[0] != '}' {
		head += ","
	}
	return append([]byte(head), rest...)
}

// excerpt is as much of raw as a reject keeps, as valid text. The key is blanked:
// it may be secret, and libraries repeat it in bodies. Of addresses stays what is
// kept of them.
func excerpt(raw []byte, from Arrival) []byte {
	if from.Key != "" {
		raw = bytes.ReplaceAll(raw, []byte(from.Key), []byte("***"))
	}
	if from.Objects {
		return nil // nothing of what a browser sent that objects is kept unread
	}
	raw = from.Addresses.InText(raw)
	cut := raw[:min(len(raw), lead.MaxRejectBody)]
	text := bytes.ReplaceAll(bytes.ToValidUTF8(cut, replacement), []byte{0}, replacement)
	if len(text) > lead.MaxRejectBody {
		// Replacements are longer than what they replace.
		text = bytes.ToValidUTF8(text[:lead.MaxRejectBody], nil)
	}
	return bytes.Clone(text)
}
