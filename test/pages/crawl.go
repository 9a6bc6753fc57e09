package pages

import (
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

// Crawler goes where links lead, without a browser.
type Crawler struct {
	testing.TB
	base   string
	client *http.Client
}

// Crawl enters a demo as the user with a role.
func Crawl(t testing.TB, base, role string) *Crawler {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	c := &Crawler{t, base, &http.Client{Jar: jar, Timeout: patience}}
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
