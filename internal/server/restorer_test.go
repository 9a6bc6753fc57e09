package server

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"galena/internal/access"
	"galena/internal/app"
	"galena/internal/fault"
	"galena/internal/kit/cluster"
	"galena/internal/lead"
	"galena/internal/pipeline"
	"galena/internal/staff"
	"galena/internal/store/sqlite"
)

const (
	// patience is how long a restore may take on a machine that does much else.
	patience = time.Minute
	password = "a difference engine"
)

// peopled makes a data folder in which an admin works whose address begins with
// name, with so many events and a write key, which it gives.
func peopled(t *testing.T, dir, name string, events int) (key string) {
	t.Helper()
	err := Hold(t.Context(), dir, []byte(handbook), func(o *Owned) (err error) {
		if key, err = o.CreateKey(t.Context(), lead.ServerKey, name); err != nil {
			return err
		}
		var b pipeline.Batch
		for i := range events {
			b.Events = append(b.Events, event(fmt.Sprintf("%s-%d", name, i)))
		}
		if _, err := o.Ingest(t.Context(), b); err != nil {
			return err
		}
		who := staff.New(o.store)
		code, err := who.SetupCode(t.Context())
		if err != nil {
			return err
		}
		_, err = who.Found(t.Context(), code, staff.Founding{Name: name, Email: name + "@engine.example", Password: password,
			Company: staff.Company{Name: name + "'s", Zone: "UTC", Currency: "EUR"}})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// backupOf makes a backup of a folder.
func backupOf(t *testing.T, dir string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "of.backup")
	if _, err := Backup(t.Context(), dir, file, "test"); err != nil {
		t.Fatal(err)
	}
	return file
}

// visitor is a browser without eyes.
type visitor struct {
	testing.TB
	http *http.Client
	base string
}

func visit(t testing.TB, base string) *visitor {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &visitor{t, &http.Client{Jar: jar, Timeout: patience}, base}
}

// answer is a page, and where it was found.
type answer struct {
	status int
	at     *url.URL
	text   string
}

func (v *visitor) ask(r *http.Request) answer {
	v.Helper()
	resp, err := v.http.Do(r)
	if err != nil {
		v.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		v.Fatal(err)
	}
	return answer{resp.StatusCode, resp.Request.URL, string(text)}
}

func (v *visitor) get(path string) answer {
	v.Helper()
	r, err := http.NewRequestWithContext(v.Context(), http.MethodGet, v.base+path, nil)
	if err != nil {
		v.Fatal(err)
	}
	return v.ask(r)
}

func (v *visitor) post(path string, form url.Values) answer {
	v.Helper()
	r, err := http.NewRequestWithContext(v.Context(), http.MethodPost, v.base+path, strings.NewReader(form.Encode()))
	if err != nil {
		v.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return v.ask(r)
}

// bring sends a file as the form does; code "" is none.
func (v *visitor) bring(path, code, name string, content []byte) answer {
	v.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	if code != "" {
		if err := form.WriteField("code", code); err != nil {
			v.Fatal(err)
		}
	}
	part, err := form.CreateFormFile("file", name)
	if err != nil {
		v.Fatal(err)
	}
	if _, err := part.Write(content); err != nil {
		v.Fatal(err)
	}
	if err := form.Close(); err != nil {
		v.Fatal(err)
	}
	r, err := http.NewRequestWithContext(v.Context(), http.MethodPost, v.base+path, &body)
	if err != nil {
		v.Fatal(err)
	}
	r.Header.Set("Content-Type", form.FormDataContentType())
	return v.ask(r)
}

func (v *visitor) bringFile(path, code, file string) answer {
	v.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		v.Fatal(err)
	}
	return v.bring(path, code, filepath.Base(file), content)
}

func (v *visitor) signIn(name string) answer {
	v.Helper()
	return v.post("/signin", url.Values{"email": {name + "@engine.example"}, "password": {password}})
}

// until asks for a page until it says one of some texts.
func (v *visitor) until(path string, texts ...string) answer {
	v.Helper()
	for end := time.Now().Add(patience); ; time.Sleep(10 * time.Millisecond) {
		a := v.get(path)
		for _, text := range texts {
			if strings.Contains(a.text, text) {
				return a
			}
		}
		if time.Now().After(end) {
			v.Fatalf("%s never says %q: %d %s", path, texts, a.status, a.text)
		}
	}
}

// brought sends a backup to the settings and waits until it was checked.
func (v *visitor) brought(file string) (path string) {
	v.Helper()
	a := v.bringFile("/settings/backup/restore", "", file)
	if a.status != http.StatusOK || !strings.HasPrefix(a.at.Path, "/settings/backup/") {
		v.Fatalf("a backup that is brought is answered %d at %s: %s", a.status, a.at, a.text)
	}
	v.until(a.at.Path, `name="sure"`)
	return a.at.Path
}

func reads(a answer, texts ...string) error {
	for _, text := range texts {
		if !strings.Contains(a.text, text) {
			return fmt.Errorf("%s (%d) does not say %q: %s", a.at, a.status, text, a.text)
		}
	}
	return nil
}

var keptIn = regexp.MustCompile(`<code>([^<]*)</code>`)

// An admin brings a backup, sees in numbers what it holds and what is there, and puts
// it in the place of everything.
func TestRestoreThroughThePages(t *testing.T) {
	t.Parallel()
	source, dir := filepath.Join(t.TempDir(), "source"), filepath.Join(t.TempDir(), "data")
	newKey := peopled(t, source, "grace", 3)
	err := Hold(t.Context(), source, nil, func(o *Owned) error { // sessions of its day
		_, _, err := staff.New(o.store).SignIn(t.Context(), "grace@engine.example", password, staff.Visit{})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	backup := backupOf(t, source)
	oldKey := peopled(t, dir, "ada", 5)
	run := serve(t, Config{Data: dir})

	ada, other := visit(t, run.url), visit(t, run.url)
	for _, v := range []*visitor{ada, other} {
		if a := v.signIn("ada"); a.status != http.StatusOK {
			t.Fatalf("ada is not let in: %s", a.text)
		}
	}
	path := ada.brought(backup)
	if err := reads(ada.get(path), "grace&#39;s", "ada&#39;s", "grace@engine.example", "ada@engine.example", "by Galena test", `type="password"`); err != nil {
		t.Error(err)
	}
	for _, c := range []struct {
		form   url.Values
		status int
		text   string
	}{
		{url.Values{"sure": {"yes"}}, http.StatusForbidden, "The password is wrong."},
		{url.Values{"sure": {"yes"}, "password": {"another one"}}, http.StatusForbidden, "The password is wrong."},
		{url.Values{"password": {password}}, http.StatusUnprocessableEntity, "Say that everything here may be replaced."},
	} {
		a := ada.post(path, c.form)
		if err := reads(a, c.text); err != nil || a.status != c.status {
			t.Errorf("%d, %v", a.status, err)
		}
	}
	if n := events(t, dir); n != 5 {
		t.Fatalf("before it is restored there are %d events", n)
	}

	a := ada.post(path, url.Values{"password": {password}, "sure": {"yes"}})
	if a.at.Path != "/restoring" || a.status != http.StatusOK {
		t.Fatalf("a restore that is begun is answered %d at %s: %s", a.status, a.at, a.text)
	}
	done := ada.until(a.at.RequestURI(), "is restored.", "was not restored")
	if err := reads(done, "grace&#39;s", `href="/signin"`); err != nil {
		t.Fatal(err)
	}
	kept := keptIn.FindStringSubmatch(done.text)
	if kept == nil || !strings.HasPrefix(kept[1], filepath.Join(dir, keptFolder)) {
		t.Fatalf("where the old workspace is kept is not told: %s", done.text)
	}
	// Nobody without the token learns of it.
	if a := visit(t, run.url).get("/restoring?of=another"); strings.Contains(a.text, keptFolder) || a.at.Path != "/signin" {
		t.Errorf("whoever asks is told at %s: %s", a.at, a.text)
	}

	if n := events(t, dir); n != 3 {
		t.Errorf("%d events are there, want 3", n)
	}
	for name, v := range map[string]*visitor{"ada": ada, "other": other} {
		if a := v.get("/settings/backup"); a.at.Path != "/signin" {
			t.Errorf("the session of %s lives at %s", name, a.at)
		}
		if a := v.signIn("ada"); a.status != http.StatusForbidden {
			t.Errorf("who is not in the backup is answered %d", a.status)
		}
	}
	grace := visit(t, run.url)
	if a := grace.signIn("grace"); a.status != http.StatusOK || a.at.Path != "/" {
		t.Fatalf("grace is not let in: %d %s", a.status, a.text)
	}
	if err := reads(grace.get("/settings/audit"), "Restored a backup", "ada@engine.example", kept[1]); err != nil {
		t.Error(err)
	}
	if a := grace.get("/settings/you"); strings.Count(a.text, "/settings/you/sessions") > 1 {
		t.Errorf("sessions of the backup live: %s", a.text)
	}
	if status, _ := post(t, run.url+"/v1/track", newKey, `{"userId":"u","event":"Demo","messageId":"after"}`); status != http.StatusOK {
		t.Errorf("the key of the backup is answered %d", status)
	}
	if status, _ := post(t, run.url+"/v1/track", oldKey, `{"userId":"u","event":"Demo","messageId":"after2"}`); status != http.StatusUnauthorized {
		t.Errorf("the key that was there is answered %d", status)
	}
	// Commands find the server, and nothing is left over.
	if err := Write(t.Context(), dir, nil, func(w app.Writer) error {
		_, err := w.CreateKey(t.Context(), lead.ServerKey, "later")
		return err
	}); err != nil {
		t.Error(err)
	}
	if err := run.stop(); err != nil {
		t.Errorf("it ended with %v", err)
	}
	if got := names(t, dir); got != "galena.db galena.lock replaced" {
		t.Errorf("in the folder lie %q", got)
	}

	// What is kept is a backup, with what was there and what became of it.
	again := filepath.Join(t.TempDir(), "again")
	if _, err := Restore(t.Context(), kept[1], again); err != nil {
		t.Fatal(err)
	}
	if n := events(t, again); n != 5 {
		t.Errorf("%d events are kept, want 5", n)
	}
	err = ReadStaff(t.Context(), again, func(s *staff.Staff) error {
		entries, err := s.Audit(t.Context(), "", 2)
		if err == nil && (entries[1].What != "workspace.replaced" || entries[1].Email != "ada@engine.example" || entries[0].What != "workspace.restored") {
			t.Errorf("what is kept tells %+v", entries)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// welcomed starts a server on a new folder and gives the code that sets it up.
func welcomed(t *testing.T, dir string, welcome func(string)) (running, string) {
	t.Helper()
	paths := make(chan string, 8)
	run := serve(t, Config{Data: dir, Welcome: func(path string) {
		paths <- path
		if welcome != nil {
			welcome(path)
		}
	}})
	u, err := url.Parse(<-paths)
	if err != nil {
		t.Fatal(err)
	}
	return run, u.Query().Get("code")
}

// Whoever may set a workspace up may do so by a backup, and nobody else.
func TestRestoreInsteadOfSettingUp(t *testing.T) {
	t.Parallel()
	source := filepath.Join(t.TempDir(), "source")
	peopled(t, source, "grace", 2)
	backup := backupOf(t, source)
	run, code := welcomed(t, filepath.Join(t.TempDir(), "data"), nil)
	v := visit(t, run.url)
	if err := reads(v.get("/setup?code="+code), "/setup/restore?code="+code); err != nil {
		t.Error(err)
	}
	for _, wrong := range []string{"", "wrong"} {
		if a := v.bringFile("/setup/restore", wrong, backup); a.status != http.StatusForbidden {
			t.Errorf("with the code %q a backup is answered %d", wrong, a.status)
		}
		if a := v.get("/setup/restore?code=" + wrong); a.status != http.StatusForbidden {
			t.Errorf("with the code %q the page is answered %d", wrong, a.status)
		}
	}
	a := v.bringFile("/setup/restore", code, backup)
	path := a.at.Path
	v.until(a.at.RequestURI(), `name="sure"`)
	if a := v.get(path + "?code=wrong"); a.status != http.StatusForbidden {
		t.Errorf("what the backup holds is shown to anybody: %d", a.status)
	}
	if a := v.post(path, url.Values{"sure": {"yes"}, "code": {"wrong"}}); a.status != http.StatusForbidden {
		t.Errorf("with a wrong code it is restored: %d", a.status)
	}
	a = v.post(path, url.Values{"sure": {"yes"}, "code": {code}})
	if err := reads(v.until(a.at.RequestURI(), "is restored.", "was not restored"), "is restored."); err != nil {
		t.Fatal(err)
	}
	if a := v.signIn("grace"); a.status != http.StatusOK {
		t.Errorf("grace is not let in: %d", a.status)
	}
	// The code has done its work.
	if a := v.bringFile("/setup/restore", code, backup); a.status != http.StatusNotFound {
		t.Errorf("with a code that was used a backup is answered %d", a.status)
	}
}

// A backup in which nobody works is set up afterwards, by a code of its own.
func TestRestoredWorkspaceOfNobody(t *testing.T) {
	t.Parallel()
	_, backup, _ := small(t)
	var last string
	run, code := welcomed(t, filepath.Join(t.TempDir(), "data"), func(path string) { last = path })
	v := visit(t, run.url)
	a := v.bringFile("/setup/restore", code, backup)
	v.until(a.at.RequestURI(), "Nobody works in the workspace of this backup.")
	a = v.post(a.at.Path, url.Values{"sure": {"yes"}, "code": {code}})
	done := v.until(a.at.RequestURI(), "is restored.", "was not restored")
	fresh := regexp.MustCompile(`/setup\?code=\w+`).FindString(done.text)
	if fresh == "" || fresh != last || strings.HasSuffix(fresh, code) {
		t.Fatalf("it is set up at %q, and was told %q: %s", fresh, last, done.text)
	}
	if err := reads(v.get(fresh), "Set up Galena"); err != nil {
		t.Error(err)
	}
	if a := v.get("/setup?code=" + code); a.status != http.StatusForbidden {
		t.Errorf("the code of before is answered %d", a.status)
	}
}

// Whoever is no admin restores nothing.
func TestOnlyAdminsRestore(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data")
	peopled(t, dir, "ada", 1)
	backup := backupOf(t, dir)
	err := Hold(t.Context(), dir, nil, func(o *Owned) error {
		s := staff.New(o.store)
		for _, role := range access.Roles[1:] {
			secret, err := s.Invite(t.Context(), nil, string(role)+"@engine.example", role)
			if err != nil {
				return err
			}
			if _, err := s.Redeem(t.Context(), secret, string(role), password); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	run := serve(t, Config{Data: dir})
	ada := visit(t, run.url)
	ada.signIn("ada")
	path := ada.brought(backup)
	for _, role := range access.Roles[1:] {
		v := visit(t, run.url)
		if a := v.signIn(string(role)); a.status != http.StatusOK {
			t.Fatalf("%s is not let in", role)
		}
		for what, a := range map[string]answer{
			"brings": v.bringFile("/settings/backup/restore", "", backup), "looks at": v.get(path),
			"restores": v.post(path, url.Values{"password": {password}, "sure": {"yes"}}), "forgets": v.post(path+"/forget", nil),
		} {
			if a.status != http.StatusForbidden {
				t.Errorf("%s %s a backup: %d", role, what, a.status)
			}
		}
	}
	if a := visit(t, run.url).bringFile("/settings/backup/restore", "", backup); a.at.Path != "/signin" {
		t.Errorf("anybody brings a backup, at %s", a.at)
	}
	// The page of another site has the admin's cookie, and no more.
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, run.url+path, strings.NewReader("sure=yes&password="+url.QueryEscape(password)))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	if a := ada.ask(r); a.status != http.StatusForbidden {
		t.Errorf("another site restores: %d", a.status)
	}
	if err := reads(ada.get(path), `name="sure"`); err != nil {
		t.Errorf("the backup does not wait any more: %v", err)
	}
	if a := ada.post(path+"/forget", nil); a.at.Path != "/settings/backup" {
		t.Errorf("forgetting leads to %s", a.at)
	}
	if a := ada.get(path); a.status != http.StatusNotFound {
		t.Errorf("what was forgotten is answered %d", a.status)
	}
	if got := names(t, dir); strings.Contains(got, restoreWork) {
		t.Errorf("in the folder lie %q", got)
	}
}

// What is no backup for this program is told as what it is, and changes nothing.
func TestBadBackupsAreBrought(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data")
	peopled(t, dir, "ada", 2)
	whole, err := os.ReadFile(backupOf(t, dir))
	if err != nil {
		t.Fatal(err)
	}
	run := serve(t, Config{Data: dir})
	v := visit(t, run.url)
	v.signIn("ada")
	flipped := bytes.Clone(whole)
	flipped[len(flipped)/2] ^= 1
	for name, c := range map[string]struct {
		name    string
		content []byte
		want    string
	}{
		"cut":      {"x.backup", whole[:len(whole)-9], "x.backup is no backup that galena made, or was cut short"},
		"flipped":  {"x.backup", flipped, "x.backup is damaged"},
		"empty":    {"x.backup", nil, "is no backup that galena made"},
		"gzip":     {"x.gz", []byte("\x1f\x8b\x08" + strings.Repeat("\x00", 100)), "x.gz is compressed"},
		"zip":      {"x.zip", []byte("PK\x03\x04" + strings.Repeat("\x00", 100)), "x.zip is compressed"},
		"a dump":   {"x.dump", []byte("PGDMP" + strings.Repeat("\x00", 100)), "x.dump is a dump of PostgreSQL"},
		"database": {"galena.db", []byte("SQLite format 3\x00" + strings.Repeat("\x00", 100)), "galena.db is a database, and no backup"},
		"a path":   {`../../<b>etc\passwd`, []byte("x"), "passwd is no backup"},
	} {
		a := v.bring("/settings/backup/restore", "", c.name, c.content)
		a = v.until(a.at.Path, "cannot be restored", `name="sure"`)
		if err := reads(a, c.want); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if strings.Contains(a.text, "<b>") || strings.Contains(a.text, "etc") || strings.Contains(a.text, dir) {
			t.Errorf("%s: it tells %s", name, a.text)
		}
		if a := v.post(a.at.Path, url.Values{"password": {password}, "sure": {"yes"}}); a.status == http.StatusOK || a.at.Path == "/restoring" {
			t.Errorf("%s is restored: %d %s", name, a.status, a.at)
		}
	}
	if a := v.bring("/settings/backup/restore", "", "", nil); a.status != http.StatusUnprocessableEntity {
		t.Errorf("without a file it is answered %d", a.status)
	}
	if n := events(t, dir); n != 2 {
		t.Errorf("%d events are there", n)
	}
	if err := run.stop(); err != nil {
		t.Error(err)
	}
	if got := names(t, dir); got != "galena.db galena.lock" {
		t.Errorf("in the folder lie %q", got)
	}
}

// A backup is not unpacked over more of the disk than it may have, nor kept at all.
func TestBringingNeedsRoom(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data")
	peopled(t, dir, "ada", 1)
	backup := backupOf(t, dir)
	info, err := os.Stat(backup)
	if err != nil {
		t.Fatal(err)
	}
	for _, spare := range []int64{0, info.Size() / 2, 2*info.Size() - 1} {
		room := &space{keep: 1 << 30, free: func(string) (int64, error) { return 1<<30 + spare, nil }}
		r := newRestorer(dir, room)
		if got := r.Room(); got != spare/2 {
			t.Errorf("there is room for %d of %d", got, spare)
		}
		f, err := os.Open(backup)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if _, err := r.Receive(t.Context(), "x", info.Size(), f); fault.KindOf(err) != fault.TooLarge {
			t.Errorf("with %d free, a size that is told: %v", spare, err)
		}
		if spare < receiveStep {
			if _, err := r.Receive(t.Context(), "x", -1, f); fault.KindOf(err) != fault.TooLarge {
				t.Errorf("with %d free, a size that is not told: %v", spare, err)
			}
		}
		r.close()
		if _, err := r.Receive(t.Context(), "x", -1, f); fault.KindOf(err) != fault.Busy && fault.KindOf(err) != fault.TooLarge {
			t.Errorf("after its end: %v", err)
		}
	}
	if got := names(t, dir); strings.Contains(got, restoreWork) {
		t.Errorf("in the folder lie %q", got)
	}
}

// cut is a file that comes to a bad end.
type cut struct{}

func (cut) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func TestBringingIsCutOff(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	r := newRestorer(dir, &space{free: freeSpace})
	defer r.close()
	_, err := r.Receive(t.Context(), "x", -1, io.MultiReader(strings.NewReader("some"), cut{}))
	if fault.KindOf(err) != fault.Invalid || !strings.Contains(fault.Text(err), "did not arrive whole") {
		t.Errorf("a file that is cut off: %v", err)
	}
	if got := names(t, dir); got != "" {
		t.Errorf("in the folder lie %q", got)
	}
}

// A database with a trigger of somebody's own is no backup, though its checksums are
// right.
func TestForeignTablesAreRefused(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data")
	peopled(t, dir, "ada", 1)
	work := t.TempDir()
	path := filepath.Join(work, databaseFile)
	if err := readStore(t.Context(), dir, func(s *sqlite.Store) error { return s.CopyTo(t.Context(), path) }); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.ExecContext(t.Context(), `CREATE TRIGGER x AFTER INSERT ON papers BEGIN DELETE FROM papers; END`); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	m := &Manifest{Format: backupFormat, Made: clock(), Program: "test"}
	if err := m.describe(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(work, "x.backup")
	if err := pack(work, file, path, m); err != nil {
		t.Fatal(err)
	}
	_, err = Restore(t.Context(), file, filepath.Join(t.TempDir(), "restored"))
	if fault.KindOf(err) != fault.Invalid || !strings.Contains(fault.Text(err), "has other tables than galena makes") {
		t.Errorf("a database with a trigger: %v", err)
	}
}

// Events that come while a backup is restored are to be sent again, and the server
// says what it does.
func TestWhileABackupIsRestored(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data")
	key := peopled(t, dir, "ada", 1)
	backup := backupOf(t, dir)
	at, goOn := make(chan string), make(chan struct{})
	run := serve(t, Config{Data: dir, Metrics: true, reached: func(point string) {
		if point == "kept" {
			at <- point
			<-goOn
		}
	}})
	ada, other := visit(t, run.url), visit(t, run.url)
	ada.signIn("ada")
	other.signIn("ada")
	path := ada.brought(backup)
	a := ada.post(path, url.Values{"password": {password}, "sure": {"yes"}})
	<-at
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, run.url+"/v1/track", strings.NewReader(`{"userId":"u","event":"Demo","messageId":"during"}`))
	if err != nil {
		t.Fatal(err)
	}
	r.SetBasicAuth(key, "")
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusServiceUnavailable || resp.Header.Get("Retry-After") == "" {
		t.Errorf("an event is answered %d, Retry-After %q", resp.StatusCode, resp.Header.Get("Retry-After"))
	}
	for path, want := range map[string]struct {
		status int
		text   string
	}{
		"/healthz": {http.StatusOK, "alive"}, "/readyz": {http.StatusServiceUnavailable, "is being restored"}, "/metrics": {http.StatusServiceUnavailable, "is being restored"},
		"/leads": {http.StatusServiceUnavailable, "A backup is being restored"}, "/restoring": {http.StatusServiceUnavailable, "A backup is being restored"},
		a.at.RequestURI(): {http.StatusOK, "What is under way ends"},
	} {
		got := other.get(path)
		if err := reads(got, want.text); err != nil || got.status != want.status {
			t.Errorf("%s: %d, %v", path, got.status, err)
		}
	}
	if a := other.bringFile("/settings/backup/restore", "", backup); a.status != http.StatusServiceUnavailable {
		t.Errorf("another backup is answered %d", a.status)
	}
	close(goOn)
	ada.until(a.at.RequestURI(), "is restored.")
	if status, text := post(t, run.url+"/v1/track", key, `{"userId":"u","event":"Demo","messageId":"during"}`); status != http.StatusOK || !strings.Contains(text, `"accepted":1`) {
		t.Errorf("what was to be sent again is answered %d, %s", status, text)
	}
}

// Where something goes wrong, the workspace is as it was, and whoever is signed in
// stays.
func TestARestoreThatFails(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data")
	key := peopled(t, dir, "ada", 4)
	source := filepath.Join(t.TempDir(), "source")
	peopled(t, source, "grace", 1)
	backup := backupOf(t, source)
	var reading *sqlite.Store
	run := serve(t, Config{Data: dir, reached: func(point string) {
		if point != "closed" {
			return
		}
		// An export begins, as a program of its own would.
		var err error
		if reading, err = sqlite.Open(context.Background(), filepath.Join(dir, databaseFile), sqlite.Options{ReadOnly: true}); err != nil {
			t.Error(err)
		}
	}})
	ada := visit(t, run.url)
	ada.signIn("ada")
	path := ada.brought(backup)
	a := ada.post(path, url.Values{"password": {password}, "sure": {"yes"}})
	if err := reads(ada.until(a.at.RequestURI(), "is restored.", "was not restored"), "was not restored", "has the database", "is as it was"); err != nil {
		t.Error(err)
	}
	if err := reading.Close(); err != nil {
		t.Error(err)
	}
	if err := reads(ada.get("/settings/audit"), "A backup was not restored"); err != nil {
		t.Errorf("the session: %v", err)
	}
	if status, _ := post(t, run.url+"/v1/track", key, `{"userId":"u","event":"Demo","messageId":"after"}`); status != http.StatusOK {
		t.Errorf("an event is answered %d", status)
	}
	if n := events(t, dir); n != 5 {
		t.Errorf("%d events are there", n)
	}
	if got := names(t, dir); strings.Contains(got, restoreWork) {
		t.Errorf("in the folder lie %q", got)
	}
}

// Requests that take as long as somebody likes do not keep a restore waiting.
func TestSlowRequestsAreCut(t *testing.T) {
	t.Parallel()
	ctx, cut := context.WithCancel(t.Context())
	asked, ended := make(chan struct{}), make(chan error, 1)
	g := &gate{shut: http.NotFoundHandler()}
	p := &passage{handler: interruptible(ctx, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		close(asked)
		<-r.Context().Done()
		ended <- r.Context().Err()
	}))}
	g.lead(p)
	go g.ServeHTTP(&recorder{header: http.Header{}}, (&http.Request{Method: http.MethodGet, URL: &url.URL{Path: "/"}}).WithContext(t.Context()))
	<-asked
	left := g.close()
	select {
	case <-left:
		t.Error("nobody is waited for")
	default:
	}
	w := &recorder{header: http.Header{}}
	if g.ServeHTTP(w, &http.Request{Method: http.MethodGet, URL: &url.URL{Path: "/"}}); w.status != http.StatusNotFound {
		t.Errorf("a gate that is shut answers %d", w.status)
	}
	cut()
	<-left
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("it ended with %v", err)
	}
}

// killPoint names, for the process that a test starts, where it ends itself as a kill
// would; the others tell it what to do.
const (
	killPoint  = "GALENA_TEST_KILL"
	killFolder = "GALENA_TEST_FOLDER"
	killBackup = "GALENA_TEST_BACKUP"
)

// TestMain is a server that restores a backup and dies at a point of it, when a test
// asks for one.
func TestMain(m *testing.M) {
	point := os.Getenv(killPoint)
	if point == "" {
		os.Exit(m.Run())
	}
	if err := die(point, os.Getenv(killFolder), os.Getenv(killBackup)); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

func die(point, dir, backup string) error {
	o, err := Own(context.Background(), dir, nil)
	if err != nil {
		return err
	}
	ended := make(chan struct{})
	s := &server{Config: Config{Data: dir, Logger: slog.New(slog.DiscardHandler), reached: func(at string) {
		if at == point {
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
			<-ended // never
		}
	}}}
	s.room = &space{dir: dir, free: freeSpace}
	s.restores = newRestorer(dir, s.room)
	s.failed = make(chan error, 1)
	s.gate.shut = s.away()
	now := &term{Owned: o}
	if err := s.begin(context.Background(), now); err != nil {
		return err
	}
	f, err := os.Open(backup)
	if err != nil {
		return err
	}
	id, err := s.restores.Receive(context.Background(), "x", -1, f)
	if err != nil {
		return err
	}
	<-s.restores.incoming.ended
	if _, err := s.restores.Begin(id, nil); err != nil {
		return err
	}
	if _, err := s.exchange(context.Background(), now, <-s.restores.orders); err != nil {
		return err
	}
	return fmt.Errorf("it was never at %q", point)
}

// A kill at any point of a restore leaves the old workspace or the new one, whole,
// and what a server that starts then makes of it can be restored into again.
func TestKilledExchanges(t *testing.T) {
	t.Parallel()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for point, want := range map[string]int64{"ended": 5, "kept": 5, "readied": 5, "closed": 5, "replaced": 3, "opened": 3} {
		t.Run(point, func(t *testing.T) {
			t.Parallel()
			source, dir := filepath.Join(t.TempDir(), "source"), filepath.Join(t.TempDir(), "data")
			peopled(t, source, "grace", 3)
			peopled(t, dir, "ada", 5)
			backup := backupOf(t, source)
			killed := exec.CommandContext(t.Context(), program)
			killed.Env = append(os.Environ(), killPoint+"="+point, killFolder+"="+dir, killBackup+"="+backup)
			out, err := killed.CombinedOutput()
			exit, is := errors.AsType[*exec.ExitError](err)
			if !is || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
				t.Fatalf("it was not killed: %v\n%s", err, out)
			}
			for _, f := range Diagnose(t.Context(), dir) {
				if !f.OK {
					t.Errorf("%s: %s", f.What, f.Text)
				}
			}
			name := map[int64]string{5: "ada", 3: "grace"}[want]
			run := serve(t, Config{Data: dir})
			if n := events(t, dir); n != want {
				t.Errorf("%d events are there, want %d", n, want)
			}
			v := visit(t, run.url)
			if a := v.signIn(name); a.status != http.StatusOK {
				t.Fatalf("%s is answered %d", name, a.status)
			}
			if got := names(t, dir); strings.Contains(got, restoreWork) || strings.Contains(got, "journal") {
				t.Errorf("in the folder lie %q", got)
			}
			// Where the old workspace was kept, it is kept whole.
			kept, err := filepath.Glob(filepath.Join(dir, keptFolder, "*"))
			if err != nil || (len(kept) == 1) != (point != "ended") {
				t.Fatalf("kept is %q, %v", kept, err)
			}
			for _, file := range kept {
				again := filepath.Join(t.TempDir(), "again")
				if _, err := Restore(t.Context(), file, again); err != nil {
					t.Fatal(err)
				}
				if n := events(t, again); n != 5 {
					t.Errorf("%d events are kept", n)
				}
			}
			path := v.brought(backup)
			a := v.post(path, url.Values{"password": {password}, "sure": {"yes"}})
			if err := reads(v.until(a.at.RequestURI(), "is restored.", "was not restored"), "is restored."); err != nil {
				t.Error(err)
			}
		})
	}
}

// A workspace in PostgreSQL is not replaced by a page, which gives the commands.
func TestNoRestoreOnADatabase(t *testing.T) {
	t.Parallel()
	run, code := welcomed(t, cluster.URL(t), nil)
	v := visit(t, run.url)
	if a := v.get("/setup?code=" + code); a.status != http.StatusOK || strings.Contains(a.text, "/setup/restore") {
		t.Errorf("the set-up offers what it cannot do: %d", a.status)
	}
	for what, a := range map[string]answer{"the page": v.get("/setup/restore?code=" + code), "a backup": v.bring("/setup/restore", code, "x", []byte("x"))} {
		if err := reads(a, "is not restored through the pages"); err != nil || a.status != http.StatusConflict {
			t.Errorf("%s: %d, %v", what, a.status, err)
		}
	}
	if a := v.post("/setup", url.Values{"code": {code}, "name": {"Ada"}, "email": {"ada@engine.example"}, "password": {password}, "company": {"Engines"}, "zone": {"UTC"}, "currency": {"EUR"}}); a.status != http.StatusOK {
		t.Fatalf("it is not set up: %d %s", a.status, a.text)
	}
	if err := reads(v.get("/settings/backup"), "pg_restore --no-owner", "createdb restored", "no page can stop the other nodes"); err != nil {
		t.Error(err)
	}
	if a := v.get("/settings/backup"); strings.Contains(a.text, "data-upload") {
		t.Error("the settings offer what they cannot do")
	}
	a := v.bring("/settings/backup/restore", "", "x", []byte("x"))
	if err := reads(a, "is not restored through the pages"); err != nil || a.status != http.StatusUnprocessableEntity {
		t.Errorf("a backup is answered %d, %v", a.status, err)
	}
}
