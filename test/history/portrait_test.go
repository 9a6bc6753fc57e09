package history

import (
	"bytes"
	"testing"

	"galena/internal/app"
	"galena/internal/bulk"
	"galena/internal/lead"
	"galena/internal/store"
)

// paint takes out what is to be the same everywhere: the log as it is exported,
// leads as they are shown, and, of each, decisions and joins as they are kept.
func paint(t *testing.T, a *app.App, s store.Store) portrait {
	t.Helper()
	var events, leads, decisions, joins, counts bytes.Buffer
	w := bulk.NewEventWriter(&events, bulk.NDJSON)
	err := a.Events(t.Context(), func(e *lead.Event) error {
		x, err := bulk.EventOf(e)
		if err != nil {
			return err
		}
		return w.Write(&x)
	})
	if err == nil {
		err = w.Flush()
	}
	if err != nil {
		t.Fatal(err)
	}
	var ids []lead.ID
	err = a.Leads(t.Context(), func(l *app.Lead) error {
		ids = append(ids, l.ID)
		line(t, &leads, l)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	err = s.Read(t.Context(), func(view store.Snapshot) error {
		for _, id := range ids {
			log, err := view.Decisions(id)
			if err != nil {
				return err
			}
			for _, d := range log {
				line(t, &decisions, struct {
					lead.Decision
					Did string
				}{d, d.Verb.String()})
			}
			all, err := view.Joins(id)
			if err != nil {
				return err
			}
			for _, j := range all {
				line(t, &joins, j)
			}
		}
		c, err := view.Counts()
		line(t, &counts, c)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return portrait{{"events", events.String()}, {"leads", leads.String()}, {"decisions", decisions.String()}, {"joins", joins.String()}, {"counts", counts.String()}}
}
