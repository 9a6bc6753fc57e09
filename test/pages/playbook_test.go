package pages

import (
	"strings"
	"testing"
)

// The agreement can be read, and everything that the structure draws leads to
// where it is told.
func TestPlaybook(t *testing.T) {
	t.Parallel()
	c := Serve(t, t.TempDir(), true)
	for _, screen := range Screens {
		t.Run(screen.Name, func(t *testing.T) {
			b := Open(t, c.Base, screen)
			b.Enter("sales")
			b.Go("/playbook")
			b.Look("playbook")
			if !strings.Contains(b.Text(".agreement"), "A lead enters the furthest stage whose criterion it meets") {
				t.Errorf("the agreement reads %.200q", b.Text(".agreement"))
			}
			if b.Has("a[href='/playbook/drafts']") {
				t.Error("a viewer is led to drafts")
			}
			b.Go("/playbook/structure")
			b.Look("playbook-structure")
			if n := Eval[int](b, "document.querySelectorAll('a.structure-part').length"); n < 20 {
				t.Errorf("the structure has %d parts", n)
			}
			lost := Eval[[]string](b, `fetch('/playbook').then(r => r.text()).then(html => {
				const page = new DOMParser().parseFromString(html, 'text/html')
				return [...document.querySelectorAll('a.structure-part')].map(a => a.hash.slice(1)).filter(id => !page.getElementById(id))
			})`)
			if len(lost) > 0 {
				t.Errorf("the structure leads to places that are not there: %q", lost)
			}
			b.Go("/playbook/versions")
			b.Look("playbook-versions")
			b.Submit("a[data-row]")
			b.Look("playbook-version")
		})
	}
}
