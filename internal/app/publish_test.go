package app_test

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"galena/internal/app"
	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/pipeline"
	"galena/internal/store"
)

// wider asks for less of an MQL and gives more for a demo.
var wider = strings.NewReplacer("score >= 60", "score >= 40", "points: 45.4", "points: 50").Replace(handbook)

// publish publishes a playbook over version base and brings everybody to it.
func (o *office) publish(p app.Proposal) app.Published {
	o.Helper()
	done, err := o.Publish(o.Context(), p)
	if err != nil {
		o.Fatal(err)
	}
	for {
		progress, err := o.Sweep(o.Context())
		if err != nil {
			o.Fatal(err)
		}
		if progress.Over {
			return done
		}
	}
}

func TestPublishedVersionsAreKept(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.say(identify("u1", "", "ada@corp.example", nil), lead.Event{Name: "Demo", UserID: "u1"}, lead.Event{Name: "Visit", UserID: "u1"})
	done := o.publish(app.Proposal{Source: []byte(wider), Base: 1, Author: "Cy", Note: "MQL at 40", Apply: true,
		Signed: []app.Signature{{Role: "sales", Name: "Bo"}}})
	from := midday.Add(lead.Hour) + 1
	if want := (app.Published{Version: 2, From: from, New: true}); done != want {
		t.Errorf("published as %+v, want %+v", done, want)
	}
	all, err := o.Playbooks(t.Context())
	if err != nil || len(all) != 2 {
		t.Fatalf("%d versions, %v", len(all), err)
	}
	p := all[1]
	signed := []app.Signature{{Role: "sales", Name: "Bo", At: from - 1}}
	if string(p.Source) != wider || p.Published != from || p.Author != "Cy" || p.Note != "MQL at 40" || !p.Apply || p.Effects || !slices.Equal(p.Signed, signed) {
		t.Errorf("kept as %+v", p)
	}
	if o.Plan().Version != 2 {
		t.Errorf("version %d is in force", o.Plan().Version)
	}

	// Before and after, under the version of the day.
	for at, want := range map[lead.Time]struct {
		version int
		score   lead.Points
		stage   string
	}{from - 1: {1, 55_400, "Lead"}, from: {2, 60_000, "MQL"}} {
		_, x, err := o.Explain(t.Context(), app.Ref{UserID: "u1"}, at)
		if err != nil {
			t.Fatal(err)
		}
		if score := x.Scores[2].Points; x.Version != want.version || score != want.score || x.Stage != want.stage {
			t.Errorf("at %s: version %d, %s, %s; want %+v", at, x.Version, score, x.Stage, want)
		}
	}
	profile, err := o.Profile(t.Context(), app.Ref{UserID: "u1"}, 1)
	if err != nil {
		t.Fatal(err)
	}
	if d := profile.Decisions; len(d) != 2 || d[1].Stage != "MQL" || d[1].Version != 2 || !d[1].Silent || d[0].Silent {
		t.Errorf("decided %+v", d)
	}
	if leads, found, err := o.Verify(t.Context()); leads != 1 || len(found) > 0 || err != nil {
		t.Errorf("verified %d: %v, %v", leads, found, err)
	}

	// The same again is no publication, whatever it was compared with.
	for _, base := range []int{1, 2} {
		if again := o.publish(app.Proposal{Source: []byte(wider), Base: base}); again != (app.Published{Version: 2, From: from}) {
			t.Errorf("again: %+v", again)
		}
	}
	// Roll-back is one.
	if back := o.publish(app.Proposal{Source: []byte(handbook), Base: 2}); back.Version != 3 || !back.New {
		t.Errorf("back: %+v", back)
	}
}

// What was not swept yet is read, and verified, as what it is.
func TestBetweenPublishingAndSweeping(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.say(identify("u1", "", "ada@corp.example", nil), lead.Event{Name: "Demo", UserID: "u1"})
	if _, err := o.Publish(t.Context(), app.Proposal{Source: []byte(wider), Base: 1, Apply: true, Effects: true}); err != nil {
		t.Fatal(err)
	}
	progress, err := o.Swept(t.Context())
	if want := (pipeline.Progress{Version: 2, Leads: 1}); progress != want || err != nil {
		t.Errorf("swept %+v, %v", progress, err)
	}
	o.clock.now += 2
	profile, err := o.Profile(t.Context(), app.Ref{UserID: "u1"}, 1)
	if err != nil {
		t.Fatal(err)
	}
	if l := profile.Lead; l.Stage != "MQL" || l.Scores[2] != 50_000 {
		t.Errorf("read as %+v", l)
	}
	if leads, found, err := o.Verify(t.Context()); leads != 1 || len(found) > 0 || err != nil {
		t.Errorf("verified %d: %v, %v", leads, found, err)
	}
}

func TestStagesOfEarlierVersions(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.say(identify("u1", "", "ada@corp.example", nil), lead.Event{Name: "Visit", UserID: "u1"})
	narrow := strings.Replace(handbook, "  - {name: Lead, role: identified, when: reachable && count(visit) >= 1}\n", "", 1)
	o.publish(app.Proposal{Source: []byte(narrow), Base: 1})
	f, err := o.Funnel(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if f.Outside != 1 || f.Stages[0].Reached != 0 {
		t.Errorf("the funnel is %+v", f)
	}
	profile, err := o.Profile(t.Context(), app.Ref{UserID: "u1"}, 1)
	if err != nil || profile.Lead.Stage != "Lead" || profile.Lead.Kind != "lead" {
		t.Errorf("%+v, %v", profile, err)
	}
}

func TestTwoPublishersAtOnce(t *testing.T) {
	t.Parallel()
	o := open(t)
	sources := []string{wider, strings.Replace(handbook, "Office", "Bureau", 1)}
	errs := make([]error, len(sources))
	var both sync.WaitGroup
	for i, source := range sources {
		both.Go(func() { _, errs[i] = o.Publish(t.Context(), app.Proposal{Source: []byte(source), Base: 1}) })
	}
	both.Wait()
	lost := 0
	for _, err := range errs {
		if err != nil {
			lost++
			refused(t, err, fault.Conflict, "Version 2 was published meanwhile, and this one was compared with version 1. "+
				"Look at what differs with `galena playbook diff 2 FILE`, then publish again.")
		}
	}
	if lost != 1 {
		t.Errorf("%d of two lost", lost)
	}
}

func TestWhatIsNotPublished(t *testing.T) {
	t.Parallel()
	o := open(t)
	good := func() app.Proposal { return app.Proposal{Source: []byte(wider), Base: 1} }
	failing := wider + "tests:\n  - {name: all are MQLs, events: [{user: u1, event: Visit}], expect: {stage: MQL}}\n"
	for name, c := range map[string]struct {
		change func(*app.Proposal)
		text   string
	}{
		"broken":         {func(p *app.Proposal) { p.Source = []byte("galena: 1\n") }, "The playbook has problems, the first at "},
		"failing":        {func(p *app.Proposal) { p.Source = []byte(failing) }, `The playbook fails its own test "all are MQLs": stage is none, expected MQL.`},
		"effects":        {func(p *app.Proposal) { p.Effects = true }, "Effects are of what is decided for existing leads at once."},
		"strange signer": {func(p *app.Proposal) { p.Signed = []app.Signature{{Role: "boss", Name: "Bo"}} }, `"boss" cannot sign. Those who agree are marketing and sales.`},
		"nameless":       {func(p *app.Proposal) { p.Signed = []app.Signature{{Role: "sales", Name: " "}} }, "The name of who signs for sales has 1 to 200 bytes."},
		"many":           {func(p *app.Proposal) { p.Signed = make([]app.Signature, 21) }, "21 people signed; at most 20 are kept."},
		"long note":      {func(p *app.Proposal) { p.Note = strings.Repeat("n", 4001) }, "A note has at most 4000 bytes"},
		"long author":    {func(p *app.Proposal) { p.Author = strings.Repeat("n", 201) }, "A note has at most 4000 bytes and an author's name 200."},
	} {
		p := good()
		c.change(&p)
		_, err := o.Publish(t.Context(), p)
		if fault.KindOf(err) != fault.Invalid || !strings.HasPrefix(fault.Text(err), c.text) {
			t.Errorf("%s: %s: %q", name, fault.KindOf(err), fault.Text(err))
		}
	}
	p := good()
	p.Note, p.Author, p.Signed = strings.Repeat("n", 4000), strings.Repeat("n", 200), make([]app.Signature, 20)
	for i := range p.Signed {
		p.Signed[i] = app.Signature{Role: "sales", Name: strings.Repeat("b", 200)}
	}
	if _, err := o.Publish(t.Context(), p); err != nil {
		t.Errorf("as much as is kept: %v", err)
	}
	o.write(func(tx store.Tx) error {
		all, err := tx.Playbooks()
		if len(all) != 2 {
			t.Errorf("%d versions", len(all))
		}
		return err
	})
}
