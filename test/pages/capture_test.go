package pages

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// hostileName is what somebody may call anything that has a name.
const hostileName = `<img src=x onerror=alert(1)> متجر "a' ${7*7} and a name that goes on and on and on and on`

// post sends a message with a key, and says how it was answered.
func post(t testing.TB, base, path, key, body string) int {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, base+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.SetBasicAuth(key, "")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	return answer.StatusCode
}

// A key is made and shown once; its first event is awaited and arrives; it is
// revoked, and brings nothing more.
func TestSources(t *testing.T) {
	t.Parallel()
	c := Serve(t, t.TempDir(), true)
	for i, screen := range Screens {
		t.Run(screen.Name, func(t *testing.T) {
			b := Open(t, c.Base, screen)
			b.Enter("marketing")
			b.Go("/sources")
			b.Look("sources")
			name := fmt.Sprintf("Website %d", i)
			if i == 1 {
				name = hostileName
			}
			b.Fill("#name", name)
			b.Click(`input[value="server"]`)
			b.Submit("main form button.primary")
			key := strings.TrimSpace(b.Text("#key"))
			if len(key) != 25 || !strings.Contains(b.Text("#seen"), "Waiting") {
				t.Fatalf("the key is %q, and one reads %q", key, b.Text("#seen"))
			}
			if !strings.Contains(Eval[string](b, "document.getElementById('node').textContent"), key) {
				t.Error("the snippet does not hold the key")
			}
			b.Look("source-made")
			if status := post(t, c.Base, "/v1/track", key, `{"userId":"u1","event":"Demo Requested"}`); status != http.StatusOK {
				t.Fatalf("the key is answered %d", status)
			}
			b.Wait(`document.getElementById('seen').innerText.includes('Got it: 1 event')`)
			b.Look("source-got")
			b.Go("/sources")
			if !strings.Contains(b.Text("tbody tr"), "1") {
				t.Errorf("the first row is %q", b.Text("tbody tr"))
			}
			b.Submit("tbody tr a[data-row]")
			if b.Has("#key") || strings.Contains(b.Text("main"), key) {
				t.Error("the key is shown another time")
			}
			b.Look("source")
			b.Click(`input[name="sure"]`)
			b.Submit("button.danger")
			if !strings.Contains(b.Text(".toast"), "was revoked") {
				t.Errorf("after revoking one reads %q", b.Text(".toast"))
			}
			if status := post(t, c.Base, "/v1/track", key, `{"userId":"u1","event":"Demo Requested"}`); status != http.StatusUnauthorized {
				t.Errorf("a revoked key is answered %d", status)
			}
			b.Look("sources-revoked")
		})
	}
}

// Events appear by themselves, tell what became of them, and can be searched.
func TestEvents(t *testing.T) {
	t.Parallel()
	c := Serve(t, t.TempDir(), true)
	for i, screen := range Screens {
		t.Run(screen.Name, func(t *testing.T) {
			b := Open(t, c.Base, screen)
			b.Enter("marketing")
			b.Go("/events?name=Fresh")
			b.Look("events-none")
			event := fmt.Sprintf("Fresh News %d", i)
			text, err := json.Marshal(map[string]any{"userId": fmt.Sprint("reader-", i), "event": event, "properties": map[string]any{"note": hostileName, "n": i}})
			if err != nil {
				t.Fatal(err)
			}
			if status := post(t, c.Base, "/v1/track", c.Key, string(text)); status != http.StatusOK {
				t.Fatalf("answered %d", status)
			}
			b.Wait(fmt.Sprintf("document.getElementById('stream').innerText.includes(%q)", event))
			b.Go("/events")
			b.Look("events")
			b.Click("#stream details summary")
			b.Wait("document.querySelector('#stream details .event-part')")
			if got := b.Text("#stream details[open] pre"); !strings.Contains(got, `"event": "`+event) {
				t.Errorf("the event is %s", got)
			}
			b.Look("events-open")
			b.Go("/events?type=track&name=demo&paused=1")
			if b.Has("#poller") || !b.Has("#stream li") {
				t.Error("a stream that was stopped asks for more, or is empty")
			}
			b.Look("events-paused")
			b.Go(fmt.Sprintf("/events?who=reader-%d&paused=1", i))
			if got := Eval[int](b, "document.querySelectorAll('#stream li').length"); got != 1 {
				t.Errorf("the reader has %d events, want 1", got)
			}
			b.Go("/events/1")
			b.Look("event")
			b.Go("/events/schema")
			b.Click(".fold-list summary")
			b.Look("schema")
			b.Go("/events/99999999")
			b.Forgive("404")
		})
	}
}

// What was refused is mended where it stands.
func TestRejectsAreMended(t *testing.T) {
	t.Parallel()
	c := Serve(t, t.TempDir(), true)
	for i, screen := range Screens {
		t.Run(screen.Name, func(t *testing.T) {
			b := Open(t, c.Base, screen)
			b.Enter("marketing")
			if i == 0 {
				b.Go("/rejects")
				b.Look("rejects-empty")
			}
			for n, body := range []string{
				`{"type":"track","event":"Nobody Did This"}`,
				`{"type":"track","userId":"u2"}`,
				`{"type":"` + strings.Repeat("long", 40) + `","userId":"u3"}`,
			} {
				if status := post(t, c.Base, "/v1/batch", c.Key, `{"batch":[`+body+`]}`); status != http.StatusOK {
					t.Fatalf("message %d is answered %d", n, status)
				}
			}
			b.Go("/rejects")
			b.Look("rejects")
			b.Go("/rejects?code=no_user_anon_id")
			b.Click(".stream details summary")
			b.Submit(".stream form button.primary")
			b.Forgive("422")
			if !strings.Contains(b.Text("[role=alert]"), "Still refused (no_user_anon_id)") {
				t.Errorf("of what was not mended one reads %q", b.Text("[role=alert]"))
			}
			b.Look("rejects-again")
			b.Fill("textarea", fmt.Sprintf(`{"type": "track", "userId": "mended-%d", "event": "Nobody Did This"}`, i))
			b.Submit(".stream form button.primary")
			if !strings.Contains(b.Text(".toast"), "1 reject was taken in") {
				t.Errorf("after mending one reads %q", b.Text(".toast"))
			}
			if b.Has(".reject") {
				t.Error("what was mended still stands among the rejects")
			}
			b.Go(fmt.Sprintf("/events?who=mended-%d", i))
			if !strings.Contains(b.Text("#stream"), "Nobody Did This") {
				t.Errorf("the stream is %q", b.Text("#stream"))
			}
			b.Go("/rejects?mended=1&code=no_user_anon_id")
			if !strings.Contains(b.Text("main"), "Mended") {
				t.Errorf("what was mended is not told: %q", b.Text("main"))
			}
			b.Look("rejects-mended")
			b.Go("/rejects?code=missing_event")
			b.Click(`input[name="seq"]`)
			b.Submit(`button[form="many"]`)
			if !strings.Contains(b.Text(".toast"), "are still refused") {
				t.Errorf("after trying one again one reads %q", b.Text(".toast"))
			}
		})
	}
}

// A file is brought, looked at, rehearsed, imported, and taken back.
func TestImports(t *testing.T) {
	t.Parallel()
	c := Serve(t, t.TempDir(), true)
	for i, screen := range Screens {
		t.Run(screen.Name, func(t *testing.T) {
			b := Open(t, c.Base, screen)
			b.Enter("marketing")
			b.Go("/imports")
			b.Look("imports")
			var table strings.Builder
			table.WriteString("E-mail,Name,Job title,Company,Employees\n")
			for n := range 40 {
				fmt.Fprintf(&table, "reader%d-%d@tidal%d.example,Reader %d,Head of Growth,Tidal %d,%d\n", n, i, n, n, n, 10*n)
			}
			table.WriteString("no address,Nobody,,,\n")
			if table.Len() == 0 {
				t.Fatal("no table")
			}
			name := fmt.Sprintf("Spring fair %d.csv", i)
			choose(b, name, table.String())
			b.Submit("form[enctype] button.primary")
			if got := b.Text("h1"); got != name {
				t.Fatalf("the page is about %q: %s", got, b.Text("main"))
			}
			if got := b.Text("#mapping ~ *") + Eval[string](b, "document.getElementById('mapping').value"); !strings.Contains(got, "email: E-mail") {
				t.Errorf("the guess is %s", got)
			}
			b.Look("import-new")
			b.Fill("#mapping", "source: fair\nemail: Mail\n")
			b.Submit(`button[formaction$="/mapping"]`)
			b.Forgive("422")
			if !strings.Contains(b.Text("[role=alert]"), `has no column "Mail"`) {
				t.Errorf("of a wrong mapping one reads %q", b.Text("[role=alert]"))
			}
			b.Look("import-wrong")
			b.Fill("#mapping", fmt.Sprintf("source: fair-%d\nemail: E-mail\ntraits: {name: Name, title: Job title, company: Company, employees: {column: Employees, type: number}}\nevents:\n  - {event: Demo Requested}\n", i))
			b.Submit(`button[value="rehearse"]`) // with the mapping as it stands there
			b.Wait(`document.querySelector('#state .counts')?.innerText.includes('Would be new')`)
			if got := b.Text("#state .counts"); !strings.Contains(got, "41") || !strings.Contains(got, "80") {
				t.Errorf("the dry run came to %q", got)
			}
			b.Look("import-rehearsed")
			b.Click(`input[value="live"]`)
			b.Submit(`button[value="import"]`)
			b.Wait(`document.querySelector('#state .badge.good')?.innerText === 'Imported'`)
			if got := b.Text("#state .counts"); !strings.Contains(got, "80") {
				t.Errorf("the import came to %q", got)
			}
			b.Look("import-done")
			b.Submit(`#state a[href^="/rejects"]`)
			if !strings.Contains(b.Text("main"), "bad_email") {
				t.Errorf("of the import's rejects one reads %q", b.Text("main"))
			}
			b.Click(".stream details summary")
			body := Eval[string](b, "document.querySelector('textarea').value")
			b.Fill("textarea", strings.Replace(body, "no address", fmt.Sprintf("somebody%d@tidal.example", i), 1))
			b.Submit(".stream form button.primary")
			if !strings.Contains(b.Text(".toast"), "1 reject was taken in") {
				t.Errorf("after mending one reads %q", b.Text(".toast"))
			}
			b.Go("/imports")
			b.Look("imports-some")
			b.Submit("tbody a[data-row]")
			b.Click(`input[name="sure"]`)
			b.Submit("button.danger")
			b.Wait(`document.querySelector('#state')?.innerText.includes('events count for nothing')`)
			b.Look("import-undone")
			b.Submit(`#state form button`)
			b.Wait(`document.querySelector('#state .badge.good')?.innerText === 'Imported'`)
		})
	}
}

// choose puts a file into the field for files.
func choose(b *Browser, name, content string) {
	b.Helper()
	Eval[bool](b, fmt.Sprintf(`(() => { const t = new DataTransfer(); t.items.add(new File([%q], %q));
		document.querySelector('input[type=file]').files = t.files; return true })()`, content, name))
}
