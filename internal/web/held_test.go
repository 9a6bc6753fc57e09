package web_test

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"galena/internal/access"
	"galena/internal/lead"
	"galena/internal/pipeline"
)

var hiddenField = regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)"`)

// hiddenFields are what a page's form sends without being asked.
func hiddenFields(page string) (form url.Values) {
	form = url.Values{}
	for _, f := range hiddenField.FindAllStringSubmatch(page, -1) {
		form.Add(html.UnescapeString(f[1]), html.UnescapeString(f[2]))
	}
	return form
}

// What somebody typed while their session ended is there after they have signed in,
// to the byte, and is done only when they send it again.
func TestTypedTextOutlastsTheSession(t *testing.T) {
	t.Parallel()
	h := open(t).founded()
	_, err := h.App.Ingest(t.Context(), pipeline.Batch{Events: []lead.Event{{MessageID: "1", Type: lead.Identify, Origin: lead.Server, UserID: "ada", Occurred: midday,
		Body: []byte(`{"traits":{"email":"ada@engine.example"}}`)}}})
	if err != nil {
		t.Fatal(err)
	}
	viewer := h.users[access.Viewer]
	if err := h.staff.SetRole(t.Context(), nil, viewer.ID, access.Sales); err != nil {
		t.Fatal(err)
	}
	const note = "\nShe called: \"<b>1 & 2</b>\",\r\nשלום \u202e + 100 %, ä\u00a0ö"
	noted := func() bool {
		t.Helper()
		return strings.Contains(h.askAs(access.Admin, "/leads/lead_1").want(http.StatusOK, "").Body.String(), "100 %, ä")
	}

	a := h.ask(http.MethodPost, "/leads/lead_1/notes", "ended", url.Values{"text": {note}, "more": {"a", "b"}}, header("Referer", "http://galena.example/leads/lead_1")).want(http.StatusUnauthorized, "")
	door := hiddenFields(a.Body.String())
	door.Set("email", viewer.Email)
	door.Set("password", "not hers at all")
	a = h.ask(http.MethodPost, "/signin", "", door).want(http.StatusForbidden, "")
	door = hiddenFields(a.Body.String())
	door.Set("email", viewer.Email)
	door.Set("password", password)
	a = h.ask(http.MethodPost, "/signin", "", door).want(http.StatusOK, "")
	page := a.Body.String()
	if noted() {
		t.Error("it was done without being asked for again")
	}
	if !strings.Contains(page, `action="/leads/lead_1/notes"`) || !strings.Contains(page, `href="/leads/lead_1"`) {
		t.Errorf("the page does not lead where the form was going: %s", page)
	}
	form := hiddenFields(page)
	if form.Get("text") != note || strings.Join(form["more"], "") != "ab" {
		t.Errorf("of %q came back %q", note, form)
	}
	token := a.Result().Cookies()[0].Value
	h.ask(http.MethodPost, "/leads/lead_1/notes", token, form).want(http.StatusSeeOther, "/leads/lead_1")
	if !noted() {
		t.Error("sent again, it was not done")
	}
}

// A script that asks for a part of a form is told that the session ended, so that it
// sends the form as it is sent without one.
func TestTypedTextOutlastsTheSessionOfAScript(t *testing.T) {
	t.Parallel()
	h := open(t).founded()
	a := h.ask(http.MethodPost, "/playbook/drafts/d/condition?path=x", "ended", url.Values{"cel.0": {"fit > 1"}}, header("HX-Request", "true"), header("HX-Request-Type", "full"),
		header("Content-Type", "application/x-www-form-urlencoded;charset=UTF-8")).want(http.StatusUnauthorized, "")
	if to, event, swap := a.Header().Get("HX-Redirect"), a.Header().Get("HX-Trigger"), a.Header().Get("HX-Reswap"); to != "" || event != "session-ended" || swap != "none" {
		t.Errorf("it is sent to %q, hears %q and puts in %q", to, event, swap)
	}
}

// Passwords are not kept on any page, nor is what leads elsewhere.
func TestWhatIsNotHeld(t *testing.T) {
	t.Parallel()
	h := open(t).founded()
	h.ask(http.MethodPost, "/settings/you/password", "", url.Values{"old": {password}, "password": {"an analytical engine"}}).want(http.StatusSeeOther, "/signin")
	h.ask(http.MethodPost, "/settings/you", "", url.Values{"name": {strings.Repeat("a", 300<<10)}}).want(http.StatusSeeOther, "/signin")
	for _, to := range []string{"//evil.test/x", "https://evil.test", "", "javascript:alert(1)"} {
		h.ask(http.MethodPost, "/signin", "", url.Values{"email": {"viewer@engine.example"}, "password": {password}, "next": {"/leads"}, "held_to": {to}, "held": {"text=x"}}).want(http.StatusSeeOther, "/leads")
	}
}

// Each field is shown by what its form calls it, and those in which nobody writes are not.
func TestHeldFieldsHaveTheirLabels(t *testing.T) {
	t.Parallel()
	h := open(t).founded()
	form := url.Values{"held_to": {"/playbook/drafts/d/condition?path=x"}, "email": {h.users[access.Viewer].Email}, "password": {password}}
	form.Set("held", url.Values{"revision": {"123456789012345"}, "rows": {"2"}, "do": {"save"}, "value.0": {"50"}, "window.1": {"30d"}, "cel.1": {`title.contains("x")`}}.Encode())
	page := html.UnescapeString(h.ask(http.MethodPost, "/signin", "", form).want(http.StatusOK, "").Body.String())
	for _, want := range []string{
		`<dt>What row 1 compares with</dt><dd dir="auto">50</dd>`, `<dt>Within what time row 2 counts, such as 30d</dt><dd dir="auto">30d</dd>`,
		`<label for="typed">Row 2 in CEL</label>`, "\ntitle.contains(\"x\")</textarea>",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page has no %s: %s", want, page)
		}
	}
	if strings.Count(page, "123456789012345") != 1 { // sent, not shown
		t.Error("what the page itself put into the form is shown")
	}
	form.Set("held", url.Values{"revision": {"7"}, "stages[2].when#2": {"65"}, "a-title": {"VP Sales"}}.Encode())
	page = html.UnescapeString(h.ask(http.MethodPost, "/signin", "", form).want(http.StatusOK, "").Body.String())
	if !strings.Contains(page, `<dt>stages[2].when#2</dt><dd dir="auto">65</dd>`) || !strings.Contains(page, `<label for="typed">title</label>`) {
		t.Errorf("values and attributes have no names: %s", page)
	}
}
