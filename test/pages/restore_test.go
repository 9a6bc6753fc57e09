package pages

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"galena/internal/app"
	"galena/internal/lead"
	"galena/internal/pipeline"
	"galena/internal/server"
	"galena/internal/staff"
)

// demoBackup is a backup of an invented company in which one admin has a password.
func demoBackup(t *testing.T) string {
	t.Helper()
	place := t.TempDir()
	ctx, stop := context.WithCancel(t.Context())
	ready, ended := make(chan string, 1), make(chan error, 1)
	Fill(t, place)
	// The server makes the users of the demo.
	go func() {
		ended <- server.Serve(ctx, server.Config{Data: place, Listen: "127.0.0.1:0", Demo: &server.Demo{Company: "Tidewater Systems"}, Ready: func(addr string) { ready <- addr }})
	}()
	select {
	case <-ready:
	case err := <-ended:
		t.Fatal(err)
	}
	stop()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	var done staff.Done
	err := server.Order(t.Context(), place, func(to staff.Orders) (err error) {
		done, err = to.Order(t.Context(), staff.Order{What: staff.Resetting, Email: "admin@demo.example"})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	c := serve(t, server.Config{Data: place, Listen: "127.0.0.1:0"})
	b := Open(t, c.Base, Screens[0])
	b.Go("/ticket?secret=" + done.Secret)
	b.Fill("#password", "a difference engine")
	b.Submit("form button.primary")
	file := filepath.Join(t.TempDir(), "demo.backup")
	if _, err := server.Backup(t.Context(), place, file, "1.0"); err != nil {
		t.Fatal(err)
	}
	return file
}

// leads is how many people are in a folder.
func leads(t *testing.T, place string) (n int64) {
	t.Helper()
	err := server.Read(t.Context(), place, func(r *app.Reader) error {
		counts, err := r.Counts(t.Context())
		n = counts.Leads
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// somebody comes into a workspace, beside the server.
func somebody(t *testing.T, place string) {
	t.Helper()
	err := server.Write(t.Context(), place, nil, func(w app.Writer) error {
		_, err := w.Ingest(t.Context(), pipeline.Batch{Events: []lead.Event{{
			Type: lead.Identify, Origin: lead.Import, MessageID: "later", UserID: "later", Traits: map[string]any{"email": "later@tidalline.example"}, Received: lead.TimeOf(time.Now()), Occurred: lead.TimeOf(time.Now()),
		}}})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A demo's backup is restored into an empty workspace instead of setting it up, and
// then into that one, which is used by now.
func TestRestore(t *testing.T) {
	t.Parallel()
	file := demoBackup(t)
	bad := filepath.Join(t.TempDir(), "photo.zip")
	if err := os.WriteFile(bad, []byte("PK\x03\x04 and so on"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, screen := range Screens {
		t.Run(screen.Name, func(t *testing.T) {
			place := t.TempDir()
			c, welcome := ServeEmpty(t, place)
			b := Open(t, c.Base, screen)
			b.Go(welcome)
			b.Submit(`a[href^="/setup/restore"]`)
			b.Look("restore-first")
			b.Choose("#file", bad)
			b.Submit("form[data-upload] button")
			b.Wait(`document.querySelector('[role=alert]')?.innerText.includes('photo.zip is compressed')`)
			b.Look("restore-wrong")
			b.Submit(`form[action$="/forget"] button`)
			b.Choose("#file", file)
			b.Submit("form[data-upload] button")
			b.Wait(`!!document.querySelector('[name=sure]')`)
			b.Look("restore-first-shown")
			if got := b.Text("table"); !strings.Contains(got, "Tidewater Systems") || !strings.Contains(got, "not named yet") || !strings.Contains(got, "admin@demo.example") {
				t.Errorf("of the backup one reads %q", got)
			}
			b.Click("[name=sure]")
			b.Submit(`button.danger`)
			b.Wait(`!!document.querySelector('.notice.good')`)
			b.Look("restore-done")
			if got := b.Text("main"); !strings.Contains(got, "is restored.") || !strings.Contains(got, "admin@demo.example") || !strings.Contains(got, "Everybody is signed out.") || !strings.Contains(got, filepath.Join(place, "replaced")) {
				t.Errorf("in the end one reads %q", got)
			}
			b.Submit(`a[href="/signin"]`)
			signIn := func() {
				b.Fill("#email", "admin@demo.example")
				b.Fill("#password", "a difference engine")
				b.Submit("form button.primary")
			}
			signIn()
			if got := b.Text("h1"); got != "Home" {
				t.Fatalf("behind the door is %q", got)
			}
			all := leads(t, place)
			somebody(t, place)
			if got := leads(t, place); got != all+1 {
				t.Errorf("there are %d people, want %d", got, all+1)
			}

			b.Go("/settings/backup")
			b.Look("settings-backup-restore")
			b.Choose("#file", file)
			b.Submit("form[data-upload] button")
			b.Wait(`!!document.querySelector('[name=sure]')`)
			b.Look("restore-shown")
			b.Fill("#password", "something else")
			b.Click("[name=sure]")
			b.Submit("button.danger")
			b.Forgive("403")
			if got := b.Text("[role=alert]"); !strings.Contains(got, "The password is wrong.") {
				t.Errorf("of a wrong password one reads %q", got)
			}
			b.Fill("#password", "a difference engine")
			b.Click("[name=sure]")
			b.Submit("button.danger")
			b.Wait(`!!document.querySelector('.notice.good')`)
			if got := leads(t, place); got != all {
				t.Errorf("there are %d people, want %d", got, all)
			}
			b.Go("/leads")
			if got := Eval[string](b, "location.pathname"); got != "/signin" {
				t.Errorf("whoever was signed in is at %s", got)
			}
			signIn()
			if screen.Name == Screens[len(Screens)-1].Name { // in German, too
				b.Go("/settings/you")
				b.Fill("#language", "de")
				b.Submit("main form button.primary")
				b.Go("/settings/backup")
				b.Look("settings-backup-restore-german")
				b.Choose("#file", file)
				b.Submit("form[data-upload] button")
				b.Wait(`!!document.querySelector('[name=sure]')`)
				b.Look("restore-shown-german")
				b.Submit(`form[action$="/forget"] button`)
				b.Go("/settings/you")
				b.Fill("#language", "en")
				b.Submit("main form button.primary")
			}
			b.Go("/settings/audit")
			if got := b.Text("table"); !strings.Contains(got, "Restored a backup") {
				t.Errorf("it is noted: %q", got)
			}
		})
	}
}
