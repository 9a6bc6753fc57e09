package bulk

import (
	"bytes"
	"fmt"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"galena/internal/lead"
)

// Lead is a lead, contact or visitor as it is exported. Names and order of the
// fields are a promise to whoever reads the files.
type Lead struct {
	ID         string                 `json:"id"`
	Kind       string                 `json:"kind"` // visitor, contact or lead
	Emails     []string               `json:"emails"`
	UserIDs    []string               `json:"user_ids"`
	Stage      string                 `json:"stage"`
	StageSince lead.Time              `json:"stage_since"`
	Scores     map[string]lead.Points `json:"scores"`
	Grade      string                 `json:"grade"`
	Account    string                 `json:"account"`
	Excluded   string                 `json:"excluded"` // the exclusion's name, "" for none
	FirstSeen  lead.Time              `json:"first_seen"`
	LastSeen   lead.Time              `json:"last_seen"`
	Attributes Attributes             `json:"attributes"`
}

// Attributes are values by name. They are written as the JSON that says them:
// texts, numbers, truths, times as RFC 3339, lists of texts; missing ones not at
// all.
type Attributes map[string]lead.Value

// MarshalJSONTo implements json.MarshalerTo.
func (a Attributes) MarshalJSONTo(enc *jsontext.Encoder) error {
	plain := make(map[string]any, len(a))
	for name, v := range a {
		if v.Kind != lead.Missing {
			plain[name] = plainValue(v)
		}
	}
	return json.MarshalEncode(enc, plain, json.Deterministic(true))
}

// plainValue is what JSON says for a value.
func plainValue(v lead.Value) any {
	switch v.Kind {
	case lead.Number:
		return v.Num
	case lead.Bool:
		return v.Num == 1
	case lead.Moment:
		return lead.Time(v.Num).String()
	case lead.List:
		return v.List
	}
	return v.Text
}

// Event is an event as it is exported, under the same promise as Lead.
type Event struct {
	MessageID   string         `json:"message_id"`
	Type        string         `json:"type"`
	Event       string         `json:"event"` // of a track, "" for others
	Name        string         `json:"name"`  // of a page or screen, "" for others
	UserID      string         `json:"user_id"`
	AnonymousID string         `json:"anonymous_id"`
	GroupID     string         `json:"group_id"`
	PreviousID  string         `json:"previous_id"`
	Occurred    lead.Time      `json:"occurred"`
	Received    lead.Time      `json:"received"`
	Lead        string         `json:"lead"`
	Origin      string         `json:"origin"`
	Source      int64          `json:"source"`
	Backfill    bool           `json:"backfill"`
	Properties  jsontext.Value `json:"properties,omitzero"`
	Traits      jsontext.Value `json:"traits,omitzero"`
	Context     jsontext.Value `json:"context,omitzero"`
}

// EventOf is e as it is exported, with the digits that its body keeps.
func EventOf(e *lead.Event) (Event, error) {
	x := Event{
		MessageID: e.MessageID, Type: e.Type.String(),
		UserID: e.UserID, AnonymousID: e.AnonymousID, GroupID: e.GroupID, PreviousID: e.PreviousID,
		Occurred: e.Occurred, Received: e.Received, Lead: e.Lead.String(),
		Origin: e.Origin.String(), Source: e.Source, Backfill: e.Backfill,
	}
	if e.Type == lead.Track {
		x.Event = e.Name
	} else {
		x.Name = e.Name
	}
	if len(e.Body) == 0 {
		return x, nil
	}
	var parts struct {
		Properties jsontext.Value `json:"properties"`
		Traits     jsontext.Value `json:"traits"`
		Context    jsontext.Value `json:"context"`
	}
	if err := json.Unmarshal(e.Body, &parts, lenient); err != nil {
		return x, fmt.Errorf("body of event %d: %w", e.Seq, err)
	}
	x.Properties, x.Traits, x.Context = parts.Properties, parts.Traits, parts.Context
	return x, nil
}

// message is an exported event as the message that it came from.
type message struct {
	Type        string         `json:"type"`
	Event       string         `json:"event,omitzero"`
	Name        string         `json:"name,omitzero"`
	MessageID   string         `json:"messageId"`
	UserID      string         `json:"userId,omitzero"`
	AnonymousID string         `json:"anonymousId,omitzero"`
	GroupID     string         `json:"groupId,omitzero"`
	PreviousID  string         `json:"previousId,omitzero"`
	Timestamp   lead.Time      `json:"timestamp"`
	Properties  jsontext.Value `json:"properties,omitzero"`
	Traits      jsontext.Value `json:"traits,omitzero"`
	Context     jsontext.Value `json:"context,omitzero"`
}

// exportedMessage turns a line of our own export of events back into a message.
// ok is false for any other line.
func exportedMessage(line []byte) (text []byte, ok bool) {
	if !bytes.Contains(line, []byte(`"message_id"`)) {
		return nil, false
	}
	var x Event
	if err := json.Unmarshal(line, &x, lenient); err != nil || x.MessageID == "" || x.Occurred == 0 {
		return nil, false
	}
	text, err := json.Marshal(message{
		x.Type, x.Event, x.Name, x.MessageID, x.UserID, x.AnonymousID, x.GroupID, x.PreviousID, x.Occurred,
		x.Properties, x.Traits, x.Context,
	}, lenient)
	return text, err == nil
}

// lenient reads and writes again what a door let in.
var lenient = json.JoinOptions(jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
