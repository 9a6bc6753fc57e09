package pages

import (
	"fmt"
	"strings"
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

// Home is drawn for nobody and for one lead as it is for many, and becomes current by
// itself: what one has open stays open, and nothing moves.
func TestHomeBecomesCurrent(t *testing.T) {
	t.Parallel()
	for _, screen := range Screens {
		t.Run(screen.Name, func(t *testing.T) {
			t.Parallel()
			c := ServeDemo(t, t.TempDir())
			b := Open(t, c.Base, screen)
			b.Enter("marketing")
			b.Look("home-nobody")
			c.Send(t, `{"batch":[{"type":"identify","messageId":"m1","userId":"u1","traits":{"email":"ada@corp.example"}}]}`)
			refresh := func(until string) {
				t.Helper()
				// As the page does by itself every half minute, while somebody looks at it.
				b.until(`(async () => { document.querySelector('#home').dispatchEvent(new Event('refresh')); await new Promise(done => setTimeout(done, 200)); return ` + until + ` })()`)
			}
			refresh("!!document.querySelector('#home-flow')")
			c.Send(t, `{"batch":[{"type":"track","messageId":"m2","userId":"u1","event":"Demo Requested"}]}`)
			refresh("!!document.querySelector('#flow-table td a') && !!document.querySelector('.flow-foot .good')")
			b.Look("home-one-lead")
			b.Click("#flow-table summary")
			Eval[bool](b, "(document.activeElement.blur(), scrollTo(0, 200), window.stays = document.querySelector('#flow-table tbody'), true)")
			before := Eval[float64](b, "document.querySelector('#flow-table').getBoundingClientRect().top")
			c.Send(t, `{"batch":[{"type":"identify","messageId":"m3","userId":"u2","traits":{"email":"eve@corp.example"}},{"type":"track","messageId":"m4","userId":"u2","event":"Demo Requested"}]}`)
			refresh("document.querySelector('#home .tile .figure').textContent.trim() === '2'")
			if !Eval[bool](b, "document.querySelector('#flow-table').open && window.stays.isConnected") {
				t.Error("what was open is not any more")
			}
			if after := Eval[float64](b, "document.querySelector('#flow-table').getBoundingClientRect().top"); after < before-1 || after > before+1 {
				t.Errorf("what one reads moved from %v to %v", before, after)
			}
		})
	}
}

// Whoever has a lead open hears quietly of what came since, and sees it on asking, with
// what was typed and opened as it was.
func TestALeadSaysWhatCameSince(t *testing.T) {
	t.Parallel()
	c := ServeDemo(t, t.TempDir())
	c.Send(t, `{"batch":[{"type":"identify","messageId":"m1","userId":"u1","traits":{"email":"ada@corp.example"}},{"type":"track","messageId":"m2","userId":"u1","event":"Demo Requested"}]}`)
	for i, screen := range Screens {
		b := Open(t, c.Base, screen)
		b.Enter("marketing")
		b.Go("/leads/1")
		b.Type("#note", "Half a sentence")
		Eval[bool](b, "(document.querySelector('details.session').open = true, window.stays = document.querySelector('#note'), true)")
		ask := func() {
			Eval[bool](b, "document.querySelector('#lead-news').dispatchEvent(new Event('refresh'))")
		}
		ask()
		before := Eval[float64](b, "document.querySelector('#timeline').getBoundingClientRect().top")
		name := "Wish " + screen.Name
		for n := range 2 {
			c.Send(t, fmt.Sprintf(`{"batch":[{"type":"track","messageId":"since %d %d","userId":"u1","event":%q}]}`, i, n, name))
		}
		b.until(`(async () => { document.querySelector('#lead-news').dispatchEvent(new Event('refresh')); await new Promise(done => setTimeout(done, 200)); return !!document.querySelector('#lead-news a') })()`)
		if text := b.Text("#lead-news"); !strings.Contains(text, "2 new events since you opened this") {
			t.Errorf("it says %q", text)
		}
		if after := Eval[float64](b, "document.querySelector('#timeline').getBoundingClientRect().top"); after != before {
			t.Errorf("the page moved from %v to %v", before, after)
		}
		Eval[bool](b, "(scrollTo(0, 0), true)") // nothing stands under the bar
		b.Look("lead-news")
		b.Click("#lead-news a")
		b.Wait("!document.querySelector('#lead-news a')")
		if text := Eval[string](b, "document.querySelector('#timeline').textContent"); !strings.Contains(text, name) {
			t.Errorf("what came is not told: %.300s", text)
		}
		kept := Eval[string](b, "[window.stays.isConnected, window.stays.value, document.querySelector('details.session').open, document.activeElement.tagName].join()")
		if kept != "true,Half a sentence,true,H1" {
			t.Errorf("after it was shown there is %s", kept)
		}
		Eval[bool](b, "(scrollTo(0, 0), true)")
		b.Look("lead-after-news")
	}
}
