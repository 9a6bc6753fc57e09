package app_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"galena/internal/app"
	"galena/internal/lead"
)

// There are more than fit on a page.
func TestEverybodyAndEverythingIsListed(t *testing.T) {
	t.Parallel()
	o := open(t)
	const crowd = 1203
	var events []lead.Event
	for i := range crowd {
		events = append(events, visit(fmt.Sprint("a", i)))
	}
	o.say(events...)
	o.say(identify("u1", "", "", nil), identify("u1", "a0", "", nil), identify("u1", "a1202", "", nil))

	var leads []lead.ID
	if err := o.Leads(t.Context(), func(l *app.Lead) error { leads = append(leads, l.ID); return nil }); err != nil {
		t.Fatal(err)
	}
	if len(leads) != crowd-1 || leads[0] != 2 || leads[len(leads)-1] != crowd+1 {
		t.Errorf("%d leads from %s to %s", len(leads), leads[0], leads[len(leads)-1])
	}
	seq := int64(0)
	err := o.Events(t.Context(), func(e *lead.Event) error {
		seq++
		want := lead.ID(e.Seq)
		if e.Seq == 1 || e.Seq >= crowd {
			want = crowd + 1 // whose she was found to be
		}
		if e.Seq != seq || e.Lead != want {
			t.Errorf("event %d is of %s, want event %d of %s", e.Seq, e.Lead, seq, want)
		}
		return nil
	})
	if err != nil || seq != crowd+3 {
		t.Errorf("%d events, %v", seq, err)
	}
	if c, err := o.Counts(t.Context()); err != nil || c.Events != crowd+3 || c.Leads != crowd-1 {
		t.Errorf("%+v, %v", c, err)
	}
}

func TestListingStops(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.say(visit("a1"), visit("a2"), visit("a3"))
	seen := 0
	if err := o.Leads(t.Context(), func(*app.Lead) error { seen++; return errEnough }); !errors.Is(err, errEnough) || seen != 1 {
		t.Errorf("leads: %d, %v", seen, err)
	}
	seen = 0
	if err := o.Events(t.Context(), func(*lead.Event) error { seen++; return errEnough }); !errors.Is(err, errEnough) || seen != 1 {
		t.Errorf("events: %d, %v", seen, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	seen = 0
	err := o.Leads(ctx, func(*app.Lead) error { seen++; cancel(); return nil })
	if !errors.Is(err, context.Canceled) || seen != 1 {
		t.Errorf("leads of a caller who goes: %d, %v", seen, err)
	}
}
