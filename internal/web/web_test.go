package web_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"galena/internal/access"
	"galena/internal/app"
	"galena/internal/intake"
	"galena/internal/lead"
	"galena/internal/pipeline"
	"galena/internal/playbook"
	"galena/internal/staff"
	"galena/internal/store"
	"galena/internal/store/memory"
	"galena/internal/web"
	"galena/internal/web/words"
)

const (
	midday   = lead.Time(1_772_366_400_000) // 2026-03-01T12:00:00Z
	password = "a difference engine"
)

// house is the pages of a workspace with a user of each role.
type house struct {
	testing.TB
	*web.Site
	staff  *staff.Staff
	store  store.Store
	users  map[access.Role]*staff.User
	tokens map[access.Role]string
}

func open(t testing.TB) *house {
	t.Helper()
	return openOn(t, memory.New(func() lead.Time { return midday }))
}

func openOn(t testing.TB, s store.Store) *house {
	t.Helper()
	a, err := app.New(t.Context(), s, nil)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- a.Run(ctx, 0) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	h := &house{TB: t, staff: staff.New(s), store: s, users: map[access.Role]*staff.User{}, tokens: map[access.Role]string{}}
	h.Site = web.New(web.Config{App: a, Staff: h.staff, Clock: func() lead.Time { return midday }, Place: "/var/lib/galena", Program: "1.0",
		TrustedProxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")},
		Backup: func(_ context.Context, send func(string, int64, io.Reader) error) error {
			return send("galena.backup", 6, strings.NewReader("backup"))
		}})
	return h
}

// founded makes a user of each role, each signed in. The viewer has a password.
func (h *house) founded() *house {
	h.Helper()
	must := func(err error) {
		h.Helper()
		if err != nil {
			h.Fatal(err)
		}
	}
	var all []staff.User
	for _, role := range access.Roles {
		all = append(all, staff.User{Email: string(role) + "@engine.example", Name: "Somebody " + string(role), Role: role})
	}
	all, err := h.staff.FoundOpen(h.Context(), staff.Company{Name: "Engines", Zone: "UTC", Currency: "EUR"}, all...)
	must(err)
	for _, u := range all {
		h.users[u.Role] = &u
		if u.Role == access.Viewer {
			secret, err := h.staff.Reset(h.Context(), nil, u.ID)
			must(err)
			_, err = h.staff.Redeem(h.Context(), secret, "", password)
			must(err)
		}
		h.tokens[u.Role], err = h.staff.Enter(h.Context(), u.ID, staff.Visit{Address: "192.0.2.1"})
		must(err)
	}
	return h
}

type answer struct {
	*httptest.ResponseRecorder
	testing.TB
}

// ask asks for a page, with a session if there is a token. Each of more changes
// the request first.
func (h *house) ask(method, path, token string, form url.Values, more ...func(*http.Request)) answer {
	h.Helper()
	r := httptest.NewRequest(method, "http://galena.example"+path, strings.NewReader(form.Encode()))
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if token != "" {
		r.AddCookie(&http.Cookie{Name: "galena-session", Value: token})
	}
	for _, change := range more {
		change(r)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return answer{w, h.TB}
}

func header(name, value string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Set(name, value) }
}

func (a answer) want(status int, location string) answer {
	a.Helper()
	if a.Code != status || a.Header().Get("Location") != location {
		a.Errorf("answered %d to %q, want %d to %q: %.300s", a.Code, a.Header().Get("Location"), status, location, a.Body)
	}
	return a
}

// drawers are those in which papers are kept.
var drawers = []string{"user", "user address", "session", "user session", "user known", "ticket", "setup", "setting", "audit",
	"view", "view columns", "playbook draft", "lead note", "census", "mended", "import", "import number", "progress"}

// everything is all that is kept: papers, keys, versions, counts, states, the log and
// what was decided.
func (h *house) everything() string {
	h.Helper()
	var b strings.Builder
	err := h.store.Read(h.Context(), func(s store.Snapshot) error {
		for _, drawer := range drawers {
			papers, err := s.Papers(drawer, "", "", 1000)
			if err != nil {
				return err
			}
			for _, p := range papers {
				fmt.Fprintf(&b, "%s %s %s\n", p.Drawer, p.Name, p.Text)
			}
		}
		keys, err := s.Keys()
		if err != nil {
			return err
		}
		versions, err := s.Playbooks()
		if err != nil {
			return err
		}
		counts, err := s.Counts()
		fmt.Fprintf(&b, "%v\n%d\n%v\n", keys, len(versions), counts)
		if err != nil {
			return err
		}
		leads, err := s.Leads(0, 1000)
		if err != nil {
			return err
		}
		for _, l := range leads {
			fmt.Fprintf(&b, "%+v\n", l)
			history, err := s.History(l.ID)
			if err != nil {
				return err
			}
			decisions, err := s.Decisions(l.ID)
			if err != nil {
				return err
			}
			fmt.Fprintf(&b, "%d events, %+v\n", len(history), decisions)
		}
		return nil
	})
	if err != nil {
		h.Fatal(err)
	}
	return b.String()
}

var wildcard = regexp.MustCompile(`\{[a-z]+(\.\.\.)?\}`)

// path is an address that a route serves.
func path(pattern string) (method, path string) {
	method, path, _ = strings.Cut(pattern, " ")
	return method, wildcard.ReplaceAllString(strings.TrimSuffix(path, "{$}"), "x1")
}

// Each route by each role: who may not is refused and nothing changes, who is not
// signed in is sent to the door, and no answer is kept or framed by anybody.
func TestEveryRouteByEveryRole(t *testing.T) {
	t.Parallel()
	h := open(t).founded()
	out := h.users[access.Sales]
	if err := h.staff.Disable(t.Context(), nil, out.ID, true); err != nil {
		t.Fatal(err)
	}
	refused := 0
	for _, route := range web.Routes() {
		method, path := path(route.Pattern)
		for _, role := range append([]access.Role{""}, access.Roles...) {
			before := h.everything()
			var form url.Values
			if method != http.MethodGet {
				if role != "" && role != access.Sales && role.May(route.Act) || route.Pattern == "POST /signout" {
					continue // it would be done
				}
				form = url.Values{}
			}
			a := h.ask(method, path, h.tokens[role], form)
			what := fmt.Sprintf("%s by %q", route.Pattern, role)
			switch {
			case route.Act == "": // open
			case role == "" || role == access.Sales: // who was kept out is nobody
				if a.Code != http.StatusSeeOther || !strings.HasPrefix(a.Header().Get("Location"), "/signin") {
					t.Errorf("%s is answered %d, and not sent to the door", what, a.Code)
				}
			case !role.May(route.Act):
				refused++
				if a.Code != http.StatusForbidden {
					t.Errorf("%s is answered %d", what, a.Code)
				}
			default:
				if a.Code == http.StatusForbidden || a.Code == http.StatusInternalServerError {
					t.Errorf("%s is answered %d", what, a.Code)
				}
			}
			if h.everything() != before {
				t.Errorf("%s changed something", what)
			}
			if csp := a.Header().Get("Content-Security-Policy"); !strings.HasPrefix(csp, "default-src 'none'; script-src 'self';") || strings.Contains(csp, "unsafe") || !strings.Contains(csp, "frame-ancestors 'none'") {
				t.Errorf("%s has the policy %q", what, csp)
			}
			for name, want := range map[string]string{"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"} {
				if got := a.Header().Get(name); got != want {
					t.Errorf("%s has %s %q", what, name, got)
				}
			}
			if strings.Contains(a.Body.String(), "<script>") || strings.Contains(a.Body.String(), " style=") || strings.Contains(a.Body.String(), " onclick=") {
				t.Errorf("%s has inline script or style", what)
			}
		}
	}
	if refused < 20 {
		t.Errorf("only %d were refused", refused)
	}
}

// Every act and every role has its row and column in the table that is shown.
func TestRolesAreShown(t *testing.T) {
	t.Parallel()
	for _, act := range access.Acts() {
		if key := "settings.acts." + strings.ReplaceAll(string(act), " ", "_"); !words.Has(key) {
			t.Errorf("the page of roles has no text for %q: %s", act, key)
		}
	}
	for _, role := range access.Roles {
		if !words.Has("frame.role." + string(role)) {
			t.Errorf("there is no text for the role %q", role)
		}
	}
	page := open(t).founded().askAs(access.Viewer, "/settings/roles").want(http.StatusOK, "").Body.String()
	if got := strings.Count(page, "<tr>"); got != len(access.Acts())+1 {
		t.Errorf("the table has %d rows", got)
	}
}

func (h *house) askAs(role access.Role, path string) answer {
	h.Helper()
	return h.ask(http.MethodGet, path, h.tokens[role], nil)
}

func (h *house) post(role access.Role, path string, pairs ...string) answer {
	h.Helper()
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	return h.ask(http.MethodPost, path, h.tokens[role], form)
}

// After the door one goes where one wanted, and nowhere else.
func TestNext(t *testing.T) {
	t.Parallel()
	h := open(t).founded()
	for next, want := range map[string]string{
		"": "/", "/leads?q=a&sort=-score": "/leads?q=a&sort=-score", "/settings/you": "/settings/you",
		"//evil.test": "/", `/\evil.test`: "/", `\/\/evil.test`: "/", "/%2f%2fevil.test": "/", "/%5cevil.test": "/", "///evil.test": "/",
		"https:evil.test": "/", "https:/evil.test": "/", "HTTPS://evil.test": "/", "https://good.test@evil.test": "/", "https://evil.test?good.test": "/",
		`https://evil.test\.good.test`: "/", "javascript:alert(1)": "/", "data:text/html,x": "/", "\tjavascript:alert(1)": "/", "/\t/evil.test": "/",
		"/%09/evil.test": "/", "/%0d%0aLocation:x": "/", "https://good。test.evil": "/", "//evil%E3%80%82test": "/", "//[::1]": "/",
		"/" + strings.Repeat("a", 8<<10): "/", "/a\x00": "/", "evil": "/",
	} {
		h.askAs(access.Viewer, "/signin?next="+url.QueryEscape(next)).want(http.StatusSeeOther, want)
	}
	for next, want := range map[string]string{"/leads": "/leads", "//evil.test": "/"} {
		h.post("", "/signin", "email", "viewer@engine.example", "password", password, "next", next).want(http.StatusSeeOther, want)
	}
	h.askAs(access.Viewer, "/signin?next=/a&next=//evil.test").want(http.StatusSeeOther, "/a")
	// What cleans paths makes no other server of these.
	for _, next := range []string{"/.//evil.test", "/..//evil.test"} {
		a := h.ask(http.MethodGet, "/signin?next="+url.QueryEscape(next), h.tokens[access.Viewer], nil)
		if got := a.Header().Get("Location"); strings.HasPrefix(got, "//") || !strings.HasPrefix(got, "/") {
			t.Errorf("%q leads to %q", next, got)
		}
	}
	h.ask(http.MethodGet, "/settings/you?x=1", "", nil).want(http.StatusSeeOther, "/signin?next=%2Fsettings%2Fyou%3Fx%3D1")
	h.ask(http.MethodPost, "/settings/you", "", url.Values{}).want(http.StatusSeeOther, "/signin")
	h.ask(http.MethodPost, "/leads/lead_1/notes", "", url.Values{}, header("Referer", "http://galena.example/leads/lead_1?x=1")).want(http.StatusSeeOther, "/signin?next=%2Fleads%2Flead_1%3Fx%3D1")
	for _, from := range []string{"https://evil.test/leads", "http://galena.example", "http://galena.example/", "%", "http://galena.example:81/leads"} {
		h.ask(http.MethodPost, "/leads/lead_1/notes", "", url.Values{}, header("Referer", from)).want(http.StatusSeeOther, "/signin")
	}
	a := h.ask(http.MethodGet, "/events/fresh", "", nil, header("HX-Request", "true"), header("Referer", "http://galena.example/events")).want(http.StatusUnauthorized, "")
	if got := a.Header().Get("HX-Redirect"); got != "/signin?next=%2Fevents" {
		t.Errorf("a part of a page sends the page to %q", got)
	}
}

// What another site's page sends does nothing, whoever is signed in.
func TestOtherSites(t *testing.T) {
	t.Parallel()
	h := open(t).founded()
	for what, change := range map[string]func(*http.Request){
		"another site":     header("Sec-Fetch-Site", "cross-site"),
		"a sister domain":  header("Sec-Fetch-Site", "same-site"),
		"an old browser":   header("Origin", "https://evil.test"),
		"a nameless frame": header("Origin", "null"),
	} {
		before := h.everything()
		for _, p := range []string{"/settings/company", "/signin", "/signout", "/settings/invitations", "/setup", "/settings/backup"} {
			form := url.Values{"email": {"admin@engine.example"}, "password": {password}, "zone": {"UTC"}, "currency": {"EUR"}, "role": {"admin"}}
			h.ask(http.MethodPost, p, h.tokens[access.Admin], form, change).want(http.StatusForbidden, "")
		}
		a := h.ask(http.MethodPost, "/settings/company", h.tokens[access.Admin], nil, change, header("Content-Type", "text/plain"))
		a.want(http.StatusForbidden, "")
		if h.everything() != before {
			t.Errorf("%s changed something", what)
		}
	}
	before := h.everything()
	h.ask(http.MethodGet, "/settings/company?_method=POST", h.tokens[access.Admin], nil, header("X-HTTP-Method-Override", "POST")).want(http.StatusOK, "")
	if h.everything() != before {
		t.Error("a GET changed something")
	}
	h.ask(http.MethodPost, "/settings/company", h.tokens[access.Admin], url.Values{"name": {"Own"}, "zone": {"UTC"}, "currency": {"EUR"}}, header("Sec-Fetch-Site", "same-origin")).
		want(http.StatusSeeOther, "/settings/company")
}

// A link begins with the address of the settings, and with what the browser asked
// for where there is none; what others forward counts only from proxies that are
// named.
func TestHost(t *testing.T) {
	t.Parallel()
	h := open(t).founded()
	link := func(change ...func(*http.Request)) string {
		t.Helper()
		change = append(change, header("X-Forwarded-Host", "evil.test"), header("Forwarded", "host=evil.test"), header("X-Forwarded-Proto", "https"))
		a := h.ask(http.MethodPost, "/settings/users/"+h.users[access.Viewer].ID+"/reset", h.tokens[access.Admin], url.Values{}, change...)
		_, text, _ := strings.Cut(a.Body.String(), `id="link">`)
		text, _, _ = strings.Cut(text, "/ticket?secret=")
		return text
	}
	if got := link(); got != "http://galena.example" {
		t.Errorf("the link begins with %q", got)
	}
	proxied := func(r *http.Request) {
		r.RemoteAddr = "10.1.2.3:4"
		r.Header.Set("Cookie", strings.Replace(r.Header.Get("Cookie"), "galena-session", "__Host-galena-session", 1))
	}
	if got := link(proxied); got != "https://galena.example" {
		t.Errorf("behind our proxy the link begins with %q", got)
	}
	if err := h.staff.SetCompany(t.Context(), nil, staff.Company{Zone: "UTC", Currency: "EUR", BaseURL: "https://leads.engine.example"}); err != nil {
		t.Fatal(err)
	}
	if got := link(func(r *http.Request) { r.Host = "evil.test" }); got != "https://leads.engine.example" {
		t.Errorf("with an address in the settings the link begins with %q", got)
	}

	address := func(change ...func(*http.Request)) string {
		t.Helper()
		a := h.ask(http.MethodPost, "/signin", "", url.Values{"email": {"viewer@engine.example"}, "password": {password}}, change...)
		a.want(http.StatusSeeOther, "/")
		_, s, err := h.staff.Who(t.Context(), a.Result().Cookies()[0].Value)
		if err != nil || s == nil {
			t.Fatal(s, err)
		}
		return s.Address
	}
	forwarded := header("X-Forwarded-For", "198.51.100.9, 203.0.113.5")
	if got := address(forwarded); got != "192.0.2.1" {
		t.Errorf("a stranger says to be at %q, and is believed", got)
	}
	if got := address(forwarded, func(r *http.Request) { r.RemoteAddr = "10.0.0.1:5" }); got != "203.0.113.5" {
		t.Errorf("our proxy says that somebody is at 203.0.113.5, and it is kept as %q", got)
	}
}

// The cookie of a session is for this server alone and out of reach of scripts;
// over TLS no other host can set it.
func TestCookie(t *testing.T) {
	t.Parallel()
	h := open(t).founded()
	enter := func(change ...func(*http.Request)) *http.Cookie {
		a := h.ask(http.MethodPost, "/signin", "", url.Values{"email": {"viewer@engine.example"}, "password": {password}}, change...)
		for _, c := range a.Result().Cookies() {
			if strings.HasSuffix(c.Name, "galena-session") {
				return c
			}
		}
		t.Fatalf("no cookie: %d %s", a.Code, a.Body)
		return nil
	}
	plain := enter()
	if plain.Name != "galena-session" || !plain.HttpOnly || plain.SameSite != http.SameSiteLaxMode || plain.Domain != "" || plain.Path != "/" {
		t.Errorf("the cookie is %s", plain)
	}
	secure := enter(header("X-Forwarded-Proto", "https"), func(r *http.Request) { r.RemoteAddr = "10.0.0.1:5" })
	if secure.Name != "__Host-galena-session" || !secure.Secure || !secure.HttpOnly || secure.Domain != "" || secure.Path != "/" {
		t.Errorf("over TLS the cookie is %s", secure)
	}
	if enter(header("Cookie", "galena-session=chosen-by-another")).Value == "chosen-by-another" {
		t.Error("a session can be chosen for somebody")
	}
	h.ask(http.MethodGet, "/settings/you", plain.Value, nil).want(http.StatusOK, "")
	h.ask(http.MethodPost, "/signout", plain.Value, url.Values{}).want(http.StatusSeeOther, "/signin?out=1")
	h.ask(http.MethodGet, "/settings/you", plain.Value, nil).want(http.StatusSeeOther, "/signin?next=%2Fsettings%2Fyou")
}

// Whoever cannot be shown a page reads why, and where to go on.
func TestWaysOut(t *testing.T) {
	t.Parallel()
	h := open(t).founded()
	german := header("Accept-Language", "de")
	for _, c := range []struct {
		answer answer
		status int
		say    string
		ways   []string
	}{
		{h.askAs(access.Viewer, "/leads/lead_99"), 404, "There is no lead_99", []string{"/leads", "/"}},
		{h.askAs(access.Viewer, "/account?name=nobody"), 404, "Nobody is known of an account &#34;nobody&#34;.", []string{"/accounts", "/"}},
		{h.askAs(access.Marketing, "/playbook/drafts/none"), 404, "There is no such draft", []string{"/playbook/drafts", "/"}},
		{h.askAs(access.Viewer, "/nowhere"), 404, "The menu leads everywhere", []string{"/"}},
		{h.askAs(access.Viewer, "/settings/users"), 403, "“Invite users, change roles, end sessions” is for: Admin. You are here as Viewer. An admin can give you another role under Settings, Users: ", []string{"/settings/roles", "/"}},
		{h.post(access.Marketing, "/playbook/drafts/none/sign", "side", "sales"), 403, "Your role may not agree for sales.", []string{"/playbook/drafts", "/"}},
		{h.ask(http.MethodGet, "/nowhere", "", nil, german), 404, "Diese Seite gibt es nicht", []string{"/"}},
		{h.ask(http.MethodGet, "/ticket?secret=none", "", nil), 404, "This link does not work any more", []string{"/"}},
		{h.ask(http.MethodPost, "/signin", "", url.Values{}, header("Sec-Fetch-Site", "cross-site"), german), 403, "deshalb ist nichts geschehen", []string{"/"}},
		{h.ask(http.MethodGet, "/signin", "a-session-that-ended", nil), 200, "Your session has ended", nil},
	} {
		if c.answer.Code != c.status || c.answer.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("answered %d, want %d: %s", c.answer.Code, c.status, c.say)
		}
		body := c.answer.Body.String()
		_, content, _ := strings.Cut(body, `id="content"`)
		var ways []string
		for _, m := range links.FindAllStringSubmatch(content, -1) {
			if !strings.HasPrefix(m[1], "/assets/") {
				ways = append(ways, m[1])
			}
		}
		if !strings.Contains(content, c.say) || !slices.Equal(ways, c.ways) {
			t.Errorf("want %q and ways to %q; it leads to %q and reads %.1500s", c.say, c.ways, ways, content)
		}
	}
	if strings.Contains(h.ask(http.MethodGet, "/signin", "", nil).Body.String(), "has ended") {
		t.Error("who was never there reads of a session that ended")
	}
}

// Whoever is gone is told of as people tell it, in the reader's language and zone.
func TestWhoWasErased(t *testing.T) {
	t.Parallel()
	h := open(t).founded()
	e := lead.Event{MessageID: "one", Type: lead.Identify, UserID: "u1", Email: "a@corp.example", Occurred: midday}
	if _, err := h.Site.App.Ingest(t.Context(), pipeline.Batch{Events: []lead.Event{e}}); err != nil {
		t.Fatal(err)
	}
	h.post(access.Admin, "/leads/lead_1/erase", "typed", "lead_1", "reason", "asked for it").want(http.StatusSeeOther, "/leads")
	page := h.askAs(access.Viewer, "/leads/lead_1").want(http.StatusNotFound, "").Body.String()
	want := "lead_1 was erased at " + (&words.Voice{Lang: "en", Zone: time.UTC}).Exact(midday) + ". What stays names nobody"
	if !strings.Contains(page, want) {
		t.Errorf("want %q in %s", want, page)
	}
}

// Who may only look at imports and rejects is not told to bring or to mend.
func TestWhoOnlyLooks(t *testing.T) {
	t.Parallel()
	h := open(t).founded()
	h.Imports = intake.New(t.Context(), intake.Config{App: h.App})
	for path, offer := range map[string]string{"/imports": "Bring people or events", "/rejects": "Mend it here"} {
		for role, may := range map[access.Role]bool{access.Marketing: true, access.Manager: false} {
			page := h.askAs(role, path).want(http.StatusOK, "").Body.String()
			if strings.Contains(page, offer) != may || strings.Contains(page, "Your role only looks") == may {
				t.Errorf("%s as %s: that it may is %v: %.3000s", path, role, may, page)
			}
		}
	}
}

// An invitation says for whom and as what it is, and that it takes the place of another.
func TestInvitationsReplaceOthers(t *testing.T) {
	t.Parallel()
	h := open(t).founded()
	h.post(access.Admin, "/settings/invitations", "email", "cy@engine.example", "role", "marketing").want(http.StatusOK, "")
	page := h.post(access.Admin, "/settings/invitations", "email", "cy@engine.example", "role", "sales").want(http.StatusOK, "").Body.String()
	for _, want := range []string{"An invitation for cy@engine.example, as Sales", "an earlier link for this address works no more"} {
		if !strings.Contains(page, want) {
			t.Errorf("want %q in %s", want, page)
		}
	}
}

// Who is unknown and who has another password read the same to the byte.
func TestNothingIsTold(t *testing.T) {
	t.Parallel()
	h := open(t).founded()
	if err := h.staff.Disable(t.Context(), nil, h.users[access.Sales].ID, true); err != nil {
		t.Fatal(err)
	}
	first := ""
	for _, try := range [][2]string{{"viewer@engine.example", "wrong"}, {"nobody@engine.example", password}, {"sales@engine.example", password}} {
		a := h.post("", "/signin", "email", try[0], "password", try[1]).want(http.StatusForbidden, "")
		got := strings.ReplaceAll(a.Body.String(), try[0], "") + fmt.Sprint(a.Header())
		if first == "" {
			first = got
		}
		if got != first {
			t.Errorf("%s is told something else:\n%s\nthan\n%s", try[0], got, first)
		}
	}
	for _, secret := range []string{"", "x", strings.Repeat("a", 32)} {
		h.ask(http.MethodGet, "/ticket?secret="+secret, "", nil).want(http.StatusNotFound, "")
		h.post("", "/ticket", "secret", secret, "name", "Eve", "password", password).want(http.StatusNotFound, "")
	}
	h.ask(http.MethodGet, "/setup", "", nil).want(http.StatusNotFound, "")
	h.post("", "/setup", "code", "x", "name", "Eve").want(http.StatusNotFound, "")
	h.ask(http.MethodGet, "/demo", "", nil).want(http.StatusNotFound, "")
	h.post("", "/demo", "user", h.users[access.Admin].ID).want(http.StatusNotFound, "")
	for i := range 12 {
		if a := h.post("", "/signin", "email", "viewer@engine.example", "password", "wrong"); a.Code == http.StatusTooManyRequests {
			if a.Header().Get("Retry-After") == "" {
				t.Error("who tries too often is not told when to come again")
			}
			return
		} else if i == 11 {
			t.Error("a dozen wrong passwords are taken")
		}
	}
}

// A page with a secret in its address tells the address nobody.
func TestSecretAddresses(t *testing.T) {
	t.Parallel()
	h := open(t)
	code, err := h.staff.SetupCode(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	a := h.ask(http.MethodGet, "/setup?code="+code, "", nil).want(http.StatusOK, "")
	if got := a.Header().Get("Referrer-Policy"); got != "strict-origin" {
		t.Errorf("the set-up has the policy %q", got)
	}
	h.ask(http.MethodGet, "/", "", nil).want(http.StatusSeeOther, "/setup")
	h.ask(http.MethodGet, "/setup", "", nil).want(http.StatusForbidden, "")
}

func shipped(t *testing.T, name string) []byte {
	t.Helper()
	source, ok := playbook.Shipped(name)
	if !ok {
		t.Fatalf("%s is not shipped", name)
	}
	return source
}

// From the code of the set-up to the first keys, which are shown there and then.
func TestSetUpMakesKeys(t *testing.T) {
	t.Parallel()
	h := open(t)
	code, err := h.staff.SetupCode(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	a := h.post("", "/setup", "code", code, "name", "Ada", "email", "ada@engine.example", "password", password, "company", "Engines",
		"zone", "Europe/Berlin", "currency", "EUR", "playbook", "pql").want(http.StatusSeeOther, "/first")
	versions, err := h.App.Playbooks(t.Context())
	if err != nil || len(versions) != 2 || versions[1].Author != "Ada" {
		t.Errorf("another playbook was chosen, and there are %+v, %v", versions, err)
	}
	if source, err := h.App.PlaybookSource(t.Context(), 2); err != nil || !bytes.Equal(source, shipped(t, "pql")) {
		t.Errorf("the playbook in force is not the one that was chosen, %v", err)
	}
	cookies := a.Result().Cookies()
	show := func(cookies []*http.Cookie) string {
		t.Helper()
		return h.ask(http.MethodGet, "/first", "", nil, func(r *http.Request) {
			for _, c := range cookies {
				r.AddCookie(c)
			}
		}).want(http.StatusOK, "").Body.String()
	}
	keys := regexp.MustCompile(`-key">(c[0-9a-z]{24})<`).FindAllStringSubmatch(show(cookies), -1)
	if len(keys) != 2 {
		t.Fatalf("%d keys are shown", len(keys))
	}
	for i, kind := range []lead.KeyKind{lead.BrowserKey, lead.ServerKey} {
		if _, got, ok, err := h.App.WriteKey(t.Context(), keys[i][1]); err != nil || !ok || got != kind {
			t.Errorf("the key for a %s is %q, %t, %v", kind, got, ok, err)
		}
	}
	for _, c := range cookies {
		if c.Name == "galena-first-keys" && (c.Path != "/first" || !c.HttpOnly || c.MaxAge <= 0 || c.MaxAge > 3600) {
			t.Errorf("the keys are in a cookie %s", c)
		}
	}
	forged := []*http.Cookie{cookies[0], {Name: "galena-first-keys", Value: "PHNjcmlwdD4gPC9zY3JpcHQ-"}}
	if page := show(forged); strings.Contains(page, "browser-key") || strings.Contains(page, "<script>") {
		t.Error("what is no key is shown as one")
	}
}

// hostile are texts that would run in a page that shows them as they are.
var hostile = []string{
	`<script>__x(1)</script>`, `"><script>__x(2)</script>`, `'><img src=x onerror=__x(3)>`, `<svg/onload=__x(4)>`,
	`<details open ontoggle=__x(6)>`, `</title><script>__x(14)</script>`, `</textarea><script>__x(15)</script>`, `</style><script>__x(16)</script>`,
	`--><script>__x(17)</script>`, `" autofocus onfocus=__x(28) x="`, `' onmouseover=__x(29) '`, `<base href=//canary>`,
	`<meta http-equiv=refresh content="0;url=//canary">`, `<form id=attributes><input name=innerHTML>`, `javascript:__x(9)`, `{{constructor.constructor('__x(24)')()}}`,
}

// Wherever these pages show a text of somebody's, it is shown and does nothing.
func TestHostileTextsAreShown(t *testing.T) {
	t.Parallel()
	h := open(t).founded()
	// What a page may hold of its own: where markup of a text's would be.
	runs := regexp.MustCompile(`(?i)<script>|<(svg|img|details|base|form)[^>]*(__x|canary|attributes)|<[^>"]*("[^"]*"[^>"]*)*\son[a-z]+\s*=|(href|src|action)="\s*javascript`)
	for i, text := range hostile {
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		admin := h.users[access.Admin]
		must(h.staff.Prefer(t.Context(), admin.ID, staff.Preferences{Name: text}))
		must(h.staff.SetCompany(t.Context(), admin, staff.Company{Name: text, Zone: "UTC", Currency: "EUR"}))
		must(h.staff.Note(t.Context(), admin, text, text, text))
		token, err := h.staff.Enter(t.Context(), admin.ID, staff.Visit{Agent: text, Address: text})
		must(err)
		secret, err := h.staff.Reset(t.Context(), admin, admin.ID)
		must(err)
		pages := map[string]answer{
			"the settings": h.ask(http.MethodGet, "/settings/you", token, nil),
			"the users":    h.ask(http.MethodGet, "/settings/users", token, nil),
			"a user":       h.ask(http.MethodGet, "/settings/users/"+admin.ID, token, nil),
			"the record":   h.ask(http.MethodGet, "/settings/audit", token, nil),
			"the company":  h.ask(http.MethodGet, "/settings/company", token, nil),
			"a bad form":   h.ask(http.MethodPost, "/settings/company", token, url.Values{"name": {text}, "zone": {text}, "currency": {text}, "base_url": {text}}),
			"a bad invite": h.ask(http.MethodPost, "/settings/invitations", token, url.Values{"email": {text}, "role": {text}}),
			"a bad role":   h.ask(http.MethodPost, "/settings/users/"+admin.ID+"/role", token, url.Values{"role": {text}}),
			"a ticket":     h.ask(http.MethodGet, "/ticket?secret="+secret, "", nil),
			"the door":     h.ask(http.MethodPost, "/signin", "", url.Values{"email": {text}, "password": {"x"}, "next": {text}}, func(r *http.Request) { r.RemoteAddr = fmt.Sprintf("192.0.2.%d:1", i) }),
			"nowhere":      h.ask(http.MethodGet, "/"+url.PathEscape(text), token, nil),
		}
		for what, a := range pages {
			if a.Code >= 500 || a.Code == http.StatusSeeOther {
				t.Errorf("%s with %q is answered %d", what, text, a.Code)
			}
			if found := runs.FindString(a.Body.String()); found != "" {
				t.Errorf("%s with %q holds %q", what, text, found)
			}
		}
	}
}

// Nothing is served that is no page: no files, no insides.
func TestNowhere(t *testing.T) {
	t.Parallel()
	h := open(t).founded()
	for _, path := range []string{"/debug/pprof/", "/debug/vars", "/.env", "/galena.db", "/settings/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/assets/../galena.db", "/settings/users/../../x", "/admin", "/phpmyadmin"} {
		if a := h.askAs(access.Admin, path); a.Code == http.StatusOK || a.Code >= 500 {
			t.Errorf("%s is answered %d", path, a.Code)
		}
	}
	for _, method := range []string{http.MethodPut, http.MethodDelete, http.MethodPatch} {
		if a := h.ask(method, "/settings/company", h.tokens[access.Admin], url.Values{}); a.Code < 400 || a.Code >= 500 {
			t.Errorf("%s is answered %d", method, a.Code)
		}
	}
}
