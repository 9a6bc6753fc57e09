package pages

import (
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func TestMain(m *testing.M) {
	if filepath.Base(os.Args[0]) == "galena" { // for the tutorial
		os.Exit(program())
	}
	code := m.Run()
	chromiumEnd()
	os.Exit(code)
}

// The door of a demo, and the first page behind it.
func TestDemoDoor(t *testing.T) {
	t.Parallel()
	c := Serve(t, t.TempDir(), true)
	for _, screen := range Screens {
		t.Run(screen.Name, func(t *testing.T) {
			b := Open(t, c.Base, screen)
			b.Go("/")
			b.Look("demo")
			b.Enter("marketing")
			if got := b.Text("h1"); got != "Home" {
				t.Errorf("behind the door is %q", got)
			}
			b.Look("home")
			b.Go("/design")
			b.Click("main [data-open]")
			b.Look("design-dialog")
			b.Click("dialog[open] [data-close]")
			b.Look("design")
		})
	}
}

// sendFirst sends what the page of the first steps has for curl, with the key that
// it shows.
func sendFirst(b *Browser, base string) {
	b.Helper()
	text := Eval[string](b, "document.getElementById('send-curl').textContent")
	sent := 0
	for _, m := range regexp.MustCompile(`curl -u '(\w+):' (\S+) -d '(.*)'`).FindAllStringSubmatch(text, -1) {
		if !strings.HasPrefix(m[2], base) {
			b.Fatalf("the page sends to %s, and the server is %s", m[2], base)
		}
		r, err := http.NewRequestWithContext(b.Context(), http.MethodPost, m[2], strings.NewReader(m[3]))
		if err != nil {
			b.Fatal(err)
		}
		r.SetBasicAuth(m[1], "")
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			b.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			b.Fatalf("%s is answered %s", m[0], resp.Status)
		}
		sent++
	}
	if sent != 2 {
		b.Fatalf("the page has %d commands: %s", sent, text)
	}
}

// From an empty folder to the first page, and out and in again.
func TestSetUp(t *testing.T) {
	t.Parallel()
	for _, screen := range Screens {
		t.Run(screen.Name, func(t *testing.T) {
			t.Parallel()
			c, welcome := ServeEmpty(t, t.TempDir())
			b := Open(t, c.Base, screen)
			b.Go("/")
			b.Forgive("403")
			if !strings.Contains(b.Text("main"), "has not been set up") {
				t.Errorf("without the code one reads %q", b.Text("main"))
			}
			b.Go(welcome)
			b.Look("setup")
			b.Fill("#name", "Ada Lovelace")
			b.Fill("#email", "ada@engine.example")
			b.Fill("#password", "short")
			b.Fill("#company", "Analytical Engines")
			Eval[bool](b, "document.querySelector('form').noValidate = true")
			b.Submit("form button.primary")
			b.Forgive("422")
			if !strings.Contains(b.Text("[role=alert]"), "too short") {
				t.Errorf("of a short password one reads %q", b.Text("[role=alert]"))
			}
			b.Fill("#password", "a difference engine")
			b.Submit("form button.primary")
			if got := b.Text("h1"); got != "Send the first event" {
				t.Errorf("after the set-up one reads %q", got)
			}
			b.Look("first")
			sendFirst(b, c.Base)
			b.Wait(`document.querySelector('#arrival h2')?.innerText.startsWith('Got it')`)
			b.Look("first-got")
			if why := b.Text("#arrival .score-lines"); !strings.Contains(why, "requested a demo") || !b.Has(`#arrival a[href="/leads/lead_1"]`) {
				t.Errorf("of the first lead one reads %q", why)
			}
			b.Go("/")
			if got := b.Text(".brand"); !strings.Contains(got, "Analytical Engines") {
				t.Errorf("the workspace is called %q", got)
			}
			b.Go(welcome)
			b.Forgive("404")
			if b.Has("#password") {
				t.Error("the workspace can be set up twice")
			}
			b.Go("/settings/you")
			Eval[bool](b, "document.querySelector('form[action=\"/signout\"]').requestSubmit() ?? true")
			b.Wait("location.pathname === '/signin'")
			b.Look("signin")
			b.Fill("#email", "ADA@engine.example")
			b.Fill("#password", "a wrong password")
			b.Submit("form button.primary")
			b.Forgive("403")
			if !strings.Contains(b.Text("[role=alert]"), "wrong") {
				t.Errorf("of a wrong password one reads %q", b.Text("[role=alert]"))
			}
			b.Fill("#password", "a difference engine")
			b.Submit("form button.primary")
			if got := b.Text("h1"); got != "Home" {
				t.Errorf("behind the door is %q", got)
			}

			// In another tab somebody signs out while here a note is written.
			b.Go("/leads/lead_1")
			note := "She called, and asks for " + strings.Repeat("more ", 30)
			b.Fill(`form[action$="/notes"] textarea`, note)
			Eval[bool](b, "fetch('/signout', {method: 'POST'}).then(() => true)")
			b.Submit(`form[action$="/notes"] button`)
			b.Forgive("401")
			b.Look("signin-held")
			b.Fill("#email", "ada@engine.example")
			b.Fill("#password", "a difference engine")
			b.Submit("form button.primary")
			if got := Eval[string](b, "document.getElementById('typed').value"); got != note {
				t.Errorf("of the note came back %q", got)
			}
			b.Look("held")
			b.Submit("form button.primary")
			if got := b.Text("main"); Eval[string](b, "location.pathname") != "/leads/lead_1" || !strings.Contains(got, strings.TrimSpace(note)) {
				t.Errorf("after it was sent one reads %.500s", got)
			}

			// And while rows of a condition are written, of which the page asks at each.
			b.Go(b.Draft("Rows", "") + "/condition?path=stages%5B2%5D.when")
			Eval[bool](b, "fetch('/signout', {method: 'POST'}).then(() => true)")
			b.Fill("[name='value.1']", "27")
			b.Wait("document.getElementById('email')")
			b.Forgive("401")
			b.Fill("#email", "ada@engine.example")
			b.Fill("#password", "a difference engine")
			b.Submit("form button.primary")
			b.Look("held-condition")
			b.Submit("form button.primary")
			if got := Eval[string](b, "document.querySelector('[name=\"value.1\"]').value"); got != "27" {
				t.Errorf("of the rows came back %q", got)
			}
		})
	}
}
