package pages

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// names are those of people and companies that break pages which count on short ones.
var names = []struct{ key, name string }{
	{"long", strings.Repeat("Wolfeschlegelsteinhausen", 420)}, // more than 10,000 letters
	{"words", strings.Repeat("von und zu ", 900)},
	{"backwards", "\u202egnp.tnatropmi \u2066never closed"},
	{"right", "محمد بن عبد الرحمن آل سعود، شركة ذات مسؤولية محدودة"},
	{"nothing", "\u200b\u200c\u200d\ufeff\u2060"},
	{"marks", "Z" + strings.Repeat("\u0301\u0316\u0489", 340)},
	{"emoji", strings.Repeat("👩‍👩‍👧‍👦🏳️‍🌈", 60)},
	{"blanks", "      "},
	{"lines", "one\ntwo\n\n\nthree\ttab"},
	{"empty", ""},
	{"ideographs", strings.Repeat("株式会社東京", 200)},
}

// Whatever somebody is called, nothing is pushed off the page or laid over another,
// and the row leads to the person.
func TestNames(t *testing.T) {
	t.Parallel()
	c := ServeDemo(t, t.TempDir())
	var batch []any
	for _, n := range names {
		key, name := n.key, n.name
		for i, event := range []map[string]any{
			{"type": "identify", "traits": map[string]any{"email": key + "@" + key + ".example", "name": name, "title": name}},
			{"type": "group", "groupId": "group " + key, "traits": map[string]any{"name": name, "industry": name}},
			{"type": "page", "name": name, "properties": map[string]any{"path": "/pricing", "title": name}},
			{"type": "track", "event": "Demo Requested", "properties": map[string]any{"label": name}},
		} {
			event["messageId"], event["userId"] = fmt.Sprint(key, i), key
			batch = append(batch, event)
		}
	}
	text, err := json.Marshal(map[string]any{"batch": batch})
	if err != nil {
		t.Fatal(err)
	}
	c.Send(t, string(text))
	for _, screen := range Screens {
		t.Run(screen.Name, func(t *testing.T) {
			b := Open(t, c.Base, screen)
			b.Enter("admin")
			b.Go("/leads")
			b.Wait(fmt.Sprintf("document.querySelectorAll('#leads a[data-row]').length >= %d", len(names)))
			b.Look("names")
			if lost := Eval[[]string](b, outOfReach); len(lost) > 0 {
				t.Errorf("rows that cannot be clicked, or are as high as a page: %q", lost)
			}
			for _, key := range []string{"long", "backwards", "marks", "emoji"} {
				b.Go("/leads?q=" + key)
				b.Wait("document.querySelectorAll('#leads a[data-row]').length === 1")
				b.Go(Eval[string](b, "document.querySelector('#leads a[data-row]').getAttribute('href')"))
				b.Look("name-" + key)
			}
			for _, path := range []string{"/accounts", "/events", "/"} {
				b.Go(path)
				b.Look("names" + strings.ReplaceAll(path, "/", "-"))
			}
		})
	}
}

// outOfReach are the links of rows that are too small to be hit, that something else
// lies over, or that make their row higher than a tenth of what was sent would be.
const outOfReach = `[...document.querySelectorAll('#leads a[data-row]')].filter(a => {
	a.scrollIntoView({block: 'center'})
	const box = a.getBoundingClientRect(), row = a.closest('tr')
	const hit = document.elementFromPoint(box.x + Math.min(box.width, 20) / 2, box.y + Math.min(box.height, 20) / 2)
	return box.width < 8 || box.height < 8 || row.getBoundingClientRect().height > 200 || !hit || hit.closest('tr') !== row
}).map(a => a.getAttribute('href') + ' ' + a.innerText.slice(0, 40))`
