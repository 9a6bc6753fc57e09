package server

import (
	"context"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"galena/internal/app"
	"galena/internal/fault"
	"galena/internal/kit/cluster"
	"galena/internal/lead"
	"galena/internal/pipeline"
)

func TestPlaces(t *testing.T) {
	t.Parallel()
	for place, c := range map[string]struct {
		database bool
		shown    string
	}{
		"./data":   {false, "./data"},
		"postgres": {false, "postgres"},
		"postgres://ada:secret@db.corp.example:5432/leads?sslmode=require": {true, "postgres://db.corp.example:5432/leads"},
		"postgresql:///leads?host=/run/postgresql&password=secret":         {true, "postgresql:///leads"},
		"postgres://ada:secret@db:port/leads":                              {true, "a database"},
	} {
		if got := IsDatabase(place); got != c.database {
			t.Errorf("%q is a database: %t", place, got)
		}
		if got := Shown(place); got != c.shown {
			t.Errorf("%q is shown as %q, want %q", place, got, c.shown)
		}
	}
}

// Two servers that start at once on an empty database agree on its playbook,
// share what they are told, and leave commands free to write.
func TestServersOnOneDatabase(t *testing.T) {
	t.Parallel()
	database := cluster.URL(t)
	var nodes [2]running
	var starting sync.WaitGroup
	for i := range nodes {
		starting.Go(func() { nodes[i] = serve(t, Config{Data: database, Playbook: []byte(handbook)}) })
	}
	starting.Wait()

	var key string
	err := Write(t.Context(), database, nil, func(w app.Writer) (err error) {
		if key, err = w.CreateKey(t.Context(), lead.ServerKey, "shop"); err != nil {
			return err
		}
		_, err = w.Ingest(t.Context(), pipeline.Batch{Events: []lead.Event{event("by a command")}})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for i, node := range nodes {
		body := `{"userId":"u1","event":"Demo","messageId":"m` + string(rune('0'+i)) + `"}`
		for range 2 { // again, and to the other node too
			for _, to := range []running{node, nodes[1-i]} {
				if status, answer := post(t, to.url+"/v1/track", key, body); status != http.StatusOK {
					t.Errorf("node %d: %d %s", i, status, answer)
				}
			}
		}
	}
	err = Read(t.Context(), database, func(r *app.Reader) error {
		c, err := r.Counts(t.Context())
		if err != nil {
			return err
		}
		if c.Events != 3 || c.Leads != 1 || c.Named[pipeline.CountDuplicates] != 6 {
			t.Errorf("the database holds %+v, want 3 events of one lead and 6 duplicates", c)
		}
		_, found, err := r.Verify(t.Context())
		if len(found) > 0 {
			t.Errorf("verify: %v", found)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for i := range nodes {
		if err := nodes[i].stop(); err != nil {
			t.Errorf("node %d stopped with %v", i, err)
		}
	}

	for _, f := range Diagnose(t.Context(), database) {
		if !f.OK || strings.Contains(f.Text, database) {
			t.Errorf("%+v", f)
		}
	}
	_, err = Own(t.Context(), database, []byte(strings.Replace(handbook, "points: 10", "points: 20", 1)))
	says(t, err, fault.Conflict, "runs under playbook version 1, which differs")
}

// A session that begins at one node is one at the other, and ends there with the very
// next request once it ended here.
func TestSessionsOfServersOnOneDatabase(t *testing.T) {
	t.Parallel()
	database := cluster.URL(t)
	here := serve(t, Config{Data: database, Demo: &Demo{Company: "Engines"}})
	there := serve(t, Config{Data: database, Demo: &Demo{Company: "Engines"}})
	jar, err := cookiejar.New(nil) // which does not tell ports apart
	if err != nil {
		t.Fatal(err)
	}
	browser := &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	ask := func(method, address string, form url.Values) (status int, body string) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(form.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		answer, err := browser.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		text, err := io.ReadAll(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		return answer.StatusCode, string(text)
	}
	_, door := ask(http.MethodGet, here.url+"/demo", nil)
	user := regexp.MustCompile(`name="user" value="([^"]+)"`).FindStringSubmatch(door)
	if user == nil {
		t.Fatalf("one cannot enter: %s", door)
	}
	if status, body := ask(http.MethodPost, here.url+"/demo", url.Values{"user": {user[1]}}); status != http.StatusSeeOther {
		t.Fatalf("entering is answered %d: %.300s", status, body)
	}
	if status, _ := ask(http.MethodGet, there.url+"/leads", nil); status != http.StatusOK {
		t.Errorf("the other node answers %d to a session of this one", status)
	}
	address, err := url.Parse(here.url)
	if err != nil {
		t.Fatal(err)
	}
	kept := jar.Cookies(address)
	if status, _ := ask(http.MethodPost, here.url+"/signout", nil); status != http.StatusSeeOther {
		t.Errorf("signing out is answered %d", status)
	}
	jar.SetCookies(address, kept) // as somebody would who has a copy
	for _, path := range []string{"/leads", "/events/fresh", "/settings/you"} {
		if status, _ := ask(http.MethodGet, there.url+path, nil); status != http.StatusSeeOther {
			t.Errorf("after the session ended the other node answers %d to %s", status, path)
		}
	}
}

func TestADatabaseIsNoFolder(t *testing.T) {
	t.Parallel()
	const database = "postgres://nobody@127.0.0.1:1/nothing"
	file := filepath.Join(t.TempDir(), "backup")
	_, err := Backup(t.Context(), database, file, "test")
	says(t, err, fault.Invalid, "pg_dump")
	_, err = Restore(t.Context(), file, database)
	says(t, err, fault.Invalid, "pg_dump")

	const away = "cannot be reached"
	_, err = Own(t.Context(), database, nil)
	says(t, err, fault.Busy, away)
	says(t, Write(t.Context(), database, nil, func(app.Writer) error { return nil }), fault.Busy, away)
	says(t, Read(t.Context(), database, func(*app.Reader) error { return nil }), fault.Busy, away)
	says(t, Serve(context.Background(), Config{Data: database, Listen: "127.0.0.1:0"}), fault.Busy, away)
	found := Diagnose(t.Context(), database)
	if len(found) != 1 || found[0].OK || !strings.Contains(found[0].Text, away) {
		t.Errorf("found %+v", found)
	}
}

// says checks a refusal by what is telling in it.
func says(t *testing.T, err error, kind fault.Kind, part string) {
	t.Helper()
	if err == nil || fault.KindOf(err) != kind || !strings.Contains(fault.Text(err), part) {
		t.Errorf("%s: %q (%v), want %s that says %q", fault.KindOf(err), fault.Text(err), err, kind, part)
	}
}
