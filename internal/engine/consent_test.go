package engine_test

import (
	"bytes"
	"fmt"
	"reflect"
	"testing"

	"galena/internal/engine"
	"galena/internal/lead"
	"galena/internal/playbook"
)

const consentPlan = `
galena: 1
name: Consent
time_zone: UTC
signals:
  visit: {label: visited us, event: Visit}
scores:
  keen:
    rules:
      - {on: visit, points: 10}
stages:
  - {name: Lead, role: identified, when: keen >= 20}
`

// A state knows where a person stands, by whatever steps it was made, and so does
// what it is written as, and a later version of the playbook.
func TestStatesKnowConsents(t *testing.T) {
	t.Parallel()
	event := func(i int, kind lead.Type, name, body string) lead.Event {
		at := lead.Time(1_772_366_400_000).Add(int64(i) * lead.Hour)
		e := lead.Event{Seq: int64(i + 1), MessageID: fmt.Sprint("m", i), Type: kind, Name: name, UserID: "u", Origin: lead.Server, Occurred: at, Received: at, Body: []byte(body)}
		if err := e.Open(); err != nil {
			t.Fatal(err)
		}
		return e
	}
	events := []lead.Event{
		event(0, lead.Identify, "", `{"traits":{"consent":{"newsletter":true,"calls":true}}}`),
		event(1, lead.Track, "Visit", `{}`),
		event(2, lead.Track, "Something", `{"context":{"consent":{"categoryPreferences":{"calls":false}}}}`), // that no rule waits for
		event(3, lead.Act, lead.ActConsent, `{"properties":{"purpose":"post","agreed":true,"author":"Ann","reason":"by letter"}}`),
		event(4, lead.Track, "Visit", `{}`),
	}
	plan := func(version int) *playbook.Plan {
		_, p, problems := playbook.Load([]byte(consentPlan), version)
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		return p
	}
	one := engine.New(plan(1))
	at := events[4].Occurred.Add(lead.Day)
	whole, stepped := one.NewState(), one.NewState()
	one.Step(whole, events, at)
	for i := range events {
		one.Step(stepped, events[i:i+1], 0)
		var err error
		if stepped, err = one.Decode(one.Encode(stepped)); err != nil {
			t.Fatal(err)
		}
	}
	one.Step(stepped, nil, at)
	want := lead.Consents{
		{Purpose: "calls", Standing: lead.Withdrawn, Since: events[2].Occurred, Last: events[2].Occurred, Origin: lead.Server},
		{Purpose: "newsletter", Standing: lead.Granted, Since: events[0].Occurred, Last: events[0].Occurred, Origin: lead.Server},
		{Purpose: "post", Standing: lead.Granted, Since: events[3].Occurred, Last: events[3].Occurred, Origin: lead.Server},
	}
	if !reflect.DeepEqual(whole.Consents(), want) {
		t.Errorf("one step: %v, want %v", whole.Consents(), want)
	}
	if !bytes.Equal(one.Encode(whole), one.Encode(stepped)) {
		t.Errorf("several steps: %v", stepped.Consents())
	}
	chain := engine.NewChain(engine.Publication{Engine: one}, engine.Publication{Engine: engine.New(plan(2)), From: events[4].Occurred})
	crossed, _, err := chain.Cross(one.Encode(foldTo(one, events[:4])), events[:4])
	if err != nil || !reflect.DeepEqual(crossed.Consents(), want) {
		t.Errorf("under the next version: %v, %v", crossed.Consents(), err)
	}
	if whole.Events != 5 || whole.Kind() != "lead" {
		t.Errorf("%d events make a %s", whole.Events, whole.Kind())
	}
}

func foldTo(e *engine.Engine, events []lead.Event) *engine.State {
	s := e.NewState()
	e.Step(s, events, 0)
	return s
}
