package pages

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// types goes on writing where the editor's cursor is, and waits for a completion,
// which is then chosen.
func (b *Browser) types(text, offered string) {
	b.Helper()
	Eval[bool](b, fmt.Sprintf(`(() => {
		document.querySelector('.editor-host').shadowRoot.querySelector('.cm-content').focus()
		return document.execCommand('insertText', false, %q)
	})()`, text))
	b.Wait(fmt.Sprintf(`[...document.querySelector('.editor-host').shadowRoot.querySelectorAll('.cm-tooltip-autocomplete li')].some(li => li.firstElementChild.nextElementSibling.textContent === %q)`, offered))
}

func (b *Browser) chooses(offered string) {
	b.Helper()
	Eval[bool](b, fmt.Sprintf(`[...document.querySelector('.editor-host').shadowRoot.querySelectorAll('.cm-tooltip-autocomplete li')]
		.find(li => li.firstElementChild.nextElementSibling.textContent === %q).dispatchEvent(new MouseEvent('mousedown', {bubbles: true, cancelable: true}))`, offered))
}

// The editor offers fields and names, marks what is wrong, and mends it.
func TestEditor(t *testing.T) {
	t.Parallel()
	c := ServeDemo(t, t.TempDir())
	for _, screen := range Screens {
		t.Run(screen.Name, func(t *testing.T) {
			b := Open(t, c.Base, screen)
			b.Enter("marketing")
			b.Draft("Completed "+screen.Name, "")
			b.write("galena: 1\nname: N\ntime_zone: UTC\nattributes: {title: text}\nsignals:\n  visit: {event: Visit, label: came by}\n" +
				"totals:\n  score: {sum: [keen]}\nstages:\n  - {name: A, role: identified, when: reachable}\nscores:\n  keen:\n    rules:\n      - on: visit\n        poins: 5\n        ")
			Eval[bool](b, `document.querySelector('.editor-host').shadowRoot.querySelector('.cm-content').focus() ?? true`)
			b.press("/", " ")
			if got := Eval[string](b, "document.querySelector('#text').value"); !strings.HasSuffix(got, "/ ") {
				t.Errorf("who writes a stroke leaves the text, which ends in %q", got[max(0, len(got)-20):])
			}
			b.press(kb.Backspace, kb.Backspace)
			b.types("li", "limit")
			b.Look("editor-fields")
			b.chooses("limit")
			b.types("once\n        whe", "when")
			b.chooses("when")
			b.types("count(vi", "visit")
			b.Look("editor-names")
			b.chooses("visit")
			Eval[bool](b, `document.execCommand('insertText', false, ') >= 2\n')`)

			b.Wait("document.querySelector('.mistake')?.innerText.includes('did you mean')")
			const marked = "document.querySelector('.editor-host').shadowRoot.querySelector('.cm-lintRange-error')"
			b.Wait(marked + "?.textContent === 'poins'")
			b.Look("editor-mistake")
			Eval[bool](b, `(() => { // once: who goes on moving points at nothing
				const at = `+marked+`.getBoundingClientRect()
				return `+marked+`.dispatchEvent(new MouseEvent('mousemove', {bubbles: true, composed: true, clientX: at.x + 5, clientY: at.y + 5}))
			})()`)
			b.Wait("document.querySelector('.editor-host').shadowRoot.querySelector('.cm-diagnosticAction')?.dispatchEvent(new MouseEvent('mousedown', {bubbles: true, cancelable: true})) === false")
			b.Wait("document.querySelector('#state').innerText.includes('No errors')")
			got := Eval[string](b, "fetch(location.pathname + '/yaml').then(r => r.text())")
			if want := "      - on: visit\n        points: 5\n        limit: once\n        when: count(visit) >= 2\n"; !strings.HasSuffix(strings.TrimRight(got, " \n")+"\n", want) {
				t.Errorf("the text is\n%s", got)
			}
		})
	}
}
