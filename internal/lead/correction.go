package lead

import (
	"fmt"
	"slices"

	"github.com/go-json-experiment/json"
)

// Corrections of the past are acts (see Act). Their bodies hold what follows, as
// properties; docs/adr/0015-corrections.md says what each means.

// ActErase is the name of the act that stays where a lead was erased.
const ActErase = "lead erased"

// Tombstone is the type of what an erasure leaves of an event: its place in the
// log, its lead and its moments. No door lets one in.
const Tombstone Type = 8

// Signature says who corrects the past, and why.
type Signature struct {
	Author string `json:"author"`
	Reason string `json:"reason,omitzero"`
}

// Judgement is the body of an ActVerdict: which events of the act's lead it
// speaks of, and whether a robot made them.
type Judgement struct {
	Robot bool `json:"robot"`
	// Messages names the events; empty for all that the rest describes.
	Messages []string `json:"messages,omitempty"`
	// AnonymousID, if set, is the one browser whose events are meant.
	AnonymousID string `json:"anonymous_id,omitzero"`
	// Since and Until bound when they occurred: not before Since, before Until;
	// 0 is no bound.
	Since     Time `json:"since,omitzero"`
	Until     Time `json:"until,omitzero"`
	Signature `json:",inline"`
}

// Covers says whether the judgement of an act speaks of an event: one of the
// same lead, that was in the log before the act.
func (j *Judgement) Covers(act, e *Event) bool {
	return e.Type < Act && e.Lead == act.Lead && e.Seq < act.Seq &&
		(len(j.Messages) == 0 || slices.Contains(j.Messages, e.MessageID)) &&
		(j.AnonymousID == "" || j.AnonymousID == e.AnonymousID) &&
		e.Occurred >= j.Since && (j.Until == 0 || e.Occurred < j.Until)
}

// Union is the body of an ActMerge.
type Union struct {
	Child     ID `json:"child"`
	Parent    ID `json:"parent"`
	Signature `json:",inline"`
}

// Separation is the body of an ActUnmerge, which is recorded for both leads.
type Separation struct {
	Child  ID `json:"child"`
	Parent ID `json:"parent"`
	// Joined is when the two had become one; Event the message that showed it.
	Joined Time   `json:"joined"`
	Event  string `json:"event"`
	// Returned is how many events went back that had come after that.
	Returned  int `json:"returned"`
	Signature `json:",inline"`
}

// ActBody writes the body of an act from its properties.
func ActBody(properties any) ([]byte, error) {
	return json.Marshal(struct {
		Properties any `json:"properties"`
	}{properties}, json.Deterministic(true))
}

// ReadAct reads what ActBody wrote.
func ReadAct[T any](e *Event) (*T, error) {
	var body struct {
		Properties T `json:"properties"`
	}
	if err := json.Unmarshal(e.Body, &body); err != nil {
		return nil, fmt.Errorf("act %d (%s): %w", e.Seq, e.Name, err)
	}
	return &body.Properties, nil
}

// UnmarshalText reads the form of String.
func (id *ID) UnmarshalText(b []byte) error {
	parsed, ok := ParseID(string(b))
	if !ok {
		return fmt.Errorf("%q is not the id of a lead", b)
	}
	*id = parsed
	return nil
}
