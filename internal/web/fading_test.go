package web_test

import (
	"html"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"galena/internal/access"
	"galena/internal/app"
	"galena/internal/playbook"
)

// A decay is drawn before it is saved, and saved without any script.
func TestFadingWithoutScript(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	v := o.enter(t, access.Marketing)
	draft := v.begin("Autumn")
	source, _ := playbook.Shipped(app.DefaultPlaybook)
	at := draft + "/decay?path=" + url.QueryEscape("scores.interest_points")
	if text := v.get(at, 200); !strings.Contains(text, "after 30 days") || !strings.Contains(text, `class="line" d="M6.0 6.0L`) {
		t.Errorf("the curve of a half-life is not told: %s", text)
	}
	send := func(do, kind, loss, span string, code int) string {
		_, text := v.post(at, url.Values{"revision": {"1"}, "do": {do}, "was": {kind}, "kind": {kind}, "loss": {loss}, "span": {span}}, code)
		return text
	}
	if text := send("draw", "expires", "", "90d", 200); !strings.Contains(text, "after 90 days") || v.get(draft+"/yaml", 200) != string(source) {
		t.Error("what is drawn only is saved, or not drawn")
	}
	if text := send("draw", "linear", "0.001", "1d", 200); !strings.Contains(text, "No curve yet") {
		t.Error("what fades for too long is drawn")
	}
	if text := send("save", "half_life", "", "soon", 422); !strings.Contains(text, "&#34;soon&#34; is no time. Write a time such as 30d.") || !strings.Contains(text, `id="wrong-span"`) || !strings.Contains(text, `value="soon"`) {
		t.Error("of a time that is none nothing is said")
	}
	for _, c := range []struct{ kind, loss, span, field, want string }{
		{"half_life", "", "", "span", `"" is no time. Write a time such as 30d.`},
		{"half_life", "", "3 months", "span", `"3 months" is no time. Write a time such as 90d.`},
		{"expires", "", "0d", "span", `"0d" is too short. Write 1m or more.`},
		{"expires", "", "99999d", "span", `"99999d" is longer than 100 years`},
		{"linear", "1,5", "7d", "loss", `"1,5" is no number of points. Write a number such as 1.5.`},
		{"linear", "0.0", "7d", "loss", "Write a number above 0."},
		{"linear", "-5", "7d", "loss", "Write a number above 0."},
		{"percent", "100", "7d", "loss", `"100" is no share of what is left. Write a whole number from 1 to 99.`},
	} {
		// It is said beside the field, and instead of the curve.
		for _, text := range []string{send("save", c.kind, c.loss, c.span, 422), send("draw", c.kind, c.loss, c.span, 200)} {
			if said := html.UnescapeString(text); !strings.Contains(said, c.want) || !strings.Contains(said, `value="`+c.span+`"`) && c.span != "" {
				t.Errorf("of %+v one does not read what is wanted: %s", c, said)
			}
		}
		if text := send("save", c.kind, c.loss, c.span, 422); !strings.Contains(text, `id="wrong-`+c.field+`"`) {
			t.Errorf("of %+v nothing is said beside the field", c)
		}
	}
	send("save", "inherit", "", "", 422)
	send("save", "percent", "25 %", "30 Days", 200)
	if got := v.get(draft+"/yaml", 200); !strings.Contains(got, "decay: {percent: 25, every: 30d}") {
		t.Errorf("the text is\n%s", got)
	}
	v.get(draft+"/decay?path=scores.fit", 404) // nothing of it fades
	o.enter(t, access.Sales).get(draft+"/fading", 403)
	if text := v.get(draft+"/fading", 200); !strings.Contains(text, "25 percent of what is left less every 30 days") {
		t.Errorf("the decay is not told: %s", text)
	}
	v.post("/settings/you", url.Values{"name": {"Mia"}, "language": {"de"}}, 200)
	for _, c := range []struct{ kind, loss, span, want string }{
		{"percent", "25", "1d", "25 Prozent des Rests weniger jeden Tag"}, {"linear", "2.5", "36h", "2,5 weniger alle 36 Stunden"},
		{"half_life", "", "2w", "nach 14 Tagen die Hälfte"}, {"expires", "", "1d", "nach 1 Tag weg"},
	} {
		revision := regexp.MustCompile(`name="revision" value="([0-9]+)"`).FindStringSubmatch(v.get(at, 200))[1]
		v.post(at, url.Values{"revision": {revision}, "do": {"save"}, "kind": {c.kind}, "loss": {c.loss}, "span": {c.span}}, 200)
		if text := v.get(draft+"/fading", 200); !strings.Contains(text, c.want) {
			t.Errorf("%s is not told as %q: %s", c.kind, c.want, text)
		}
	}
}
