package web_test

import (
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"galena/internal/access"
	"galena/internal/kit/need"
	"galena/internal/lead"
	"galena/internal/pipeline"
	"galena/internal/store"
	"galena/internal/store/memory"
	"galena/internal/web"
	"galena/internal/web/asset"
)

// inhabited is a workspace with so many leads, five of each account, who each came
// and did something; listed and counted.
func inhabited(t testing.TB, s store.Store, leads int) *house {
	t.Helper()
	h := openOn(t, s).founded()
	a := h.Site.App
	for from := 0; from < leads; from += 500 {
		b := pipeline.Batch{}
		for n := from; n < min(from+500, leads); n++ {
			user, address := fmt.Sprintf("user-%d", n), fmt.Sprintf("person-%d@company-%d.example", n, n/5)
			traits := map[string]any{"email": address, "firstName": "Ada", "lastName": fmt.Sprintf("No. %d", n), "title": "Head of Sales", "employees": 300.0}
			b.Events = append(b.Events,
				lead.Event{MessageID: "identify-" + user, Type: lead.Identify, UserID: user, Email: address, Company: address[strings.Index(address, "@")+1:],
					Occurred: midday.Add(-lead.Hour), Traits: traits, Body: fmt.Appendf(nil, `{"traits":{"email":"%s","title":"Head of Sales","employees":300}}`, address)},
				lead.Event{MessageID: "demo-" + user, Type: lead.Track, Name: "Demo Requested", UserID: user, Occurred: midday.Add(int64(-n) * lead.Second)})
		}
		if _, err := a.Ingest(t.Context(), b); err != nil {
			t.Fatal(err)
		}
	}
	for _, do := range []func(context.Context) error{a.Follow, a.Census} {
		if err := do(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	return h
}

// looks are all pages with something on them, of a workspace that is inhabited.
func looks() []string {
	all := []string{
		"/leads/lead_1", "/leads/lead_1/whatif", "/account?name=company-1.example", "/events/1", "/events?name=zebra", "/events?who=user-1",
		"/leads?kind=lead&sort=-last_seen", "/leads?q=ada", "/leads?q=zebra", "/leads?title~=nobody", "/leads?stage=SQL", "/accounts?find=company",
	}
	for _, r := range web.Routes() {
		path, get := strings.CutPrefix(r.Pattern, "GET ")
		if get && r.Act != "" && !strings.Contains(path, "{") {
			all = append(all, path)
		}
	}
	return append(all, "/")
}

// firstBytes is what a browser that comes for the first time may be sent, packed.
const firstBytes = 150_000

var (
	loaded = regexp.MustCompile(`/assets/[a-zA-Z0-9._-]+`)
	// A page that is in English, German or another language of Western Europe needs
	// one of the files of the font.
	fonts = regexp.MustCompile(`inter-latin-wght-[a-zA-Z0-9-]+\.woff2`)
)

func TestFirstPageIsSmall(t *testing.T) {
	t.Parallel()
	if !asset.Built() {
		need.Missing(t, "make assets was not run")
	}
	h := inhabited(t, memory.New(func() lead.Time { return midday }), 120)
	packed := func(r *http.Request) { r.Header.Set("Accept-Encoding", "gzip") }
	weigh := func(path string) int {
		w := httptest.NewRecorder()
		r := httptest.NewRequest("GET", "http://galena.example"+path, nil)
		packed(r)
		h.Site.ServeHTTP(w, r)
		if w.Code != http.StatusOK || w.Body.Len() == 0 {
			t.Errorf("%s was answered with %d.", path, w.Code)
		}
		return w.Body.Len()
	}
	css := h.ask("GET", asset.Path("app.css"), "", nil).Body.String()
	font := fonts.FindString(css)
	if font == "" {
		t.Fatal("The styles name no font.")
	}
	for _, path := range looks() {
		page := h.ask("GET", path, h.tokens[access.Admin], nil, packed)
		if page.Code != http.StatusOK || !strings.HasPrefix(page.Header().Get("Content-Type"), "text/html") {
			continue // a page of what is not there, or no page
		}
		sum := page.Body.Len() + weigh(asset.Prefix+font)
		z, err := gzip.NewReader(page.Body)
		if err != nil {
			t.Fatal(path, err)
		}
		text, err := io.ReadAll(z)
		if err != nil {
			t.Fatal(path, err)
		}
		if !strings.HasPrefix(strings.ToLower(string(text)), "<!doctype") {
			continue // a part
		}
		found := slices.Compact(slices.Sorted(slices.Values(loaded.FindAllString(string(text), -1))))
		if len(found) < 3 {
			t.Errorf("%s loads only %v.", path, found)
		}
		for _, file := range found {
			sum += weigh(file)
		}
		if sum > firstBytes {
			t.Errorf("%s sends %d bytes, with %v; at most %d are allowed.", path, sum, found, firstBytes)
		}
	}
}

// counting counts how much its readers are given.
type counting struct {
	store.Store
	mu    sync.Mutex
	given map[string]int
}

func (c *counting) Read(ctx context.Context, fn func(store.Snapshot) error) error {
	return c.Store.Read(ctx, func(s store.Snapshot) error { return fn(counted{s, c}) })
}

func (c *counting) note(what string, rows int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.given[what] += 1 + rows
}

// take gives what was counted since it was asked last.
func (c *counting) take() map[string]int {
	c.mu.Lock()
	defer c.mu.Unlock()
	given := c.given
	c.given = map[string]int{}
	return given
}

// counted counts all questions whose answers can grow with the workspace, but for
// those about the log, and rows that a list only looks through: these have bounds of
// their own, that a test of a few thousand events does not reach (app.EventLook,
// app.SchemaLook, app.MaxLooked).
type counted struct {
	store.Snapshot
	by *counting
}

func noted[T any](c counted, what string, rows []T, err error) ([]T, error) {
	c.by.note(what, len(rows))
	return rows, err
}

func notedMap[K comparable, V any](c counted, what string, rows map[K]V, err error) (map[K]V, error) {
	c.by.note(what, len(rows))
	return rows, err
}

func (c counted) States(ids []lead.ID) (map[lead.ID]store.LeadRow, error) {
	rows, err := c.Snapshot.States(ids)
	return notedMap(c, "states", rows, err)
}

func (c counted) Leads(after lead.ID, limit int) ([]store.LeadRow, error) {
	rows, err := c.Snapshot.Leads(after, limit)
	return noted(c, "leads", rows, err)
}

func (c counted) Due(at lead.Time, limit int) ([]store.LeadRow, error) {
	rows, err := c.Snapshot.Due(at, limit)
	return noted(c, "due", rows, err)
}

func (c counted) History(id lead.ID) ([]lead.Event, error) {
	rows, err := c.Snapshot.History(id)
	return noted(c, "history", rows, err)
}

func (c counted) Latest(id lead.ID, before int64, limit int) ([]lead.Event, error) {
	rows, err := c.Snapshot.Latest(id, before, limit)
	return noted(c, "latest", rows, err)
}

func (c counted) Identifiers(id lead.ID) ([]store.Link, error) {
	rows, err := c.Snapshot.Identifiers(id)
	return noted(c, "identifiers", rows, err)
}

func (c counted) Decisions(id lead.ID) ([]lead.Decision, error) {
	rows, err := c.Snapshot.Decisions(id)
	return noted(c, "decisions", rows, err)
}

func (c counted) Listed(q store.ListQuery) (store.ListPart, error) {
	p, err := c.Snapshot.Listed(q)
	_, err = noted(c, "listed", p.Rows, err)
	return p, err
}

func (c counted) ListedAfter(after lead.ID, limit int) ([]store.ListRow, error) {
	rows, err := c.Snapshot.ListedAfter(after, limit)
	return noted(c, "listed after", rows, err)
}

func (c counted) ListedOf(account string, limit int) ([]store.ListRow, error) {
	rows, err := c.Snapshot.ListedOf(account, limit)
	return noted(c, "listed of", rows, err)
}

func (c counted) ListedAccounts(after *store.AccountPlace, limit int) ([]store.AccountTotal, error) {
	rows, err := c.Snapshot.ListedAccounts(after, limit)
	return noted(c, "listed accounts", rows, err)
}

func (c counted) CountListed(q store.ListQuery, limit int) (store.ListCount, error) {
	c.by.note("counted", 0)
	return c.Snapshot.CountListed(q, limit)
}

func (c counted) MembersOf(account string, after lead.ID, limit int) ([]lead.ID, error) {
	rows, err := c.Snapshot.MembersOf(account, after, limit)
	return noted(c, "members", rows, err)
}

func (c counted) Papers(drawer, prefix, after string, limit int) ([]store.Paper, error) {
	rows, err := c.Snapshot.Papers(drawer, prefix, after, limit)
	return noted(c, "papers", rows, err)
}

// No page asks more of the store where there are more leads. Names of accounts are
// read up to a bound to find a part of one, and are not counted.
func TestPagesReadNoMoreOfMoreLeads(t *testing.T) {
	t.Parallel()
	given := func(leads int) map[string]map[string]int {
		c := &counting{Store: memory.New(func() lead.Time { return midday }), given: map[string]int{}}
		h := inhabited(t, c, leads)
		all := map[string]map[string]int{}
		for _, path := range looks() {
			c.take()
			if answer := h.ask("GET", path, h.tokens[access.Admin], nil); answer.Code >= 500 {
				t.Errorf("%s was answered with %d.", path, answer.Code)
			}
			all[path] = c.take()
		}
		return all
	}
	few, many := given(400), given(1600)
	for _, path := range slices.Sorted(maps.Keys(many)) {
		for what, n := range many[path] {
			if least := few[path][what]; n > least+least/10 {
				t.Errorf("%s is given %d of %s with 400 leads, and %d with 1600.", path, least, what, n)
			}
		}
	}
	if few["/leads"]["listed"] < 50 || few["/leads/lead_1"]["history"] < 3 {
		t.Errorf("Little is counted: %v, %v.", few["/leads"], few["/leads/lead_1"])
	}
}
