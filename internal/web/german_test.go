package web_test

import (
	"html"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"galena/internal/access"
	"galena/internal/app"
	"galena/internal/intake"
	"galena/internal/lead"
	"galena/internal/pipeline"
	"galena/internal/privacy"
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

// A draft's mistakes are told in German, from the draft as it is saved and from the one
// that a script asks about while somebody writes: of YAML, of fields, of names, and
// within conditions.
func TestADraftsMistakesInGerman(t *testing.T) {
	t.Parallel()
	h := open(t).founded()
	german := header("Accept-Language", "de")
	draft := h.ask("POST", "/playbook/drafts", h.tokens[access.Marketing], url.Values{"name": {"Herbst"}, "source": {"1"}}, german).Header().Get("Location")
	revision := 0
	problems := func(text string) string {
		t.Helper()
		revision++
		page := h.ask("POST", draft, h.tokens[access.Marketing], url.Values{"revision": {strconv.Itoa(revision)}, "text": {text}}, german, header("HX-Request", "true"))
		_, list, found := strings.Cut(page.Body.String(), `<ol class="mistakes">`)
		if !found {
			t.Fatalf("no mistakes are shown of\n%s\n%d: %s", text, page.Code, page.Body)
		}
		list, _, _ = strings.Cut(list, "</ol>")
		return html.UnescapeString(list)
	}
	const broken = `galena: 1
nam: X
time_zone: europe/berlin
signals:
  asked: {event: Demo Requested, where: "properties.seats >= "}
  pages: {name: Pricing}
  both: {any: [asked, askd], event: X}
  Big One: {event: X}
segments:
  big: {when: count(asked) > 2}
scores:
  fit:
    decay: 30d
    rules:
      - {name: a, when: titel == "CEO", points: ten}
      - {name: b, when: email == 5, points: 5}
      - {name: c, when: email, points: 5}
      - {name: d, when: email.matches("("), points: 5}
      - {name: e, when: email = "x" || reachable AND true, points: 5}
      - {name: f, when: "count(asked, 3 days) >= 1", points: 5}
      - {on: asked, limit: "5 per fortnight", points: 0017}
      - {name: g, every: day, points: 5}
      - {name: a, points: 0}
totals:
  whole: {sum: [fit, asked]}
stages:
  - {name: MQL, role: mql, when: fit >= "60"}
  - {name: MQL, role: lead, by_hand: perhaps}
exits:
  - {name: Gone, role: gone}
grade: {letters: {score: none_such, A: 60, B: 70}}
goals:
  - {name: Year, from: 2026-13-01, to: 2026-12-31, revenue: 12 Euro}
tests:
  - name: one
    events: []
    expect: {}
`
	told := problems(broken)
	for _, want := range []string{
		`ein Playbook hat kein Feld "nam"`, `die Zeitzone "europe/berlin" ist nicht bekannt`, `meinten Sie "Europe/Berlin"?`, "Nach >= fehlt ein Wert",
		`das Signal "pages" kann nie vorkommen`, `ein Signal mit "any" ist die Vereinigung anderer und hat kein "event"`, `Signal: "askd" ist nicht bekannt`,
		`"Big One" kann kein Name sein`, "die Bedingung eines Segments darf nur Merkmale benutzen; hier benutzt wird: wie oft ein Signal vorkam",
		"das ist kein Verfall", "titel gibt es hier nicht", "Das lässt sich nicht vergleichen: Text und Zahl", "Die Bedingung als Ganzes ist weder wahr noch falsch",
		"Dieses Muster ist nicht richtig geschrieben", "= ist hier kein Operator", "AND ist hier kein Operator", "Zwischen 3 und days fehlt ein Operator",
		"das ist keine Grenze", `"points" ist keine Punktzahl`, `"every" gehört nur zu "reset"`, "durch nichts gibt diese Regel ihre Punkte",
		`"asked" ist ein Signal, nicht ein Score`, "Der Score fit lässt sich nur mit einer ausgeschriebenen Zahl vergleichen", `zwei Stufen heißen "MQL", zuerst in Zeile`,
		`"by_hand" ist weder true noch false`, `Rolle eines Ausgangs: "gone" ist nicht bekannt`, `weder ein Score noch eine Summe heißt "none_such"`,
		`"B" beginnt bei 70 und die bessere Marke "A" bei 60`, "das ist kein Tag zwischen 1971 und 2200", `"12 Euro" ist kein Betrag wie 1200.50 EUR`,
		"der Test hat keine Ereignisse", "der Test erwartet nichts", "Gefunden: ", "Erwartet: ",
		`data-meant="Europe/Berlin"`, // what the editor mends it with
	} {
		if !strings.Contains(told, want) {
			t.Errorf("the mistakes do not say %q", want)
		}
	}
	for _, yaml := range []string{"galena: 1\nname: [X\n", "galena: 1\n\tname: X\n", "# nothing\n", "galena: 1\nname: a: b\n", "galena: 1\nname: @x\n", "galena: 1\n- a\n", "galena: 1\nname: \"X\n", "galena: 1\nname: *x\n"} {
		told += problems(yaml)
	}
	if found := english.FindAllString(shownText(told), -1); len(found) > 0 {
		t.Errorf("the mistakes say %q in\n%s", found, shownText(told))
	}
}

// english finds words that stand in English sentences and in no German one.
var english = regexp.MustCompile(`(?i)\b(the|this|these|is|are|not|no|of|or|it|its|with|without|has|have|can|cannot|must|here|there|expected|found|unknown|write|should|nothing|such|which|at most|field|needs)\b`)

// shownText is what a browser shows of a page: no tags, and nothing in quotes, which
// people or programs wrote.
func shownText(page string) string {
	page = regexp.MustCompile(`<[^>]*>`).ReplaceAllString(page, "\n")
	return regexp.MustCompile(`"[^"\n]*"|\n\s*\n`).ReplaceAllString(page, "\n")
}

// Lists say in German what they are filtered by, and take the German for yes and no.
func TestFiltersInGerman(t *testing.T) {
	t.Parallel()
	h := open(t).founded()
	german := header("Accept-Language", "de")
	for query, want := range map[string]string{
		"excluded=no":               "ist nicht ausgeschlossen",
		"excluded=yes":              "ist ausgeschlossen",
		"email_domain=corp.example": "Domain der E-Mail-Adresse ist corp.example",
	} {
		page := html.UnescapeString(h.ask("GET", "/leads?"+query, h.tokens[access.Marketing], nil, german).want(200, "").Body.String())
		if !strings.Contains(page, "Filter "+want+" entfernen") {
			t.Errorf("%s is not told as %q", query, want)
		}
	}
	h.ask("GET", "/leads?add_field=excluded&add_op=%3D&add_value=Nein", h.tokens[access.Marketing], nil, german).want(303, "/leads?excluded=no")
}

// Why events were refused is kept in English, and told in German: in the list, and when
// one is sent again that still cannot be taken.
func TestRejectsInGerman(t *testing.T) {
	t.Parallel()
	h := open(t).founded()
	h.Imports = intake.New(t.Context(), intake.Config{App: h.App})
	var rejects []lead.Reject
	for i, line := range []string{
		`{"type":"track"`, `{"type":"track","userId":"u"}`, `{"event":"X","userId":"u"}`, `{"type":"buy","userId":"u"}`, `{"type":"track","event":"X"}`,
		`{"type":"alias","userId":"u"}`, `{"type":"group","userId":"u"}`, `{"type":"identify","userId":"u","traits":["a"]}`,
		`{"type":"track","event":"X","userId":"u","userId":"v"}`, `[1]`, `{"type":"track","event":7,"userId":"u"}`,
		`{"type":"track","event":"X","userId":"` + strings.Repeat("u", 9000) + `"}`, `{} {}`,
	} {
		_, r := intake.Decode([]byte(line), privacy.Cut)
		if r == nil {
			t.Fatalf("%s is not refused", line)
		}
		r.Index, r.Received = i, midday
		rejects = append(rejects, *r)
	}
	if _, err := h.App.Ingest(t.Context(), pipeline.Batch{Rejects: rejects}); err != nil {
		t.Fatal(err)
	}
	german := header("Accept-Language", "de")
	page := h.ask("GET", "/rejects", h.tokens[access.Marketing], nil, german).want(200, "").Body.String()
	for _, r := range rejects {
		if strings.Contains(html.UnescapeString(page), r.Message) {
			t.Errorf("the page says %q", r.Message)
		}
	}
	for _, want := range []string{"die Nachricht hat kein type", "weder userId noch anonymousId", "ein track braucht event", "traits ist eine Liste; geben Sie ein Objekt", "die Nachricht ist eine Liste"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	again := h.ask("POST", "/rejects/3", h.tokens[access.Marketing], url.Values{"body": {`{"type":"group","userId":"u"}`}}, german).Body.String()
	if want := "Weiterhin abgelehnt (missing_group_id): Zeile 1: eine group braucht groupId: die Kennung der Firma"; !strings.Contains(again, want) {
		t.Errorf("sent again it is not told that %q", want)
	}
}

// An import is told in German: the guess of a table in which nobody was recognised, what
// is wrong with a mapping, and why an import failed, which is kept in English.
func TestAnImportInGerman(t *testing.T) {
	t.Parallel()
	h := open(t).founded()
	desk := intake.New(t.Context(), intake.Config{App: h.App})
	h.Imports = desk
	german := header("Accept-Language", "de")
	m, err := desk.Receive(t.Context(), "cars.csv", "Ada", strings.NewReader("Make,Model\nVolvo,P1800\n"))
	if err != nil {
		t.Fatal(err)
	}
	told := func(page string, want ...string) {
		t.Helper()
		page = html.UnescapeString(page)
		for _, w := range want {
			if !strings.Contains(page, w) {
				t.Errorf("the page does not say %q", w)
			}
		}
		if found := english.FindAllString(shownText(page), -1); len(found) > 0 {
			t.Errorf("the page says %q", found)
		}
	}
	page := func() string {
		return h.ask("GET", "/imports/1", h.tokens[access.Marketing], nil, german).want(200, "").Body.String()
	}
	told(page(), "# Keine Spalte sieht nach einer Adresse")
	again := func(mapping string) string {
		return h.ask("POST", "/imports/1/mapping", h.tokens[access.Marketing], url.Values{"mapping": {mapping}}, german).Body.String()
	}
	told(again("source: s\nemail: Modell\n"), `email: die Datei hat keine Spalte "Modell"; meinten Sie "Model"?`)
	told(again("source: s\nemial: Model\n"), `Zuordnung: den Schlüssel "emial" gibt es nicht; meinten Sie "email"?`)
	_, err = h.App.ChangeImport(t.Context(), m.Number, func(m *app.Import, _ lead.Time) error {
		m.State, m.Task, m.Problem = app.ImportFailed, app.TaskImport, "The disk is full and nothing was written; free some space beside /data/galena.db."
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	told(page(), "Die Platte ist voll, und es wurde nichts geschrieben; schaffen Sie neben /data/galena.db Platz.")
}
