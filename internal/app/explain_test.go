package app_test

import (
	"testing"

	"galena/internal/app"
	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/store"
)

// What is told of a moment is what was known then: before the join nobody knew
// that the visits were hers, and the visitor had them.
func TestExplainTellsWhatWasKnownThen(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.say(identify("", "", "ada@corp.example", nil))                  // at 12, lead_1
	o.say(visit("a1"))                                                // at 13, lead_2
	o.say(visit("a1"))                                                // at 14
	o.say(identify("u1", "a1", "ada@corp.example", map[string]any{})) // at 15
	o.say(visit("a1"))                                                // at 16
	hour := func(n int64) lead.Time { return midday.Add((n - 12) * lead.Hour) }
	cases := []struct {
		at       lead.Time
		keen     lead.Points
		stage    string
		visitor  lead.ID     // by the browser
		visitors lead.Points // of whoever that is
	}{
		{hour(11), 0, "", 2, 0},
		{hour(12), 0, "", 2, 0},
		{hour(14) + 1, 0, "", 2, lead.Whole(20)},
		{hour(15) - 1, 0, "", 2, lead.Whole(20)},
		{hour(15), lead.Whole(20), "Lead", 1, lead.Whole(20)},
		{hour(16), lead.Whole(30), "Lead", 1, lead.Whole(30)},
		{0, lead.Whole(30), "Lead", 1, lead.Whole(30)},
	}
	refs := []app.Ref{{Email: "Ada@Corp.example "}, {UserID: "u1"}, {ID: 1}, {AnonymousID: "a1"}, {ID: 2}}
	for _, c := range cases {
		for i, ref := range refs {
			want, points := lead.ID(1), c.keen
			if i >= 3 {
				want, points = c.visitor, c.visitors
			}
			id, x, err := o.Explain(t.Context(), ref, c.at)
			if err != nil {
				t.Fatal(err)
			}
			keen := x.Scores[1]
			var sum lead.Points
			for _, l := range keen.Lines {
				sum += l.Points
			}
			if id != want || keen.Points != points || sum != points || x.Stage != c.stage {
				t.Errorf("at %s by %+v: %s has %s (lines %s) in %q, want %s in %q", c.at, ref, id, keen.Points, sum, x.Stage, points, c.stage)
			}
			if want := o.clock.now; c.at == 0 && x.At != want {
				t.Errorf("now is %s, want %s", x.At, want)
			}
		}
	}
}

func TestNobodyIsFound(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.say(visit("a1"))
	for _, c := range []struct {
		ref  app.Ref
		kind fault.Kind
		want string
	}{
		{app.Ref{}, fault.Invalid, "Name the lead by --email, --phone, --user, --anonymous or --id."},
		{app.Ref{ID: 9}, fault.NotFound, "There is no lead_9."},
		{app.Ref{ID: -1}, fault.NotFound, "There is no lead_-1."},
		{app.Ref{Email: "ada"}, fault.Invalid, `"ada" is not an email address.`},
		{app.Ref{Email: " Ada@Corp.example"}, fault.NotFound, `Nobody is known by email "ada@corp.example".`},
		{app.Ref{UserID: "a1"}, fault.NotFound, `Nobody is known by user id "a1".`},
		{app.Ref{AnonymousID: "A1"}, fault.NotFound, `Nobody is known by anonymous id "A1".`},
	} {
		_, _, err := o.Explain(t.Context(), c.ref, 0)
		refused(t, err, c.kind, c.want)
		_, err = o.Profile(t.Context(), c.ref, 5)
		refused(t, err, c.kind, c.want)
	}
}

func TestProfile(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.say(visit("a1"))
	o.say(identify("u1", "a1", "ada@corp.example", map[string]any{"email": "Ada@Corp.example", "employees": 80}))
	o.say(lead.Event{Name: "Demo", UserID: "u1"})
	p, err := o.Profile(t.Context(), app.Ref{UserID: "u1"}, 2)
	if err != nil {
		t.Fatal(err)
	}
	l := p.Lead
	if l.ID != 1 || l.Kind != "lead" || l.Stage != "MQL" || l.StageSince != midday.Add(2*lead.Hour) || l.Account != "corp.example" ||
		l.Events != 3 || l.FirstSeen != midday || l.LastSeen != midday.Add(2*lead.Hour) {
		t.Errorf("she is %+v", l)
	}
	equal(t, "addresses", l.Emails, []string{"Ada@Corp.example"})
	equal(t, "user ids", l.UserIDs, []string{"u1"})
	equal(t, "anonymous ids", l.Anonymous, []string{"a1"})
	equal(t, "scores", l.Scores, []lead.Points{20_000, 55_400, 70_000})
	if len(l.Attributes) != 1 || l.Attributes["employees"].Num != 80 {
		t.Errorf("attributes: %v", l.Attributes)
	}
	var stages, recent []string
	for _, d := range p.Decisions {
		stages = append(stages, d.Stage)
	}
	for _, e := range p.Recent {
		recent = append(recent, e.MessageID)
	}
	equal(t, "decisions", stages, []string{"Lead", "MQL"})
	equal(t, "recent events", recent, []string{"message 3", "message 2"})
}

// A reader needs no state that it can read: it folds the log.
func TestAForeignStateIsReadFromTheLog(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.say(visit("a1"), visit("a1"))
	o.write(func(tx store.Tx) error { return tx.PutLeads([]store.LeadRow{{ID: 1, State: []byte{99, 1}}}) })
	p, err := o.Profile(t.Context(), app.Ref{ID: 1}, 0)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "scores", p.Lead.Scores, []lead.Points{0, 20_000, 20_000})
}
