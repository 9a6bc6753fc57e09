package pages

import (
	"strings"
	"testing"
)

// The page of a lead: why it scores, what leads further, what happened, and the
// acts of those who may.
func TestLead(t *testing.T) {
	t.Parallel()
	c := Serve(t, t.TempDir(), true)
	for _, screen := range Screens {
		t.Run(screen.Name, func(t *testing.T) {
			b := Open(t, c.Base, screen)
			b.Enter("marketing")
			b.Click(`.table a[data-row]`)
			b.Wait(`location.pathname.startsWith('/leads/lead_') && document.readyState === 'complete' && document.querySelector('#why')`)
			path := Eval[string](b, "location.pathname")
			b.Look("lead")
			if b.Text("#why .why-sum .points") == "" || !b.Has("#why .spark") {
				t.Errorf("why: %s", b.Text("#why"))
			}
			Eval[bool](b, `document.querySelectorAll('details.why-score, details.why-group, details.session').forEach(d => d.open = true) ?? true`)
			Eval[bool](b, `(document.querySelector('.events details').open = true)`)
			b.Look("lead-open")
			b.Go(path + "?at=" + Eval[string](b, `document.querySelector('#why-at').min`) + "&known=now")
			if !strings.Contains(b.Text("#why"), "You are looking at") {
				t.Errorf("a past moment is shown as %q", b.Text("#why"))
			}
			b.Look("lead-past")
		})
	}
}
