package intake_test

import (
	"strings"
	"testing"

	"galena/internal/app"
	"galena/internal/fault"
	"galena/internal/intake"
)

// Files that nobody imported go when they are old, and what they were stays known.
func TestOldFilesGo(t *testing.T) {
	t.Parallel()
	with(t, nil, func(a *app.App, d *intake.Desk) {
		if gone, err := d.Expire(t.Context(), 1); gone != 0 || err != nil {
			t.Errorf("of no files %d are gone, %v", gone, err)
		}
		m, err := d.Receive(t.Context(), "people.csv", "Ada", strings.NewReader(people(3)))
		if err != nil {
			t.Fatal(err)
		}
		if gone, err := d.Expire(t.Context(), m.Created); gone != 0 || err != nil {
			t.Errorf("of what is not older %d are gone, %v", gone, err)
		}
		if gone, err := d.Expire(t.Context(), m.Created+1); gone != 1 || err != nil {
			t.Fatalf("%d are gone, %v", gone, err)
		}
		if m, err = a.Import(t.Context(), m.Number); err != nil || m.Held || m.Name != "people.csv" {
			t.Errorf("what is known of it is %+v, %v", m, err)
		}
		if err := d.Start(t.Context(), m.Number, intake.Order{Task: app.TaskImport}); fault.KindOf(err) != fault.Conflict {
			t.Errorf("a file that is gone is imported: %v", err)
		}
		if gone, err := d.Expire(t.Context(), m.Created+1); gone != 0 || err != nil {
			t.Errorf("another time %d are gone, %v", gone, err)
		}
	})
}
