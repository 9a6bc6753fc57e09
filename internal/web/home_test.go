package web_test

import (
	"fmt"
	"net/http"
	"regexp"
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

// What was not counted when somebody looked is said to be missing.
func TestHomeSaysWhatIsNotCounted(t *testing.T) {
	t.Parallel()
	h := open(t).founded()
	key, err := h.Site.App.CreateKey(t.Context(), lead.BrowserKey, "Shop")
	if err != nil || key == "" {
		t.Fatal(err)
	}
	keys, err := h.Site.App.Keys(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	b := pipeline.Batch{}
	for n := range 503 { // three more than home counts by itself
		b.Events = append(b.Events, lead.Event{MessageID: fmt.Sprint("m", n), Type: lead.Page, AnonymousID: "a", Source: keys[0].ID, Received: midday, Occurred: midday})
	}
	if _, err := h.Site.App.Ingest(t.Context(), b); err != nil {
		t.Fatal(err)
	}
	const missing = "3 events have not been counted yet"
	if page := h.ask(http.MethodGet, "/", h.tokens[access.Marketing], nil).want(http.StatusOK, "").Body.String(); !strings.Contains(page, missing) {
		t.Error("home does not say what is missing")
	}
	if err := h.Site.App.Census(t.Context()); err != nil {
		t.Fatal(err)
	}
	if page := h.ask(http.MethodGet, "/", h.tokens[access.Marketing], nil).want(http.StatusOK, "").Body.String(); strings.Contains(page, "been counted yet") {
		t.Error("home says that something is missing, and nothing is")
	}
}

// Under the playbook that everybody begins with people are found and listed by how they
// are called, however their sender says it, and nobody misses a part of it.
func TestPeopleAreCalledByName(t *testing.T) {
	t.Parallel()
	h := open(t).founded()
	b := pipeline.Batch{}
	for user, traits := range map[string]map[string]any{
		"u1": {"email": "a@corp.example", "name": "Ada Lovelace"},
		"u2": {"email": "c@corp.example", "firstName": "Charles", "lastName": "Babbage"},
	} {
		b.Events = append(b.Events, lead.Event{MessageID: user, Type: lead.Identify, UserID: user, Email: traits["email"].(string), Occurred: midday, Traits: traits})
	}
	if _, err := h.Site.App.Ingest(t.Context(), b); err != nil {
		t.Fatal(err)
	}
	if err := h.Site.App.Follow(t.Context()); err != nil {
		t.Fatal(err)
	}
	for word, name := range map[string]string{"love": "Ada Lovelace", "babbage": "Charles Babbage"} {
		list := h.ask(http.MethodGet, "/leads?q="+word, h.tokens[access.Sales], nil).want(http.StatusOK, "").Body.String()
		if !strings.Contains(list, ">"+name+"</a>") || len(listedLead.FindAllString(list, -1)) != 1 {
			t.Errorf("looking for %s one finds %s", word, list)
		}
		page := h.ask(http.MethodGet, "/leads/"+listedLead.FindStringSubmatch(list)[1], h.tokens[access.Sales], nil).want(http.StatusOK, "").Body.String()
		if strings.Contains(page, "Not known: name<") || strings.Contains(page, "Not known: first name") || !strings.Contains(page, "Not known: job title") {
			t.Errorf("of %s is missing what is no datum: %s", name, strings.Join(regexp.MustCompile(`Not known[^<]*`).FindAllString(page, -1), "; "))
		}
	}
}
