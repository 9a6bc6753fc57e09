package engine

import (
	"fmt"

	"galena/internal/identity"
	"galena/internal/lead"
	"galena/internal/phrase"
	"galena/internal/playbook"
)

// Trial runs one of a playbook's own tests and tells, in sentences, what came
// out differently from what it expects; nothing if it passes. The plan must be
// compiled from the test's document.
func Trial(p *playbook.Plan, t *playbook.Test) []phrase.Phrase {
	events := make([]lead.Event, len(t.Events))
	for i := range t.Events {
		events[i] = trialEvent(&t.Events[i], i)
	}
	x := New(p).Explain(events, t.Look)

	var differs []phrase.Phrase
	say := func(format string, args ...any) { differs = append(differs, phrase.New(format, args...)) }
	if w := t.Expect.Stage; w != nil && w.Text != x.Stage {
		say("stage is %s, expected %s", named(x.Stage), named(w.Text))
	}
	if w := t.Expect.Excluded; w != nil && w.Text != x.Excluded {
		say("excluded by %s, expected %s", named(x.Excluded), named(w.Text))
	}
	if w := t.Expect.Grade; w != nil && w.Text != x.Grade {
		say("the grade is %s, expected %s", named(x.Grade), named(w.Text))
	}
	trialPath(&t.Expect, x, say)
	for _, w := range t.Expect.Scores {
		for _, s := range x.Scores {
			if s.Name == w.Name.Text && s.Points != w.Points {
				say("%s is %s, expected %s", s.Name, s.Points, w.Points)
			}
		}
	}
	return differs
}

func named(s string) phrase.Phrase {
	if s == "" {
		return phrase.New("none")
	}
	return phrase.Verbatim(s)
}

func trialEvent(t *playbook.TestEvent, i int) lead.Event {
	e := lead.Event{
		Seq: int64(i + 1), MessageID: fmt.Sprintf("event %d", i+1),
		Type: t.Type, Name: t.Name,
		UserID: t.User, AnonymousID: t.Anonymous, GroupID: t.Group,
		Origin: lead.Server, Occurred: t.At, Received: t.At,
		Properties: t.Properties, Traits: t.Traits, Context: t.Context,
	}
	if t.Type == lead.Act {
		e.Name = lead.ActStage
		e.Properties = map[string]any{lead.ActStageName: t.Stage.Text, lead.ActReason: t.Reason, lead.ActAuthor: "test"}
	}
	if address, ok := t.Traits["email"].(string); ok && t.Type == lead.Identify {
		if match, _, ok := identity.Email(address); ok {
			e.Email, e.Company = match, identity.Company(match)
		}
	}
	return e
}
