package web_test

import (
	"net/http"
	"strings"
	"testing"

	"galena/internal/access"
	"galena/internal/lead"
	"galena/internal/pipeline"
)

// Home tells where events come from to whoever may look at sources, before anything
// was counted.
func TestHomeTellsSources(t *testing.T) {
	t.Parallel()
	h := open(t).founded()
	for _, name := range []string{"Idle one", "Shop <b>"} {
		if _, err := h.Site.App.CreateKey(t.Context(), lead.BrowserKey, name); err != nil {
			t.Fatal(err)
		}
	}
	keys, err := h.Site.App.Keys(t.Context())
	if err != nil || len(keys) != 2 {
		t.Fatalf("there are %+v, %v", keys, err)
	}
	b := pipeline.Batch{Events: []lead.Event{
		{MessageID: "m1", Type: lead.Page, AnonymousID: "a", Source: keys[1].ID, Received: midday, Occurred: midday},
		{MessageID: "m2", Type: lead.Page, AnonymousID: "a", Source: keys[1].ID, Received: midday, Occurred: midday},
	}}
	if _, err := h.Site.App.Ingest(t.Context(), b); err != nil {
		t.Fatal(err)
	}
	for role, sees := range map[access.Role]bool{access.Admin: true, access.Marketing: true, access.Sales: false, access.Viewer: false} {
		page := h.ask(http.MethodGet, "/", h.tokens[role], nil).want(http.StatusOK, "").Body.String()
		_, card, found := strings.Cut(page, `id="home-sources"`)
		if found != sees {
			t.Errorf("a %s is told of sources: %v", role, found)
		}
		if !sees {
			continue
		}
		busy, idle := strings.Index(card, "Shop &lt;b&gt;"), strings.Index(card, "Idle one")
		if busy < 0 || idle < busy || !strings.Contains(card[busy:idle], `number">2<`) || !strings.Contains(card, "All is well") {
			t.Errorf("a %s reads %s", role, card)
		}
	}
}
