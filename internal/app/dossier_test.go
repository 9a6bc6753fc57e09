package app_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"galena/internal/app"
	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/pipeline"
	"galena/internal/playbook"
	"galena/internal/rule"
	"galena/internal/store"
)

func (o *office) dossier(ref app.Ref) *app.Dossier {
	o.Helper()
	d, err := o.Dossier(o.Context(), ref)
	if err != nil {
		o.Fatal(err)
	}
	return d
}

func (o *office) pages(ref app.Ref) (all []app.Entry) {
	o.Helper()
	for before := lead.Time(0); ; {
		entries, older, err := o.Timeline(o.Context(), ref, before)
		if err != nil {
			o.Fatal(err)
		}
		all = append(all, entries...)
		if before = older; older == 0 {
			return all
		}
	}
}

func with(e lead.Event, context string) lead.Event {
	e.Body = []byte(`{"context":` + context + `}`)
	return e
}

// ada looks around twice, is known by name, and has a colleague, a namesake and
// somebody whose address she claims.
func story(t testing.TB) *office {
	o := open(t)
	o.say(with(visit("a1"), `{"page":{"url":"https://us.example/a?utm_source=ads&utm_campaign=spring","referrer":"https://search.example/"}}`)) // at 12, lead_1
	o.say(identify("u1", "a1", "ada@corp.example", map[string]any{"employees": 20, "firstName": "Ada", "lastName": "Lovelace"}))                // at 13
	o.clock.now = o.clock.now.Add(-50 * lead.Minute)
	o.say(with(lead.Event{Name: "Visit", UserID: "u1"}, `{"page":{"url":"https://us.example/b","referrer":"https://us.example/a"}}`)) // at 13:10
	o.say(identify("u2", "", "bo@corp.example", nil), lead.Event{Name: "Demo", UserID: "u2"})                                         // lead_2
	o.say(identify("u3", "", "ada@mail.corp.example", nil))                                                                           // lead_3
	o.say(identify("u4", "", "cy@else.example", nil))                                                                                 // lead_4
	o.say(identify("u1", "", "cy@else.example", map[string]any{}))
	return o
}

func TestDossier(t *testing.T) {
	t.Parallel()
	o := story(t)
	d := o.dossier(app.Ref{UserID: "u1"})
	if d.Lead.ID != 1 || d.Name != "Ada Lovelace" || d.Lead.Stage != "Lead" || d.Entered["Lead"].At == 0 {
		t.Errorf("she is %+v, entered %v", d.Lead, d.Entered)
	}
	if len(d.Why.Scores) != 3 || d.Why.Scores[2].Points != lead.Whole(20) || len(d.Course) != 48 || d.Course[47].Points[2] != lead.Whole(20) || d.Course[0].At != midday {
		t.Errorf("why: %+v, course from %+v to %+v", d.Why.Scores[2], d.Course[0], d.Course[47])
	}
	if d.First == nil || *d.First != (app.Touch{At: midday, Source: "ads", Campaign: "spring", Referrer: "https://search.example/", Page: "https://us.example/a?utm_source=ads&utm_campaign=spring"}) {
		t.Errorf("first she came by %+v", d.First)
	}
	if d.Last == nil || d.Last.At != midday {
		t.Errorf("last she came by %+v: another page of the same site brings nobody", d.Last)
	}
	if len(d.Quality.Missing) != 1 || d.Quality.Missing[0] != "studies" || d.Quality.FreeMail || d.Quality.Messages != 4 || d.Quality.Robots != 0 {
		t.Errorf("the data is %+v", d.Quality)
	}
	var doubles, colleagues []string
	for _, x := range d.Doubles {
		doubles = append(doubles, x.Lead.ID.String()+" "+x.Shared)
	}
	for _, l := range d.Colleagues {
		colleagues = append(colleagues, l.ID.String())
	}
	equal(t, "doubles", doubles, []string{"lead_3 name", "lead_4 email"})
	equal(t, "colleagues", colleagues, []string{"lead_2", "lead_3"})

	free := o.dossier(app.Ref{ID: 2}).Quality
	o.say(identify("u5", "", "di@gmail.com", nil))
	if q := o.dossier(app.Ref{UserID: "u5"}).Quality; !q.FreeMail || free.FreeMail {
		t.Errorf("free mail is %+v, another %+v", q, free)
	}
}

// The timeline folds what was done into sessions, and shows what was decided, done
// by hand and noted, each once whatever the pages.
func TestTimeline(t *testing.T) {
	t.Parallel()
	o := story(t)
	ada := app.Ref{UserID: "u1"}
	if _, err := o.Judge(t.Context(), app.Verdict{Robot: true, Who: ada, Until: midday + 1, By: eve}); err != nil {
		t.Fatal(err)
	}
	o.clock.now += lead.Time(lead.Hour)
	if _, err := o.AddNote(t.Context(), ada, app.Note{By: "x", Name: "Eve", Text: " call her "}); err != nil {
		t.Fatal(err)
	}
	var told []string
	for _, e := range o.pages(ada) {
		switch {
		case e.Session != nil:
			told = append(told, fmt.Sprintf("session of %d, %d by robots, %v", len(e.Session.Events), e.Session.Robots, e.Session.Events[0].Signals))
		case e.Decision != nil:
			told = append(told, fmt.Sprintf("decision %s upon %q, taken back %v", e.Decision.Stage, e.Decision.Cause, e.Decision.TakenBack))
		case e.Act != nil:
			told = append(told, fmt.Sprintf("%s by %s: %s", e.Act.Name, e.Act.Author, e.Act.Reason))
		case e.Note != nil:
			told = append(told, e.Note.Name+" noted "+e.Note.Text)
		}
	}
	equal(t, "the timeline", told, []string{
		"Eve noted call her", "verdict given by eve: a test",
		"session of 1, 0 by robots, []", `decision Lead upon "Visit", taken back false`, "session of 2, 0 by robots, [visited us]", "session of 1, 1 by robots, [visited us]",
	})

	// Many things of a long time: all of them, in order, none twice.
	for range 50 {
		o.say(visit("a1"))
	}
	all := o.pages(ada)
	seen := map[int64]bool{}
	for i, e := range all {
		if i > 0 && e.At > all[i-1].At {
			t.Errorf("entry %d is younger than the one before", i)
		}
		if e.Session != nil {
			for _, x := range e.Session.Events {
				if seen[x.Seq] {
					t.Errorf("event %d is shown twice", x.Seq)
				}
				seen[x.Seq] = true
			}
		}
	}
	if len(seen) != 54 {
		t.Errorf("%d events are shown of 54", len(seen))
	}
	if first, older, err := o.Timeline(t.Context(), ada, 0); err != nil || len(first) != 20 || older == 0 {
		t.Errorf("the first page has %d entries, older from %v, %v", len(first), older, err)
	}
}

// A prospect says of each part of a criterion whether it holds, and how far it is.
func TestProspects(t *testing.T) {
	t.Parallel()
	o := openWith(t, strings.ReplaceAll(handbook, "when: score >= 60", `when: "(score >= 60 || count(demo, 30d) >= 2) && employees >= 50", fast_track: since(demo) < 7d`))
	o.say(identify("u1", "", "ada@corp.example", map[string]any{"employees": 20}), lead.Event{Name: "Visit", UserID: "u1"}, lead.Event{Name: "Demo", UserID: "u1"})
	o.clock.now = o.clock.now.Add(9 * lead.Day)
	p := o.dossier(app.Ref{UserID: "u1"}).Prospects
	if len(p) != 0 {
		t.Fatalf("who was fast is in the last stage, and yet there is %+v", p)
	}
	o.say(identify("u2", "", "bo@corp.example", map[string]any{"employees": 20}), lead.Event{Name: "Visit", UserID: "u2"})
	p = o.dossier(app.Ref{UserID: "u2"}).Prospects
	if len(p) != 1 || p[0].Stage != "MQL" || len(p[0].Ways) != 2 || p[0].Ways[0].FastTrack || !p[0].Ways[1].FastTrack {
		t.Fatalf("ahead is %+v", p)
	}
	way := p[0].Ways[0]
	if way.Met() || way.Joint != rule.All || len(way.Parts) != 2 || way.Parts[0].Joint != rule.Any || len(way.Parts[0].Parts) != 2 {
		t.Fatalf("the criterion is %+v", way)
	}
	score, demos, size := way.Parts[0].Parts[0], way.Parts[0].Parts[1], way.Parts[1]
	if score.Text != "score >= 60" || score.Have != int64(lead.Whole(10)) || score.Atom.N != int64(lead.Whole(60)) || score.Met() || !score.Known {
		t.Errorf("the score is %+v", score)
	}
	if demos.Have != 0 || demos.Atom.N != 2 || demos.Met() {
		t.Errorf("demos are %+v", demos)
	}
	if size.Atom != nil || size.Field < playbook.Builtins || size.Met() {
		t.Errorf("the size is %+v", size)
	}
	if quick := p[0].Ways[1]; quick.Known || quick.Atom == nil || quick.Truth != rule.Unknown {
		t.Errorf("who never asked is %+v", quick)
	}
	o.say(identify("u2", "", "", map[string]any{"studies": true}))
	if p := o.dossier(app.Ref{UserID: "u2"}).Prospects; p != nil {
		t.Errorf("who is excluded has %+v ahead", p)
	}
}

// What is supposed comes to what the same would come to, and is not written.
func TestWhatIf(t *testing.T) {
	t.Parallel()
	o := open(t)
	ada := app.Ref{UserID: "u1"}
	o.say(identify("u1", "", "ada@corp.example", map[string]any{"employees": 20}), lead.Event{Name: "Visit", UserID: "u1"})
	what, err := o.WhatIf(t.Context(), ada, app.Supposition{Signal: "demo", Times: 1, Attributes: map[string]any{"employees": "80"}})
	if err != nil {
		t.Fatal(err)
	}
	before := o.dossier(ada).Lead
	if !slices.Equal(what.Before.Scores, before.Scores) || what.Before.Stage != "Lead" || before.Scores[2] != lead.Whole(10) {
		t.Errorf("before is %+v", what.Before)
	}
	o.say(identify("u1", "", "", map[string]any{"employees": 80}), lead.Event{Name: "Demo", UserID: "u1"})
	after := o.dossier(ada).Lead
	if !slices.Equal(what.After.Scores, after.Scores) || what.After.Stage != after.Stage || after.Stage != "MQL" || len(what.Decisions) != 1 || what.Decisions[0].Stage != "MQL" {
		t.Errorf("it was supposed to be %+v, and is %+v", what.After, after)
	}
	// One visit more is the limit's third and last.
	what, err = o.WhatIf(t.Context(), ada, app.Supposition{Signal: "visit", Times: 5})
	if err != nil || what.After.Scores[1]-what.Before.Scores[1] != lead.Points(4600) {
		t.Errorf("five visits come to %v after %v, %v", what.After.Scores, what.Before.Scores, err)
	}
	for _, c := range []struct {
		app.Supposition
		text string
	}{
		{app.Supposition{Signal: "dance"}, `The playbook knows no signal "dance".`},
		{app.Supposition{Attributes: map[string]any{"email": "x"}}, `The playbook has no attribute "email" that a person can set.`},
		{app.Supposition{Attributes: map[string]any{"employees": "many"}}, `employees is a number, which "many" is not.`},
		{app.Supposition{Signal: "visit", Times: 21}, "Something can be supposed to happen up to 20 times, and up to 730 days to pass."},
	} {
		_, err := o.WhatIf(t.Context(), ada, c.Supposition)
		refused(t, err, fault.Invalid, c.text)
	}
}

// Time alone is supposed, too.
func TestWhatIfTimePasses(t *testing.T) {
	t.Parallel()
	o := openWith(t, strings.Replace(handbook, "    cap: 60\n", "    cap: 60\n    decay: {half_life: 30d}\n", 1))
	o.say(identify("u1", "", "ada@corp.example", nil), lead.Event{Name: "Visit", UserID: "u1"})
	what, err := o.WhatIf(t.Context(), app.Ref{UserID: "u1"}, app.Supposition{Wait: 60})
	if err != nil || what.After.Scores[1] >= lead.Points(2600) || what.After.Scores[1] <= 2400 {
		t.Errorf("after two half-lives 10 points are %v, %v", what.After.Scores[1], err)
	}
}

// What a person sets by hand is an event of the lead's own, whose author stands in
// the log, whatever it is known by.
func TestSetAttributes(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.say(identify("u1", "", "ada@corp.example", nil))
	o.say(identify("", "", "bo@corp.example", nil))
	o.say(visit("a1"))
	for _, ref := range []app.Ref{{UserID: "u1"}, {Email: "bo@corp.example"}, {AnonymousID: "a1"}} {
		if err := o.SetAttributes(t.Context(), ref, map[string]any{"employees": "80"}, eve); err != nil {
			t.Fatal(err)
		}
		d := o.dossier(ref)
		if d.Lead.Attributes["employees"].Num != 80 || d.Lead.Scores[0] != lead.Whole(20) {
			t.Errorf("%+v is known as %v", ref, d.Lead.Attributes)
		}
		e := d.Timeline[0].Session.Events[0]
		if e.Origin != lead.Server || e.Context[lead.ActAuthor] != "eve" || e.Context[lead.ActReason] != "a test" {
			t.Errorf("the log says %v", e.Context)
		}
		if err := o.SetAttributes(t.Context(), ref, map[string]any{"employees": nil}, eve); err != nil {
			t.Fatal(err)
		}
		if v, known := o.dossier(ref).Lead.Attributes["employees"]; known {
			t.Errorf("after it was cleared it is %v", v)
		}
	}
	refused(t, o.SetAttributes(t.Context(), app.Ref{UserID: "u1"}, nil, eve), fault.Invalid, "Nothing was changed.")
	refused(t, o.SetAttributes(t.Context(), app.Ref{UserID: "u1"}, map[string]any{"employees": "x"}, eve), fault.Invalid, `employees is a number, which "x" is not.`)
	refused(t, o.SetAttributes(t.Context(), app.Ref{UserID: "u1"}, map[string]any{"employees": 1.0}, lead.Signature{Author: "eve"}), fault.Invalid,
		"A correction needs a reason of 1 to 500 bytes; it stays in the log.")
	o.verified()
}

// Notes are of the lead and of those that are part of it, are deleted by their
// authors, and go with an erasure.
func TestNotes(t *testing.T) {
	t.Parallel()
	o := story(t)
	ada, namesake := app.Ref{UserID: "u1"}, app.Ref{ID: 3}
	add := func(ref app.Ref, by, text string) app.Note {
		t.Helper()
		n, err := o.AddNote(t.Context(), ref, app.Note{By: by, Name: by, Text: text})
		if err != nil {
			t.Fatal(err)
		}
		o.clock.now++
		return n
	}
	texts := func(ref app.Ref) (all []string) {
		for _, n := range o.dossier(ref).Notes {
			all = append(all, n.Text)
		}
		return all
	}
	first := add(ada, "x", "one")
	add(namesake, "y", "two")
	other := add(app.Ref{ID: 2}, "x", "bo's")
	if _, err := o.Merge(t.Context(), ada, namesake, eve); err != nil {
		t.Fatal(err)
	}
	equal(t, "notes of both", texts(ada), []string{"two", "one"})
	refused(t, o.DropNote(t.Context(), ada, first.ID, "y", false), fault.Denied, "The note is somebody else's.")
	refused(t, o.DropNote(t.Context(), ada, other.ID, "x", true), fault.NotFound, "There is no such note about lead_1 any more.")
	add(ada, "x", "three")
	if err := o.DropNote(t.Context(), ada, first.ID, "x", false); err != nil {
		t.Fatal(err)
	}
	equal(t, "notes that are left", texts(ada), []string{"three", "two"})
	_, err := o.AddNote(t.Context(), ada, app.Note{Text: " "})
	refused(t, err, fault.Invalid, "A note has 1 to 4000 bytes.")
	if _, err := o.Erase(t.Context(), ada, eve); err != nil {
		t.Fatal(err)
	}
	_, err = o.AddNote(t.Context(), ada, app.Note{Text: "four"})
	if fault.KindOf(err) != fault.NotFound {
		t.Errorf("whom nobody knows is noted: %v", err)
	}
	_, err = o.AddNote(t.Context(), app.Ref{ID: 1}, app.Note{Text: "four"})
	refused(t, err, fault.Conflict, "lead_1 was erased or merged meanwhile.")
	o.write(func(tx store.Tx) error {
		left, err := tx.Papers(pipeline.NoteDrawer, "", "", 9)
		if err != nil || len(left) != 1 || !strings.Contains(string(left[0].Text), "bo's") {
			t.Errorf("left of the notes is %v, %v", left, err)
		}
		return nil
	})
}

// Everything that is kept of a person is told.
func TestPerson(t *testing.T) {
	t.Parallel()
	o := story(t)
	ada := app.Ref{UserID: "u1"}
	if _, err := o.AddNote(t.Context(), ada, app.Note{Name: "Eve", Text: "call her"}); err != nil {
		t.Fatal(err)
	}
	if _, err := o.Merge(t.Context(), ada, app.Ref{ID: 3}, eve); err != nil {
		t.Fatal(err)
	}
	p, err := o.Person(t.Context(), ada)
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"lead_1", "lead_3", "ada@corp.example", "ada@mail.corp.example", `"u1"`, `"a1"`, "Lovelace", "employees", "call her", "spring", "visited us", `"Lead"`, "lead merged"} {
		if !strings.Contains(string(text), part) {
			t.Errorf("nothing tells of %s", part)
		}
	}
	if len(p.Events) != 6 || strings.Contains(string(text), "bo@") {
		t.Errorf("told are %d events: %s", len(p.Events), text)
	}
}

// A lead with many events is shown in well under a second.
func TestALongHistoryIsShownQuickly(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.say(identify("u1", "", "ada@corp.example", nil))
	events := make([]lead.Event, 10_000)
	for i := range events {
		at := midday.Add(-int64(len(events)-i) * 10 * lead.Minute)
		events[i] = with(lead.Event{MessageID: fmt.Sprint("long ", i), Type: lead.Track, Name: "Visit", UserID: "u1", Origin: lead.Server, Backfill: true, Occurred: at},
			`{"page":{"url":"https://us.example/a?utm_source=ads","referrer":"https://search.example/"}}`)
	}
	if _, err := o.Ingest(t.Context(), pipeline.Batch{Events: events}); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	d := o.dossier(app.Ref{UserID: "u1"})
	took := time.Since(began)
	t.Logf("%d events, %d lines took %v", d.Lead.Events, len(d.Why.Scores[1].Lines), took)
	shown := 0
	for _, e := range d.Timeline {
		if e.Session != nil {
			shown = max(shown, len(e.Session.Events))
		}
	}
	if shown != 40 || len(d.Timeline) > 20 {
		t.Errorf("%d entries are shown, up to %d events in one", len(d.Timeline), shown)
	}
	// Past the bound the page does without them.
	for i := range events {
		events[i].MessageID += " again"
		events[i].Seq = 0
	}
	for _, more := range []string{"", " once more"} {
		for i := range events {
			events[i].MessageID += more
		}
		if _, err := o.Ingest(t.Context(), pipeline.Batch{Events: slices.Clone(events)}); err != nil {
			t.Fatal(err)
		}
	}
	long := o.dossier(app.Ref{UserID: "u1"})
	if !long.Long || long.Why.Explanation != nil || long.Lead.Scores[1] != d.Lead.Scores[1] || d.Long {
		t.Errorf("with %d events it is %v, with %d %v", d.Lead.Events, d.Long, long.Lead.Events, long.Long)
	}
	for _, e := range o.pages(app.Ref{UserID: "u1"}) {
		if e.Session != nil {
			t.Fatal("its events are shown all the same")
		}
	}
	if took > 5*time.Second { // a machine that does much else may take several times as long
		t.Errorf("that took %v", took)
	}
}
