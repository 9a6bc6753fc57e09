package app_test

import (
	"context"
	"strings"
	"testing"

	"galena/internal/app"
	"galena/internal/fault"
	"galena/internal/lead"
)

const waysOut = handbook + `
exits:
  - {name: Recycled, role: recycled, by_hand: true, reasons: [no budget, no answer], cool_down: 10d}
  - {name: Out, role: disqualified, by_hand: true, final: true}
hand_raise: demo
`

func order(user, stage, reason string) app.StageOrder {
	return app.StageOrder{Who: app.Ref{UserID: user}, Stage: stage, Reason: reason, Author: "ann"}
}

func (o *office) put(user, stage, reason string) app.Placed {
	o.Helper()
	p, err := o.PutInStage(o.Context(), order(user, stage, reason))
	if err != nil {
		o.Fatal(err)
	}
	return p
}

func TestPutInStage(t *testing.T) {
	t.Parallel()
	o := openWith(t, waysOut)
	populate(o)
	p := o.put("ada", " recycled", "No Answer ")
	want := app.Placed{Lead: p.Lead, From: "MQL", Stage: "Recycled", Cycle: 1,
		Hold: "put there by hand; because: no answer; no criterion leads back before 2026-03-11 20:00 UTC"}
	if p != want {
		t.Errorf("got %+v, want %+v", p, want)
	}
	o.clock.now += lead.Time(10 * lead.Day)
	if err := o.Wake(t.Context()); err != nil {
		t.Fatal(err)
	}
	profile, err := o.Profile(t.Context(), app.Ref{UserID: "ada"}, 1)
	if err != nil {
		t.Fatal(err)
	}
	if l := profile.Lead; l.Stage != "Recycled" || !l.Out || !strings.HasSuffix(app.HoldInWords(l.Hold), "must turn true anew to lead to Lead, MQL") {
		t.Errorf("after the cool-down: %+v, %s", l, app.HoldInWords(l.Hold))
	}
	o.say(lead.Event{Name: "Demo", UserID: "ada"})
	if p = o.put("ada", "MQL", ""); p.From != "MQL" || p.Cycle != 2 {
		t.Errorf("after a hand was raised: %+v", p)
	}
}

func TestPutInStageRefuses(t *testing.T) {
	t.Parallel()
	o := openWith(t, waysOut)
	populate(o)
	anonymous := order("ada", "Lead", "")
	anonymous.Author = ""
	for text, bad := range map[string]app.StageOrder{
		`The playbook has no stage "SQL". It has: Lead, MQL, Recycled, Out.`:                        order("ada", "SQL", ""),
		`To leave by "Recycled" needs one of the playbook's reasons, not "": no budget, no answer.`: order("ada", "Recycled", ""),
		`To leave by "Out" needs a reason: --reason.`:                                               order("ada", "Out", " "),
		`A reason has at most 500 characters.`:                                                      order("ada", "Lead", strings.Repeat("é", 501)),
		`Say by --author whose decision it is, in at most 100 characters.`:                          anonymous,
	} {
		_, err := o.PutInStage(context.Background(), bad)
		refused(t, err, fault.Invalid, text)
	}
	_, err := o.PutInStage(context.Background(), order("zoe", "Lead", ""))
	refused(t, err, fault.NotFound, `Nobody is known by user id "zoe".`)
}

// The funnel counts how far people came, wherever they are now.
func TestFunnelOfThoseWhoLeft(t *testing.T) {
	t.Parallel()
	o := openWith(t, waysOut)
	populate(o)
	o.put("ada", "Recycled", "no budget")
	o.put("cy", "MQL", "")
	o.put("cy", "Lead", "")
	o.put("ed", "Out", "a competitor")
	f, err := o.Funnel(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "stages", f.Stages, []app.StageCount{
		{Name: "Lead", Role: "identified", Here: 3, Reached: 4},
		{Name: "MQL", Role: "qualified", Reached: 2},
		{Name: "Recycled", Role: "recycled", Here: 1, Reached: 1, Exit: true},
		{Name: "Out", Role: "disqualified", Here: 1, Reached: 1, Exit: true},
	})
	hot, err := o.Hottest(t.Context(), 9)
	if err != nil {
		t.Fatal(err)
	}
	if len(hot) != 2 {
		t.Errorf("%d are hot, want Cy and Di: who has left is not", len(hot))
	}
}
