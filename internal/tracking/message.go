package tracking

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"galena/internal/identity"
	"galena/internal/lead"
	"galena/internal/privacy"
)

// Decoder reads messages. It has no state and touches nothing; the zero Decoder
// has the default limits.
type Decoder struct{ Limits Limits }

// Message is one message as an event.
type Message struct {
	// Event is opened. Seq, Lead and Received are not set, and MessageID is ""
	// when the sender gave none: whoever decodes decides what it is then called.
	Event    lead.Event
	Warnings []Warning
}

// Message decodes one message. as is its type when the door gives it, else 0
// and the message must name it. The error is a *Refusal.
func (d Decoder) Message(raw []byte, as lead.Type, from Arrival) (Message, error) {
	return decode(raw, as, from, &envelope{}, d.Limits.withDefaults())
}

func decode(raw []byte, as lead.Type, from Arrival, around *envelope, limits Limits) (Message, error) {
	raw = trim(raw)
	if len(raw) == 0 {
		return Message{}, refuse(CodeInvalidJSON, "there is no message; send a JSON object")
	}
	if len(raw) > limits.Event {
		return Message{}, refuse(CodeEventTooLarge, "the message has %d bytes; at most %d are taken", len(raw), limits.Event)
	}
	text, mended := mend(raw)
	w := startWalk(text, limits)
	defer w.end()
	d := &w.draft
	d.limits, d.from, d.around = limits, from, around
	if err := w.members(text, d); err != nil {
		return Message{}, err
	}
	if mended || around.mended {
		d.event.Sanitised = true
		d.warn(WarnSanitised)
	}
	if err := d.finish(as); err != nil {
		return Message{}, err
	}
	return Message{d.event, d.warnings}, nil
}

// draft is a message of which some members have been read.
type draft struct {
	limits Limits
	from   Arrival
	around *envelope

	event    lead.Event
	warnings []Warning

	typed, named, titled          field // type, event, name
	timestamp, original, sent     lead.Time
	traits, context, integrations object
	rest                          []member // what goes into the body as it is
}

// take reads one member of the message.
func (d *draft) take(f *field) (err error) {
	e := &d.event
	switch f.name {
	case "type":
		d.typed = *f
	case "event":
		d.named = *f
	case "name":
		d.titled = *f
	case "userId":
		e.UserID, err = d.id(f)
	case "anonymousId":
		e.AnonymousID, err = d.id(f)
	case "groupId":
		e.GroupID, err = d.id(f)
	case "previousId":
		e.PreviousID, err = d.id(f)
	case "messageId":
		e.MessageID, err = d.id(f)
	case "timestamp":
		d.timestamp = d.moment(f)
	case "originalTimestamp":
		d.original = d.moment(f)
	case "sentAt":
		d.sent = d.moment(f)
	case "receivedAt", "writeKey", "batch":
		// The server's to say, the door's, and no part of a message.
	case "properties":
		properties, err := objectOf(f)
		if properties.raw != nil {
			d.rest = append(d.rest, f.member)
		}
		e.Properties = properties.values
		return err
	case "traits":
		d.traits, err = objectOf(f)
	case "context":
		d.context, err = objectOf(f)
	case "integrations":
		if f.kind != 'n' {
			// Some write true; it concerns destinations, and so nobody here.
			d.integrations.raw = f.raw
			d.integrations.values, _ = f.value.(map[string]any)
		}
	case "ip", "request_ip", "requestIp":
		// Beside the context, as some libraries' servers pass messages on.
		d.rest = append(d.rest, d.address(f)...)
	default:
		d.rest = append(d.rest, f.member)
	}
	return err
}

// address is what is kept of a member that is a network address.
func (d *draft) address(f *field) []member {
	if d.from.Addresses == privacy.Whole {
		return []member{f.member}
	}
	kept := d.from.Addresses.Of(f.text)
	if kept == "" {
		return nil
	}
	quoted, _ := jsontext.AppendQuote(nil, kept)
	return []member{{f.name, quoted}}
}

// finish makes the event of what was read.
func (d *draft) finish(as lead.Type) error {
	e := &d.event
	if err := d.typeAs(as); err != nil {
		return err
	}
	if err := d.name(); err != nil {
		return err
	}
	if d.from.Objects {
		if err := d.heed(); err != nil {
			return err
		}
	}
	e.Origin, e.Source, e.Backfill = d.from.Origin, d.from.Source, d.from.Backfill
	if len(e.MessageID) > d.limits.MessageID {
		sum := sha256.Sum256([]byte(e.MessageID))
		e.MessageID = "sha256-" + hex.EncodeToString(sum[:])
		d.warn(WarnMessageIDHashed)
	}
	d.date()
	d.write()
	e.Email = claimedEmail(e)
	return d.complete()
}

func (d *draft) typeAs(as lead.Type) error {
	if as != 0 {
		d.event.Type = as
		return nil
	}
	if d.typed.none() {
		return refuse(CodeMissingType, "the message has no type; give track, identify, page, screen, group or alias")
	}
	if t, ok := lead.TypeNamed(d.typed.text); ok {
		d.event.Type = t
		return nil
	}
	return refuse(CodeUnknownType, "the type %.40s is none of track, identify, page, screen, group, alias", d.typed.raw)
}

// name takes the event's name from where its type has it; elsewhere, event and
// name are members like any other.
func (d *draft) name() error {
	var from field
	switch d.event.Type {
	case lead.Track:
		from, d.named = d.named, field{}
	case lead.Page, lead.Screen:
		from, d.titled = d.titled, field{}
		if title, ok := d.event.Properties["name"].(string); ok && from.none() {
			from = field{member: member{name: "properties.name"}, kind: '"', text: title} // as Jitsu's library has it
		}
	}
	if d.named.raw != nil {
		d.rest = append(d.rest, d.named.member)
	}
	if d.titled.raw != nil {
		d.rest = append(d.rest, d.titled.member)
	}
	if !from.none() && from.kind != '"' {
		return refuse(CodeInvalidField, "%s is %.40s; give a text", from.name, from.raw)
	}
	if err := d.short(&from, from.text); err != nil {
		return err
	}
	d.event.Name = from.text
	return nil
}

// complete says whether the event has all that its type needs.
func (d *draft) complete() error {
	e := &d.event
	// Rows of lists and events about mails know people by address alone; what
	// comes over the wire otherwise needs an id, as senders expect.
	byAddress := e.Email != "" && (e.Type == lead.Track || d.from.Origin == lead.Import)
	named := e.UserID != "" || e.AnonymousID != "" || byAddress
	// Who is who is never said without an id.
	happened := e.Type == lead.Track || e.Type == lead.Page || e.Type == lead.Screen
	if !named && happened && d.from.Passing != "" {
		e.AnonymousID, named = d.from.Passing, true
	}
	switch {
	case e.Type == lead.Alias && e.UserID == "":
		return refuse(CodeMissingUserID, "an alias needs userId: the id that stays")
	case e.Type == lead.Alias && e.PreviousID == "":
		return refuse(CodeMissingPreviousID, "an alias needs previousId: the id that goes")
	case !named && happened && d.from.Origin == lead.Browser:
		return refuse(CodeNoID, "the %s has neither userId nor anonymousId; give one (ids such as null or undefined count as none), or have tracking without an id turned on under Settings, Privacy", e.Type)
	case !named:
		return refuse(CodeNoID, "the %s has neither userId nor anonymousId; give one (ids such as null or undefined count as none)", e.Type)
	case e.Type == lead.Track && strings.TrimSpace(e.Name) == "":
		return refuse(CodeMissingEvent, "a track needs event: the name of what happened")
	case e.Type == lead.Group && e.GroupID == "":
		return refuse(CodeMissingGroupID, "a group needs groupId: the id of the account")
	}
	return nil
}

// id reads an identifier. Senders' programs write numbers as well as texts; what
// names nobody is left out.
func (d *draft) id(f *field) (string, error) {
	id := f.text
	switch {
	case f.none():
		return "", nil
	case f.kind == '0':
		id = string(f.raw) // with the digits that were sent
	case f.kind != '"':
		return "", refuse(CodeInvalidField, "%s is %.40s; give a text", f.name, f.raw)
	}
	if err := d.short(f, id); err != nil {
		return "", err
	}
	if identity.Forbidden(id) {
		d.warn(WarnIDDropped)
		return "", nil
	}
	return id, nil
}

// short says whether a text is short enough to be indexed.
func (d *draft) short(f *field, text string) error {
	if len(text) > d.limits.Text {
		return refuse(CodeTextTooLong, "%s has %d bytes; at most %d are taken", f.name, len(text), d.limits.Text)
	}
	return nil
}

func (d *draft) warn(w Warning) {
	if !slices.Contains(d.warnings, w) {
		d.warnings = append(d.warnings, w)
	}
}
