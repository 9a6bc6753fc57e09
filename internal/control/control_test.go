package control_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"galena/internal/app"
	"galena/internal/control"
	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/pipeline"
	"galena/internal/store/memory"
)

const midday = lead.Time(1_772_366_400_000)

// open makes a workspace whose pipeline runs until stop is called.
func open(t *testing.T) (a *app.App, stop func()) {
	t.Helper()
	a, err := app.New(t.Context(), memory.New(func() lead.Time { return midday }), nil)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- a.Run(ctx, 0) }()
	stop = func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		ended <- nil
	}
	t.Cleanup(stop)
	return a, stop
}

// listen answers on a socket with h, and makes a client of it.
func listen(t *testing.T, h http.Handler) *control.Client {
	t.Helper()
	dir, err := os.MkdirTemp("", "g") // a test's own folder may be too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "s")
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	s := &http.Server{Handler: h}
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(l) }()
	t.Cleanup(func() {
		s.Close()
		if err := <-ended; !errors.Is(err, http.ErrServerClosed) {
			t.Error(err)
		}
		os.RemoveAll(dir)
	})
	return control.Dial(path)
}

// batch has something in every field.
func batch() pipeline.Batch {
	e := lead.Event{
		MessageID: "m1", Type: lead.Identify, Name: "n", UserID: "u1", AnonymousID: "a1", GroupID: "g1", PreviousID: "p1",
		Email: "ada@corp.example", Origin: lead.Import, Source: 7, Occurred: midday - 5, Backfill: true, Sanitised: true,
		Body: []byte(`{"properties":{"n":12345678901234567890},"traits":{"email":"Ada@Corp.example"},"context":{"ip":"::1"}}`),
	}
	if err := e.Open(); err != nil {
		panic(err)
	}
	return pipeline.Batch{
		Events:  []lead.Event{e, {MessageID: "m2", Type: lead.Track, AnonymousID: "a2", Origin: lead.Browser, Occurred: midday}},
		Rejects: []lead.Reject{{Source: 7, Index: 3, MessageID: "m3", Code: "c", Message: "m", Body: []byte{0xff, 0}}},
	}
}

// What goes over the socket arrives as if it had been handed in at home.
func TestKnownIsAskedFor(t *testing.T) {
	t.Parallel()
	a, _ := open(t)
	client := listen(t, control.Handler(a, nil))
	if _, err := client.Ingest(t.Context(), batch()); err != nil {
		t.Fatal(err)
	}
	sent, never := lead.HashMessage("m1"), lead.HashMessage("never")
	known, err := client.Known(t.Context(), []lead.MessageHash{sent, never})
	if err != nil || !known[sent] || known[never] {
		t.Errorf("known are %v, %v", known, err)
	}
}

func TestWhatIsSentArrives(t *testing.T) {
	t.Parallel()
	home, _ := open(t)
	away, _ := open(t)
	client := listen(t, control.Handler(away, nil))
	var logs [2][]lead.Event
	var leads [2][]app.Lead
	for i, w := range []app.Writer{home, client} {
		b := batch()
		before := batch()
		r, err := w.Ingest(t.Context(), b)
		if want := (pipeline.Receipt{Accepted: 2}); err != nil || r != want {
			t.Fatalf("told %+v, %v, want %+v", r, err, want)
		}
		if diff := cmp.Diff(before, b); diff != "" {
			t.Errorf("the caller's batch was changed (-before +after)\n%s", diff)
		}
		if r, err := w.Ingest(t.Context(), pipeline.Batch{Events: b.Events[1:]}); err != nil || r.Duplicates != 1 {
			t.Errorf("a second time: %+v, %v", r, err)
		}
		a := []*app.App{home, away}[i]
		err = a.Events(t.Context(), func(e *lead.Event) error { logs[i] = append(logs[i], *e); return nil })
		if err != nil {
			t.Fatal(err)
		}
		err = a.Leads(t.Context(), func(l *app.Lead) error { leads[i] = append(leads[i], *l); return nil })
		if err != nil {
			t.Fatal(err)
		}
		if c, err := a.Counts(t.Context()); err != nil || c.Rejects != 1 {
			t.Errorf("%d rejects are kept, %v", c.Rejects, err)
		}
	}
	if len(logs[0]) != 2 {
		t.Fatalf("%d events are in the log", len(logs[0]))
	}
	if diff := cmp.Diff(logs[0], logs[1]); diff != "" {
		t.Errorf("events (-home +away)\n%s", diff)
	}
	if diff := cmp.Diff(leads[0], leads[1]); diff != "" {
		t.Errorf("leads (-home +away)\n%s", diff)
	}
}

func TestAKeyMadeOverTheSocket(t *testing.T) {
	t.Parallel()
	a, _ := open(t)
	client := listen(t, control.Handler(a, nil))
	key, err := client.CreateKey(t.Context(), lead.ServerKey, "shop")
	if err != nil {
		t.Fatal(err)
	}
	if _, kind, ok, err := a.WriteKey(t.Context(), key); !ok || kind != lead.ServerKey || err != nil {
		t.Errorf("%q is a key %t of kind %q, %v", key, ok, kind, err)
	}
}

func TestFaultsCross(t *testing.T) {
	t.Parallel()
	a, stop := open(t)
	client := listen(t, control.Handler(a, nil))
	_, err := client.CreateKey(t.Context(), "admin", "x")
	refused(t, err, fault.Invalid, `The kind of a key is browser, server or api, not "admin".`)
	// What nobody foresaw tells nothing of its cause.
	broken := pipeline.Batch{Events: []lead.Event{{MessageID: "m", Type: lead.Track, UserID: "u", Body: []byte(`{"secret`)}}}
	_, err = client.Ingest(t.Context(), broken)
	refused(t, err, fault.Internal, "Something went wrong on our side.")
	if strings.Contains(err.Error(), "secret") {
		t.Errorf("it tells %q", err)
	}
	stop()
	_, err = client.Ingest(t.Context(), batch())
	refused(t, err, fault.Busy, "The server is stopping. Send the events again in a moment.")
}

func TestAServerOfAnotherVersion(t *testing.T) {
	t.Parallel()
	a, _ := open(t)
	h := control.Handler(a, nil)
	client := listen(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Header.Set("Galena-Protocol", "galena-control/0")
		h.ServeHTTP(w, r)
	}))
	const want = "The server that runs on this data folder is of another version. Use the same galena for both."
	_, err := client.CreateKey(t.Context(), lead.ServerKey, "shop")
	refused(t, err, fault.Conflict, want)
	_, err = client.Ingest(t.Context(), batch())
	refused(t, err, fault.Conflict, want)
	if c, err := a.Counts(t.Context()); err != nil || c.Events != 0 {
		t.Errorf("%d events were kept, %v", c.Events, err)
	}
}

func TestNobodyAnswers(t *testing.T) {
	t.Parallel()
	const silent = "The server that owned this data folder does not answer any more. Start it and try again; what it has taken is known and counts once"
	const gone = "The server that owns this data folder went away during the call. Try again; what it has taken is known and counts once"
	hangUp := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	breakOff := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		w.WriteHeader(http.StatusOK)
		_, _ = w.Write([]byte{40})
		w.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	})
	for name, c := range map[string]struct {
		client *control.Client
		want   string
	}{
		"no socket":    {control.Dial(filepath.Join(t.TempDir(), "none")), silent},
		"hangs up":     {listen(t, hangUp), silent},
		"breaks off":   {listen(t, breakOff), gone},
		"talks of fun": {listen(t, http.NotFoundHandler()), gone},
	} {
		_, err := c.client.CreateKey(t.Context(), lead.ServerKey, "shop")
		if err == nil || fault.KindOf(err) != fault.Conflict || fault.Text(err) != c.want {
			t.Errorf("%s: %s %q, want %q", name, fault.KindOf(err), fault.Text(err), c.want)
		}
	}
}

func TestACallerWhoGoesAway(t *testing.T) {
	t.Parallel()
	waiting := make(chan struct{})
	client := listen(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		close(waiting)
		<-r.Context().Done()
	}))
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-waiting
		cancel()
	}()
	if _, err := client.CreateKey(ctx, lead.ServerKey, "shop"); !errors.Is(err, context.Canceled) {
		t.Errorf("told %v", err)
	}
}

func refused(t *testing.T, err error, kind fault.Kind, text string) {
	t.Helper()
	if err == nil || fault.KindOf(err) != kind || fault.Text(err) != text {
		t.Errorf("%s: %q (%v), want %s: %q", fault.KindOf(err), fault.Text(err), err, kind, text)
	}
}
