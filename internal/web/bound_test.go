package web_test

import (
	"net/url"
	"strings"
	"testing"

	"galena/internal/access"
	"galena/internal/playbook"
)

// Caps, floors and marks are set together, or none of them.
func TestBounds(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	v := o.enter(t, access.Marketing)
	draft := v.begin("Autumn")
	source, _ := playbook.Shipped("property-groups")
	v.post(draft, url.Values{"revision": {"1"}, "text": {string(source)}}, 200)
	text := v.get(draft+"/bounds", 200)
	for _, want := range []string{`name="grade.letters.A" value="70"`, "<td>A1</td>", "<td>C3</td>", `name="totals.`} {
		if !strings.Contains(text, want) {
			t.Errorf("the page has no %s", want)
		}
	}
	form := url.Values{"revision": {"2"}, "grade.letters.A": {"80"}, "grade.letters.D": {"a lot"}}
	if _, text = v.post(draft+"/bounds", form, 422); !strings.Contains(text, "a number such as 15") || !strings.Contains(text, `value="a lot"`) || v.get(draft+"/yaml", 200) != string(source) {
		t.Error("what is no number is saved, forgotten or not told")
	}
	if !strings.Contains(text, `id="wrong-grade.letters.D"`) || strings.Count(text, `aria-invalid`) != 1 {
		t.Error("what is wrong does not stand beside its field")
	}
	// Also where each by itself is a number.
	form.Set("grade.letters.D", "90")
	if _, text = v.post(draft+"/bounds", form, 422); !strings.Contains(text, `id="wrong-grade.letters.`) {
		t.Error("of marks that overlap nothing is said beside one")
	}
	form.Del("grade.letters.D")
	v.post(draft+"/bounds", form, 200)
	if got := v.get(draft+"/yaml", 200); got == string(source) || strings.Replace(string(source), "A: 70", "A: 80", 1) != got {
		t.Errorf("the text is\n%s", got)
	}
	o.enter(t, access.Sales).get(draft+"/bounds", 403)
}
