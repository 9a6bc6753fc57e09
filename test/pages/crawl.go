package pages

import (
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"galena/internal/access"
	"galena/internal/web"
)

// Crawler goes where links lead, without a browser.
type Crawler struct {
	testing.TB
	base   string
	role   access.Role
	client *http.Client
}

// Crawl enters a demo as the user with a role.
func Crawl(t testing.TB, base, role string) *Crawler {
	t.Helper()
	if role == string(access.Viewer) { // as whom the door lets nobody in
		return invited(t, base, access.Viewer)
	}
	c := crawler(t, base, access.Role(role))
	door, _ := c.get("/demo")
	user := regexp.MustCompile(`name="user" value="([^"]+)"[^>]*>\s*<button[^>]*data-role="` + role + `"`).FindStringSubmatch(door)
	if user == nil {
		t.Fatalf("one cannot enter as %s", role)
	}
	answer, err := c.client.PostForm(base+"/demo", url.Values{"user": {user[1]}})
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	return c
}

func crawler(t testing.TB, base string, role access.Role) *Crawler {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &Crawler{t, base, role, &http.Client{Jar: jar, Timeout: patience}}
}

// invited takes an invitation of the demo's admin.
func invited(t testing.TB, base string, role access.Role) *Crawler {
	t.Helper()
	admin := Crawl(t, base, string(access.Admin))
	page := admin.post("/settings/invitations", url.Values{"email": {"invited@demo.example"}, "role": {string(role)}})
	secret := regexp.MustCompile(`/ticket\?secret=(\w+)`).FindStringSubmatch(page)
	if secret == nil {
		t.Fatalf("nobody is invited: %.2000s", page)
	}
	c := crawler(t, base, role)
	c.post("/ticket", url.Values{"secret": {secret[1]}, "name": {"Ida Invited"}, "password": {"a difference engine"}})
	return c
}

func (c *Crawler) post(path string, form url.Values) (body string) {
	c.Helper()
	answer, err := c.client.PostForm(c.base+path, form)
	if err != nil {
		c.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		c.Fatalf("%s is answered %s, %v: %.2000s", path, answer.Status, err, text)
	}
	return string(text)
}

func (c *Crawler) get(path string) (body string, answer *http.Response) {
	c.Helper()
	answer, err := c.client.Get(c.base + path)
	if err != nil {
		c.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(io.LimitReader(answer.Body, 20<<20))
	if err != nil {
		c.Fatal(err)
	}
	return string(text), answer
}

var (
	link   = regexp.MustCompile(`(?:href|src)="(/[^"]*)"`)
	button = regexp.MustCompile(`(?:<form[^>]* method="post"[^>]* action|formaction|hx-post)="(/[^"]*)"`)
	digits = regexp.MustCompile(`[0-9]+`)
)

// alike bounds how many pages are visited of those that differ in numbers and in
// what they are asked only: filters add up to more lists than anybody reads.
const alike = 4

// Pages visits what the home page leads to, and what that leads to, and gives all
// paths of pages. Each must be there, for the one who was led to it.
func (c *Crawler) Pages() []string {
	c.Helper()
	seen, visited := map[string]bool{"/": true}, map[string]int{}
	var found []string
	for next := []string{"/"}; len(next) > 0; next = next[1:] {
		path := next[0]
		form, _, _ := strings.Cut(digits.ReplaceAllString(path, "0"), "?")
		if visited[form]++; visited[form] > alike {
			continue
		}
		body, answer := c.get(path)
		if answer.StatusCode == http.StatusNoContent { // of what is asked for again and again
			continue
		}
		if answer.StatusCode != http.StatusOK {
			c.Errorf("%s, to which a page leads, is answered %s", path, answer.Status)
			continue
		}
		if strings.HasPrefix(path, "/assets/") {
			continue
		}
		for _, want := range []struct{ header, contains string }{
			{"Content-Security-Policy", "script-src 'self'"}, {"Cache-Control", "no-store"}, {"X-Content-Type-Options", "nosniff"},
		} {
			if !strings.Contains(answer.Header.Get(want.header), want.contains) {
				c.Errorf("%s has %s %q", path, want.header, answer.Header.Get(want.header))
			}
		}
		if !strings.HasPrefix(answer.Header.Get("Content-Type"), "text/html") {
			continue
		}
		found = append(found, path)
		for _, m := range button.FindAllStringSubmatch(body, -1) {
			c.offered(path, html.UnescapeString(m[1]))
		}
		for _, m := range link.FindAllStringSubmatch(body, -1) {
			to, _, _ := strings.Cut(html.UnescapeString(m[1]), "#")
			if to != "" && !strings.HasPrefix(to, "//") && !seen[to] {
				seen[to] = true
				next = append(next, to)
			}
		}
	}
	return found
}

// offered makes sure that whom a page offers to do something may do it.
func (c *Crawler) offered(page, action string) {
	c.Helper()
	r, err := http.NewRequestWithContext(c.Context(), http.MethodPost, c.base+action, nil)
	if err != nil {
		c.Fatal(err)
	}
	_, pattern := acts().Handler(r)
	i := slices.IndexFunc(web.Routes(), func(r web.Route) bool { return r.Pattern == pattern })
	if i < 0 {
		c.Errorf("%s has a form for %s, which is nowhere", page, action)
		return
	}
	if act := web.Routes()[i].Act; act != "" && !c.role.May(act) {
		c.Errorf("%s offers %s, for which one must be allowed to %s", page, action, act)
	}
}

// acts finds the route of an address.
var acts = sync.OnceValue(func() *http.ServeMux {
	mux := http.NewServeMux()
	for _, r := range web.Routes() {
		mux.Handle(r.Pattern, http.NotFoundHandler())
	}
	return mux
})

// Send sends a batch of messages to the server.
func (c Company) Send(t testing.TB, body string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, c.Base+"/v1/batch", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.SetBasicAuth(c.Key, "")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if text, _ := io.ReadAll(answer.Body); answer.StatusCode != http.StatusOK {
		t.Fatalf("the batch was answered %s: %s", answer.Status, fmt.Sprintf("%.300s", text))
	}
}
