package app_test

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"galena/internal/app"
	"galena/internal/lead"
)

// A dossier folds a life once, and opens whole what a page of the timeline shows and
// what tells how the person came: a life of ten thousand events has a page, too.
func TestTheWorkOfADossier(t *testing.T) {
	t.Parallel()
	const visits, page = 200, 20
	o := open(t)
	o.say(with(visit("a1"), `{"page":{"url":"https://us.example/?utm_source=ads"}}`))
	for range visits - 1 {
		o.say(with(visit("a1"), `{"locale":"en"}`)) // an hour after the one before
	}
	d := o.dossier(app.Ref{AnonymousID: "a1"})
	folded, opened := d.Work()
	if folded != visits || opened > page+2 {
		t.Errorf("%d events were folded of %d, %d were opened for a page of %d", folded, visits, opened, page)
	}
	if len(d.Timeline) != page || d.First == nil || *d.First != *d.Last || d.First.Source != "ads" || len(d.Course) == 0 {
		t.Errorf("the page has %d entries, a course of %d, and came by %+v and %+v", len(d.Timeline), len(d.Course), d.First, d.Last)
	}
}

// What is opened in part comes to what it comes to whole.
func TestADossierExplainsAsTheWholeLifeDoes(t *testing.T) {
	t.Parallel()
	o := openWith(t, strings.Replace(handbook, "event: Visit}", `event: Visit, where: page.path == "/pricing"}`, 1))
	ada := app.Ref{UserID: "u1"}
	o.say(identify("u1", "a1", "ada@corp.example", map[string]any{"employees": 80}))
	prices, start := with(visit("a1"), `{"page":{"url":"https://us.example/pricing"}}`), with(visit("a1"), `{"page":{"path":"/"}}`)
	if err := errors.Join(prices.Open(), start.Open()); err != nil {
		t.Fatal(err)
	}
	o.say(prices, start)
	o.say(lead.Event{Name: "Demo", UserID: "u1"})
	x, err := o.ExplainKnown(t.Context(), ada, o.clock.now, app.KnownNow)
	if err != nil {
		t.Fatal(err)
	}
	if d := o.dossier(ada); !reflect.DeepEqual(d.Why, x) || !slices.Equal(d.Lead.Scores, d.Course[len(d.Course)-1].Points) || d.Lead.Scores[2] != lead.Whole(70) {
		t.Errorf("the dossier explains\n%+v\nof %v, and the whole life\n%+v", d.Why.Explanation, d.Lead.Scores, x.Explanation)
	}
}

// Whoever escapes the letters of a name says the same.
func TestEscapedNamesAreRead(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.say(with(lead.Event{Name: "Visit", UserID: "u1"},
		`{"\u0063ampaign":{"source":"ads"},"\u0063onsent":{"categoryPreferences":{"newsletter":true}}}`))
	d := o.dossier(app.Ref{UserID: "u1"})
	if d.First == nil || d.First.Source != "ads" || d.Last == nil {
		t.Errorf("she came by %+v, last by %+v", d.First, d.Last)
	}
	if len(d.Consent.History) != 1 || d.Consent.History[0].Purpose != "newsletter" {
		t.Errorf("she said %+v", d.Consent.History)
	}
}
