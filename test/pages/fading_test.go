package pages

import (
	"strings"
	"testing"
)

// The curve of a decay follows what is written, and is told in words besides.
func TestFading(t *testing.T) {
	t.Parallel()
	c := ServeDemo(t, t.TempDir())
	for _, screen := range Screens {
		t.Run(screen.Name, func(t *testing.T) {
			b := Open(t, c.Base, screen)
			b.Enter("marketing")
			draft := b.Draft("Fading "+screen.Name, "")
			b.Go(draft + "/fading")
			b.Look("fading-list")
			b.Submit("a.condition[href$='interest_points']")
			b.Look("fading-half-life")
			before := Eval[string](b, "document.querySelector('.decay-curve .line').getAttribute('d')")
			b.Fill("#kind", "linear")
			b.Wait("document.querySelector('#loss')")
			b.Fill("#loss", "7")
			b.Fill("#span", "10d")
			b.Wait("document.querySelector('.decay-marks')?.innerText.includes('after 20 days')")
			if after := Eval[string](b, "document.querySelector('.decay-curve .line').getAttribute('d')"); after == before {
				t.Error("the curve is that of another decay")
			}
			b.Look("fading-linear")
			b.Submit("#fading button.primary")
			if got := Eval[string](b, "fetch('"+draft+"/yaml').then(r => r.text())"); !strings.Contains(got, "decay: {linear: 7, every: 10d}") {
				t.Errorf("the text is\n%s", got)
			}
		})
	}
}
