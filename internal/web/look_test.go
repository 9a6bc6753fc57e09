package web_test

import (
	"fmt"
	"html"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"galena/internal/access"
	"galena/internal/app"
	"galena/internal/lead"
	"galena/internal/pipeline"
	"galena/internal/store"
)

var (
	listedLead = regexp.MustCompile(`data-row href="/leads/(lead_[0-9]+)"`)
	nextPage   = regexp.MustCompile(`href="([^"]*)" rel="next"`)
	footText   = regexp.MustCompile(`(?s)role="status">(.*?)</span>`)
	anyTag     = regexp.MustCompile(`<[^>]*>`)
)

// crowded is a workspace with some keepers of zebras, of whom as many others as are
// looked through for a page have higher scores, and as many lower ones.
func crowded(t *testing.T, keepers int) *house {
	t.Helper()
	h := open(t).founded()
	b := pipeline.Batch{}
	for n := range keepers {
		b.Events = append(b.Events, lead.Event{MessageID: fmt.Sprint("identify-", n), Type: lead.Identify, UserID: fmt.Sprint("user-", n), Occurred: midday.Add(-lead.Hour),
			Traits: map[string]any{"title": "Keeper of zebras"}, Body: []byte(`{"traits":{"title":"Keeper of zebras"}}`)})
	}
	if _, err := h.Site.App.Ingest(t.Context(), b); err != nil {
		t.Fatal(err)
	}
	if err := h.Site.App.Follow(t.Context()); err != nil {
		t.Fatal(err)
	}
	err := h.store.Write(t.Context(), func(tx store.Tx) error {
		first, err := tx.NewLeads(2 * app.MaxLooked)
		if err != nil {
			return err
		}
		rows := make([]store.ListRow, 2*app.MaxLooked)
		for i := range rows {
			rows[i] = store.ListRow{Lead: first + lead.ID(i), Score: 100_000, Facts: []store.Fact{{Name: "title", Text: "Founder"}}}
			if i >= app.MaxLooked {
				rows[i].Score = -100_000
			}
		}
		return tx.PutListed(rows)
	})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// A list of whom no index knows says how far it was looked, and leads on to everybody.
func TestListsSayHowFarTheyLooked(t *testing.T) {
	t.Parallel()
	const keepers = 70
	h := crowded(t, keepers)
	path := "/leads?sort=-score&title~=zebra"
	var found []string
	for i, want := range []struct {
		people int
		says   string
		has    string
	}{
		{0, "0 people found among the first 4,000 of 8,070", "Nobody so far"},
		{50, "70 people", "Next"},
		{20, "70 people found among the first 8,050 of 8,070", "Look further"},
		{0, "70 people", "Nobody else"},
	} {
		page := h.ask("GET", path, h.tokens[access.Viewer], nil)
		text := page.Body.String()
		people := listedLead.FindAllStringSubmatch(text, -1)
		foot := footText.FindStringSubmatch(text)
		if page.Code != http.StatusOK || len(people) != want.people || foot == nil || !strings.Contains(text, want.has) {
			t.Fatalf("page %d was answered with %d, %d people and the foot %q; want %d and %q:\n%s", i, page.Code, len(people), foot, want.people, want.has, text)
		}
		if says := strings.Join(strings.Fields(anyTag.ReplaceAllString(foot[1], "")), " "); says != want.says {
			t.Errorf("page %d says %q, want %q", i, says, want.says)
		}
		for _, p := range people {
			found = append(found, p[1])
		}
		next := nextPage.FindStringSubmatch(text)
		if last := want.has == "Nobody else"; last != (next == nil) {
			t.Fatalf("page %d leads on to %q", i, next)
		}
		if next != nil {
			path = html.UnescapeString(next[1])
		}
	}
	slices.Sort(found)
	if n := len(slices.Compact(found)); len(found) != keepers || n != keepers {
		t.Errorf("%d people were shown, %d of them different; want %d", len(found), n, keepers)
	}
	if empty := h.ask("GET", "/leads?sort=-score&title~=lion", h.tokens[access.Viewer], nil).Body.String(); !strings.Contains(empty, "Nobody so far") {
		t.Error("who is sought far off is said not to be there")
	}
}

// A file has everybody, however far off they are.
func TestExportsLookToTheEnd(t *testing.T) {
	t.Parallel()
	const keepers = 7
	h := crowded(t, keepers)
	file := h.ask("POST", "/leads/export?sort=-score&title~=zebra", h.tokens[access.Admin], nil)
	if lines := strings.Count(file.Body.String(), "\n"); file.Code != http.StatusOK || lines != 1+keepers {
		t.Errorf("the file was answered with %d and has %d lines, want %d", file.Code, lines, 1+keepers)
	}
}
