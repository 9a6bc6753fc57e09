package app_test

import (
	"testing"

	"galena/internal/app"
	"galena/internal/lead"
)

// What came after a page was made is counted, of this lead alone, and up to a bound.
func TestNews(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.say(visit("a"), visit("b"))
	ref := app.Ref{AnonymousID: "a"}
	d, err := o.Dossier(t.Context(), ref)
	if err != nil {
		t.Fatal(err)
	}
	expect := func(want int, more bool) {
		t.Helper()
		n, is, err := o.News(t.Context(), ref, d.Seq)
		if err != nil || n != want || is != more {
			t.Errorf("%d are new, more %v, %v; want %d, %v", n, is, err, want, more)
		}
	}
	expect(0, false)
	o.say(visit("b"))
	expect(0, false)
	o.say(visit("a"), visit("b"), visit("a"))
	expect(2, false)
	var many []lead.Event
	for range 60 {
		many = append(many, visit("a"))
	}
	o.say(many...)
	expect(50, true)
}
