package control_test

import (
	"testing"

	"galena/internal/app"
	"galena/internal/control"
	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/pipeline"
)

// A correction over the socket comes to what it comes to at home, faults too.
func TestCorrectionsArrive(t *testing.T) {
	t.Parallel()
	home, _ := open(t)
	away, _ := open(t)
	by := lead.Signature{Author: "eve", Reason: "a test"}
	var told [2][]any
	for i, w := range []app.Writer{home, listen(t, control.Handler(away, nil))} {
		note := func(o any, err error) { told[i] = append(told[i], o, fault.KindOf(err), fault.Text(err), err == nil) }
		if _, err := w.Ingest(t.Context(), batch()); err != nil {
			t.Fatal(err)
		}
		ada, visitor := app.Ref{Email: "ada@corp.example"}, app.Ref{AnonymousID: "a2"}
		judged := app.Verdict{Robot: true, Who: ada, Since: 1, Until: midday, By: by}
		o, err := w.Judge(t.Context(), judged)
		note(o, err)
		o, err = w.Judge(t.Context(), judged)
		note(o, err)
		o, err = w.Merge(t.Context(), ada, visitor, by)
		note(o, err)
		o, err = w.Unmerge(t.Context(), 2, by)
		note(o, err)
		o, err = w.Unmerge(t.Context(), 2, by)
		note(o, err)
		e, err := w.Erase(t.Context(), visitor, by)
		note(e.Outcome, err)
	}
	for k := range told[0] {
		if told[0][k] != told[1][k] {
			t.Errorf("%d: at home %v, over the socket %v", k, told[0][k], told[1][k])
		}
	}
	if o := told[1][0]; o != (pipeline.Outcome{Lead: 1, Events: 1}) {
		t.Errorf("the verdict came to %+v", o)
	}
}
