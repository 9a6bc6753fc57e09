package app_test

import (
	"fmt"
	"strings"
	"testing"

	"galena/internal/app"
	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/pipeline"
)

func told(c *app.ConsentRecord) string {
	var all []string
	for _, e := range c.History {
		all = append(all, fmt.Sprintf("%s %v %v %s by %s%s", e.Purpose, e.Agreed, e.Counts, e.Standing, e.Origin, e.Author))
	}
	return strings.Join(all, "; ")
}

func (o *office) record(who app.Ref, purpose string, agreed bool) {
	o.Helper()
	act, err := o.RecordConsent(o.Context(), who, app.ConsentOrder{Purpose: purpose, Agreed: agreed, By: lead.Signature{Author: "Ann", Reason: "said so on the phone"}})
	if err != nil {
		o.Fatal(err)
	}
	if _, err := o.Ingest(o.Context(), pipeline.Batch{Events: []lead.Event{act}}); err != nil {
		o.Fatal(err)
	}
	o.clock.now = o.clock.now.Add(lead.Hour)
}

// What somebody agreed to is told with its history, asked for before anybody writes,
// found in lists, and given to the person.
func TestConsent(t *testing.T) {
	t.Parallel()
	o := open(t)
	ada, bo := app.Ref{UserID: "ada"}, app.Ref{UserID: "bo"}
	o.say(identify("ada", "", "ada@corp.example", map[string]any{"consent": map[string]any{"newsletter": true, "calls": map[string]any{"granted": true, "text": "Call me"}}}))
	for range 3 { // a library says it with each message
		e := visit("")
		e.UserID, e.Body = "ada", []byte(`{"context":{"consent":{"categoryPreferences":{"newsletter":true}},"page":{"url":"https://corp.example/"}}}`)
		if err := e.Open(); err != nil {
			t.Fatal(err)
		}
		o.say(e)
	}
	o.say(identify("bo", "", "bo@corp.example", nil))
	o.record(ada, " Newsletter ", true)
	o.record(ada, "newsletter", false)
	o.say(identify("ada", "", "", map[string]any{"consent": map[string]any{"newsletter": true}}), // of a browser
		identify("ada", "", "", map[string]any{"consent": map[string]any{"newsletter": true}}))
	o.record(bo, "calls", true)

	id, c, err := o.Consents(t.Context(), ada)
	if err != nil {
		t.Fatal(err)
	}
	want := "newsletter true false withdrawn by browser; newsletter false true withdrawn by serverAnn; newsletter true true granted by serverAnn; " +
		"newsletter true true claimed by browser; calls true true claimed by browser"
	if told(c) != want || c.History[4].Text != "Call me" || c.History[1].Reason != "said so on the phone" {
		t.Errorf("the history is\n%s, want\n%s", told(c), want)
	}
	other, err := o.Lead(t.Context(), bo)
	if err != nil {
		t.Fatal(err)
	}
	for purpose, want := range map[string]string{"Newsletter": "withdrawn unsaid", "calls": "claimed granted", "fax": "unsaid unsaid"} {
		stand, err := o.Agreeing(t.Context(), purpose, []lead.ID{id, other.ID, 99})
		if got := stand[id].String() + " " + stand[other.ID].String(); err != nil || got != want || len(stand) != 2 {
			t.Errorf("on %s they stand %s, want %s (%v)", purpose, got, want, err)
		}
	}
	_, err = o.Agreeing(t.Context(), " ", nil)
	refused(t, err, fault.Invalid, `" " is no purpose. Name what for, in 1 to 60 bytes, as in newsletter or calls.`)
	_, err = o.RecordConsent(t.Context(), ada, app.ConsentOrder{Purpose: "calls", By: lead.Signature{Author: "Ann"}})
	refused(t, err, fault.Invalid, "A correction needs a reason of 1 to 500 bytes; it stays in the log.")

	o.keepUp()
	for where, want := range map[string]string{
		"consent=calls": "bo@corp.example", "consent_claimed=calls": "ada@corp.example", "consent_withdrawn=NEWSLETTER": "ada@corp.example",
		"consent_withdrawn!=newsletter": "bo@corp.example", "consent=*": "bo@corp.example", "consent~=call": "bo@corp.example",
	} {
		one, err := app.ParseCondition(where)
		if err != nil {
			t.Fatal(err)
		}
		page, err := o.List(t.Context(), app.Query{Where: []app.Condition{one}, Attributes: true})
		if err != nil || len(page.Rows) != 1 || page.Rows[0].Email != want {
			t.Errorf("%s finds %v, want %s (%v)", where, page.Rows, want, err)
		} else if len(page.Rows[0].Attributes) != 1 { // the domain
			t.Errorf("a consent is taken for an attribute: %v", page.Rows[0].Attributes)
		}
	}
	one, _ := app.ParseCondition("consent>=calls")
	_, err = o.List(t.Context(), app.Query{Where: []app.Condition{one}})
	refused(t, err, fault.Invalid, "consent>=calls: consent is a text, which has no more or less. Compare it by = != or ~=.")
	facets, err := o.Facets(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "purposes that somebody agreed to", facets.Agreed, []string{"calls"})
	equal(t, "purposes that somebody refused", facets.Withdrawn, []string{"newsletter"})

	person, err := o.Person(t.Context(), ada)
	if err != nil || len(person.Consents) != 5 || person.Consents[1].Author != "Ann" {
		t.Errorf("the person is told %v (%v)", person.Consents, err)
	}
	d, err := o.Dossier(t.Context(), ada)
	if err != nil || told(&d.Consent) != want || d.Consent.Standing.Of("calls") != lead.Claimed {
		t.Errorf("the dossier tells %v (%v)", d.Consent, err)
	}
	if d.Lead.Kind != "lead" && d.Lead.Kind != "contact" {
		t.Errorf("who consents is a %s", d.Lead.Kind)
	}
}

// Consents follow what is corrected: verdicts, merges and their undoing, erasure.
func TestConsentsAreCorrected(t *testing.T) {
	t.Parallel()
	o := open(t)
	by := lead.Signature{Author: "Ann", Reason: "a test"}
	ada, bo := app.Ref{UserID: "ada"}, app.Ref{UserID: "bo"}
	o.say(identify("ada", "", "ada@corp.example", map[string]any{"consent": map[string]any{"calls": true}}))
	o.say(identify("bo", "", "bo@corp.example", nil))
	o.record(bo, "calls", false)
	stand := func(who app.Ref, want lead.Standing) {
		t.Helper()
		_, c, err := o.Consents(t.Context(), who)
		if err != nil || c.Standing.Of("calls") != want {
			t.Errorf("%v stands at %v, want %s (%v)", who, c.Standing, want, err)
		}
	}
	stand(ada, lead.Claimed)
	out, err := o.Merge(t.Context(), ada, bo, by)
	if err != nil {
		t.Fatal(err)
	}
	stand(ada, lead.Withdrawn)
	stand(bo, lead.Withdrawn)
	if _, err := o.Unmerge(t.Context(), out.Other, by); err != nil {
		t.Fatal(err)
	}
	stand(ada, lead.Claimed)
	stand(bo, lead.Withdrawn)
	if _, err := o.Judge(t.Context(), app.Verdict{Robot: true, Who: ada, By: by}); err != nil {
		t.Fatal(err)
	}
	stand(ada, lead.Unsaid)

	l, err := o.Lead(t.Context(), bo)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := o.Erase(t.Context(), bo, by); err != nil {
		t.Fatal(err)
	}
	if _, _, err := o.Consents(t.Context(), app.Ref{ID: l.ID}); fault.KindOf(err) != fault.NotFound {
		t.Errorf("of whom was erased one is told %v", err)
	}
	if left, err := o.Agreeing(t.Context(), "calls", []lead.ID{l.ID}); err != nil || len(left) != 0 {
		t.Errorf("who was erased stands at %v (%v)", left, err)
	}
}
