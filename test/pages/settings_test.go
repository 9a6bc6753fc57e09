package pages

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"galena/internal/server"
)

// Every page of the settings, by an admin; the invitation of somebody whose name
// is hostile; and what others see.
func TestSettings(t *testing.T) {
	t.Parallel()
	c := Serve(t, t.TempDir(), true)
	for _, screen := range Screens {
		t.Run(screen.Name, func(t *testing.T) {
			b := Open(t, c.Base, screen)
			b.Enter("admin")
			b.Go("/settings")
			if got := b.Text("h1"); got != "You" {
				t.Errorf("the settings begin with %q", got)
			}
			for _, tab := range []string{"you", "company", "users", "roles", "audit", "backup", "privacy", "about"} {
				b.Submit(`.tabs a[href="/settings/` + tab + `"]`)
				b.Look("settings-" + tab)
			}

			b.Go("/settings/users")
			b.Fill("#email", "eve-"+screen.Name+"@"+strings.Repeat("long", 12)+".example")
			b.Submit("form button.primary")
			b.Look("settings-invited")
			link := b.Text("#link")
			if !strings.HasPrefix(link, c.Base+"/ticket?secret=") {
				t.Fatalf("the invitation is %q", link)
			}
			guest := Open(t, c.Base, screen)
			guest.Go(strings.TrimPrefix(link, c.Base))
			guest.Look("ticket")
			name := `<img src=x onerror=document.title='hit'> ` + strings.Repeat("W", 40) + screen.Name
			guest.Fill("#name", name)
			guest.Fill("#password", "a difference engine")
			guest.Submit("form button.primary")
			guest.Go("/settings/you")
			guest.Look("settings-you-guest")
			if guest.Has(`.tabs a[href="/settings/users"]`) || !guest.Has(`.tabs a[href="/settings/roles"]`) {
				t.Errorf("a seller sees the tabs %q", guest.Text(".tabs"))
			}
			b.Go("/settings/users")
			b.Look("settings-users-hostile")
			if got := Eval[string](b, "document.title"); got == "hit" || !strings.Contains(b.Text("main"), "<img src=x") {
				t.Errorf("a name is not shown as it is: %s", got)
			}
			Eval[bool](b, `!document.querySelectorAll('a[data-row]').forEach(a => { if (a.innerText.includes('W`+screen.Name+`')) a.click() })`)
			b.Wait("location.pathname.startsWith('/settings/users/')")
			b.Look("settings-user")
			b.Submit(`form[action$="/disable"] button`)
			if !strings.Contains(b.Text(".toast"), "Kept out") {
				t.Errorf("one is told %q", b.Text(".toast"))
			}
			b.Look("settings-user-out")
			guest.Go("/settings/you")
			if got := Eval[string](guest, "location.pathname"); got != "/demo" {
				t.Errorf("who is kept out is at %s", got)
			}
		})
	}
}

// The language and the looks that somebody chooses are those of the next page.
func TestPreferences(t *testing.T) {
	t.Parallel()
	c := Serve(t, t.TempDir(), true)
	b := Open(t, c.Base, Screens[0])
	b.Enter("sales")
	b.Go("/settings/you")
	b.Fill("#language", "de")
	b.Fill("#theme", "dark")
	b.Fill("#zone", "Asia/Kathmandu")
	b.Fill("#name", "Søren Sales")
	b.Submit("main form button.primary")
	if got := b.Text("h1") + b.Text(".toast"); got != "Ihr KontoGespeichert." {
		t.Errorf("in German one reads %q", got)
	}
	if got := Eval[string](b, "document.documentElement.lang + ' ' + getComputedStyle(document.documentElement).colorScheme"); got != "de dark" {
		t.Errorf("the page is %q", got)
	}
	for _, tab := range []string{"you", "roles", "privacy", "about"} {
		b.Go("/settings/" + tab)
		b.Look("settings-german-" + tab)
	}
	if !strings.Contains(b.Text("main"), "+0545") {
		t.Errorf("in Kathmandu it is %q", b.Text("main"))
	}
	b.Go("/settings/you")
	b.Fill("#zone", "Mars/Base")
	b.Submit("main form button.primary")
	b.Forgive("422")
	if got := b.Text("[role=alert]"); !strings.Contains(got, "Mars/Base") || Eval[string](b, "document.querySelector('#zone').value") != "Mars/Base" {
		t.Errorf("of no zone one reads %q", got)
	}
	b.Fill("#zone", "")
	b.Fill("#language", "en")
	b.Fill("#theme", "light")
	b.Submit("main form button.primary")
	if got := Eval[string](b, "document.documentElement.lang + ' ' + getComputedStyle(document.documentElement).colorScheme"); got != "en light" {
		t.Errorf("the page is %q", got)
	}
}

// enter enters a demo without a browser.
func enter(t *testing.T, base, role string) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Jar: jar}
	resp, err := client.Get(base + "/demo")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	page, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`value="(usr_[0-9a-f]+)"[^>]*> *<button[^>]*data-role="` + role + `"`).FindSubmatch(page)
	if found == nil {
		t.Fatalf("nobody is %s: %s", role, page)
	}
	entered, err := client.PostForm(base+"/demo", url.Values{"user": {string(found[1])}})
	if err != nil {
		t.Fatal(err)
	}
	entered.Body.Close()
	return client
}

// A backup that the page sends can be restored.
func TestDownload(t *testing.T) {
	t.Parallel()
	place := t.TempDir()
	c := Serve(t, place, true)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, c.Base+"/settings/backup", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := enter(t, c.Base, "admin").Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	file := filepath.Join(t.TempDir(), "galena.backup")
	content, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK || !strings.Contains(resp.Header.Get("Content-Disposition"), ".backup") {
		t.Fatalf("%s, %v", resp.Status, err)
	}
	if err := os.WriteFile(file, content, 0o600); err != nil {
		t.Fatal(err)
	}
	m, err := server.Restore(t.Context(), file, filepath.Join(t.TempDir(), "restored"))
	if err != nil || m.Events == 0 {
		t.Errorf("the backup holds %+v, %v", m, err)
	}
	if left, err := filepath.Glob(filepath.Join(place, ".galena-*")); err != nil || len(left) > 0 {
		t.Errorf("in the data folder are left %v, %v", left, err)
	}
}
