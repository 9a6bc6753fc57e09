package pages

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// press presses keys one after another: what is typed, and those that package kb
// has names for.
func (b *Browser) press(keys ...string) {
	b.Helper()
	for _, key := range strings.Join(keys, "") {
		b.strike(key, 0)
	}
}

// strike presses one key while others are held. What it types comes with its
// pressing, as at a keyboard, so that a page can prevent it.
func (b *Browser) strike(key rune, held kb.Modifier) {
	b.Helper()
	for _, e := range keystroke(key, held) {
		b.limit(func(ctx context.Context) error {
			_, err := chromedp.Call(ctx, input.DispatchKeyEvent, e)
			return err
		})
	}
}

// keystroke is what the browser hears of a key.
func keystroke(key rune, held kb.Modifier) []input.DispatchKeyEventParams {
	var events []input.DispatchKeyEventParams
	for _, e := range kb.Encode(key) {
		if e.Type == kb.KeyChar {
			if held&kb.ModifierCtrl == 0 {
				events[0].Text, events[0].UnmodifiedText = e.Text, e.UnmodifiedText
			}
			continue
		}
		e.Modifiers |= int64(held)
		events = append(events, *e)
	}
	return events
}

// leave presses a key that leads to another page, and waits for it.
func (b *Browser) leave(key string) {
	b.Helper()
	Eval[bool](b, "window.leaving = true")
	b.press(key)
	b.Wait("!window.leaving && document.readyState === 'complete'")
}

// focused is whether the element that has the focus matches a selector.
func (b *Browser) focused(selector string) bool {
	b.Helper()
	return Eval[bool](b, fmt.Sprintf("!!document.activeElement?.matches(%q)", selector))
}

// escapes closes the dialog that is open; the focus must be back at what opened it.
func (b *Browser) escapes(opener string) {
	b.Helper()
	b.press(kb.Escape)
	b.Wait("!document.querySelector('dialog[open]')")
	if !b.focused(opener) {
		b.Errorf("after the dialog the focus is on %s", Eval[string](b, "document.activeElement.outerHTML.slice(0, 160)"))
	}
}

// maxTabs is after how many keys a person gives up.
const maxTabs = 80

// tab presses Tab until an element that matches has the focus. Whatever has it on
// the way must show it.
func (b *Browser) tab(selector string) {
	b.Helper()
	for range maxTabs {
		b.press(kb.Tab)
		if hidden := b.unseenFocus(); hidden != "" {
			b.Errorf("the focus is not seen on the way to %s at %s: %s", selector, Eval[string](b, "location.pathname"), hidden)
		}
		if b.focused(selector) {
			return
		}
	}
	b.Shot("failed")
	b.Fatalf("Tab does not come to %s at %s", selector, Eval[string](b, "location.href"))
}

// unseenFocus tells of the element with the focus when nobody can see that it has
// it: when neither it nor a label around it has an outline in sight.
func (b *Browser) unseenFocus() string {
	b.Helper()
	return Eval[string](b, `(async () => { // an editor shows it a moment later
		const seen = `+seenFocus+`
		for (let frame = 0; frame < 10 && seen(document.activeElement); frame++) await new Promise(requestAnimationFrame)
		return seen(document.activeElement)
	})()`)
}

// seenFocus is a function of an element that has the focus: "" when it is seen.
const seenFocus = `el => {
	if (!el || el === document.body) return ''
	while (el.shadowRoot?.activeElement) el = el.shadowRoot.activeElement
	for (let at = el, depth = 0; at && depth < 4; at = at.parentElement, depth++) {
		const style = getComputedStyle(at), box = at.getBoundingClientRect()
		if (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2 && box.width > 4 && box.height > 4 && style.clipPath === 'none') return ''
	}
	return el.outerHTML.slice(0, 160)
}`

// What a person does each day, by the keyboard alone.
func TestKeyboardLead(t *testing.T) {
	t.Parallel()
	c := Serve(t, t.TempDir(), true)
	b := Open(t, c.Base, Screens[0])
	b.Go("/demo")
	b.tab(`button[data-role="marketing"]`)
	b.leave(kb.Enter)

	// Past the navigation.
	b.press(kb.Tab)
	if !b.focused(".skip") || Eval[float64](b, "document.activeElement.getBoundingClientRect().top") < 0 {
		t.Error("the first Tab does not show the way past the navigation")
	}
	b.press(kb.Enter, kb.Tab)
	if !Eval[bool](b, "!!document.activeElement.closest('main')") {
		t.Error("past the navigation is not within the page")
	}

	// Somebody is found and opened.
	name := b.Text(".hot a[data-row]")
	b.press("/")
	if !b.focused("#search") {
		t.Fatal("the slash does not lead to the search")
	}
	b.press(name)
	b.leave(kb.Enter)
	b.press("j")
	if got := Eval[string](b, "document.activeElement.innerText"); got != name {
		t.Fatalf("looking for %s one is at %s: %s", name, Eval[string](b, "location.href"), got)
	}
	b.leave(kb.Enter)

	// A menu and its dialog; Escape closes both, and the focus is where it was.
	b.tab(".lead-acts summary")
	b.press(kb.Enter)
	b.press(kb.Escape)
	if b.Has(".lead-acts details[open]") || !b.focused(".lead-acts summary") {
		t.Error("Escape does not close the menu")
	}
	toStage := func() {
		b.press(kb.Enter)
		b.tab(`a[href$="/stage"]`)
		b.press(kb.Enter)
		b.Wait("document.activeElement.matches('dialog[open] #f-stage')")
	}
	toStage()
	b.escapes(".lead-acts summary")
	// A stage with its reason.
	toStage()
	b.press("Recycled")
	b.tab("#f-reason")
	b.press("no budget")
	b.tab("dialog button.primary")
	b.leave(kb.Enter)
	if got := b.Text(".path [aria-current]"); !strings.HasPrefix(got, "Recycled") {
		t.Errorf("the lead is in %q", got)
	}

	// A note.
	b.tab("#note")
	b.press("Called, next year.")
	b.tab(".note-form button")
	b.leave(kb.Enter)
	if !strings.Contains(b.Text(".timeline"), "Called, next year.") {
		t.Errorf("the timeline tells %s", b.Text(".timeline"))
	}
}

// Lists are filtered, views saved, drafts written and published and people
// invited by the keyboard alone.
func TestKeyboardWork(t *testing.T) {
	t.Parallel()
	c := Serve(t, t.TempDir(), true)
	b := Open(t, c.Base, Screens[0])
	b.Enter("marketing")

	b.tab(`.nav a[href="/leads"]`)
	b.leave(kb.Enter)
	b.tab(`main details.menu > summary`) // of the filter
	b.press(kb.Enter)
	b.tab("#add_field")
	b.press("Score")
	b.tab("[name=add_op]")
	b.press("at least")
	b.tab("[name=add_value]")
	b.press("10")
	b.leave(kb.Enter)
	if got := b.Text(".chip:not(.plain)"); got != "Score at least 10" {
		t.Errorf("the list is filtered by %q", got)
	}
	b.tab(`main details.menu:has(#view-name) > summary`)
	b.press(kb.Enter)
	b.tab("#view-name")
	b.press("Warm")
	b.leave(kb.Enter)
	b.tab(`main details.menu:has(#view-name) > summary`)
	b.press(kb.Enter, kb.Tab)
	if got := Eval[string](b, "document.activeElement.innerText"); !strings.Contains(got, "Warm") {
		t.Errorf("among the views is first %q", got)
	}
	// Who goes on past a menu leaves it.
	b.tab("tbody a[data-row]")
	if b.Has("details.menu[open]") {
		t.Error("a menu stays open over what has the focus")
	}

	// A draft.
	b.Go("/playbook/drafts")
	b.tab("#name")
	b.press("By keys")
	b.leave(kb.Enter)
	b.tab(".editor-host")
	b.strike([]rune(kb.End)[0], kb.ModifierCtrl)
	b.press("# by keys")
	b.strike('s', kb.ModifierCtrl)
	b.until("fetch(location.pathname + '/yaml').then(r => r.text()).then(text => text.includes('# by keys'))")
	b.tab(`a[href$="/publish"]`) // Tab leads out of the editor
	b.leave(kb.Enter)
	b.tab("#note")
	b.press("A remark")
	b.tab(`form[action$="/publish"] button`)
	b.leave(kb.Enter)
	if got := b.Text("aside"); !strings.Contains(got, "A remark") {
		t.Errorf("of the version in force one reads %q", got)
	}

	// Back to the first version: a dialog that Escape closes.
	b.Go("/playbook/versions/1")
	b.tab("[data-open=restore]")
	b.press(kb.Enter)
	b.Wait("document.querySelector('dialog#restore[open]')")
	b.escapes("[data-open=restore]")

	admin := Open(t, c.Base, Screens[0])
	admin.Enter("admin")
	admin.Go("/settings/users")
	admin.tab("#email")
	admin.press("eve@keys.example")
	admin.leave(kb.Enter)
	if got := admin.Text("#link"); !strings.Contains(got, "/ticket?secret=") {
		t.Errorf("the invitation is %q", got)
	}
}

// Every key does what the page of keys says, and there is none that it does not tell.
func TestKeysDoWhatTheirHelpSays(t *testing.T) {
	t.Parallel()
	c := Serve(t, t.TempDir(), true)
	b := Open(t, c.Base, Screens[0])
	b.Enter("marketing")
	b.Go("/leads")
	b.press("j", "?")
	b.Wait("document.querySelector('dialog#keys[open]')")
	b.Look("keys")
	told := map[string]string{}
	for _, k := range Eval[[][2]string](b, `[...document.querySelectorAll('#keys dl > div')].map(k =>
		[[...k.querySelectorAll('kbd')].map(one => one.textContent).join(' '), k.querySelector('dt').textContent])`) {
		told[k[0]] = k[1]
	}
	b.press("f") // nothing below the dialog
	if b.Has("details.menu[open]") {
		t.Error("a key does something behind the dialog")
	}
	b.escapes("tbody tr:first-child a[data-row]") // where the focus was

	do := map[string]func(){
		"/":   func() { b.press("/"); b.Wait("document.activeElement.id === 'search'") },
		"?":   func() { b.press("?"); b.Wait("document.querySelector('dialog#keys[open]')") },
		"Esc": func() { b.press("?", kb.Escape); b.Wait("!document.querySelector('dialog[open]')") },
		"j": func() {
			b.press("j", "j")
			b.Wait("document.activeElement.matches('tbody tr:nth-child(2) a[data-row]')")
		},
		"k": func() {
			b.press("j", "j", "k")
			b.Wait("document.activeElement.matches('tbody tr:first-child a[data-row]')")
		},
		"Enter": func() {
			b.press("j")
			b.leave(kb.Enter)
			b.Wait("location.pathname.startsWith('/leads/lead_')")
		},
		"f": func() {
			b.press("f", kb.Tab)
			b.Wait("document.activeElement.matches('details[open] #add_field')")
		},
		"x": func() {
			b.press("j", "x")
			b.Wait("document.querySelector('tbody tr:first-child input:checked') && !document.querySelector('[data-chosen]').hidden")
			b.press("x")
			b.Wait("document.querySelector('[data-chosen]').hidden")
		},
		"n": func() {
			b.press("j")
			b.leave(kb.Enter)
			b.press("n", "good")
			b.Wait("document.activeElement.matches('#note') && document.activeElement.value === 'good'")
		},
		"c": func() {
			b.press("j")
			b.leave(kb.Enter)
			b.press("c", kb.Tab)
			b.Wait(`document.activeElement.matches('details[open] a[href$="/stage"]')`)
		},
	}
	for keys, path := range map[string]string{"g h": "/", "g l": "/leads", "g a": "/accounts", "g p": "/playbook", "g c": "/sources", "g e": "/events", "g i": "/imports", "g s": "/settings/you"} {
		do[keys] = func() {
			b.Go("/rejects")
			b.press("g")
			b.leave(keys[2:])
			if got := Eval[string](b, "location.pathname"); got != path {
				t.Errorf("%s leads to %s, want %s", keys, got, path)
			}
		}
	}
	for keys, press := range do {
		if told[keys] == "" {
			t.Errorf("nothing is told of %q", keys)
		}
		b.Go("/leads")
		press()
	}
	for keys, text := range told {
		if do[keys] == nil {
			t.Errorf("%q is told to do %q, and is not tried", keys, text)
		}
	}
	for _, keys := range Eval[[]string](b, `[...document.querySelectorAll('[data-key]')].map(e => e.dataset.key)`) {
		if told[keys] == "" {
			t.Errorf("nothing is told of %q", keys)
		}
	}

	b.Go("/leads")
	b.press("?")
	b.Click("[data-keys-on]")
	b.Go("/leads")
	b.press("j", "f", "/", "?")
	if b.Has("details.menu[open], dialog[open]") || !Eval[bool](b, "document.activeElement === document.body") {
		t.Error("keys that are turned off do something")
	}
	if b.Has("[data-keys-on]:checked") {
		t.Error("keys that are turned off are said to work")
	}
}

// Who works here is set up, goes out and comes in again by the keyboard alone.
func TestKeyboardDoor(t *testing.T) {
	t.Parallel()
	c, welcome := ServeEmpty(t, t.TempDir())
	b := Open(t, c.Base, Screens[0])
	b.Go(welcome)
	if !b.focused("#name") {
		t.Error("the first field has not the focus")
	}
	b.press("Ada")
	b.tab("#email")
	b.press("ada@engine.example")
	b.tab("#password")
	b.press("a difference engine")
	b.tab("#company")
	b.press("Engines")
	b.tab("button.primary")
	b.leave(kb.Enter)
	b.tab(".nav-foot summary")
	b.press(kb.Enter)
	b.tab(`form[action="/signout"] button`)
	b.leave(kb.Enter)
	if !b.focused("#email") {
		t.Error("the first field has not the focus")
	}
	b.press("ada@engine.example")
	b.tab("#password")
	b.press("a difference engine")
	b.leave(kb.Enter)
	if got := b.Text("h1"); got != "Home" {
		t.Errorf("behind the door is %q", got)
	}
}

// Whatever can have the focus shows that it has it, on every page and screen.
func TestFocusIsSeen(t *testing.T) {
	t.Parallel()
	c := Serve(t, t.TempDir(), true)
	pages := Crawl(t, c.Base, "admin").Pages()
	for _, screen := range Screens {
		t.Run(screen.Name, func(t *testing.T) {
			t.Parallel()
			b := Open(t, c.Base, screen)
			b.Enter("admin")
			for _, path := range alone(pages) {
				b.Go(path)
				b.press(kb.Tab) // from here on whatever has the focus shows it
				for _, hidden := range Eval[[]string](b, `(() => {
					const seen = `+seenFocus+`
					for (const d of document.querySelectorAll('details')) d.open = true
					return [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex="0"]')].map(el => {
						el.focus()
						return document.activeElement === el ? seen(el) : ''
					}).filter(Boolean).slice(0, 5)
				})()`) {
					t.Errorf("on %s the focus is not seen on %s", path, hidden)
				}
			}
		})
	}
}

// alone is one page of each form: those that differ in numbers and in what they are
// asked only are made of the same.
func alone(pages []string) []string {
	var forms []string
	seen := map[string]bool{}
	for _, path := range pages {
		form, _, _ := strings.Cut(digits.ReplaceAllString(path, "0"), "?")
		if !seen[form] {
			seen[form] = true
			forms = append(forms, path)
		}
	}
	return forms
}

// A form that changes something is sent once, however often its button is pressed
// while the answer is on its way.
func TestAFormIsSentOnce(t *testing.T) {
	t.Parallel()
	c := ServeDemo(t, t.TempDir())
	b := Open(t, c.Base, Screens[0])
	b.Enter("marketing")
	b.Go("/sources")
	sent := Eval[int](b, `(() => {
		let sent = 0
		addEventListener('submit', (event) => {
			if (!event.defaultPrevented) sent++
			event.preventDefault()
		})
		const form = document.querySelector('form[action="/sources"]')
		form.querySelector('[name="name"]').value = 'website'
		for (let i = 0; i < 3; i++) form.querySelector('button').click()
		return sent
	})()`)
	if sent != 1 {
		t.Errorf("pressed three times, the form is sent %d times", sent)
	}
}
