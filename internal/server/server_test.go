package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"galena/internal/app"
	"galena/internal/control"
	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/pipeline"
)

// handbook has a stage that time alone brings.
const handbook = `
galena: 1
name: Server
time_zone: UTC
signals:
  demo: {event: Demo}
scores:
  interest:
    rules: [{on: demo, points: 10}]
stages:
  - {name: Lead, role: identified, when: interest > 0}
  - {name: Patient, role: engaged, when: since(demo) >= 2d}
`

// running is a server on a data folder.
type running struct {
	url  string
	stop func() error
}

func serve(t *testing.T, cfg Config) running {
	t.Helper()
	ready, ended := make(chan string, 1), make(chan error, 1)
	ctx, cancel := context.WithCancel(context.Background())
	cfg.Listen, cfg.Ready = "127.0.0.1:0", func(addr string) { ready <- addr }
	go func() { ended <- Serve(ctx, cfg) }()
	stopped := false
	stop := func() error {
		if stopped {
			return nil
		}
		stopped = true
		cancel()
		return <-ended
	}
	t.Cleanup(func() { stop() })
	select {
	case addr := <-ready:
		return running{"http://" + addr, stop}
	case err := <-ended:
		t.Fatalf("it ended at once: %v", err)
		panic("unreachable")
	}
}

func event(id string) lead.Event {
	return lead.Event{
		MessageID: id, Type: lead.Track, Name: "Demo", UserID: "u1", Origin: lead.Import,
		Occurred: clock().Add(-lead.Week), Backfill: true,
		Body: []byte(`{"properties":{"plan":"pro"}}`),
	}
}

// folders are data folders with paths that a socket can have and cannot have.
func folders(t *testing.T) map[string]string {
	t.Helper()
	short, err := os.MkdirTemp("", "g")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(short) })
	return map[string]string{
		"short": filepath.Join(short, "data"),
		"long":  filepath.Join(short, strings.Repeat("long", 30), "data"),
	}
}

func TestACommandWritesThroughTheServer(t *testing.T) {
	t.Parallel()
	for name, dir := range folders(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, Config{Data: dir, Playbook: []byte(handbook)})
			place := socketPath(dir)
			for path, want := range map[string]os.FileMode{place: 0o600, filepath.Dir(place): 0o700} {
				if info, err := os.Stat(path); err != nil || info.Mode().Perm() != want {
					t.Errorf("%s has the mode %v (%v), want %o", path, info.Mode(), err, want)
				}
			}

			var key string
			err := Write(t.Context(), dir, nil, func(w app.Writer) (err error) {
				if _, through := w.(*control.Client); !through {
					t.Errorf("a %T writes while a server owns the folder", w)
				}
				if key, err = w.CreateKey(t.Context(), lead.BrowserKey, "site"); err != nil {
					return err
				}
				r, err := w.Ingest(t.Context(), pipeline.Batch{Events: []lead.Event{event("m1"), event("m2"), event("m1")}})
				if want := (pipeline.Receipt{Accepted: 2, Duplicates: 1}); r != want {
					t.Errorf("told %+v, want %+v", r, want)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			// A playbook cannot be handed to it.
			never := func(app.Writer) error { t.Error("it was called"); return nil }
			refused(t, Write(t.Context(), dir, []byte(handbook), never), fault.Conflict,
				fmt.Sprintf("Another galena already runs on the data folder %s. Stop it, or use another folder.", dir))
			// The server knows the key, and a reader beside it sees the events.
			if status, body := post(t, s.url+"/v1/track", key, `{"event":"Demo","userId":"u2"}`); status != http.StatusOK {
				t.Errorf("with the new key the server answers %d %s", status, body)
			}
			if status, _ := post(t, s.url+"/v1/track", key+"x", `{"event":"Demo","userId":"u2"}`); status != http.StatusUnauthorized {
				t.Errorf("with no key of its own it answers %d", status)
			}
			if n := events(t, dir); n != 3 {
				t.Errorf("%d events are there, want 3", n)
			}

			if err := s.stop(); err != nil {
				t.Errorf("it ended with %v", err)
			}
			left := []string{place, filepath.Join(dir, socketFile)}
			if name == "long" {
				left = append(left, filepath.Dir(place))
			}
			for _, path := range left {
				if _, err := os.Lstat(path); !errors.Is(err, os.ErrNotExist) {
					t.Errorf("%s is left behind (%v)", path, err)
				}
			}
			// With the server gone the command owns the folder itself.
			err = Write(t.Context(), dir, nil, func(w app.Writer) error {
				if _, own := w.(*app.App); !own {
					t.Errorf("a %T writes although nobody owns the folder", w)
				}
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
}

func post(t *testing.T, url, key, body string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.SetBasicAuth(key, "")
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	said, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(said)
}

func events(t *testing.T, dir string) (n int64) {
	t.Helper()
	err := Read(t.Context(), dir, func(r *app.Reader) error {
		c, err := r.Counts(t.Context())
		n = c.Events
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// A server that died left its socket; of a long path also the folder to which
// a link leads.
func TestAServerTakesOverFromOneThatDied(t *testing.T) {
	t.Parallel()
	for name, dir := range folders(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if err := os.MkdirAll(dir, 0o700); err != nil {
				t.Fatal(err)
			}
			l, err := listenSocket(dir)
			if err != nil {
				t.Fatal(err)
			}
			old := socketPath(dir)
			l.(*socket).Listener.(*net.UnixListener).SetUnlinkOnClose(false)
			l.(*socket).Listener.Close()
			if _, err := os.Stat(old); err != nil {
				t.Fatalf("nothing is left of the dead server: %v", err)
			}
			s := serve(t, Config{Data: dir})
			if name == "long" {
				if _, err := os.Stat(filepath.Dir(old)); !errors.Is(err, os.ErrNotExist) {
					t.Errorf("the folder of the dead server's socket is still there (%v)", err)
				}
			}
			if err := Write(t.Context(), dir, nil, func(w app.Writer) error {
				_, err := w.CreateKey(t.Context(), lead.ServerKey, "shop")
				return err
			}); err != nil {
				t.Error(err)
			}
			if err := s.stop(); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestAFolderHasOneOwner(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first, err := Own(t.Context(), dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := fmt.Sprintf("Another galena already runs on the data folder %s. Stop it, or use another folder.", dir)
	_, err = Own(t.Context(), dir, nil)
	refused(t, err, fault.Conflict, want)
	refused(t, Serve(t.Context(), Config{Data: dir, Listen: "127.0.0.1:0"}), fault.Conflict, want)
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	second, err := Own(t.Context(), dir, nil)
	if err != nil {
		t.Fatalf("after the first let go: %v", err)
	}
	if err := second.Close(); err != nil {
		t.Error(err)
	}
}

// A folder that could not be opened is let go.
func TestAFailureLetsTheFolderGo(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if _, err := Own(t.Context(), dir, []byte("galena: 9\n")); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a broken playbook: %v", err)
	}
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	addr := taken.Addr().String()
	refused(t, Serve(t.Context(), Config{Data: dir, Listen: addr}), fault.Invalid,
		"Cannot listen on "+addr+": another program does. Choose another address with --listen")
	o, err := Own(t.Context(), dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := o.Close(); err != nil {
		t.Error(err)
	}
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = Own(t.Context(), file, nil)
	refused(t, err, fault.Invalid, "The data folder "+file+" cannot be made")
}

func TestReadiness(t *testing.T) {
	t.Parallel()
	o, err := Own(t.Context(), t.TempDir(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer o.Close()
	var stopping atomic.Bool
	pages, err := o.pages(t.Context(), Config{}, &space{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	h := handler(o, Config{}, &space{}, pages, &stopping)
	asked := func(path string, status int, want string) {
		t.Helper()
		w := &recorder{header: http.Header{}}
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
		if err != nil {
			t.Fatal(err)
		}
		h.ServeHTTP(w, req)
		if w.status != status || !strings.HasPrefix(w.body.String(), want) {
			t.Errorf("%s: %d %q, want %d %q", path, w.status, w.body.String(), status, want)
		}
		if got := w.header.Get("X-Content-Type-Options"); got != "nosniff" {
			t.Errorf("%s: X-Content-Type-Options is %q", path, got)
		}
	}
	asked("/signin", http.StatusOK, "<!doctype html>")
	asked("/healthz", http.StatusOK, "alive\n")
	asked("/readyz", http.StatusOK, "ready\n")
	stopping.Store(true)
	asked("/readyz", http.StatusServiceUnavailable, "stopping\n")
	asked("/healthz", http.StatusOK, "alive\n")
	stopping.Store(false)
	if err := o.store.Close(); err != nil {
		t.Fatal(err)
	}
	asked("/readyz", http.StatusServiceUnavailable, "The database ")
	asked("/healthz", http.StatusOK, "alive\n")
}

type recorder struct {
	header http.Header
	status int
	body   strings.Builder
}

func (r *recorder) Header() http.Header         { return r.header }
func (r *recorder) WriteHeader(status int)      { r.status = status }
func (r *recorder) Write(b []byte) (int, error) { return r.body.Write(b) }

// What lives beside the server is stopped with it, and takes it down when it fails.
func TestWhatLivesBesideTheServer(t *testing.T) {
	t.Parallel()
	ended := false
	s := serve(t, Config{Data: t.TempDir(), Live: func(ctx context.Context, o *Owned) error {
		<-ctx.Done()
		// What it still has to say is taken.
		_, err := o.Ingest(context.WithoutCancel(ctx), pipeline.Batch{Events: []lead.Event{event("last")}})
		ended = err == nil
		return ctx.Err()
	}})
	if err := s.stop(); err != nil || !ended {
		t.Errorf("the server ended with %v, beside it: %t", err, ended)
	}

	dir := t.TempDir()
	broken := errors.New("broken")
	err := Serve(t.Context(), Config{Data: dir, Listen: "127.0.0.1:0", Live: func(context.Context, *Owned) error { return broken }})
	if !errors.Is(err, broken) {
		t.Errorf("it ended with %v", err)
	}
	if n := events(t, dir); n != 0 {
		t.Errorf("%d events are there", n)
	}
}

// Who holds a folder for a moment wakes who is due before it lets go.
func TestHoldWakesBeforeItLetsGo(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	err := Write(t.Context(), dir, []byte(handbook), func(w app.Writer) error {
		_, err := w.Ingest(t.Context(), pipeline.Batch{Events: []lead.Event{event("m1")}})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	err = Read(t.Context(), dir, func(r *app.Reader) error {
		p, err := r.Profile(t.Context(), app.Ref{UserID: "u1"}, 1)
		if err != nil {
			return err
		}
		if n := len(p.Decisions); n != 2 || p.Decisions[1].Stage != "Patient" {
			t.Errorf("decided was %+v", p.Decisions)
		}
		if p.Recent[0].Properties["plan"] != "pro" {
			t.Errorf("recent: %+v", p.Recent)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	broken := errors.New("broken")
	if err := Write(t.Context(), dir, nil, func(app.Writer) error { return broken }); !errors.Is(err, broken) {
		t.Errorf("a failure is told as %v", err)
	}
}

func TestScratchLeavesNothing(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	err := Scratch(t.Context(), []byte(handbook), func(a *app.App) error {
		r, err := a.Ingest(t.Context(), pipeline.Batch{Events: []lead.Event{event("m1")}})
		if err != nil || r.Accepted != 1 {
			t.Errorf("told %+v, %v", r, err)
		}
		return broken
	})
	if !errors.Is(err, broken) {
		t.Errorf("it ended with %v", err)
	}
}

func TestReadingWhereThereIsNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	err := Read(t.Context(), dir, func(*app.Reader) error { t.Error("it was called"); return nil })
	refused(t, err, fault.NotFound, fmt.Sprintf("There is no Galena database in %s. Name the data folder by --data, or start `galena serve` on it.", dir))
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("reading left %v, %v", left, err)
	}
}

func refused(t *testing.T, err error, kind fault.Kind, text string) {
	t.Helper()
	if err == nil || fault.KindOf(err) != kind || fault.Text(err) != text {
		t.Errorf("%s: %q (%v), want %s: %q", fault.KindOf(err), fault.Text(err), err, kind, text)
	}
}
