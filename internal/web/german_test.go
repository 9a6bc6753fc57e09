package web_test

import (
	"strings"
	"testing"

	"galena/internal/access"
	"galena/internal/app"
	"galena/internal/lead"
	"galena/internal/pipeline"
)

// The page of a lead speaks German to who reads German, with what the engine and the
// workspace have to tell.
func TestALeadInGerman(t *testing.T) {
	t.Parallel()
	h := open(t).founded()
	e := lead.Event{MessageID: "m1", Type: lead.Identify, UserID: "ada", Email: "ada@corp.example", Company: "corp.example", Origin: lead.Server,
		Body: []byte(`{"traits":{"email":"ada@corp.example","title":"VP Sales"}}`)}
	if err := e.Open(); err != nil {
		t.Fatal(err)
	}
	if _, err := h.App.Ingest(t.Context(), pipeline.Batch{Events: []lead.Event{e}}); err != nil {
		t.Fatal(err)
	}
	act, err := h.App.Correct(t.Context(), app.Ref{UserID: "ada"}, app.Correction{Score: "score", Points: -90_000, Reason: "auf der Messe getroffen", Author: "Ann"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.App.Ingest(t.Context(), pipeline.Batch{Events: []lead.Event{act}}); err != nil {
		t.Fatal(err)
	}
	if _, err := h.App.PutInStage(t.Context(), app.StageOrder{Who: app.Ref{UserID: "ada"}, Stage: "SQL", Author: "Ann", Reason: "Messe"}); err != nil {
		t.Fatal(err)
	}
	page := h.ask("GET", "/leads/lead_1", h.tokens[access.Marketing], nil, header("Accept-Language", "de")).want(200, "").Body.String()
	for _, want := range []string{"von Hand hierher gestellt", "von Hand berichtigt: auf der Messe getroffen", "nicht weniger als 0"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	for _, english := range []string{"put there by hand", "corrected by hand", "no less than", "at least", "can be reached", " ago"} {
		if strings.Contains(page, english) {
			t.Errorf("the page says %q", english)
		}
	}
}
