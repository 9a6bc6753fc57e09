package app_test

import (
	"bytes"
	"strings"
	"testing"

	"galena/internal/app"
	"galena/internal/fault"
)

var (
	mia  = app.Writing{ID: "usr_mia", Name: "Mia"}
	maxi = app.Writing{ID: "usr_max", Name: "Max"}
)

func begin(t testing.TB, o *office, source string) *app.Draft {
	t.Helper()
	d, err := o.BeginDraft(t.Context(), mia, "Autumn", []byte(source))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestDraftIsKeptToTheByte(t *testing.T) {
	t.Parallel()
	o := open(t)
	d, err := o.BeginDraft(t.Context(), mia, " Autumn ", nil)
	if err != nil || d.Name != "Autumn" || d.Base != 1 || string(d.Source) != handbook {
		t.Fatalf("%+v, %v", d, err)
	}
	source := []byte("\ufeffgalena: 1\r\n# ä\n\tx")
	if _, err := o.SaveDraft(t.Context(), mia, d.ID, d.Revision, source); err != nil {
		t.Fatal(err)
	}
	again, err := o.Draft(t.Context(), d.ID)
	if err != nil || !bytes.Equal(again.Source, source) {
		t.Errorf("it says %q, %v", again.Source, err)
	}
	all, err := o.Drafts(t.Context())
	if err != nil || len(all) != 1 || all[0].ID != d.ID {
		t.Errorf("%v, %v", all, err)
	}
	if err := o.DropDraft(t.Context(), d.ID); err != nil {
		t.Error(err)
	}
	_, err = o.Draft(t.Context(), d.ID)
	refused(t, err, fault.NotFound, "There is no such draft; it may have been published or thrown away.")
}

func TestDraftsThatAreRefused(t *testing.T) {
	t.Parallel()
	o := open(t)
	d := begin(t, o, handbook)
	_, err := o.BeginDraft(t.Context(), mia, "Autumn", nil)
	refused(t, err, fault.Conflict, `You have a draft called "Autumn" already. Choose another name, or go on with that one.`)
	if _, err := o.BeginDraft(t.Context(), maxi, "Autumn", nil); err != nil {
		t.Errorf("another user may have one of that name, too: %v", err)
	}
	_, err = o.BeginDraft(t.Context(), mia, "a\nb", nil)
	refused(t, err, fault.Invalid, "The name of a draft has 1 to 80 letters, without control characters.")
	long := strings.Repeat("ש", 80)
	if d, err := o.BeginDraft(t.Context(), mia, long, nil); err != nil || d.Name != long {
		t.Errorf("80 letters that take two bytes each: %v", err)
	}
	_, err = o.BeginDraft(t.Context(), mia, long+"ש", nil)
	refused(t, err, fault.Invalid, "The name of a draft has 1 to 80 letters, without control characters.")
	for source, kind := range map[string]fault.Kind{"": fault.Invalid, "a\xff": fault.Invalid, "a\x00": fault.Invalid, strings.Repeat("#", app.MaxDraft+1): fault.TooLarge} {
		if _, err := o.SaveDraft(t.Context(), mia, d.ID, d.Revision, []byte(source)); err == nil || fault.KindOf(err) != kind {
			t.Errorf("%.20q: %v", source, err)
		}
	}
}

// Of two who write from the same text, the second hears of the first.
func TestDraftTellsWhoSavedMeanwhile(t *testing.T) {
	t.Parallel()
	o := open(t)
	d := begin(t, o, handbook)
	first, err := o.SaveDraft(t.Context(), maxi, d.ID, d.Revision, []byte(handbook+"# Max\n"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = o.SaveDraft(t.Context(), mia, d.ID, d.Revision, []byte(handbook+"# Mia\n"))
	refused(t, err, fault.Conflict, "Max saved this draft meanwhile. Open it again to see what it says now; copy what you wrote first.")
	same, err := o.SaveDraft(t.Context(), mia, d.ID, first.Revision, first.Source)
	if err != nil || same.Revision != first.Revision || same.SavedBy != "Max" {
		t.Errorf("what says the same was saved: %+v, %v", same, err)
	}
}

// A signature is under the very text that was signed.
func TestDraftSignature(t *testing.T) {
	t.Parallel()
	o := open(t)
	d := begin(t, o, handbook+"# other\n")
	if _, err := o.SignDraft(t.Context(), mia, d.ID, d.Revision, "finance"); fault.KindOf(err) != fault.Invalid {
		t.Errorf("finance signs: %v", err)
	}
	for _, by := range []struct {
		app.Writing
		side string
	}{{mia, "marketing"}, {maxi, "sales"}, {maxi, "marketing"}} {
		if _, err := o.SignDraft(t.Context(), by.Writing, d.ID, d.Revision, by.side); err != nil {
			t.Fatal(err)
		}
	}
	signed, err := o.Draft(t.Context(), d.ID)
	if err != nil || len(signed.Signed) != 2 || signed.Signed[1].Name != "Max" || signed.Signed[1].Role != "marketing" {
		t.Fatalf("signed by %+v, %v", signed.Signed, err)
	}
	saved, err := o.SaveDraft(t.Context(), mia, d.ID, d.Revision, []byte(handbook+"# another\n"))
	if err != nil || len(saved.Signed) > 0 {
		t.Errorf("after another text it is signed by %+v, %v", saved.Signed, err)
	}
	_, err = o.SignDraft(t.Context(), mia, d.ID, d.Revision, "marketing")
	if fault.KindOf(err) != fault.Conflict {
		t.Errorf("who saw the text before signs the one after: %v", err)
	}
}

func TestPublishDraft(t *testing.T) {
	t.Parallel()
	o := open(t)
	d := begin(t, o, handbook+"# other\n")
	if _, err := o.SignDraft(t.Context(), mia, d.ID, d.Revision, "marketing"); err != nil {
		t.Fatal(err)
	}
	_, err := o.PublishDraft(t.Context(), mia, d.ID, d.Revision+1, 1, "", false)
	refused(t, err, fault.Conflict, "Mia saved this draft meanwhile. Look at what it changes, then publish.")
	if _, err := o.PublishDraft(t.Context(), mia, d.ID, d.Revision, 0, "", false); fault.KindOf(err) != fault.Conflict {
		t.Errorf("compared with another version it is published: %v", err)
	}
	done, err := o.PublishDraft(t.Context(), maxi, d.ID, d.Revision, 1, "why not", true)
	if err != nil || done.Version != 2 {
		t.Fatalf("%+v, %v", done, err)
	}
	all, err := o.Playbooks(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	last := all[len(all)-1]
	if !bytes.Equal(last.Source, d.Source) || last.Author != "Max" || last.Note != "why not" || !last.Apply || len(last.Signed) != 1 || last.Signed[0].Name != "Mia" {
		t.Errorf("published is %+v", last)
	}
	if _, err := o.Draft(t.Context(), d.ID); fault.KindOf(err) != fault.NotFound {
		t.Errorf("the draft is still there: %v", err)
	}
}

func TestCheckRunsTheTests(t *testing.T) {
	t.Parallel()
	c := app.Check([]byte(handbook + "tests:\n  - name: a visit is enough\n    events: [{event: Visit, anonymous: a}]\n    expect: {stage: Lead}\n" +
		"  - name: a visit gives ten\n    events: [{event: Visit, anonymous: a}]\n    expect: {scores: {keen: 10}}\n"))
	if c.Plan == nil || len(c.Tests) != 2 || c.Failed() != 1 || c.Publishable() || len(c.Tests[0].Differs) != 1 || len(c.Tests[1].Differs) > 0 {
		t.Errorf("%+v", c)
	}
	if c := app.Check([]byte("galena: 2")); c.Plan != nil || len(c.Problems) == 0 || c.Publishable() {
		t.Errorf("%+v", c)
	}
}
