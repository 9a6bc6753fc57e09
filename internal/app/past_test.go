package app_test

import (
	"testing"

	"galena/internal/app"
	"galena/internal/fault"
	"galena/internal/lead"
)

var eve = lead.Signature{Author: "eve", Reason: "a test"}

func (o *office) known(ref app.Ref, at lead.Time, known app.Known) app.Explanation {
	o.Helper()
	x, err := o.ExplainKnown(o.Context(), ref, at, known)
	if err != nil {
		o.Fatal(err)
	}
	return x
}

// later moves the clock on after a correction, as say does after events.
func (o *office) later(err error) {
	o.Helper()
	if err != nil {
		o.Fatal(err)
	}
	o.clock.now = o.clock.now.Add(lead.Hour)
}

func (o *office) verified() {
	o.Helper()
	if _, found, err := o.Verify(o.Context()); err != nil || len(found) > 0 {
		o.Errorf("verify finds %v, %v", found, err)
	}
}

// A moment before a verdict is told with what the verdict takes back, and by
// what is known now without it.
func TestAVerdictWasNotKnownBeforeItWasGiven(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.say(identify("u1", "", "ada@corp.example", map[string]any{"employees": 80})) // at 12
	o.say(lead.Event{Name: "Visit", UserID: "u1"})                                 // at 13
	o.say(lead.Event{Name: "Demo", UserID: "u1"})                                  // at 14, message 3
	ada := app.Ref{UserID: "u1"}
	_, err := o.Judge(t.Context(), app.Verdict{Robot: true, Messages: []string{"message 3"}, By: eve}) // at 15
	o.later(err)
	o.verified()
	hour := func(n int64) lead.Time { return midday.Add((n - 12) * lead.Hour) }
	for _, c := range []struct {
		at    lead.Time
		known app.Known
		keen  lead.Points
		stage string
	}{
		{hour(14), app.KnownThen, 55_400, "MQL"},
		{hour(15) - 1, app.KnownThen, 55_400, "MQL"},
		{hour(15), app.KnownThen, 10_000, "Lead"},
		{0, app.KnownThen, 10_000, "Lead"},
		{hour(14), app.KnownNow, 10_000, "Lead"},
		{0, app.KnownNow, 10_000, "Lead"},
	} {
		x := o.known(ada, c.at, c.known)
		if x.Scores[1].Points != c.keen || x.Stage != c.stage || x.Known != c.known || x.PartOf != 0 {
			t.Errorf("at %s as known %s: %s in %q of %s", c.at, c.known, x.Scores[1].Points, x.Stage, x.PartOf)
		}
	}
	p, err := o.Profile(t.Context(), ada, 9)
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Decisions) != 1 || len(p.TakenBack) != 1 || p.TakenBack[0].Stage != "MQL" || p.TakenBack[0].Recorded != hour(15) {
		t.Errorf("decided is %v, taken back %v", p.Decisions, p.TakenBack)
	}
	if len(p.Differs) != 0 {
		t.Errorf("at the decision that stands the same was known, and yet %v", p.Differs)
	}
	if len(p.Robots) != 1 || p.Recent[1].MessageID != "message 3" || !p.Robots[p.Recent[1].Seq] {
		t.Errorf("recent are %v, robots' %v", p.Recent, p.Robots)
	}
	// Withdrawn, the decision is reinstated, and at it the same is known.
	out, err := o.Judge(t.Context(), app.Verdict{Who: ada, By: eve}) // at 16
	o.later(err)
	if out.Events != 1 || out.Reinstated != 1 {
		t.Errorf("withdrawn: %+v", out)
	}
	o.verified()
	if x := o.known(ada, hour(15), app.KnownThen); x.Stage != "Lead" {
		t.Errorf("between the verdicts it was known to be in %q", x.Stage)
	}
	if x := o.known(ada, hour(15), app.KnownNow); x.Stage != "MQL" {
		t.Errorf("now that is known to have been %q", x.Stage)
	}
}

// Between a merge and its undoing the two were known as one, by whichever of
// them one asks.
func TestWhatWasMergedThenIsToldAsOne(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.say(identify("u1", "", "ada@corp.example", map[string]any{"employees": 80}))         // at 12, lead_1
	o.say(identify("u2", "", "ada@gmail.com", nil))                                        // at 13, lead_2
	o.say(lead.Event{Name: "Demo", UserID: "u2"})                                          // at 14
	out, err := o.Merge(t.Context(), app.Ref{Email: "ada@gmail.com"}, app.Ref{ID: 1}, eve) // at 15
	o.later(err)
	if out.Lead != 1 || out.Other != 2 || out.Events != 2 {
		t.Errorf("merged: %+v", out)
	}
	o.verified()
	o.say(lead.Event{Name: "Visit", UserID: "u2"}, lead.Event{Name: "Visit", UserID: "u1"}) // at 16
	out, err = o.Unmerge(t.Context(), 2, eve)                                               // at 17
	o.later(err)
	if out.Lead != 1 || out.Other != 2 || out.Events != 3 {
		t.Errorf("unmerged: %+v", out)
	}
	o.verified()
	hour := func(n int64) lead.Time { return midday.Add((n - 12) * lead.Hour) }
	for _, c := range []struct {
		id     lead.ID
		at     lead.Time
		known  app.Known
		score  lead.Points
		partOf lead.ID
	}{
		{1, hour(14), app.KnownThen, 20_000, 0},
		{2, hour(14), app.KnownThen, 45_400, 0},
		{1, hour(15), app.KnownThen, 65_400, 0},
		{2, hour(15), app.KnownThen, 65_400, 1},
		{2, hour(16), app.KnownThen, 70_000, 1},
		{1, hour(16), app.KnownNow, 30_000, 0},
		{2, hour(16), app.KnownNow, 55_400, 0},
		{1, 0, app.KnownThen, 30_000, 0},
		{2, 0, app.KnownThen, 55_400, 0},
	} {
		x := o.known(app.Ref{ID: c.id}, c.at, c.known)
		if got := x.Scores[2].Points; got != c.score || x.PartOf != c.partOf || x.Lead != c.id {
			t.Errorf("%s at %s as known %s has %s as part of %s, want %s of %s", x.Lead, c.at, c.known, got, x.PartOf, c.score, c.partOf)
		}
	}
}

// Before a merge each of the two was known by itself, and is told so by its own
// names as long as the merge stands.
func TestWhoWasMergedLaterIsToldByItself(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.say(identify("u1", "", "ada@corp.example", map[string]any{"employees": 80})) // at 12, lead_1
	o.say(identify("u2", "", "ada@gmail.com", nil))                                // at 13, lead_2
	o.say(lead.Event{Name: "Demo", UserID: "u2"})                                  // at 14
	o.say(identify("u3", "", "ada@home.example", nil))                             // at 15, lead_3
	merge := func(one, other lead.ID) {
		_, err := o.Merge(t.Context(), app.Ref{ID: one}, app.Ref{ID: other}, eve)
		o.later(err)
	}
	merge(2, 3) // at 16
	merge(1, 2) // at 17
	hour := func(n int64) lead.Time { return midday.Add((n - 12) * lead.Hour) }
	for _, c := range []struct {
		ref                    app.Ref
		at                     lead.Time
		known                  app.Known
		score                  lead.Points
		lead, partOf, joinedTo lead.ID
	}{
		{app.Ref{ID: 2}, hour(14), app.KnownThen, 45_400, 2, 0, 1},
		{app.Ref{Email: "ada@gmail.com"}, hour(14), app.KnownThen, 45_400, 2, 0, 1},
		{app.Ref{UserID: "u2"}, hour(14), app.KnownThen, 45_400, 2, 0, 1},
		{app.Ref{UserID: "u1"}, hour(14), app.KnownThen, 20_000, 1, 0, 0},
		{app.Ref{UserID: "u3"}, hour(15), app.KnownThen, 0, 3, 0, 1},
		{app.Ref{UserID: "u3"}, hour(16), app.KnownThen, 45_400, 3, 2, 1},
		{app.Ref{UserID: "u2"}, hour(17), app.KnownThen, 65_400, 1, 0, 0},
		{app.Ref{ID: 3}, 0, app.KnownThen, 65_400, 1, 0, 0},
		{app.Ref{ID: 2}, hour(14), app.KnownNow, 65_400, 1, 0, 0},
	} {
		x := o.known(c.ref, c.at, c.known)
		if got := x.Scores[2].Points; got != c.score || x.Lead != c.lead || x.PartOf != c.partOf || x.JoinedTo != c.joinedTo {
			t.Errorf("%+v at %s as known %s: %s has %s as part of %s, joined to %s", c.ref, c.at, c.known, x.Lead, got, x.PartOf, x.JoinedTo)
		}
	}
}

// A merge shows in the past only as what is known now; the decision at which
// that makes a difference says so.
func TestADecisionSaysWhatWasKnownThen(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.say(identify("u1", "", "ada@corp.example", map[string]any{"employees": 80})) // at 12
	o.say(lead.Event{Name: "Visit", UserID: "u1"})                                 // at 13: Lead
	o.say(identify("u2", "", "ada@gmail.com", nil))                                // at 14
	o.say(lead.Event{Name: "Demo", UserID: "u2"})                                  // at 15: MQL by what is known now
	_, err := o.Merge(t.Context(), app.Ref{ID: 1}, app.Ref{ID: 2}, eve)            // at 16
	o.later(err)
	p, err := o.Profile(t.Context(), app.Ref{ID: 1}, 0)
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Decisions) != 2 || len(p.Differs) != 1 || len(p.Joins) != 1 {
		t.Fatalf("decided is %v, different %v, joined %v", p.Decisions, p.Differs, p.Joins)
	}
	x := p.Differs[p.Decisions[1].ID()]
	if x.ThenStage != "Lead" || x.Scores[2].Then != 30_000 || x.Scores[2].Now != 70_000 {
		t.Errorf("then she was known to be %+v", x)
	}
}

func TestCorrectionsThatAreRefused(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.say(identify("u1", "a1", "ada@corp.example", nil), identify("u2", "", "bo@corp.example", nil))
	judge := func(v app.Verdict) error { v.By = eve; _, err := o.Judge(t.Context(), v); return err }
	merge := func(a, b app.Ref, by lead.Signature) error { _, err := o.Merge(t.Context(), a, b, by); return err }
	unmerge := func(id lead.ID) error { _, err := o.Unmerge(t.Context(), id, eve); return err }
	ada, bo := app.Ref{UserID: "u1"}, app.Ref{UserID: "u2"}
	refused(t, judge(app.Verdict{Robot: true, Messages: []string{"message 1", "message 9"}}), fault.NotFound,
		"No message \"message 9\" is in the log. `galena lead show` lists the ids of a lead's messages.")
	refused(t, judge(app.Verdict{Robot: true, Who: ada, Since: midday + 1}), fault.NotFound,
		"lead_1 has no events of that description, so there is nothing to judge.")
	refused(t, judge(app.Verdict{Who: ada}), fault.Conflict, "No verdict says that any of these events was made by a robot.")
	refused(t, judge(app.Verdict{Who: ada, Since: 5, Until: 5}), fault.Invalid,
		"The time to judge ends (1970-01-01T00:00:00.005Z) before it begins (1970-01-01T00:00:00.005Z).")
	refused(t, merge(ada, app.Ref{AnonymousID: "a1"}, eve), fault.Conflict, "Both are lead_1 already.")
	refused(t, merge(ada, app.Ref{UserID: "u3"}, eve), fault.NotFound, `Nobody is known by user id "u3".`)
	refused(t, merge(ada, bo, lead.Signature{Author: "eve", Reason: " "}), fault.Invalid,
		"A correction needs a reason of 1 to 500 bytes; it stays in the log.")
	refused(t, merge(ada, bo, lead.Signature{Reason: "r"}), fault.Invalid,
		"A correction needs an author of 1 to 100 bytes; it stays in the log.")
	refused(t, unmerge(1), fault.Conflict, "lead_1 was not merged into another lead.")
	refused(t, unmerge(77), fault.NotFound, "There is no lead_77.")
	if c, err := o.Counts(t.Context()); err != nil || c.Events != 2 {
		t.Errorf("what was refused left %d events, %v", c.Events, err)
	}
}
