package pages

import (
	"strings"
	"testing"
)

// What is kept of people is chosen; what goes at once by it is told first, and goes
// when one says so. Who may not choose reads.
func TestPrivacy(t *testing.T) {
	t.Parallel()
	c := Serve(t, t.TempDir(), true)
	choose := func(b *Browser, field, value string) {
		t.Helper()
		if !Eval[bool](b, `(s => { s.value = '`+value+`'; return s.value === '`+value+`' })(document.querySelector('select[name="`+field+`"]'))`) {
			t.Errorf("%s cannot be %s", field, value)
		}
	}
	for i, screen := range Screens {
		t.Run(screen.Name, func(t *testing.T) {
			b := Open(t, c.Base, screen)
			b.Enter("sales")
			b.Go("/settings/privacy")
			b.Look("privacy-read")
			if b.Has("form[action='/settings/privacy']") || !strings.Contains(b.Text("main"), "13 months") {
				t.Errorf("a seller reads %q", b.Text("main"))
			}

			b = Open(t, c.Base, screen)
			b.Enter("admin")
			b.Go("/settings/privacy")
			choose(b, "visitors", "1mo")
			b.Submit(`form[action="/settings/privacy"] button`)
			b.Look("privacy-at-once")
			if told := b.Text(".notice"); !strings.Contains(told, "visitors") || !b.Has("input[name=sure]") {
				t.Errorf("what goes at once is told as %q", told)
			}
			b.Go("/settings/privacy")
			if got := Eval[string](b, `document.querySelector('select[name=visitors]').value`); got != "13mo" {
				t.Errorf("nobody said so, and visitors are kept for %s", got)
			}
			// Nothing goes by what follows.
			how := []string{"whole", "dropped"}[i%2]
			choose(b, "addresses", how)
			choose(b, "objections", "gpc")
			choose(b, "visitors", "24mo")
			b.Submit(`form[action="/settings/privacy"] button`)
			if got := Eval[string](b, `document.querySelector('select[name=addresses]').value`); got != how {
				t.Errorf("addresses are kept %s, want %s", got, how)
			}
			if got := Eval[string](b, `document.querySelector('select[name=objections]').value`); got != "gpc" {
				t.Errorf("of objections count %s", got)
			}
			b.Go("/settings/privacy") // where no toast is in the way
			choose(b, "visitors", "13mo")
			b.Submit(`form[action="/settings/privacy"] button`)
			b.Look("privacy-saved")
			if i+1 < len(Screens) {
				return
			}
			b.Go("/settings/privacy")
			choose(b, "visitors", "1mo")
			b.Click("input[name=idless]")
			b.Submit(`form[action="/settings/privacy"] button`)
			b.Click("input[name=sure]")
			b.Submit(`form[action="/settings/privacy"] button`)
			b.until(`fetch('/settings/privacy').then(r => r.text()).then(t => t.includes('Last taken away') && /\d+ visitors/.test(t.split('Last taken away')[1].split('</section>')[0]))`)
			b.Go("/settings/audit")
			b.Look("privacy-audit")
			if told := b.Text("main"); !strings.Contains(told, "Took away what was too old") || !strings.Contains(told, "visitors 1mo") {
				t.Errorf("the record has %q", told)
			}

			// What is pasted into a page sends what is taken, though it names nobody.
			b.Go("/sources")
			b.Fill("#name", "Website")
			b.Click(`input[value="browser"]`)
			b.Submit("main form button.primary")
			b.Look("privacy-snippet")
			snippet := Eval[string](b, "document.getElementById('idless').textContent")
			_, script, _ := strings.Cut(strings.TrimSpace(snippet), "<script>")
			script, _, whole := strings.Cut(script, "</script>")
			if !whole {
				t.Fatalf("what is pasted is %q", snippet)
			}
			Eval[bool](b, "(() => {"+script+"; return true })()")
			b.Wait(`document.getElementById('seen').innerText.includes('Got it: 1 event')`)
		})
	}
}
