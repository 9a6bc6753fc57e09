package web_test

import (
	"context"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"galena/internal/access"
	"galena/internal/app"
	"galena/internal/lead"
	"galena/internal/playbook"
	"galena/internal/staff"
	"galena/internal/store/memory"
	"galena/internal/web"
)

// office is a workspace with pages, and a user of each role.
type office struct {
	*httptest.Server
	app   *app.App
	staff *staff.Staff
}

func openOffice(t testing.TB) *office {
	t.Helper()
	s := memory.New(func() lead.Time { return 1_772_366_400_000 })
	a, err := app.New(t.Context(), s, nil)
	if err != nil {
		t.Fatal(err)
	}
	people := staff.New(s)
	var users []staff.User
	for _, r := range access.Roles {
		users = append(users, staff.User{Email: string(r) + "@office.example", Name: "The " + string(r), Role: r})
	}
	if _, err := people.FoundOpen(t.Context(), staff.Company{Name: "Office", Zone: "UTC", Currency: "EUR"}, users...); err != nil {
		t.Fatal(err)
	}
	life, end := context.WithCancel(context.Background())
	t.Cleanup(end)
	o := &office{Server: httptest.NewServer(web.New(web.Config{App: a, Staff: people, Demo: true, Previews: a.Previews(life)})), app: a, staff: people}
	t.Cleanup(o.Close)
	return o
}

// visitor is a browser in which a user is signed in.
type visitor struct {
	testing.TB
	*http.Client
	base string
}

func (o *office) enter(t testing.TB, role access.Role) *visitor {
	t.Helper()
	users, err := o.staff.Users(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	u := users[slices.IndexFunc(users, func(u staff.User) bool { return u.Role == role })]
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	v := &visitor{t, &http.Client{Jar: jar, Transport: o.Client().Transport}, o.URL}
	v.post("/demo", url.Values{"user": {u.ID}}, 404, 200) // home needs no more than to be there
	return v
}

// read gives a page, which must answer with one of some codes.
func (v *visitor) read(r *http.Response, err error, codes ...int) (path, text string) {
	v.Helper()
	if err != nil {
		v.Fatal(err)
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		v.Fatal(err)
	}
	for _, c := range codes {
		if r.StatusCode == c {
			return r.Request.URL.Path, string(body)
		}
	}
	v.Fatalf("%s answers %d, want %v: %s", r.Request.URL, r.StatusCode, codes, body)
	return "", ""
}

func (v *visitor) get(path string, codes ...int) string {
	v.Helper()
	r, err := v.Get(v.base + path)
	_, text := v.read(r, err, codes...)
	return text
}

func (v *visitor) post(path string, form url.Values, codes ...int) (to, text string) {
	v.Helper()
	r, err := v.PostForm(v.base+path, form)
	return v.read(r, err, codes...)
}

// begin makes a draft, and gives its address.
func (v *visitor) begin(name string) string {
	v.Helper()
	to, _ := v.post("/playbook/drafts", url.Values{"name": {name}, "source": {"1"}}, 200)
	return to
}

// What browsers make of line ends does not reach the text.
func TestDraftThroughAFormIsKeptToTheByte(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	v := o.enter(t, access.Marketing)
	draft := v.begin("Autumn <script>")
	source, _ := playbook.Shipped(app.DefaultPlaybook)
	as := func(text string) string { return strings.ReplaceAll(text, "\n", "\r\n") }
	v.post(draft, url.Values{"revision": {"1"}, "text": {as(string(source))}}, 200)
	if got := v.get(draft+"/yaml", 200); got != string(source) {
		t.Error("what was not changed came back otherwise")
	}
	changed := strings.Replace(string(source), "score >= 60", "score >= 61", 1)
	v.post(draft, url.Values{"revision": {"1"}, "text": {as(changed)}}, 200)
	if got := v.get(draft+"/yaml", 200); got != changed {
		t.Error("what was changed in one place came back otherwise")
	}
	_, text := v.post(draft, url.Values{"revision": {"1"}, "text": {"mine"}}, 409)
	if !strings.Contains(text, "The marketing saved this draft meanwhile") || !strings.Contains(text, ">\nmine</textarea>") {
		t.Error("who wrote from the former text is not told, or loses what they wrote")
	}
	if strings.Contains(text, "<script>\"") || strings.Contains(text, "Autumn <script>") {
		t.Error("the name of the draft is HTML")
	}
}

// Each side signs for itself.
func TestOnlyASideSignsForIt(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	v := o.enter(t, access.Marketing)
	draft := v.begin("Autumn")
	v.post(draft+"/sign", url.Values{"revision": {"1"}, "side": {"sales"}}, 403)
	v.post(draft+"/sign", url.Values{"revision": {"1"}, "side": {""}}, 403)
	m := o.enter(t, access.Manager)
	m.post(draft+"/sign", url.Values{"revision": {"1"}, "side": {"marketing"}}, 403)
	_, text := m.post(draft+"/sign", url.Values{"revision": {"1"}, "side": {"sales"}}, 200)
	if !strings.Contains(text, "The manager signed for sales") {
		t.Error("who signed is not told")
	}
	m.post(draft+"/publish", url.Values{"revision": {"1"}, "base": {"1"}, "note": {"x"}}, 403)
	s := o.enter(t, access.Sales)
	s.get("/playbook", 200)
	s.get(draft, 403)
	s.post(draft, url.Values{"revision": {"1"}, "text": {"x"}}, 403)
	s.post("/playbook/versions/1/restore", nil, 403)
}

// Who compared with a version that is not in force any more is told so, and keeps
// what they wrote.
func TestPublishingAgainstAnOlderVersion(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	v := o.enter(t, access.Marketing)
	draft := v.begin("Autumn")
	source, _ := playbook.Shipped(app.DefaultPlaybook)
	v.post(draft, url.Values{"revision": {"1"}, "text": {string(source) + "# mine\n"}}, 200)
	if _, err := o.app.Publish(t.Context(), app.Proposal{Source: append(source, "# theirs\n"...), Base: 1}); err != nil {
		t.Fatal(err)
	}
	_, text := v.post(draft+"/publish", url.Values{"revision": {"2"}, "base": {"1"}, "note": {"my note"}}, 422)
	if !strings.Contains(text, "Another version was published meanwhile") || !strings.Contains(text, ">my note</textarea>") || !strings.Contains(text, "begun from version 1, and version 2 is in force") {
		t.Errorf("one reads %s", text)
	}
	if _, text = v.post(draft+"/publish", url.Values{"revision": {"2"}, "base": {"2"}, "note": {" \n "}}, 422); !strings.Contains(text, "Write what changes, and why.") {
		t.Error("a note of blanks is one")
	}
	_, text = v.post(draft+"/publish", url.Values{"revision": {"2"}, "base": {"2"}, "note": {"my note"}}, 200)
	if !regexp.MustCompile(`Version 3[\s\S]*my note`).MatchString(text) {
		t.Error("after that it is not published")
	}
	v.get(draft, 404)
	entries, err := o.staff.Audit(t.Context(), "", 10)
	if err != nil || !slices.ContainsFunc(entries, func(e staff.Entry) bool {
		return e.What == "playbook.published" && e.By == "The marketing" && e.On == "version 3" && e.More == "my note"
	}) {
		t.Errorf("the audit log says %+v, %v", entries, err)
	}
}

// Who is told that somebody else saved meanwhile is told so again when they send the
// same form once more: it would take back what the other did.
func TestAFormOfAFormerTextStaysRefused(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	v := o.enter(t, access.Marketing)
	draft := v.begin("Autumn")
	source, _ := playbook.Shipped(app.DefaultPlaybook)
	theirs := strings.Replace(string(source), "score >= 60", "score >= 61", 1)
	v.post(draft, url.Values{"revision": {"1"}, "text": {theirs}}, 200)
	revision := regexp.MustCompile(`name="revision" value="(\d+)"`)
	for path, form := range map[string]url.Values{
		"/dials":                                 {"scores.fit.rules[0].points": {"16"}, "stages[2].when#2": {"60"}},
		"/bounds":                                {"scores.fit.cap": {"40"}},
		"/decay?path=scores.interest_points":     {"kind": {"half_life"}, "span": {"45d"}, "do": {"save"}},
		"/condition?path=stages%5B2%5D.when":     {"cel.0": {"reachable"}, "joint": {"all"}, "do": {"save"}},
		"/condition?path=stages%5B2%5D.when#add": {"joint": {"all"}, "do": {"add"}}, // a form on its way
	} {
		form.Set("revision", "1")
		code := http.StatusUnprocessableEntity
		if form.Get("do") == "add" {
			code = http.StatusOK
		}
		_, text := v.post(draft+path, form, code)
		shown := revision.FindAllStringSubmatch(text, -1)
		if len(shown) == 0 {
			t.Errorf("%s shows no form", path)
		}
		for _, s := range shown {
			if s[1] != "1" {
				t.Errorf("%s shows a form of revision %s with the values of revision 1", path, s[1])
			}
		}
	}
	if got := v.get(draft+"/yaml", 200); got != theirs {
		t.Error("what the other saved is not there any more")
	}
}

// Who puts an earlier version in force again is told when another one was published
// since they looked, and keeps what they wrote.
func TestRestoringAfterAnotherVersionWasPublished(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	v := o.enter(t, access.Marketing)
	source, _ := playbook.Shipped(app.DefaultPlaybook)
	publish := func(base int, mark string) {
		t.Helper()
		if _, err := o.app.Publish(t.Context(), app.Proposal{Source: append(slices.Clone(source), mark...), Base: base}); err != nil {
			t.Fatal(err)
		}
	}
	publish(1, "# second\n")
	form := hiddenFields(v.get("/playbook/versions/1?restore=yes", 200))
	publish(2, "# third\n")
	form.Set("note", "my note")
	form.Set("apply", "yes")
	_, text := v.post("/playbook/versions/1/restore", form, 422)
	if !strings.Contains(text, "Another version was published meanwhile") || !strings.Contains(text, ">\nmy note</textarea>") || !strings.Contains(text, `value="yes" checked`) {
		t.Errorf("one reads %s", text)
	}
	for name, values := range hiddenFields(text) {
		form[name] = values
	}
	form.Set("note", " \t\n")
	if _, text = v.post("/playbook/versions/1/restore", form, 422); !strings.Contains(text, "Write what changes, and why.") {
		t.Error("a note of blanks is one")
	}
	form.Set("note", "my note")
	_, text = v.post("/playbook/versions/1/restore", form, 200)
	if !regexp.MustCompile(`Version 4[\s\S]*my note`).MatchString(text) {
		t.Error("after that it is not published")
	}
}

// Before a draft is thrown away it is asked for, also without any script.
func TestDropDraftIsAskedFor(t *testing.T) {
	t.Parallel()
	v := openOffice(t).enter(t, access.Marketing)
	draft := v.begin("Doubtful")
	if text := v.get(draft, 200); strings.Contains(text, `<dialog id="drop" aria-labelledby="drop-title" open`) || !strings.Contains(text, `href="`+draft+`?drop=yes"`) {
		t.Error("it is asked for before somebody wants it, or cannot be")
	}
	if text := v.get(draft+"?drop=yes", 200); !strings.Contains(text, `<dialog id="drop" aria-labelledby="drop-title" open>`) || !strings.Contains(text, `action="`+draft+`/drop"`) {
		t.Error("it is not asked for")
	}
	v.post(draft+"/drop", nil, 200)
	v.get(draft, 404)
}
