package pages

import (
	"strconv"
	"strings"
	"testing"
)

// A condition is changed in rows, and all else in the text stays.
func TestCondition(t *testing.T) {
	t.Parallel()
	c := ServeDemo(t, t.TempDir())
	post(t, c.Base, "/v1/page", c.Key, `{"anonymousId":"a","name":"Pricing","properties":{"path":"/pricing","title":"Pricing","plan":"team"}}`)
	for _, screen := range Screens {
		t.Run(screen.Name, func(t *testing.T) {
			b := Open(t, c.Base, screen)
			b.Enter("marketing")
			draft := b.Draft("Rows "+screen.Name, "")
			yaml := "fetch(" + strconv.Quote(draft+"/yaml") + ").then(r => r.text())"
			before := Eval[string](b, yaml)

			b.Go(draft + "/conditions")
			b.Look("conditions")
			b.Submit("a.condition[href$='stages%5B2%5D.when']")
			b.Look("condition")
			if got := b.Text("#condition-said"); !strings.Contains(got, "reachable && fit >= 20 && score >= 60") {
				t.Errorf("what the rows say reads %q", got)
			}
			b.Fill("[name='value.1']", "25")
			b.Wait("document.querySelector('#condition-said').innerText.includes('fit >= 25')")
			b.Click("button[value=add]")
			b.Wait("document.querySelector('[name=\"about.3\"]')")
			b.Wait("document.activeElement.name === 'about.3'") // where one goes on
			b.Fill("[name='about.3']", "count:pricing_visit")
			b.Wait("document.querySelector('[name=\"window.3\"]')")
			b.Fill("[name='value.3']", "2")
			b.Fill("[name='window.3']", "30d")
			b.Wait("document.querySelector('#condition-said').innerText.includes('count(pricing_visit, 30d) >= 2')")
			b.Click("button[value='remove.0']")
			b.Wait("!document.querySelector('[name=\"about.3\"]')")
			b.Wait("document.activeElement.name === 'about.0'")
			b.Look("condition-rows")
			b.Submit("#condition button.primary")
			want := strings.Replace(before, "reachable && fit >= 20 && score >= 60", "fit >= 25 && score >= 60 && count(pricing_visit, 30d) >= 2", 1)
			if got := Eval[string](b, yaml); got != want {
				t.Errorf("the text is\n%s", got)
			}

			// Of events, one chooses among places that were really seen.
			b.Submit("a.condition[href$='signals.pricing_visit.where']")
			if got := Eval[string](b, "document.querySelector('[name=\"place.0\"]').value"); got != "page.path" {
				t.Errorf("the row looks at %q", got)
			}
			if !b.Has("#places option[value='properties.plan']") {
				t.Error("places that were seen are not offered")
			}
			b.Fill("[name='how.0']", "one_of")
			b.Wait("document.querySelector('textarea[name=\"value.0\"]')")
			b.Fill("[name='value.0']", "/pricing\n/plans, all")
			b.Click("button[value=cel]")
			b.Wait("document.querySelector('[name=\"cel.1\"]')")
			b.Fill("[name='cel.1']", `size(page.path) > 3 || type == "page"`)
			b.Fill("[name=joint]", "all")
			b.Look("condition-event")
			// What is said of a condition moves the buttons below it.
			says := "document.querySelector('#condition-said').innerText.includes('size(page.path) > 3')"
			b.Wait(says)
			b.Fill("[name='cel.1']", `size(page.path`)
			b.Wait("!" + says)
			b.Submit("#condition button.primary")
			b.Forgive("422")
			if got := b.Text("[role=alert]"); !strings.Contains(got, "Row 2") {
				t.Errorf("of what is no condition one reads %q", got)
			}
			b.Look("condition-wrong")
			b.Fill("[name='cel.1']", `size(page.path) > 3 || type == "page"`)
			b.Wait(says)
			b.Submit("#condition button.primary")
			if got := Eval[string](b, yaml); !strings.Contains(got, `page.path in ["/pricing", "/plans, all"] && (size(page.path) > 3 || type == "page")`) {
				t.Errorf("the text is\n%s", got)
			}
		})
	}
}
