package web

import (
	"testing"
	"time"

	"galena/internal/app"
	"galena/internal/engine"
	"galena/internal/lead"
	"galena/internal/playbook"
	"galena/internal/web/words"
)

// What the workspace tells about leads is told in the language of whoever reads.
func TestTold(t *testing.T) {
	t.Parallel()
	const noon = lead.Time(1_772_366_400_000) // 2026-03-01T12:00:00Z
	berlin := time.FixedZone("CET", 3600)
	en := &request{voice: &words.Voice{Lang: "en", Zone: time.UTC, Now: noon}}
	de := &request{voice: &words.Voice{Lang: "de", Zone: berlin, Now: noon}}
	doc, problems := playbook.Parse([]byte(`
galena: 1
name: Told
time_zone: UTC
attributes: {title: {type: text, label: job title}, age: {type: number}}
signals: {visit: {label: visited pricing, type: page}, demo: {event: Demo}}
scores: {fit: {label: Fit, rules: [{on: visit, points: 1}]}}
segments: {mid: {label: is of a mid-sized company, when: age >= 50}}
stages: [{name: Lead, role: identified, when: reachable}]
`))
	if doc == nil {
		t.Fatal(problems)
	}
	for condition, want := range map[string][2]string{
		"reachable && identified": {"can be reached and is identified", "ist erreichbar und ist namentlich bekannt"},
		"mid":                     {"is of a mid-sized company", "is of a mid-sized company"},
		"count(visit) >= 1":       {"visited pricing at least once", "visited pricing: mindestens einmal"},
		"count(demo, 30d) < 3":    {"demo less than 3 times within 30 days", "demo: weniger als 3-mal innerhalb von 30 Tagen"},
		"distinct(visit, properties.asset, 36h) == 2":  {"visited pricing with exactly 2 different asset within 36 hours", "visited pricing: genau 2 verschiedene Werte von asset innerhalb von 36 Stunden"},
		"same(visit, demo, properties.mail)":           {"visited pricing and demo with the same mail", "visited pricing und demo mit demselben Wert von mail"},
		"since(visit) > 1d":                            {"visited pricing last, more than 1 day ago", "visited pricing: zuletzt vor mehr als 1 Tag"},
		"since(title) <= 90m":                          {"job title told last, at most 90 minutes ago", "job title: zuletzt genannt vor höchstens 90 Minuten"},
		`title in ["CEO", "VP"] && known(age)`:         {`job title one of "CEO", "VP" and age is known`, `job title: eines von "CEO", "VP" und age ist bekannt`},
		`email_domain != "example.com" && fit >= 20.5`: {`domain of the email address other than "example.com" and Fit at least 20.5`, `Domain der E-Mail-Adresse: etwas anderes als "example.com" und Fit: mindestens 20.5`},
	} {
		clauses, simple := playbook.Clauses(doc)(condition)
		if got := [2]string{en.criterion(clauses), de.criterion(clauses)}; !simple || got != want {
			t.Errorf("%s: %q, want %q", condition, got, want)
		}
	}
	hold := &engine.Hold{ByHand: true, Reason: "no budget", Until: noon, Final: true, Marked: []string{"MQL", "SQL"}}
	for _, test := range []struct{ got, want string }{
		{en.hold(nil), ""},
		{en.hold(hold), "put there by hand; because: no budget; no criterion leads back before 1 Mar 2026, 12:00; only a person leads back; what holds already must turn true anew to lead to MQL, SQL"},
		{de.hold(hold), "von Hand hierher gestellt; Grund: no budget; kein Kriterium führt vor dem 1.3.2026, 13:00 zurück; nur eine Person führt zurück; was schon gilt, muss von Neuem wahr werden, um weiterzuführen nach MQL, SQL"},
		{en.reason(&app.Reason{Label: "is a VP", Times: 1}), "is a VP"},
		{en.reason(&app.Reason{Label: "visited", Times: 2, Last: noon.Add(-lead.Day)}), "visited twice, last 1 day ago"},
		{de.reason(&app.Reason{Label: "visited", Times: 1200, Last: noon.Add(-3 * lead.Day)}), "visited, 1.200-mal, zuletzt vor 3 Tagen"},
		{de.reason(&app.Reason{Label: "visited", Times: 1, Last: noon.Add(-lead.Hour)}), "visited, vor 1 Stunde"},
	} {
		if test.got != test.want {
			t.Errorf("%q, want %q", test.got, test.want)
		}
	}
}
