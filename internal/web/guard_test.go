package web_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"

	"galena/internal/access"
	"galena/internal/app"
	"galena/internal/lead"
	"galena/internal/pipeline"
	"galena/internal/sim"
	"galena/internal/staff"
	"galena/internal/web"
)

// A key for events opens no page, however it is shown.
func TestKeysOpenNoPage(t *testing.T) {
	t.Parallel()
	h := open(t).founded()
	var keys []string
	for _, kind := range []lead.KeyKind{lead.BrowserKey, lead.ServerKey, lead.APIKey} {
		key, err := h.App.CreateKey(t.Context(), kind, "a key")
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, key)
	}
	before := h.everything()
	for _, route := range web.Routes() {
		if route.Act == "" {
			continue
		}
		method, path := path(route.Pattern)
		for _, key := range keys {
			a := h.ask(method, path+"?writeKey="+key+"&key="+key, key, url.Values{"writeKey": {key}}, func(r *http.Request) { r.SetBasicAuth(key, "") },
				header("X-Write-Key", key), header("X-Api-Key", key))
			// What a form brought waits at the door.
			held := a.Code == http.StatusUnauthorized && method == http.MethodPost && strings.Contains(a.Body.String(), `action="/signin"`)
			if !held && (a.Code != http.StatusSeeOther || !strings.HasPrefix(a.Header().Get("Location"), "/signin")) {
				t.Errorf("%s with a key is answered %d", route.Pattern, a.Code)
			}
			a = h.ask(method, path, "", url.Values{}, header("Authorization", "Bearer "+key))
			if a.Code != http.StatusSeeOther || !strings.HasPrefix(a.Header().Get("Location"), "/signin") {
				t.Errorf("%s with a key as bearer is answered %d", route.Pattern, a.Code)
			}
		}
	}
	if h.everything() != before {
		t.Error("a key changed something")
	}
}

// Nothing that changes anything is done for the page of another site, whoever is
// signed in.
func TestEveryFormFromOtherSites(t *testing.T) {
	t.Parallel()
	h := open(t).founded()
	before, forms := h.everything(), 0
	for _, route := range web.Routes() {
		method, path := path(route.Pattern)
		if method == http.MethodGet {
			continue
		}
		forms++
		for _, change := range []func(*http.Request){
			header("Sec-Fetch-Site", "cross-site"), header("Sec-Fetch-Site", "same-site"), header("Origin", "https://evil.test"), header("Origin", "null"),
		} {
			for _, kind := range []string{"application/x-www-form-urlencoded", "text/plain", "application/json", "multipart/form-data; boundary=x"} {
				h.ask(method, path, h.tokens[access.Admin], url.Values{"zone": {"UTC"}}, change, header("Content-Type", kind)).want(http.StatusForbidden, "")
			}
		}
	}
	if forms < 40 {
		t.Errorf("there are only %d forms", forms)
	}
	if h.everything() != before {
		t.Error("another site changed something")
	}
}

var links = regexp.MustCompile(`(?:href|src|hx-get)="(/[^"]*)"`)

// Whoever goes wherever links lead, and to every page besides, changes nothing: by a
// GET no more than by looking.
func TestLookingChangesNothing(t *testing.T) {
	t.Parallel()
	h := open(t).founded()
	var batch pipeline.Batch
	sim.New(7, sim.Options{Leads: 20, Start: midday.Add(-60 * lead.Day), End: midday}).History(func(e lead.Event) bool {
		e.Backfill = true
		batch.Events = append(batch.Events, e)
		return true
	})
	if _, err := h.App.Ingest(t.Context(), batch); err != nil {
		t.Fatal(err)
	}
	draft, err := h.App.BeginDraft(t.Context(), app.Writing{Name: "Somebody"}, "A draft", shipped(t, "default"))
	if err != nil {
		t.Fatal(err)
	}
	before := h.everything()

	next := []string{"/", "/playbook/drafts/" + draft.ID}
	for _, route := range web.Routes() {
		if method, path := path(route.Pattern); method == http.MethodGet {
			next = append(next, path)
		}
	}
	seen, alike, visited := map[string]bool{}, map[string]int{}, 0
	numbers := regexp.MustCompile(`[0-9]+`)
	for ; len(next) > 0; next = next[1:] {
		at, _, _ := strings.Cut(next[0], "#")
		form, _, _ := strings.Cut(numbers.ReplaceAllString(at, "0"), "?")
		if alike[form]++; seen[at] || alike[form] > 3 || strings.HasPrefix(at, "//") {
			continue
		}
		seen[at] = true
		visited++
		a := h.askAs(access.Admin, at)
		if a.Code >= 500 {
			t.Errorf("%s is answered %d", at, a.Code)
		}
		for _, m := range links.FindAllStringSubmatch(a.Body.String(), -1) {
			next = append(next, html.UnescapeString(m[1]))
		}
	}
	if visited < 80 {
		t.Errorf("only %d pages were visited", visited)
	}
	if after := h.everything(); after != before {
		t.Errorf("looking changed something:\n%s", firstDifference(before, after))
	}
}

// firstDifference is the first lines in which two texts differ.
func firstDifference(a, b string) string {
	was, is := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range min(len(was), len(is)) {
		if was[i] != is[i] {
			return fmt.Sprintf("was %.300s\nis  %.300s", was[i], is[i])
		}
	}
	return fmt.Sprintf("%d lines, then %d", len(was), len(is))
}

// Of many who set the workspace up at the same time one is its admin. The others are
// told that it is done, and none of them is signed in.
func TestFirstRunRace(t *testing.T) {
	t.Parallel()
	h := open(t)
	code, err := h.staff.SetupCode(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	const people = 50
	var mu sync.Mutex
	answers := map[int]int{}
	signedIn := 0
	var all sync.WaitGroup
	start := make(chan struct{})
	for i := range people {
		all.Go(func() {
			<-start
			a := h.post("", "/setup", "code", code, "name", "Ada", "email", fmt.Sprintf("ada%d@engine.example", i), "password", password,
				"company", "Engines", "zone", "UTC", "currency", "EUR", "playbook", "default")
			mu.Lock()
			defer mu.Unlock()
			answers[a.Code]++
			for _, c := range a.Result().Cookies() {
				if strings.HasSuffix(c.Name, "galena-session") && c.MaxAge >= 0 {
					signedIn++
				}
			}
		})
	}
	close(start)
	all.Wait()
	if answers[http.StatusSeeOther] != 1 || answers[http.StatusNotFound] != people-1 || signedIn != 1 {
		t.Errorf("they were answered %v, and %d are signed in", answers, signedIn)
	}
	users, err := h.staff.Users(t.Context())
	if err != nil || len(users) != 1 || users[0].Role != access.Admin {
		t.Errorf("there are %+v, %v", users, err)
	}
}

// A link that was used, one that was taken back and one that never was read the same
// to the byte.
func TestLinksTellNothing(t *testing.T) {
	t.Parallel()
	h := open(t).founded()
	admin := h.users[access.Admin]
	invite := func(email string) string {
		t.Helper()
		secret, err := h.staff.Invite(t.Context(), admin, email, access.Sales)
		if err != nil {
			t.Fatal(err)
		}
		return secret
	}
	used, replaced := invite("cy@engine.example"), invite("di@engine.example")
	if _, err := h.staff.Redeem(t.Context(), used, "Cy", password); err != nil {
		t.Fatal(err)
	}
	invite("di@engine.example")
	ask := func(secret string) [2]string {
		get := h.ask(http.MethodGet, "/ticket?secret="+secret, "", nil).want(http.StatusNotFound, "")
		post := h.post("", "/ticket", "secret", secret, "name", "Eve", "password", password).want(http.StatusNotFound, "")
		return [2]string{get.Body.String() + fmt.Sprint(get.Header()), post.Body.String() + fmt.Sprint(post.Header())}
	}
	unknown := ask(strings.Repeat("a", len(used)))
	for what, secret := range map[string]string{"used": used, "replaced": replaced} {
		if ask(secret) != unknown {
			t.Errorf("a link that was %s tells that it was one", what)
		}
	}
}

// Every answer says what a browser may do with it, errors too, and no error tells
// what is inside.
func TestErrorsAreGuarded(t *testing.T) {
	t.Parallel()
	h := open(t).founded()
	admin := h.tokens[access.Admin]
	answers := map[string]answer{
		"nowhere":             h.askAs(access.Admin, "/nowhere").want(http.StatusNotFound, ""),
		"nowhere, unknown":    h.ask(http.MethodGet, "/nowhere", "", nil).want(http.StatusNotFound, ""),
		"a method that is no": h.ask(http.MethodDelete, "/settings/company", admin, nil),
		"another site's form": h.ask(http.MethodPost, "/settings/company", admin, url.Values{}, header("Origin", "https://evil.test")).want(http.StatusForbidden, ""),
		"a role too low":      h.askAs(access.Viewer, "/settings/users").want(http.StatusForbidden, ""),
		"a bad form":          h.ask(http.MethodPost, "/settings/company", admin, url.Values{"zone": {"Mars"}}).want(http.StatusUnprocessableEntity, ""),
		"a form too large":    h.ask(http.MethodPost, "/settings/company", admin, url.Values{"name": {strings.Repeat("x", 2<<20)}}).want(http.StatusRequestEntityTooLarge, ""),
		"a form that is none": h.ask(http.MethodPost, "/settings/company", admin, url.Values{"zone": {"UTC"}, "currency": {"EUR"}},
			func(r *http.Request) { r.Body = io.NopCloser(strings.NewReader("zone=UTC&currency=EUR&name=%zz")) }).want(http.StatusUnprocessableEntity, ""),
		"half a form": h.ask(http.MethodPost, "/settings/company", admin, nil, header("Content-Type", "multipart/form-data; boundary=x"),
			func(r *http.Request) {
				r.Body = io.NopCloser(strings.NewReader("--x\r\nContent-Disposition: form-data; name=\"zone\"\r\n\r\nUTC"))
			}).want(http.StatusUnprocessableEntity, ""),
		"a lead of nobody":   h.askAs(access.Admin, "/leads/nobody").want(http.StatusNotFound, ""),
		"a stylesheet of no": h.askAs(access.Admin, "/assets/nothing.css").want(http.StatusNotFound, ""),
		"the door":           h.ask(http.MethodGet, "/signin", "", nil).want(http.StatusOK, ""),
		"to the door":        h.ask(http.MethodGet, "/leads", "", nil).want(http.StatusSeeOther, "/signin?next=%2Fleads"),
	}
	if err := h.store.Close(); err != nil {
		t.Fatal(err)
	}
	answers["a store that is gone"] = h.askAs(access.Admin, "/leads")
	if got := answers["a store that is gone"].Code; got < 500 {
		t.Errorf("without a store a page is answered %d", got)
	}
	for what, a := range answers {
		for name, want := range map[string]string{
			"Content-Security-Policy": "frame-ancestors 'none'", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin",
			"Cross-Origin-Opener-Policy": "same-origin",
		} {
			if got := a.Header().Get(name); !strings.Contains(got, want) {
				t.Errorf("%s has %s %q", what, name, got)
			}
		}
		if csp := a.Header().Get("Content-Security-Policy"); strings.Contains(csp, "unsafe") || strings.Contains(csp, "http") || strings.Contains(csp, "*") {
			t.Errorf("%s has the policy %q", what, csp)
		}
		if a.Header().Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s may be read by other sites", what)
		}
		for _, inside := range []string{"goroutine", ".go:", "panic", "sql"} {
			if strings.Contains(strings.ToLower(a.Body.String()), inside) {
				t.Errorf("%s tells of %q: %.300s", what, inside, a.Body)
			}
		}
	}
}

// What the log says is one line for each thing, whatever others write into what they
// send, and no secret is in it.
func TestLogHoldsNoSecretsAndNoLines(t *testing.T) {
	t.Parallel()
	const evil = "x\r\nlevel=ERROR msg=forged\x1b]0;pwn\x07\x1b[31m\u2028y"
	var log bytes.Buffer
	h := open(t)
	cfg := h.Site.Config
	cfg.Logger = slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	h.Site = web.New(cfg)
	code, err := h.staff.SetupCode(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	h.ask(http.MethodGet, "/setup?code="+code, "", nil).want(http.StatusOK, "")
	h.founded()
	secret, err := h.staff.Invite(t.Context(), h.users[access.Admin], "cy@engine.example", access.Sales)
	if err != nil {
		t.Fatal(err)
	}
	hostile := []func(*http.Request){
		header("User-Agent", evil), header("Referer", evil), header("X-Request-Id", evil), header("X-Forwarded-For", "fe80::1%"+evil), header("Accept-Language", evil),
		func(r *http.Request) { r.RemoteAddr, r.Host = "10.0.0.1:5", evil },
	}
	h.ask(http.MethodPost, "/signin", "", url.Values{"email": {evil}, "password": {password}, "next": {evil}}, hostile...)
	h.ask(http.MethodPost, "/signin", "", url.Values{"email": {"viewer@engine.example"}, "password": {password + "!"}}, hostile...)
	h.ask(http.MethodPost, "/signin", "", url.Values{"email": {"viewer@engine.example"}, "password": {password}}, hostile...)
	h.ask(http.MethodGet, "/ticket?secret="+secret, "", nil, hostile...)
	h.ask(http.MethodGet, "/"+url.PathEscape(evil), h.tokens[access.Admin], nil, hostile...)
	if err := h.store.Close(); err != nil {
		t.Fatal(err)
	}
	for _, p := range []string{"/", "/leads?q=" + url.QueryEscape(evil), "/ticket?secret=" + secret, "/setup?code=" + code} {
		h.ask(http.MethodGet, p, h.tokens[access.Admin], nil, hostile...)
	}
	lines := strings.Split(strings.TrimSuffix(log.String(), "\n"), "\n")
	if len(lines) < 2 {
		t.Errorf("the log has only %d lines", len(lines))
	}
	for _, line := range lines {
		var entry map[string]any
		if err := json.Unmarshal([]byte(line), &entry); err != nil || entry["msg"] == "forged" {
			t.Errorf("%v: %q", err, line)
		}
	}
	for what, hidden := range map[string]string{"the password": password, "a session": h.tokens[access.Admin], "the code": code, "a link": secret, "forged text": "forged"} {
		if strings.Contains(log.String(), hidden) {
			t.Errorf("the log tells %s:\n%s", what, log.String())
		}
	}
	if strings.ContainsAny(log.String(), "\r\x1b\x07\u2028") {
		t.Errorf("the log holds control characters: %q", log.String())
	}
}

// A session that ends at one node is none at the next request to another, for pages
// that are open as well as for those that are asked for.
func TestSessionsEndAtOtherNodes(t *testing.T) {
	t.Parallel()
	here := open(t).founded()
	cfg := here.Site.Config
	cfg.Staff = staff.New(here.store)
	there := *here
	there.Site = web.New(cfg)
	for what, end := range map[string]func(token string, u *staff.User) error{
		"signing out":  func(token string, _ *staff.User) error { return here.staff.SignOut(t.Context(), token) },
		"another role": func(_ string, u *staff.User) error { return here.staff.SetRole(t.Context(), nil, u.ID, access.Sales) },
		"being kept out": func(_ string, u *staff.User) error {
			return here.staff.Disable(t.Context(), nil, u.ID, true)
		},
	} {
		u := here.users[access.Marketing]
		token, err := here.staff.Enter(t.Context(), u.ID, staff.Visit{})
		if err != nil {
			t.Fatal(err)
		}
		there.ask(http.MethodGet, "/events", token, nil).want(http.StatusOK, "")
		if err := end(token, u); err != nil {
			t.Fatal(err)
		}
		there.ask(http.MethodGet, "/events", token, nil).want(http.StatusSeeOther, "/signin?next=%2Fevents")
		there.ask(http.MethodGet, "/events/fresh", token, nil, header("HX-Request", "true")).want(http.StatusUnauthorized, "")
		if t.Failed() {
			t.Fatalf("after %s", what)
		}
		if err := here.staff.Disable(t.Context(), nil, u.ID, false); err != nil {
			t.Fatal(err)
		}
		if err := here.staff.SetRole(t.Context(), nil, u.ID, access.Marketing); err != nil {
			t.Fatal(err)
		}
	}
}
