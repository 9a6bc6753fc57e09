package app_test

import (
	"fmt"
	"slices"
	"testing"

	"galena/internal/app"
	"galena/internal/fault"
	"galena/internal/lead"
)

func seqs(p *app.EventPage) []int64 {
	var all []int64
	for i := range p.Events {
		all = append(all, p.Events[i].Seq)
	}
	return all
}

// Pages of the log follow each other without gaps, whatever is asked for.
func TestEventsArePagedBackwards(t *testing.T) {
	t.Parallel()
	o := open(t)
	for i := range 1_300 {
		o.bring(int64(1+i%3), 1)
	}
	o.say(identify("u1", "a7", "ada@corp.example", nil))
	two := int64(2)
	for name, q := range map[string]app.EventQuery{
		"all": {}, "a source": {Source: &two}, "a name": {Name: "VIS"}, "a part of an id": {Who: "A1"},
		"a lead by its address": {Who: "Ada@corp.example"}, "nobody": {Who: "nobody"}, "a type": {Type: lead.Identify},
	} {
		t.Run(name, func(t *testing.T) {
			q.Limit = 2_000
			whole, err := o.LastEvents(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			if whole.Reached != 0 || whole.Newest != 1_301 {
				t.Errorf("a page for all reached %d of %d", whole.Reached, whole.Newest)
			}
			var paged []int64
			for q.Limit = 70; ; {
				p, err := o.LastEvents(t.Context(), q)
				if err != nil {
					t.Fatal(err)
				}
				paged = append(paged, seqs(p)...)
				if p.Reached == 0 {
					break
				}
				q.Before = p.Reached
			}
			equal(t, "paged", paged, seqs(whole))
			wants := map[string]int{"all": 1_301, "a source": 433, "a name": 1_300, "a part of an id": 286, "a lead by its address": 27, "nobody": 0, "a type": 1}
			if len(paged) != wants[name] {
				t.Errorf("%d were found, want %d", len(paged), wants[name])
			}
			if !slices.IsSortedFunc(paged, func(a, b int64) int { return int(b - a) }) {
				t.Error("they are not the newest first")
			}
		})
	}
}

func TestFreshEvents(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.bring(1, 3)
	p, err := o.FreshEvents(t.Context(), app.EventQuery{Limit: 10}, 3)
	if err != nil || len(p.Events) != 0 || p.Newest != 3 {
		t.Errorf("nothing new: %+v, %v", p, err)
	}
	o.bring(2, 2)
	o.bring(1, 1)
	two := int64(2)
	p, err = o.FreshEvents(t.Context(), app.EventQuery{Limit: 10, Source: &two}, 3)
	if err != nil || p.Newest != 6 {
		t.Fatalf("%+v, %v", p, err)
	}
	equal(t, "fresh", seqs(p), []int64{5, 4})
}

// An event tells what the playbook takes it for and what came of it, and no more
// once a verdict has taken it out.
func TestEventTellsItsPart(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.say(identify("u1", "a1", "ada@corp.example", map[string]any{"employees": 80}))
	o.say(lead.Event{Name: "Visit", UserID: "u1"})
	o.say(lead.Event{Name: "Demo", UserID: "u1"})
	x, err := o.Event(t.Context(), 3)
	if err != nil {
		t.Fatal(err)
	}
	if len(x.Signals) != 1 || x.Signals[0].Name != "demo" || len(x.Lines) != 1 || x.Lines[0].Raw != 45_400 || x.Lines[0].Score != "keen" {
		t.Errorf("signals %v, lines %+v", x.Signals, x.Lines)
	}
	if len(x.Decisions) != 1 || x.Decisions[0].Stage != "MQL" || x.Lead == nil || x.Lead.Emails[0] != "ada@corp.example" || x.Out {
		t.Errorf("%+v", x)
	}
	if _, err := o.Judge(t.Context(), app.Verdict{Robot: true, Messages: []string{"message 3"}, By: lead.Signature{Author: "Bo", Reason: "a scanner"}}); err != nil {
		t.Fatal(err)
	}
	if x, err = o.Event(t.Context(), 3); err != nil || !x.Out || len(x.Lines) != 0 || len(x.Decisions) != 0 {
		t.Errorf("taken out: %+v, %v", x, err)
	}
	for _, seq := range []int64{0, -1, 99} {
		if _, err := o.Event(t.Context(), seq); fault.KindOf(err) != fault.NotFound {
			t.Errorf("event %d: %v", seq, err)
		}
	}
	if _, err := o.Erase(t.Context(), app.Ref{UserID: "u1"}, lead.Signature{Author: "Bo", Reason: "asked"}); err != nil {
		t.Fatal(err)
	}
	if x, err = o.Event(t.Context(), 3); err != nil || !x.Erased {
		t.Errorf("erased: %+v, %v", x, err)
	}
}

func TestSchema(t *testing.T) {
	t.Parallel()
	o := open(t)
	for i := range 4 {
		o.say(identify("u1", "", "ada@corp.example", map[string]any{"plan": fmt.Sprint("plan ", i), "seats": i, "inner": map[string]any{"vip": i%2 == 0}}))
	}
	o.say(visit("a1"))
	s, err := o.Schema(t.Context())
	if err != nil || s.Looked != 5 || !s.All || len(s.Shapes) != 2 {
		t.Fatalf("%+v, %v", s, err)
	}
	who := s.Shapes[0]
	if who.Type != lead.Identify || who.Events != 4 || who.First != midday || who.Last != midday.Add(3*lead.Hour) || len(who.Fields) != 3 {
		t.Fatalf("%+v", who)
	}
	if f := who.Fields[0]; f.Path != "inner.vip" || f.Types[0] != "bool" || f.Events != 4 {
		t.Errorf("%+v", f)
	}
	equal(t, "examples", who.Fields[1].Examples, []string{"plan 3", "plan 2", "plan 1"})
	o.say(visit("a2"))
	if again, err := o.Schema(t.Context()); err != nil || again != s {
		t.Errorf("within a minute it was looked again: %v", err)
	}
}
