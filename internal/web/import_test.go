package web_test

import (
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"

	"galena/internal/access"
	"galena/internal/app"
	"galena/internal/intake"
	"galena/internal/lead"
	"galena/internal/web/words"
)

// An import that was stopped in its midst, such as one of the wrong file, is gone on
// with or taken back, and the file need not stay.
func TestAStoppedImportIsTakenBack(t *testing.T) {
	t.Parallel()
	h := open(t).founded()
	desk := intake.New(t.Context(), intake.Config{App: h.App})
	h.Imports = desk
	m, err := desk.Receive(t.Context(), "wrong.csv", "Ada", strings.NewReader("email,name\na@engine.example,A\n"))
	if err != nil {
		t.Fatal(err)
	}
	stop := func(task app.ImportTask) {
		t.Helper()
		_, err := h.App.ChangeImport(t.Context(), m.Number, func(m *app.Import, _ lead.Time) error {
			m.State, m.Task, m.First, m.Last = app.ImportStopped, task, 1, 1
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	shows := func(path string, want map[string]bool) {
		t.Helper()
		page := h.askAs(access.Marketing, path).want(http.StatusOK, "").Body.String()
		for part, there := range want {
			if strings.Contains(page, part) != there {
				t.Errorf("that %s is on the page is %v", part, !there)
			}
		}
	}
	stop(app.TaskImport)
	shows("/imports/1", map[string]bool{`value="import"`: true, `value="undo"`: true, `action="/imports/1/forget"`: true})
	h.post(access.Marketing, "/imports/1/task", "task", "undo", "sure", "yes").want(http.StatusSeeOther, "/imports/1")
	if err := desk.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	shows("/imports/1", map[string]bool{`value="redo"`: true, `value="undo"`: false, `action="/imports/1/forget"`: true})
	h.post(access.Marketing, "/imports/1/forget").want(http.StatusSeeOther, "/imports")
	shows("/imports/1", map[string]bool{"/imports/1/forget": false})
	stop(app.TaskUndo) // that was stopped, too: it goes on before anything else
	shows("/imports/1", map[string]bool{`value="undo"`: true, `name="sure"`: false})
}

// Without a script one can ask how far an import is.
func TestARunningImportWithoutScript(t *testing.T) {
	t.Parallel()
	h := open(t).founded()
	desk := intake.New(t.Context(), intake.Config{App: h.App})
	h.Imports = desk
	m, err := desk.Receive(t.Context(), "fair.csv", "Ada", strings.NewReader("email\na@engine.example\n"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = h.App.ChangeImport(t.Context(), m.Number, func(m *app.Import, now lead.Time) error {
		m.State, m.Task, m.Node, m.Beat = app.ImportRuns, app.TaskImport, "another", now
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	page := h.askAs(access.Marketing, "/imports/1").want(http.StatusOK, "").Body.String()
	if !strings.Contains(page, `<noscript><a class="link" href="/imports/1">`) {
		t.Errorf("the page has no link to itself: %s", page)
	}
}

// A mapping that is changed on the page counts when the import is begun, whichever
// button begins it.
func TestTheMappingOnThePageCounts(t *testing.T) {
	t.Parallel()
	h := open(t).founded()
	desk := intake.New(t.Context(), intake.Config{App: h.App})
	h.Imports = desk
	m, err := desk.Receive(t.Context(), "fair.csv", "Ada", strings.NewReader("Mail,Name\na@engine.example,A\n"))
	if err != nil {
		t.Fatal(err)
	}
	const changed = "source: fair\nemail: Mail\nevents:\n  - {event: Met at the fair}\n"
	send := func(mapping string) answer {
		t.Helper()
		return h.ask(http.MethodPost, "/imports/1/task", h.tokens[access.Marketing], url.Values{"task": {"rehearse"}, "how": {"history"}, "mapping": {strings.ReplaceAll(mapping, "\n", "\r\n")}})
	}
	page := send("email: Address\n").want(http.StatusUnprocessableEntity, "").Body.String()
	if !strings.Contains(page, "email: Address") || !strings.Contains(page, `value="history" checked`) {
		t.Errorf("a wrong mapping is not shown as it was typed: %s", page)
	}
	send(changed).want(http.StatusSeeOther, "/imports/1")
	if err := desk.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	now, err := h.App.Import(t.Context(), m.Number)
	if err != nil || now.Mapping != changed || now.Rehearsal == nil || now.Rehearsal.Events != 2 {
		t.Errorf("%+v, %v", now, err)
	}
}

// Who chose nothing among the rejects is told so, and stays there.
func TestNoRejectChosen(t *testing.T) {
	t.Parallel()
	h := open(t).founded()
	h.post(access.Marketing, "/rejects", "back", "/rejects?code=x").want(http.StatusSeeOther, "/rejects?code=x")
}

// The page of an import tells how numbers are read, in the viewer's language.
func TestAnImportTellsOfItsNumbers(t *testing.T) {
	t.Parallel()
	h := open(t).founded()
	desk := intake.New(t.Context(), intake.Config{App: h.App})
	h.Imports = desk
	for _, file := range []string{"email;employees\na@engine.example;1.200\nb@engine.example;3.400,5\nc@engine.example;some\n", "email,employees\na@engine.example,1.200\n"} {
		if _, err := desk.Receive(t.Context(), "fair.csv", "Ada", strings.NewReader(file)); err != nil {
			t.Fatal(err)
		}
	}
	for path, parts := range map[string][]string{
		"/imports/1": {"employees: “1.200” is read as 1200.", "1 text is no number and counts for nothing: “some”", "numbers: &#39;1.234,5&#39;"},
		"/imports/2": {"“1.200” is read as 1.2, in 1 row", "numbers: &#34;1.234,5&#34;}</code>"},
	} {
		page := h.askAs(access.Marketing, path).want(http.StatusOK, "").Body.String()
		for _, part := range parts {
			if !strings.Contains(page, part) {
				t.Errorf("%s does not say %s", path, part)
			}
		}
	}
}

// The page of an import says in words why rows were refused: there is a text for each
// code that the reference tells of.
func TestAnImportSaysWhyRowsWereRefused(t *testing.T) {
	t.Parallel()
	h := open(t).founded()
	desk := intake.New(t.Context(), intake.Config{App: h.App})
	h.Imports = desk
	if _, err := desk.Receive(t.Context(), "fair.csv", "Ada", strings.NewReader("email,name\na@engine.example,A\n,B\n")); err != nil {
		t.Fatal(err)
	}
	h.post(access.Marketing, "/imports/1/task", "task", "import").want(http.StatusSeeOther, "/imports/1")
	if err := desk.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	if page := h.askAs(access.Marketing, "/imports/1").want(http.StatusOK, "").Body.String(); !strings.Contains(page, `title="no_user_anon_id">about nobody: 1</span>`) {
		t.Errorf("the page does not say why a row was refused: %s", page)
	}

	reference, err := os.ReadFile("../../docs/reference/import.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(reference), "| code | |\n")
	table, _, _ = strings.Cut(table, "\n\n")
	codes := regexp.MustCompile("`([a-z_]+)`[,` a-z_]* \\|").FindAllString(table, -1)
	if len(codes) < 15 {
		t.Fatalf("only %d rows were found in the reference: %q", len(codes), codes)
	}
	for _, row := range codes {
		for _, m := range regexp.MustCompile("`([a-z_]+)`").FindAllStringSubmatch(row, -1) {
			if !words.Has("refusal." + m[1]) {
				t.Errorf("there are no words for %s", m[1])
			}
		}
	}
}
