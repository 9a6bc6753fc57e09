package web_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"galena/internal/access"
	"galena/internal/phrase"
	"galena/internal/store"
	"galena/internal/web"
)

// About shows how the workspace grew, and what the doctor finds, to who may configure.
func TestAbout(t *testing.T) {
	t.Parallel()
	h := open(t).founded()
	h.Size = func(context.Context) (int64, error) { return 7_000_000, nil }
	examined := 0
	h.Diagnose = func(context.Context) []web.Finding {
		examined++
		return []web.Finding{{OK: true, What: "folder", Said: phrase.Term("/var/lib/galena")}, {What: "database", Said: phrase.Term("<b>a page is torn</b>")}}
	}
	about := func(role access.Role) string {
		t.Helper()
		return h.ask("GET", "/settings/about", h.tokens[role], nil).want(200, "").Body.String()
	}
	if page := about(access.Admin); strings.Contains(page, `class="spark"`) || !strings.Contains(page, "7 MB") || !strings.Contains(page, "Ask the doctor") {
		t.Errorf("without measures the page is %s", page)
	}
	err := h.store.Write(t.Context(), func(tx store.Tx) error {
		for i, day := range []string{"2026-02-27", "2026-02-28"} {
			text := fmt.Sprintf(`{"day":"%sT00:00:00Z","bytes":%d,"events":%d,"leads":3}`, day, 2_000_000*(i+1), 1200*(i+1))
			if err := tx.PutPaper(store.Paper{Drawer: "measure", Name: day, Text: []byte(text)}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	page := about(access.Admin)
	for _, want := range []string{"from 2 MB on 27 Feb 2026 to 4 MB on 28 Feb 2026", "from 1,200 on 27 Feb 2026 to 2,400 on 28 Feb 2026", "M0.0 12.0L100.0 1.0"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if other := about(access.Viewer); strings.Contains(other, `class="spark"`) || strings.Contains(other, "Ask the doctor") {
		t.Error("a viewer sees what is not a viewer's")
	}
	h.ask("POST", "/settings/about/doctor", h.tokens[access.Viewer], nil).want(403, "")
	if examined != 0 {
		t.Errorf("the doctor looked %d times unasked", examined)
	}
	found := h.ask("POST", "/settings/about/doctor", h.tokens[access.Admin], nil).want(200, "").Body.String()
	if !strings.Contains(found, "The doctor found something wrong.") || !strings.Contains(found, "&lt;b&gt;a page is torn") {
		t.Errorf("the doctor's findings are shown as %s", found)
	}
}
