package app

import (
	"context"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"galena/internal/lead"
	"galena/internal/pipeline"
	"galena/internal/store"
)

// bodyOf is the body of an identify that somebody makes by hand.
func bodyOf(traits map[string]any, by lead.Signature) ([]byte, error) {
	return json.Marshal(map[string]any{
		"traits":  traits,
		"context": map[string]any{lead.ActAuthor: by.Author, lead.ActReason: by.Reason},
	}, json.Deterministic(true))
}

// Person is everything that is kept of somebody, for who asks to see it: what the
// law calls access.
type Person struct {
	Lead        lead.ID           `json:"lead"`
	Told        lead.Time         `json:"told"`
	Parts       []lead.ID         `json:"parts"` // leads that were found to be the same person
	Identifiers []PersonName      `json:"identifiers"`
	Attributes  map[string]string `json:"attributes"`
	Stage       string            `json:"stage"`
	Grade       string            `json:"grade"`
	Excluded    string            `json:"excluded"`
	// Explanation is where each point comes from.
	Explanation Explanation      `json:"explanation"`
	Decisions   []PersonDecision `json:"decisions"`
	Events      []PersonEvent    `json:"events"`
	Notes       []Note           `json:"notes"`
	// Consents are what the person said about them, the newest first.
	Consents []ConsentEntry `json:"consents"`
}

// PersonName is one name by which somebody is known.
type PersonName struct {
	Kind  string    `json:"kind"`
	Value string    `json:"value"`
	Since lead.Time `json:"since"`
}

// PersonDecision is a row of the decision log.
type PersonDecision struct {
	At       lead.Time `json:"at"`
	Recorded lead.Time `json:"recorded"`
	Verb     string    `json:"verb"`
	Stage    string    `json:"stage"`
	From     string    `json:"from"`
	Reason   string    `json:"reason"`
	Playbook int       `json:"playbook"`
}

// PersonEvent is an event as it stands in the log.
type PersonEvent struct {
	MessageID   string         `json:"message_id"`
	Type        string         `json:"type"`
	Name        string         `json:"name,omitzero"`
	Occurred    lead.Time      `json:"occurred"`
	Received    lead.Time      `json:"received"`
	Origin      string         `json:"origin"`
	UserID      string         `json:"user_id,omitzero"`
	AnonymousID string         `json:"anonymous_id,omitzero"`
	GroupID     string         `json:"group_id,omitzero"`
	PreviousID  string         `json:"previous_id,omitzero"`
	Email       string         `json:"email,omitzero"`
	Phone       string         `json:"phone,omitzero"`
	Robot       bool           `json:"robot,omitzero"`
	Body        jsontext.Value `json:"body,omitzero"` // as it was sent
}

// Person tells everything that is kept of somebody.
func (r *Reader) Person(ctx context.Context, ref Ref) (*Person, error) {
	p := &Person{Parts: []lead.ID{}, Identifiers: []PersonName{}, Attributes: map[string]string{}, Decisions: []PersonDecision{}, Events: []PersonEvent{}}
	return p, r.store.Read(ctx, func(snap store.Snapshot) error {
		id, err := r.look(snap, ref)
		if err != nil {
			return err
		}
		if p.Told, err = snap.Now(); err != nil {
			return err
		}
		c, chain, err := r.chronicle(snap, id, false)
		if err != nil {
			return err
		}
		d := &Dossier{}
		if err := r.present(snap, d, id, p.Told); err != nil {
			return err
		}
		p.Lead, p.Stage, p.Grade, p.Excluded, p.Notes = id, d.Lead.Stage, d.Lead.Grade, d.Lead.Excluded, c.notes
		for name, v := range d.Lead.Attributes {
			p.Attributes[name] = v.String()
		}
		for _, j := range c.joins {
			p.Parts = append(p.Parts, j.Child)
		}
		links, err := snap.Identifiers(id)
		if err != nil {
			return err
		}
		for _, l := range links {
			value := l.Identifier.Value
			if l.Display != "" {
				value = l.Display
			}
			p.Identifiers = append(p.Identifiers, PersonName{l.Identifier.Kind.String(), value, l.Since})
		}
		log, err := snap.Decisions(id)
		if err != nil {
			return err
		}
		for _, x := range log {
			p.Decisions = append(p.Decisions, PersonDecision{x.At, x.Recorded, x.Verb.String(), x.Stage, x.From, x.Reason, x.Version})
		}
		for i := range c.record {
			e := &c.record[i]
			p.Events = append(p.Events, PersonEvent{e.MessageID, e.Type.String(), e.Name, e.Occurred, e.Received, e.Origin.String(),
				e.UserID, e.AnonymousID, e.GroupID, e.PreviousID, e.Email, e.Phone, c.robots[e.Seq], e.Body})
		}
		events, err := pipeline.Corrected(c.record, lead.Never)
		if err == nil {
			p.Consents = consentEntries(events)
			p.Explanation = Explanation{Lead: id, Known: KnownNow, Explanation: chain.Explain(events, p.Told)}
		}
		return err
	})
}
