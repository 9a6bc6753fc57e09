package pages

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// strange are texts as nobody expects them, and as somebody sends them.
var strange = []struct{ what, text string }{
	{"long", strings.Repeat("Wilhelmina", 1000)},
	{"long words", strings.Repeat("van der Berg ", 800)},
	{"turned around", "\u202egnp.exe\u202d Ada \u2067right\u2069"},
	{"of no width", "\u200b\u2060\ufeff\u200d"},
	{"with marks", "Z" + strings.Repeat("\u0334\u0342\u0321", 333) + "algo"},
	{"emoji", strings.Repeat("👩‍👩‍👧‍👦🏴󠁧󠁢󠁥󠁮󠁧󠁿☕️👋🏽", 20)},
	{"right to left", "شركة المتجر الإلكتروني " + strings.Repeat("العربية ", 30)},
	{"empty", ""},
	{"blank", " \u00a0\u3000 "},
	{"clobbering", "attributes"}, {"clobbering", "location"}, {"clobbering", "forms"}, {"clobbering", "body"}, {"clobbering", "activeElement"},
	{"prototype", "__proto__"}, {"prototype", "constructor"}, {"prototype", "toString"},
}

// sendStrange sends people and companies whose every text is strange.
func sendStrange(t testing.TB, c Company) {
	t.Helper()
	for i, s := range strange {
		// A message with everything at its full length would be refused as too large.
		some, key := s.text, s.text
		if letters := []rune(some); len(letters) > 700 {
			some = string(letters[:700])
		}
		if s.text == "" || len(s.text) > 300 {
			key = "key"
		}
		user := fmt.Sprintf("strange-%d", i)
		at := time.Now().UTC().Add(-time.Duration(i) * time.Minute).Format(time.RFC3339)
		message := func(kind string, more map[string]any) map[string]any {
			m := map[string]any{"type": kind, "messageId": user + kind, "userId": user, "timestamp": at}
			for name, value := range more {
				m[name] = value
			}
			return m
		}
		batch := []any{
			message("identify", map[string]any{"traits": map[string]any{"email": fmt.Sprintf("s%d@strange.example", i), "name": s.text, "title": some, "industry": some,
				"company": map[string]any{"name": some, "employees": 500}, key: some}}),
			message("group", map[string]any{"groupId": some + "/", "traits": map[string]any{"name": some, key: some}}),
			message("track", map[string]any{"event": "Demo Requested", "properties": map[string]any{key: some, "nested": map[string]any{key: some}},
				"context": map[string]any{"campaign": map[string]any{"source": some, "name": some}, "page": map[string]any{"url": "https://x.example/" + some, "title": some}}}),
			message("page", map[string]any{"name": some, "properties": map[string]any{"path": "/pricing/" + some, "title": some}}),
		}
		text, err := json.Marshal(map[string]any{"batch": batch})
		if err != nil {
			t.Fatal(err)
		}
		if status := post(t, c.Base, "/v1/batch", c.Key, string(text)); status != http.StatusOK {
			t.Fatalf("%s: answered %d", s.what, status)
		}
	}
}

// unreachable tells of links of rows that nobody could hit, of parts that leave
// their cell, and of marks of direction that are not shown.
const unreachable = `(() => {
	const wrong = []
	for (const a of document.querySelectorAll('main a[data-row], main .board a.card, main .stream a, main td a, main h1')) {
		if (!a.checkVisibility()) continue
		a.scrollIntoView({block: 'center', behavior: 'instant'})
		const box = a.getClientRects()[0]
		if (!box || box.width < 3 || box.height < 10) { wrong.push('too small: ' + a.outerHTML.slice(0, 120)); continue }
		if (a.tagName !== 'A') continue
		const x = Math.min(box.left + Math.min(box.width / 2, 20), innerWidth - 1), y = box.top + box.height / 2
		const hit = document.elementFromPoint(x, y)
		if (!hit || !(a === hit || a.contains(hit)) && !hit.closest('.top, .toasts')) wrong.push('covered by ' + hit?.outerHTML.slice(0, 80) + ': ' + a.outerHTML.slice(0, 120))
		if (a.getBoundingClientRect().height > 200) wrong.push('taller than 200 pixels: ' + a.outerHTML.slice(0, 120))
	}
	for (const cell of document.querySelectorAll('main td, main dd, main .card > *')) {
		if (cell.checkVisibility() && cell.scrollWidth > cell.clientWidth + 1 && getComputedStyle(cell).overflowX === 'visible' && cell.clientWidth > 0) wrong.push('wider than its place by ' + (cell.scrollWidth - cell.clientWidth) + ': ' + cell.outerHTML.slice(0, 160))
	}
	if (document.documentElement.scrollWidth > document.documentElement.clientWidth) wrong.push('wider than the screen')
	if (/[\u202a-\u202e\u2066-\u2069]/.test(document.querySelector('main').innerText + document.title)) wrong.push('a mark that turns text around is not shown')
	scrollTo(0, 0)
	return wrong.slice(0, 6)
})()`

// Whatever a text is made of, it stays in its place, its row can be clicked, and
// nothing is taken for what it is not.
func TestStrangeTexts(t *testing.T) {
	t.Parallel()
	c := ServeDemo(t, t.TempDir())
	sendStrange(t, c)
	paths := []string{"/", "/leads?sort=-score", "/leads/board", "/accounts", "/events?paused=1", "/events/schema", "/playbook/structure", "/sources", "/rejects"}
	for i := range 12 { // one of each
		paths = append(paths, fmt.Sprintf("/leads/lead_%d", i+1))
	}
	for _, screen := range Screens {
		t.Run(screen.Name, func(t *testing.T) {
			b := Open(t, c.Base, screen)
			b.Enter("marketing")
			b.until(fmt.Sprintf("fetch('/leads?sort=-score').then(r => r.text()).then(html => html.split('data-row').length > %d)", len(strange)))
			companies := Eval[[]string](b, `fetch('/accounts').then(r => r.text()).then(html => [...new DOMParser().parseFromString(html, 'text/html').querySelectorAll('a[data-row]')].map(a => a.getAttribute('href')))`)
			if len(companies) < 5 {
				t.Errorf("only %d companies are listed", len(companies))
			}
			for _, path := range append(paths, companies[:min(len(companies), 6)]...) {
				b.Go(path)
				// One page of each kind is looked at as all are; those alike fit, at least.
				if name, listed := strings.CutPrefix(path, "/"); listed && (!strings.ContainsAny(name, "_%?") || path == "/leads/lead_1") {
					b.Look("strange-" + strings.ReplaceAll(name, "/", "-"))
				} else {
					b.Shot("strange-" + url.QueryEscape(name)[:min(len(url.QueryEscape(name)), 60)])
				}
				for _, wrong := range Eval[[]string](b, unreachable) {
					t.Errorf("%s: %s", path, wrong)
				}
			}
		})
	}
}
