package app_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"galena/internal/app"
	"galena/internal/fault"
	"galena/internal/lead"
)

// awaited is a preview once it is over.
func awaited(t testing.TB, p *app.Previews, name, source string) *app.Preview {
	t.Helper()
	one := p.Of(name, []byte(source))
	if one == nil {
		t.Fatal("there is no preview")
	}
	select {
	case <-one.Done:
	case <-time.After(30 * time.Second):
		t.Fatal("the preview did not end")
	}
	return p.Of(name, []byte(source))
}

func TestPreview(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.say(identify("", "a", "ada@corp.example", nil), visit("a"))
	never := strings.Replace(handbook, "count(visit) >= 1", "count(visit) >= 9", 1)
	p := o.Previews(t.Context())
	if p.Of("d", []byte(never)) != nil {
		t.Error("there is a preview before anybody asked for one")
	}
	if err := p.Start(t.Context(), "d", []byte(never), o.clock.now); err != nil {
		t.Fatal(err)
	}
	one := awaited(t, p, "d", never)
	if one == nil || one.Err != nil || one.Version != 1 || one.Report.Leads.Before != 1 || one.Report.Leads.After != 0 {
		t.Fatalf("%+v", one)
	}
	if p.Of("d", []byte(handbook)) != nil {
		t.Error("the preview of one text is shown of another")
	}
	p.Drop("d")
	if p.Of("d", []byte(never)) != nil {
		t.Error("what was dropped is there")
	}
	if err := p.Start(t.Context(), "d", []byte("galena: 2"), o.clock.now); fault.KindOf(err) != fault.Invalid {
		t.Errorf("of a playbook with problems: %v", err)
	}
}

// A preview does not outlive those for whom it is made.
func TestPreviewEnds(t *testing.T) {
	t.Parallel()
	o := open(t)
	life, end := context.WithCancel(t.Context())
	p := o.Previews(life)
	end()
	if err := p.Start(t.Context(), "d", []byte(handbook), o.clock.now); err != nil {
		t.Fatal(err)
	}
	if one := awaited(t, p, "d", handbook); !errors.Is(one.Err, context.Canceled) {
		t.Errorf("%+v", one)
	}
}

func TestSeen(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.say(visit("a"), visit("b"), visit("b"), lead.Event{Type: lead.Page, Name: "Home", AnonymousID: "a"})
	seen, err := o.Seen(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if seen.Events != 4 || seen.Signals["visit"] != 3 || seen.Signals["demo"] != 0 || len(seen.Names) != 2 {
		t.Fatalf("%+v", seen)
	}
	if n := seen.Names[0]; n.Name != "Visit" || n.Count != 3 || strings.Join(n.Signals, " ") != "visit" {
		t.Errorf("%+v", n)
	}
	if n := seen.Names[1]; n.Name != "Home" || n.Type != lead.Page || len(n.Signals) > 0 {
		t.Errorf("%+v", n)
	}
	for n := 5; n < 20; n++ { // wherever the log ends
		o.say(visit("c"))
		if seen, err := o.Seen(t.Context()); err != nil || seen.Events != n {
			t.Fatalf("of %d events: %+v, %v", n, seen, err)
		}
	}
	empty, err := open(t).Seen(t.Context())
	if err != nil || empty.Events != 0 {
		t.Errorf("of nothing: %+v, %v", empty, err)
	}
}
