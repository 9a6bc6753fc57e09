package app_test

import (
	"strings"
	"testing"

	"galena/internal/app"
	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/store"
	"galena/internal/store/memory"
)

func TestANewWorkspaceBeginsWithAPlaybook(t *testing.T) {
	t.Parallel()
	for _, source := range []string{"", handbook} {
		s := memory.New(func() lead.Time { return midday })
		var given []byte
		if source != "" {
			given = []byte(source)
		}
		for range 2 { // the second opens what the first published
			a, err := app.New(t.Context(), s, given)
			if err != nil {
				t.Fatal(err)
			}
			if a.Plan().Version != 1 || source != "" && a.Plan().Name != "Office" {
				t.Errorf("it runs under version %d of %q", a.Plan().Version, a.Plan().Name)
			}
		}
		var published []store.Playbook
		if err := s.Read(t.Context(), func(snap store.Snapshot) (err error) {
			published, err = snap.Playbooks()
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if len(published) != 1 || published[0].Published != midday || source != "" && string(published[0].Source) != source {
			t.Errorf("published are %d versions", len(published))
		}
		r, err := app.NewReader(t.Context(), s)
		if err != nil || r.Document() == nil {
			t.Errorf("read again: %v", err)
		}
	}
}

func TestAnotherPlaybookIsRefused(t *testing.T) {
	t.Parallel()
	o := open(t)
	_, err := app.New(t.Context(), o.store, []byte(strings.Replace(handbook, "Office", "Another", 1)))
	refused(t, err, fault.Conflict, "This workspace runs under playbook version 1, which differs from the one given. "+
		"Leave --playbook away, or put yours in force with `galena playbook publish` first.")
	if _, err := app.New(t.Context(), o.store, nil); err != nil {
		t.Errorf("without one: %v", err)
	}
	if _, err := app.New(t.Context(), o.store, []byte(handbook)); err != nil {
		t.Errorf("with the same: %v", err)
	}
}

func TestABrokenPlaybookIsRefused(t *testing.T) {
	t.Parallel()
	s := memory.New(func() lead.Time { return midday })
	_, err := app.New(t.Context(), s, []byte("galena: 1\nname: Broken\nstagges: []\n"))
	if fault.KindOf(err) != fault.Invalid || !strings.HasPrefix(fault.Text(err), "The playbook has problems, the first at ") ||
		!strings.HasSuffix(fault.Text(err), " `galena check` lists them all.") {
		t.Errorf("it says %v", err)
	}
	_, err = app.NewReader(t.Context(), s)
	refused(t, err, fault.NotFound, "This workspace is empty. Start `galena serve` or `galena demo` on it first.")
}

// What an older or newer program published and this one cannot compile.
func TestAStoredPlaybookThatCannotBeCompiled(t *testing.T) {
	t.Parallel()
	s := memory.New(func() lead.Time { return midday })
	err := s.Write(t.Context(), func(tx store.Tx) error {
		return tx.PutPlaybook(store.Playbook{Version: 1, Source: []byte("galena: 7\n"), Published: midday})
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err = app.NewReader(t.Context(), s); !strings.HasPrefix(fault.Text(err), "Playbook version 1 is stored but cannot be compiled by this program: ") {
		t.Errorf("it says %v", err)
	}
}
