package lead

import (
	"fmt"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Type is the sort of an event, as in the Segment specification. The numbers
// are stored.
type Type uint8

const (
	Track    Type = 1
	Identify Type = 2
	Page     Type = 3
	Screen   Type = 4
	Group    Type = 5
	Alias    Type = 6
)

var typeNames = [...]string{"", "track", "identify", "page", "screen", "group", "alias", "act", "tombstone"}

// Types is the number of types plus one: a size for tables indexed by Type.
// Messages are the types below Act.
const Types = len(typeNames)

func (t Type) String() string {
	if int(t) < len(typeNames) {
		return typeNames[t]
	}
	return fmt.Sprintf("type %d", uint8(t))
}

// TypeNamed finds the type of a message by its exact name; false if there is
// none. Act is no type of messages.
func TypeNamed(s string) (Type, bool) {
	for i := 1; i < int(Act); i++ {
		if typeNames[i] == s {
			return Type(i), true
		}
	}
	return 0, false
}

// Origin says through which door an event came, and so how far it is believed.
// The numbers are stored.
type Origin uint8

const (
	// Browser events come with a public key: anyone on earth may have sent them.
	Browser Origin = 1
	// Server events come with a secret key from the customer's own systems.
	Server Origin = 2
	// Import events come from a file that a user of this installation chose.
	Import Origin = 3
)

func (o Origin) String() string {
	switch o {
	case Browser:
		return "browser"
	case Server:
		return "server"
	case Import:
		return "import"
	}
	return "unknown"
}

// Event is one thing that happened, as recorded. It never changes after it was
// appended to the log.
type Event struct {
	// Seq is the place in the log, given by the store, ascending; 0 before.
	Seq int64
	// Lead is the lead under which the event was recorded. When that lead was
	// joined to another later, the event keeps this id; only the undoing of a
	// join files an event under another.
	Lead ID

	MessageID   string
	Type        Type
	Name        string // event of a track, name of a page or screen
	UserID      string
	AnonymousID string
	GroupID     string
	PreviousID  string
	// Email is the address that the event says is this person's, in matching
	// form; "" if it names none. A fact recorded at the door.
	Email string
	// Company is the company domain of Email: its registrable domain, "" for
	// public mail. A fact recorded at the door.
	Company string
	// Phone is the number that an identify says is this person's own, as +4930…;
	// "" if it names none that tells a person. A fact recorded at the door.
	Phone string

	Origin Origin
	// Source is what brought it: the id of a write key, or SourceOfImport.
	Source int64

	// Occurred is when it happened, skew-corrected, never after Received.
	Occurred Time
	// Received is when the store took it.
	Received Time
	// Backfill marks history that was imported as such: it takes its place by
	// Occurred, and what it decides has no effects.
	Backfill bool
	// Sanitised marks text that was not valid Unicode and was mended at the door.
	Sanitised bool

	// Body is the JSON object of the message's open parts (properties, traits,
	// context, integrations and whatever else it carried), as sent, mended where
	// Sanitised says so. It is what is stored; Open decodes it.
	Body []byte

	// Properties, Traits and Context are decoded from Body by Open. Numbers are
	// float64, as JSON numbers are to most senders; Body keeps their digits.
	Properties map[string]any
	Traits     map[string]any
	Context    map[string]any
}

// Effective is the event's place in time for the fold: when it was received, or
// for history when it occurred.
func (e *Event) Effective() Time {
	if e.Backfill {
		return e.Occurred
	}
	return e.Received
}

// Before orders events by the fold key (effective, seq).
func (e *Event) Before(f *Event) bool {
	a, b := e.Effective(), f.Effective()
	return a < b || a == b && e.Seq < f.Seq
}

type openParts struct {
	Properties map[string]any `json:"properties"`
	Traits     map[string]any `json:"traits"`
	Context    map[string]any `json:"context"`
}

// Open decodes Body into Properties, Traits and Context. An empty Body has none
// of them. It fails only on a Body that no door let in.
func (e *Event) Open() error {
	if len(e.Body) == 0 {
		return nil
	}
	var parts openParts
	if err := json.Unmarshal(e.Body, &parts, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)); err != nil {
		return fmt.Errorf("body of event %d: %w", e.Seq, err)
	}
	e.Properties, e.Traits, e.Context = parts.Properties, parts.Traits, parts.Context
	return nil
}
