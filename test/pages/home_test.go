package pages

import (
	"testing"
)

// Home shows in one picture where everybody is and what moved, in periods to choose
// from, also to those who hear it, and by keyboard.
func TestHomeShowsTheFlow(t *testing.T) {
	t.Parallel()
	c := Serve(t, t.TempDir(), true)
	for _, screen := range Screens {
		t.Run(screen.Name, func(t *testing.T) {
			t.Parallel()
			b := Open(t, c.Base, screen)
			b.Enter("marketing")
			b.Look("home-flow-week")
			b.Submit(`#home-flow nav a[href="/?days=30"]`)
			b.Look("home-flow-month")
			drawn := ".flow-along"
			if screen.Width < 900 {
				drawn = ".flow-down"
			}
			if shown := Eval[int](b, `[...document.querySelectorAll('.flow svg')].filter(s => s.getBoundingClientRect().width > 0).length`); shown != 1 || !b.Has(drawn+" .flow-count") {
				t.Errorf("%d pictures are shown", shown)
			}
			// What the picture shows is what the table says.
			if drawn, told := Eval[int](b, `document.querySelectorAll('`+drawn+` a').length`), Eval[int](b, `document.querySelectorAll('#flow-table tbody tr').length`); drawn < 5 || told < drawn {
				t.Errorf("%d stages are drawn, %d told", drawn, told)
			}
			b.Click("#flow-table summary")
			b.Look("home-flow-table")
			b.Submit(drawn + " a")
			if path := Eval[string](b, "location.pathname"); path != "/leads" {
				t.Errorf("a stage leads to %s", path)
			}
			b.Go("/leads/board")
			b.Look("home-board-colours")
		})
	}
}
