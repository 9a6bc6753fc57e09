package app_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"galena/internal/app"
	"galena/internal/fault"
	"galena/internal/lead"
)

const signalBook = `
galena: 1
name: Signals
time_zone: UTC
attributes: {employees: number, country: text}
signals:
  visit: {label: visited us, event: Visit}
  demo: {label: asked for a demo, event: Demo}
  keen: {label: was keen, any: [visit, demo]}
segments:
  large: {label: is of a large company, when: employees >= 1000}
  german: {label: is in Germany, when: country == "DE"}
scores:
  score: {rules: [{on: demo, points: 50}]}
stages:
  - {name: Lead, role: identified, when: reachable && count(keen) >= 1}
`

// find gives the user ids of those whom a query finds, by their names.
func (o *office) find(query string) string {
	o.Helper()
	v, err := url.ParseQuery(query)
	if err != nil {
		o.Fatal(err)
	}
	q, err := app.ParseQuery(v)
	if err != nil {
		o.Fatal(err)
	}
	again, err := app.ParseQuery(q.Values())
	if err != nil || fmt.Sprint(again) != fmt.Sprint(q) {
		o.Errorf("printed and read: %+v, %v, want %+v", again, err, q)
	}
	q.Sort = "email"
	p, err := o.Reader.List(o.Context(), q)
	if err != nil || !p.Lag.None() {
		o.Fatalf("%s: %+v, %v", query, p.Lag, err)
	}
	n, err := o.Count(o.Context(), q)
	if err != nil || n.N != len(p.Rows) || n.More {
		o.Errorf("%s: counted %+v, %v, want %d", query, n, err, len(p.Rows))
	}
	var all []string
	for _, r := range p.Rows {
		name, _, _ := strings.Cut(r.Email, "@")
		all = append(all, name)
	}
	return strings.Join(all, " ")
}

func (o *office) finds(query, want string) {
	o.Helper()
	if got := o.find(query); got != want {
		o.Errorf("%s finds %q, want %q", query, got, want)
	}
}

// doing is an event of somebody who is known.
func doing(user, name string) lead.Event { return lead.Event{Name: name, UserID: user} }

// three are ada, who does everything, bo, who visited once, and cy, who did nothing.
func three(t *testing.T) *office {
	o := openWith(t, signalBook)
	for i, user := range []string{"ada", "bo", "cy"} {
		o.say(identify(user, "", user+"@corp.example", map[string]any{"employees": 500 * (i + 1), "country": []string{"DE", "FR", "DE"}[i]}))
	}
	o.say(doing("ada", "Demo"), doing("ada", "Visit"), doing("ada", "Visit"), doing("bo", "Visit"))
	o.keepUp()
	return o
}

// Leads are found by what they did, did not do, when and how often, and by segments.
func TestListsBySignalAndSegment(t *testing.T) {
	t.Parallel()
	o := three(t)
	for query, want := range map[string]string{
		"signal=demo": "ada", "signal=visit": "ada bo", "signal=keen": "ada bo",
		"signal!=demo": "bo cy", "signal!=keen": "cy",
		"signal=visit+2x": "ada", "signal=visit+1x": "ada bo", "signal=visit+3x": "", "signal=keen+3x": "ada", "signal!=visit+2x": "bo cy",
		"signal=visit+1h": "ada bo", "signal=visit+2w": "ada bo", "signal!=visit+7d": "cy",
		"signal=visit&signal=demo": "ada", "signal=visit&signal!=demo": "bo", "signal=visit+2x&signal=visit+7d": "ada",
		"segment=large": "bo cy", "segment=german": "ada cy", "segment!=large": "ada",
		"segment=german&segment=large": "cy", "segment=german&segment!=large": "ada", "segment=large&signal=visit": "bo",
		"segment=large&country=FR&kind=lead": "bo",
	} {
		o.finds(query, want)
	}
	f, err := o.Facets(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "signals", f.Signals, []app.NamedFacet{{Name: "visit", Label: "visited us"}, {Name: "demo", Label: "asked for a demo"}, {Name: "keen", Label: "was keen"}})
	equal(t, "segments", f.Segments, []app.NamedFacet{{Name: "large", Label: "is of a large company"}, {Name: "german", Label: "is in Germany"}})
	p, err := o.Reader.List(t.Context(), app.Query{Attributes: true})
	if err != nil || len(p.Rows[0].Attributes) != 3 { // with the domain
		t.Errorf("a signal or segment is taken for an attribute: %v, %v", p.Rows[0].Attributes, err)
	}
}

// Who did something within some days is asked when the list is: nothing is written
// when the days have passed.
func TestSignalsPassWithoutARow(t *testing.T) {
	t.Parallel()
	o := three(t) // an hour ago
	for _, c := range []struct {
		passes     int64
		did, didnt string
	}{
		{lead.Week - 2*lead.Hour, "ada bo", "cy"}, {lead.Hour, "ada bo", "cy"}, {1, "", "ada bo cy"},
	} {
		o.clock.now = o.clock.now.Add(c.passes)
		o.finds("signal=visit+7d", c.did)
		o.finds("signal!=visit+7d", c.didnt)
	}
	o.say(doing("bo", "Visit"))
	o.keepUp()
	o.finds("signal=visit+7d", "bo")
	o.finds("signal=visit+2x", "ada bo")
	o.checkListing()
}

// What a robot did counts as little as what was erased; joined people did what both
// did, and segments follow what is known.
func TestSignalsAreCorrected(t *testing.T) {
	t.Parallel()
	o := three(t)
	by := lead.Signature{Author: "Ann", Reason: "a test"}
	judge := func(robot bool) {
		t.Helper()
		if _, err := o.Judge(t.Context(), app.Verdict{Robot: robot, Who: app.Ref{UserID: "ada"}, By: by}); err != nil {
			t.Fatal(err)
		}
		o.keepUp()
	}
	judge(true)
	o.finds("signal=visit", "bo")
	o.finds("signal=visit+7d", "bo")
	judge(false)
	o.finds("signal=visit+2x", "ada")

	joined, err := o.Merge(t.Context(), app.Ref{UserID: "ada"}, app.Ref{UserID: "bo"}, by)
	if err != nil {
		t.Fatal(err)
	}
	o.keepUp()
	o.finds("signal=visit+3x", "ada")
	o.finds("signal!=visit", "cy")
	if _, err := o.Unmerge(t.Context(), joined.Other, by); err != nil {
		t.Fatal(err)
	}
	o.keepUp()
	o.finds("signal=visit+3x", "")
	o.finds("signal=visit", "ada bo")

	o.say(identify("bo", "", "", map[string]any{"employees": 5}))
	o.keepUp()
	o.finds("segment=large", "cy")
	if _, err := o.Erase(t.Context(), app.Ref{UserID: "ada"}, by); err != nil {
		t.Fatal(err)
	}
	o.keepUp()
	o.finds("signal=visit", "bo")
	o.checkListing()
}

// A version of the playbook that calls a signal or a segment otherwise, or means other
// people, lists everybody anew.
func TestRenamedSignalsAreListedAnew(t *testing.T) {
	t.Parallel()
	o := three(t)
	next := strings.NewReplacer("visit:", "web_visit:", "[visit, demo]", "[web_visit, demo]", "large: {", "big: {", ">= 1000", ">= 1500").Replace(signalBook)
	if _, err := o.Publish(t.Context(), app.Proposal{Source: []byte(next), Base: 1, Apply: true, Effects: true}); err != nil {
		t.Fatal(err)
	}
	o.clock.now += 2
	o.keepUp()
	o.finds("signal=web_visit", "ada bo")
	o.finds("signal=web_visit+2x", "ada")
	o.finds("signal!=web_visit", "cy")
	o.finds("segment=big", "cy")
	o.checkListing()
	v := url.Values{"signal": {"visit"}}
	q, err := app.ParseQuery(v)
	if err == nil {
		_, err = o.Reader.List(t.Context(), q)
	}
	refused(t, err, fault.Invalid, `signal=visit: the playbook has no signal "visit". It has web_visit, demo, keen.`)
}

func TestListsRefuseSignalsAndSegments(t *testing.T) {
	t.Parallel()
	o := three(t)
	many := strings.Replace(signalBook, "signals:", "signals:\n"+func() (all string) {
		for i := range 20 {
			all += fmt.Sprintf("  more_%d: {label: did more, event: More%d}\n", i, i)
		}
		return all
	}(), 1)
	plain := openWith(t, strings.Split(signalBook, "segments:")[0]+"scores:"+strings.Split(signalBook, "scores:")[1])
	for _, c := range []struct {
		o           *office
		query, want string
	}{
		{o, "signal=dmeo", `signal=dmeo: the playbook has no signal "dmeo". It has visit, demo, keen.`},
		{openWith(t, many), "signal=dmeo", `signal=dmeo: the playbook has no signal "dmeo". Did you mean "demo"?`},
		{openWith(t, many), "signal=zzzzzz", "signal=zzzzzz: the playbook has no signal \"zzzzzz\". `galena playbook show` lists them."},
		{o, "segment=small", `segment=small: the playbook has no segment "small". It has large, german.`},
		{plain, "segment=small", `segment=small: the playbook has no segment "small". It has none.`},
		{o, "segment=*", `segment=*: the playbook has no segment "*". It has large, german.`},
		{o, "segment~=lar", `segment~=lar: the playbook has no segment "lar". It has large, german.`},
		{o, "segment>=large", `segment>=large: segment is compared by = or !=.`},
		{o, "signal>=visit", `signal>=visit: signal is compared by = or !=.`},
		{o, "signal=visit+soon", `"visit soon": "soon" says neither within which span, as 30d, 12h or 2w, nor how many times, as 3x.`},
		{o, "signal=visit+0d", `"visit 0d": "0d" says neither within which span, as 30d, 12h or 2w, nor how many times, as 3x.`},
		{o, "signal=visit+0x", `"visit 0x": "0x" says neither within which span, as 30d, 12h or 2w, nor how many times, as 3x.`},
		{o, "signal=visit+3x+2w", `"visit 3x 2w": how often is known in all, not within a span. Ask for both by two conditions: "visit 3x" and "visit 14d".`},
		{o, "stage=Nope", `There is no stage "Nope". There are Lead.`},
	} {
		v, err := url.ParseQuery(c.query)
		if err != nil {
			t.Fatal(err)
		}
		q, err := app.ParseQuery(v)
		if err == nil {
			_, err = c.o.Reader.List(t.Context(), q)
		}
		refused(t, err, fault.Invalid, c.want)
	}
	_, err := app.ParseOccurrence(" ")
	refused(t, err, fault.Invalid, "Name a signal, as in demo_request, demo_request 30d or demo_request 3x.")
	for _, s := range []string{"visit", "visit 3x", "visit 30d", "visit 12h"} {
		if got, err := app.ParseOccurrence(s); err != nil || got.String() != s {
			t.Errorf("%q is read as %+v, written %q (%v)", s, got, got.String(), err)
		}
	}
}

// A stage of an earlier version is one as long as leads are in it.
func TestListsKnowEarlierStages(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.say(identify("ada", "", "ada@corp.example", nil), doing("ada", "Visit"))
	narrow := strings.Replace(handbook, "  - {name: Lead, role: identified, when: reachable && count(visit) >= 1}\n", "", 1)
	o.publish(app.Proposal{Source: []byte(narrow), Base: 1})
	o.keepUp()
	for asked, want := range map[string]string{"lead": "Lead", "LEAD": "Lead", "mql": "MQL"} {
		if got, err := o.StageNamed(t.Context(), asked); err != nil || got != want {
			t.Errorf("%s is %q, %v", asked, got, err)
		}
	}
	o.finds("stage=lead", "ada")
	_, err := o.StageNamed(t.Context(), "Nope")
	refused(t, err, fault.Invalid, `There is no stage "Nope". There are MQL, Lead.`)
}
