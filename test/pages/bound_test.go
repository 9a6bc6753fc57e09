package pages

import (
	"strings"
	"testing"

	"galena/internal/playbook"
)

// Caps, floors and the grade are set in tables.
func TestBounds(t *testing.T) {
	t.Parallel()
	c := ServeDemo(t, t.TempDir())
	source, _ := playbook.Shipped("property-groups")
	for _, screen := range Screens {
		t.Run(screen.Name, func(t *testing.T) {
			b := Open(t, c.Base, screen)
			b.Enter("marketing")
			draft := b.Draft("Bounds "+screen.Name, "property-groups")
			b.Go(draft + "/bounds")
			b.Look("bounds")
			b.Fill("[name='grade.letters.A']", "80")
			b.Submit("form[action$='/bounds'] button.primary")
			if got := Eval[string](b, "fetch('"+draft+"/yaml').then(r => r.text())"); got != strings.Replace(string(source), "A: 70", "A: 80", 1) {
				t.Errorf("the text is\n%s", got)
			}
		})
	}
}
