package pages

import (
	"strings"
	"testing"
)

// What a person agreed to: on the lead's page with its history, recorded by hand, and
// found in the list.
func TestConsent(t *testing.T) {
	t.Parallel()
	c := Serve(t, t.TempDir(), true)
	const long = "a-purpose-with-a-long-name-\u202ebackwards-and-no-space-in-it"
	c.Send(t, `{"batch":[{"type":"identify","userId":"consenting","messageId":"consent-1","traits":{"email":"connie@consent.example","name":"Connie Consent",
		"consent":{"newsletter":{"granted":true,"text":"Yes, send me <script>__x(77)</script> each week."},"`+long+`":false}}},
		{"type":"track","userId":"consenting","messageId":"consent-2","event":"Segment Consent Preference Updated",
		"context":{"consent":{"categoryPreferences":{"Advertising":false,"newsletter":true}},"page":{"url":"https://corp.example/preferences"}}}]}`)
	for _, screen := range Screens {
		t.Run(screen.Name, func(t *testing.T) {
			b := Open(t, c.Base, screen)
			b.Enter("marketing")
			b.Go("/leads?kind=lead&kind=contact&q=connie")
			path := Eval[string](b, `document.querySelector('a[data-row]').getAttribute('href')`)
			b.Go(path)
			if got := strings.ToLower(b.Text("#consent")); !strings.Contains(got, "newsletter") || !strings.Contains(got, "refused or withdrawn") {
				t.Errorf("of consent one reads %q", got)
			}
			Eval[bool](b, `(document.querySelector('.consent-history').open = true)`)
			b.Look("consent")
			if got := b.Text("#consent"); !strings.Contains(got, "<script>") || !strings.Contains(got, "https://corp.example/preferences") {
				t.Errorf("the history is %q", got)
			}
			b.Go(path + "/consent")
			b.Look("consent-form")
			purpose := "calls " + screen.Name
			b.Fill("#f-purpose", purpose)
			b.Fill("#f-reason", "said so on the phone")
			b.Click("input[name=agreed][value='0']")
			b.Submit(".lead-form button.primary")
			if got := strings.ToLower(b.Text("#consent")); !strings.Contains(got, purpose) || !strings.Contains(b.Text(".timeline"), "refused") {
				t.Errorf("after recording one reads %q", got)
			}
		})
	}
	b := Open(t, c.Base, Screens[0])
	b.Enter("marketing")
	b.Go("/leads?kind=lead&kind=contact&consent_withdrawn=advertising")
	b.Look("consent-list")
	if got := b.Text("main"); !strings.Contains(got, "refused or withdrew advertising") || !strings.Contains(got, "connie@") || !strings.Contains(got, "1 person") {
		t.Errorf("the list is %s", got)
	}
	told := Eval[string](b, `fetch(document.querySelector('a[data-row]').getAttribute('href') + '/export', {method: 'POST'}).then(r => r.text())`)
	if !strings.Contains(told, `"consents"`) || !strings.Contains(told, "said so on the phone") {
		t.Errorf("the person is told %s", told)
	}
	sales := Open(t, c.Base, Screens[0])
	sales.Enter("sales")
	sales.Go("/leads?kind=lead&kind=contact&q=connie")
	sales.Go(Eval[string](sales, `document.querySelector('a[data-row]').getAttribute('href')`))
	if !sales.Has(`#consent a[href$="/consent"]`) || sales.Has(`#consent a[href^="/events/"]`) {
		t.Error("sales is offered what sales may not, or is not what it may")
	}
}
