package control_test

import (
	"bytes"
	"testing"

	"galena/internal/app"
	"galena/internal/control"
	"galena/internal/fault"
	"galena/internal/pipeline"
	"galena/internal/playbook"
)

// A publication goes over the socket whole, and so does what becomes of it.
func TestPublishingOverTheSocket(t *testing.T) {
	t.Parallel()
	a, _ := open(t)
	client := listen(t, control.Handler(a, nil))
	if _, err := client.Ingest(t.Context(), batch()); err != nil {
		t.Fatal(err)
	}
	source, _ := playbook.Shipped("model-a")
	sent := app.Proposal{Source: source, Base: 1, Author: "Cy", Note: "why", Apply: true, Effects: true,
		Signed: []app.Signature{{Role: "sales", Name: "Bo"}}}
	done, err := client.Publish(t.Context(), sent)
	if want := (app.Published{Version: 2, From: midday + 1, New: true}); done != want || err != nil {
		t.Fatalf("published as %+v, %v", done, err)
	}
	for i, want := range []pipeline.Progress{{Version: 2, Done: 2, Leads: 2, Over: true}, {Version: 2, Done: 2, Leads: 2, Over: true}} {
		if got, err := client.Sweep(t.Context()); got != want || err != nil {
			t.Errorf("sweep %d: %+v, %v", i, got, err)
		}
	}
	all, err := a.Playbooks(t.Context())
	if err != nil || len(all) != 2 {
		t.Fatalf("%d versions, %v", len(all), err)
	}
	if p := all[1]; !bytes.Equal(p.Source, source) || p.Author != "Cy" || p.Note != "why" || !p.Apply || !p.Effects || len(p.Signed) != 1 {
		t.Errorf("kept as %+v", p)
	}
	sent.Source, _ = playbook.Shipped("model-b")
	if _, err := client.Publish(t.Context(), sent); fault.KindOf(err) != fault.Conflict {
		t.Errorf("over an older version: %v", err)
	}
}
