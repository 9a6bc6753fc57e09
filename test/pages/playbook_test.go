package pages

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"galena/internal/playbook"
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

// write replaces the text in the editor, as somebody who types does.
func (b *Browser) write(text string) {
	b.Helper()
	b.Wait("document.querySelector('.editor-host')?.shadowRoot.querySelector('.cm-content')")
	Eval[bool](b, fmt.Sprintf(`(() => {
		const content = document.querySelector('.editor-host').shadowRoot.querySelector('.cm-content')
		content.focus()
		content.dispatchEvent(new KeyboardEvent('keydown', {key: 'a', code: 'KeyA', keyCode: 65, ctrlKey: true, bubbles: true}))
		const pasted = new DataTransfer()
		pasted.setData('text/plain', %q)
		content.dispatchEvent(new ClipboardEvent('paste', {clipboardData: pasted, bubbles: true, cancelable: true}))
		return true
	})()`, text))
}

// From a draft to a version: written with mistakes, mended, proved, signed by both
// sides, published, and taken back.
func TestDraft(t *testing.T) {
	t.Parallel()
	c := Serve(t, t.TempDir(), true)
	source, _ := playbook.Shipped("default")
	for i, screen := range Screens {
		t.Run(screen.Name, func(t *testing.T) {
			b := Open(t, c.Base, screen)
			b.Enter("marketing")
			b.Go("/playbook/drafts")
			b.Look("drafts-empty")
			draft := b.Draft("MQL at 70 "+screen.Name, "")
			b.Wait("document.querySelector('.editor-host')")
			b.Look("draft")

			b.Go(draft + "/dials")
			Eval[bool](b, "document.querySelector('.seen details').open = true")
			b.Look("draft-dials")
			b.Fill("[name='stages[2].when#2']", "65")
			b.Submit("form[action$='/dials'] button.primary")
			b.Fill("[name='stages[2].when#2']", "many")
			b.Submit("form[action$='/dials'] button.primary")
			b.Forgive("422")
			if got := b.Text("[role=alert]"); !strings.Contains(got, "a number such as 60") {
				t.Errorf("of what is no number one reads %q", got)
			}
			b.Go(draft + "/dials")
			Eval[bool](b, "document.querySelector('.seen details').open = true")
			b.Submit("form[action$='/rules'] button")
			set := Eval[string](b, "fetch("+strconv.Quote(draft+"/yaml")+").then(r => r.text())")
			if !strings.Contains(set, "when: reachable && fit >= 20 && score >= 65\n") || strings.Count(set, "\n") <= strings.Count(string(source), "\n") {
				t.Errorf("set by forms the text is\n%s", set)
			}
			b.Go(draft)

			b.write(strings.Replace(string(source), "points: 50, limit: 1 per week", "poins: 50, limit: 1 per week", 1))
			b.Wait("document.querySelector('.mistake')?.innerText.includes('did you mean')")
			if line := Eval[string](b, "document.querySelector('.mistake').dataset.line"); line == "0" {
				t.Error("the mistake has no place")
			}
			b.Click(".mistake") // which shows its place
			b.Wait("document.querySelector('.editor-host').shadowRoot.querySelector('.cm-lintRange-error')?.textContent === 'poins'")
			b.Look("draft-mistake")

			failing := strings.Replace(string(source), "score >= 60", "score >= "+strconv.Itoa(70+i), 1)
			b.write(failing)
			b.Wait("document.querySelector('#state').innerText.includes('1 test fails')")
			b.Go(draft + "/proof")
			if got := b.Text(".tests .small.bad"); !strings.Contains(got, "stage is Engaged") && !strings.Contains(got, "stage is Lead") {
				t.Errorf("of the failing test one reads %q", got)
			}
			b.Submit("#preview button.primary")
			b.Wait("document.querySelector('#preview table')")
			b.Look("draft-proof")
			b.Go(draft + "/publish")
			if !Eval[bool](b, "document.querySelector('form[action$=\"/publish\"] button.primary').disabled") {
				t.Error("what fails its tests can be published")
			}
			if got := b.Text("#hindered"); got != "It can be published once it has no errors and passes its tests." {
				t.Errorf("why it cannot be published: %q", got)
			}
			b.Look("draft-publish-failing")

			b.Go(draft)
			b.write(strings.Replace(failing, "      stage: MQL\n      scores: {fit: 40", "      stage: Lead\n      scores: {fit: 40", 1))
			b.Wait("document.querySelector('#state').innerText.includes('all pass')")
			if got := Eval[string](b, "fetch(location.pathname + '/yaml').then(r => r.text())"); !strings.Contains(got, "score >= 7") {
				t.Error("the YAML is not what was written")
			}
			b.Go(draft + "/publish")
			b.Submit("form[action$='/sign'] button[value=marketing]")

			manager := Open(t, c.Base, screen)
			manager.Enter("manager")
			manager.Go(draft + "/publish")
			manager.Submit("form[action$='/sign'] button[value=sales]")
			if manager.Has("form[action$='/publish']") {
				t.Error("who may not publish is asked to")
			}

			b.Go(draft + "/publish")
			if got := b.Text("main"); !strings.Contains(got, "Max Manager signed for sales") || !strings.Contains(got, "Mia Marketing signed for marketing") {
				t.Errorf("of those who signed one reads %q", got)
			}
			b.Fill("#note", "Too many leads were qualified")
			b.Look("draft-publish")
			b.Submit("form[action$='/publish'] button.primary")
			if got := b.Text("aside"); !strings.Contains(got, "Too many leads were qualified") || !strings.Contains(got, "Max Manager for sales") {
				t.Errorf("of the version in force one reads %q", got)
			}
			b.Look("playbook-published")
			b.Wait("document.querySelector('#sweep')?.innerText.includes('All leads follow')")

			b.Go("/playbook/versions")
			b.Look("playbook-versions-several")
			b.Submit("form[action='/playbook/diff'] button")
			if got := b.Text(".changes"); !strings.Contains(got, "score >= 7") {
				t.Errorf("the difference reads %q", got)
			}
			b.Look("playbook-diff")
			b.Go("/playbook/versions/1")
			b.Click("[data-open=restore]")
			b.Wait("document.querySelector('dialog#restore').open")
			b.Look("playbook-restore")
			b.Submit("dialog#restore button.primary")
			if got := b.Text("aside"); !strings.Contains(got, "Back to version 1") {
				t.Errorf("of the version in force one reads %q", got)
			}
		})
	}
}
