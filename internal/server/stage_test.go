package server

import (
	"testing"

	"galena/internal/app"
	"galena/internal/kit/cluster"
	"galena/internal/lead"
	"galena/internal/pipeline"
)

// A person's decision lands beside a running server, in a folder and in a
// database, and names the lead by any of its names.
func TestAPersonDecidesBesideAServer(t *testing.T) {
	t.Parallel()
	const waysOut = handbook + "exits:\n  - {name: Out, role: disqualified, by_hand: true, reasons: [no budget], cool_down: 10d}\nhand_raise: demo\n"
	places := map[string]func(*testing.T) string{
		"folder":   func(t *testing.T) string { return t.TempDir() },
		"database": func(t *testing.T) string { return cluster.URL(t) },
	}
	for name, place := range places {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			at := place(t)
			s := serve(t, Config{Data: at, Playbook: []byte(waysOut)})
			err := Write(t.Context(), at, nil, func(w app.Writer) error {
				if _, err := w.Ingest(t.Context(), pipeline.Batch{Events: []lead.Event{event("m1")}}); err != nil {
					return err
				}
				order := app.StageOrder{Who: app.Ref{ID: 1}, Stage: "Out", Reason: "no budget", Author: "ann"}
				p, err := w.PutInStage(t.Context(), order)
				if p.From != "Patient" || p.Stage != "Out" || p.Cycle != 1 {
					t.Errorf("told %+v", p)
				}
				if err != nil {
					return err
				}
				raised := event("m2")
				raised.Backfill, raised.Occurred = false, clock()
				_, err = w.Ingest(t.Context(), pipeline.Batch{Events: []lead.Event{raised}})
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			err = Read(t.Context(), at, func(r *app.Reader) error {
				p, err := r.Profile(t.Context(), app.Ref{ID: 1}, 9)
				if err != nil {
					return err
				}
				if p.Lead.Stage != "Lead" || p.Lead.Cycle != 2 || len(p.Decisions) != 4 || p.Decisions[2].Reason != "no budget" {
					t.Errorf("the lead is %+v after %+v", p.Lead, p.Decisions)
				}
				_, found, err := r.Verify(t.Context())
				if len(found) > 0 {
					t.Errorf("verify: %v", found)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			if err := s.stop(); err != nil {
				t.Error(err)
			}
		})
	}
}
