package app

import (
	"context"
	"slices"

	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/pipeline"
	"galena/internal/store"
)

// maxConsentEntries is how many entries of a history of consents are shown: past that
// nobody reads, and the log has them.
const maxConsentEntries = 100

// ConsentRecord is what somebody agreed to and what not, and how it came to that.
type ConsentRecord struct {
	// Standing is where the person stands, by purpose.
	Standing lead.Consents
	// History is what was said, the newest first; More is how many older entries there
	// are. Of a lead whose history is Long it is empty.
	History []ConsentEntry
	More    int
}

// ConsentEntry is something that was said about a purpose. What only says again what
// stood already is no entry, unless a person recorded it.
type ConsentEntry struct {
	At      lead.Time `json:"at"` // when it was said
	Purpose string    `json:"purpose"`
	Agreed  bool      `json:"agreed"`
	// Counts says that it was heard: a yes of a browser or a file does not lift what
	// was withdrawn, nor what is older what was said since.
	Counts bool `json:"counts"`
	// Standing is where the person stood after it.
	Standing string `json:"standing"`
	// Text is what the person was shown, Page where, as far as the event tells.
	Text string `json:"text,omitzero"`
	Page string `json:"page,omitzero"`
	// Message, Seq, Type and Name are those of the event; Origin says by which door it
	// came.
	Message string `json:"message_id"`
	Seq     int64  `json:"-"`
	Type    string `json:"type"`
	Name    string `json:"name,omitzero"`
	Origin  string `json:"origin"`
	// Author and Reason are those of what was recorded by hand.
	Author string `json:"author,omitzero"`
	Reason string `json:"reason,omitzero"`
}

// tell adds the history that a corrected record tells.
func (r *ConsentRecord) tell(events []lead.Event) {
	r.History = consentEntries(events)
	if n := len(r.History); n > maxConsentEntries {
		r.History, r.More = r.History[:maxConsentEntries], n-maxConsentEntries
	}
}

// consents adds the history that the events tell.
func (c *chronicle) consents(to *ConsentRecord) error {
	var speaking []lead.Event
	for i := range c.events {
		if e := &c.events[i]; e.Type == lead.Act || mentions(e.Body, "consent") {
			opened, err := c.whole(e)
			if err != nil {
				return err
			}
			speaking = append(speaking, *opened)
		}
	}
	to.tell(speaking)
	return nil
}

// consentEntries are what a corrected record tells of consents, the newest first. It
// is heard as the engine hears it.
func consentEntries(events []lead.Event) []ConsentEntry {
	entries := []ConsentEntry{}
	var heard lead.Consents
	type word struct {
		purpose string
		agreed  bool
		origin  lead.Origin
	}
	unheard := map[word]bool{} // said in vain since the purpose was spoken of with effect
	for i := range events {
		e := &events[i]
		for _, s := range lead.Statements(e) {
			before := heard.Of(s.Purpose)
			counts := heard.Take(e, s)
			after := heard.Of(s.Purpose)
			w := word{s.Purpose, s.Agreed, e.Origin}
			if e.Type != lead.Act && (counts && before == after || !counts && unheard[w]) {
				continue
			}
			if unheard[w] = !counts; counts {
				for of := range unheard {
					if of.purpose == s.Purpose {
						delete(unheard, of)
					}
				}
			}
			entries = append(entries, consentEntry(e, s, counts, after))
		}
	}
	slices.Reverse(entries)
	return entries
}

func consentEntry(e *lead.Event, s lead.Statement, counts bool, after lead.Standing) ConsentEntry {
	text := func(m map[string]any, name string) string { s, _ := m[name].(string); return s }
	page, _ := e.Context["page"].(map[string]any)
	x := ConsentEntry{At: e.Occurred, Purpose: s.Purpose, Agreed: s.Agreed, Counts: counts, Standing: after.String(), Text: s.Text, Page: text(page, "url"),
		Message: e.MessageID, Seq: e.Seq, Type: e.Type.String(), Name: e.Name, Origin: e.Origin.String(),
		Author: text(e.Properties, lead.ActAuthor), Reason: text(e.Properties, lead.ActReason)}
	if e.Type != lead.Act { // what a person set by hand, see SetAttributes
		x.Author, x.Reason = text(e.Context, lead.ActAuthor), text(e.Context, lead.ActReason)
	}
	return x
}

// Consents tells what somebody agreed to.
func (r *Reader) Consents(ctx context.Context, ref Ref) (lead.ID, *ConsentRecord, error) {
	c := &ConsentRecord{}
	var id lead.ID
	return id, c, r.store.Read(ctx, func(snap store.Snapshot) (err error) {
		if id, err = r.look(snap, ref); err != nil {
			return err
		}
		standing, err := r.standing(snap, []lead.ID{id})
		if err != nil {
			return err
		}
		c.Standing = standing[id]
		events, err := pipeline.History(snap, id)
		c.tell(events)
		return err
	})
}

// Agreeing tells where leads stand on a purpose. Whoever writes to people for it asks
// here, right before: only who stands at lead.Granted may be written to. Who was
// erased, or is part of another lead, is not in the answer.
func (r *Reader) Agreeing(ctx context.Context, purpose string, ids []lead.ID) (map[lead.ID]lead.Standing, error) {
	name, ok := lead.PurposeNamed(purpose)
	if !ok {
		return nil, noPurpose(purpose)
	}
	stand := map[lead.ID]lead.Standing{}
	return stand, r.store.Read(ctx, func(snap store.Snapshot) error {
		all, err := r.standing(snap, ids)
		for id, c := range all {
			stand[id] = c.Of(name)
		}
		return err
	})
}

// standing reads where leads stand.
func (r *Reader) standing(snap store.Snapshot, ids []lead.ID) (map[lead.ID]lead.Consents, error) {
	rows, err := snap.States(ids)
	if err != nil {
		return nil, err
	}
	chain, err := r.versions.Chain(snap)
	if err != nil {
		return nil, err
	}
	all := map[lead.ID]lead.Consents{}
	for id, row := range rows {
		s, err := pipeline.StateOf(chain, snap, row)
		if err != nil {
			return nil, err
		}
		all[id] = s.Consents()
	}
	return all, nil
}

// ConsentOrder is what somebody records by hand of what a person agreed to.
type ConsentOrder struct {
	Purpose string
	Agreed  bool
	By      lead.Signature // the reason is the evidence: how the person said so
}

// RecordConsent makes the act that records a consent or its withdrawal, for
// Writer.Ingest; nothing is changed yet.
func (r *Reader) RecordConsent(ctx context.Context, ref Ref, o ConsentOrder) (lead.Event, error) {
	purpose, ok := lead.PurposeNamed(o.Purpose)
	if !ok {
		return lead.Event{}, noPurpose(o.Purpose)
	}
	by := lead.Signature{}
	if err := sign(&by, o.By); err != nil {
		return lead.Event{}, err
	}
	var id lead.ID
	var now lead.Time
	err := r.store.Read(ctx, func(snap store.Snapshot) (err error) {
		if id, err = r.look(snap, ref); err != nil {
			return err
		}
		now, err = snap.Now()
		return err
	})
	if err != nil {
		return lead.Event{}, err
	}
	return newAct(id, lead.ActConsent, now, map[string]any{lead.ActPurpose: purpose, lead.ActAgreed: o.Agreed, lead.ActAuthor: by.Author, lead.ActReason: by.Reason})
}

func noPurpose(text string) error {
	return fault.New(fault.Invalid, "%q is no purpose. Name what for, in 1 to %d bytes, as in newsletter or calls.", text, lead.MaxPurpose)
}
