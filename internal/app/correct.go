package app

import (
	"context"
	"crypto/rand"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/phrase"
	"galena/internal/pipeline"
	"galena/internal/store"
)

// Bounds of what an act says about itself, in characters.
const (
	maxAuthor = 100
	maxReason = 500
)

// Verdict says of events that a robot made them, or after all did not: of the
// messages named, or else of all events of a lead that the rest describes.
type Verdict struct {
	Robot    bool
	Messages []string
	// Who is the lead. Named by an anonymous id, only that browser's events are
	// meant; else Since and Until, if not 0, bound when they occurred.
	Who          Ref
	Since, Until lead.Time
	By           lead.Signature
}

// Erasure tells what Erase did.
type Erasure struct {
	pipeline.Outcome
	// Elsewhere are other leads whose events name the one that was erased, with
	// how many of them do: somebody claimed the address, or shares the browser.
	Elsewhere map[lead.ID]int
}

// Judge gives a verdict; see pipeline.Judge.
func (a *App) Judge(ctx context.Context, v Verdict) (pipeline.Outcome, error) {
	j := lead.Judgement{Robot: v.Robot, Messages: v.Messages, Since: v.Since, Until: v.Until}
	if err := sign(&j.Signature, v.By); err != nil {
		return pipeline.Outcome{}, err
	}
	if v.Until != 0 && v.Until <= v.Since {
		return pipeline.Outcome{}, fault.New(fault.Invalid, "The time to judge ends (%s) before it begins (%s).", v.Until, v.Since)
	}
	if len(v.Messages) > 0 {
		return a.JudgeMessages(ctx, newActID(), j)
	}
	j.AnonymousID = v.Who.AnonymousID
	return a.Pipeline.Judge(ctx, a.whom(v.Who), newActID(), j)
}

// Merge makes one of two leads; see pipeline.Merge.
func (a *App) Merge(ctx context.Context, one, other Ref, by lead.Signature) (pipeline.Outcome, error) {
	if err := sign(&by, by); err != nil {
		return pipeline.Outcome{}, err
	}
	return a.Pipeline.Merge(ctx, a.whom(one), a.whom(other), newActID(), by)
}

// Unmerge undoes a join; see pipeline.Unmerge.
func (a *App) Unmerge(ctx context.Context, child lead.ID, by lead.Signature) (pipeline.Outcome, error) {
	if err := sign(&by, by); err != nil {
		return pipeline.Outcome{}, err
	}
	return a.Pipeline.Unmerge(ctx, child, newActID(), by)
}

// Erase takes a person out of the workspace; see pipeline.Erase. The reason
// stays, and should name nobody.
func (a *App) Erase(ctx context.Context, who Ref, by lead.Signature) (Erasure, error) {
	if err := sign(&by, by); err != nil {
		return Erasure{}, err
	}
	var e Erasure
	// What mentions the person can be found only as long as the person is known.
	err := a.store.Read(ctx, func(snap store.Snapshot) error {
		id, err := a.find(snap, who)
		if err != nil {
			return err
		}
		names, err := pipeline.NamesOf(snap, id)
		if err != nil {
			return err
		}
		e.Elsewhere, err = pipeline.Mentions(ctx, snap, id, names)
		return err
	})
	if err != nil {
		return Erasure{}, err
	}
	e.Outcome, err = a.Pipeline.Erase(ctx, a.whom(who), newActID(), by)
	return e, err
}

func (r *Reader) whom(ref Ref) pipeline.Who {
	return func(snap store.Snapshot) (lead.ID, error) { return r.find(snap, ref) }
}

// newActID makes a message id for an act.
func newActID() string { return "act-" + rand.Text() }

// newAct makes what a person does about a lead, for Writer.Ingest; at 0 is when it
// is received.
func newAct(id lead.ID, name string, at lead.Time, properties map[string]any) (lead.Event, error) {
	body, err := lead.ActBody(properties)
	if err != nil {
		return lead.Event{}, err
	}
	e := lead.Event{Lead: id, MessageID: newActID(), Type: lead.Act, Name: name, Origin: lead.Server, Occurred: at, Body: body}
	return e, e.Open()
}

// sign checks a signature and puts it in its place.
func sign(to *lead.Signature, by lead.Signature) error {
	to.Author, to.Reason = strings.TrimSpace(by.Author), strings.TrimSpace(by.Reason)
	for _, c := range []struct {
		what phrase.Phrase
		text string
		most int
	}{{phrase.New("an author"), to.Author, maxAuthor}, {phrase.New("a reason"), to.Reason, maxReason}} {
		if c.text == "" || len(c.text) > c.most || !utf8.ValidString(c.text) {
			return fault.New(fault.Invalid, "A correction needs %s of 1 to %d bytes; it stays in the log.", c.what, c.most)
		}
	}
	return nil
}

// look is find for those who show a lead: one that was erased is a fault of kind
// NotFound, which says so.
func (r *Reader) look(snap store.Snapshot, ref Ref) (lead.ID, error) {
	id, err := r.find(snap, ref)
	if err != nil {
		return 0, err
	}
	rows, err := snap.States([]lead.ID{id})
	if err != nil {
		return 0, err
	}
	if _, there := rows[id]; there {
		return id, nil
	}
	record, err := pipeline.Record(snap, id)
	if err != nil {
		return 0, err
	}
	decisions, err := snap.Decisions(id)
	if err != nil {
		return 0, err
	}
	tombstones, erased := 0, lead.Time(0)
	for i := range record {
		switch {
		case record[i].Type == lead.Tombstone:
			tombstones++
		case record[i].Name == lead.ActErase:
			erased = record[i].Received
		}
	}
	if erased == 0 {
		return id, nil
	}
	return 0, fault.New(fault.NotFound, "%s was erased at %s. What stays names nobody: the places of its events in the log (%d), and its changes of stage (%d).",
		id, erased, tombstones, len(pipeline.Standing(decisions)))
}

// Mentioned lists the leads of Elsewhere, the lowest id first.
func (e *Erasure) Mentioned() []lead.ID { return slices.Sorted(maps.Keys(e.Elsewhere)) }
