package sdk

import (
	"context"
	"path/filepath"
	"testing"

	"galena/internal/app"
	"galena/internal/kit/cluster"
	"galena/internal/lead"
	"galena/internal/pipeline"
	"galena/internal/server"
)

// serve runs a whole server on a workspace, with a key of a kind that may bring so
// many events in a second; 0 for any number.
func serve(t *testing.T, place string, kind lead.KeyKind, rate int) (Server, *server.Owned) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	type started struct {
		owned *server.Owned
		addr  string
	}
	ready := make(chan started)
	ended := make(chan error, 1)
	addr := ""
	go func() {
		ended <- server.Serve(ctx, server.Config{
			Data: place, Listen: "127.0.0.1:0", Rate: rate,
			Ready: func(a string) { addr = a },
			Live: func(ctx context.Context, o *server.Owned) error {
				ready <- started{o, addr}
				<-ctx.Done()
				return nil
			},
		})
	}()
	var s started
	select {
	case s = <-ready:
	case err := <-ended:
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("the server stopped with %v", err)
		}
	})
	key, err := s.owned.CreateKey(ctx, kind, "sdk")
	if err != nil {
		t.Fatal(err)
	}
	landed := func() map[string]int {
		counts := map[string]int{}
		err := s.owned.Events(ctx, func(e *lead.Event) error {
			if e.Type < lead.Act { // nobody sends those
				counts[e.MessageID]++
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
		return counts
	}
	return Server{BaseURL: "http://" + s.addr, WriteKey: key, Landed: landed, Slow: rate > 0}, s.owned
}

// checkLog says whether the scenario was what it claims to be, and whether the
// leads are what their log says.
func checkLog(t *testing.T, r *app.Reader) {
	t.Helper()
	counts, err := r.Counts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if counts.Named[pipeline.CountDuplicates] == 0 {
		t.Error("no message came twice: the test proves nothing")
	}
	if counts.Rejects > 0 {
		t.Errorf("%d messages were refused", counts.Rejects)
	}
	if leads, wrong, err := r.Verify(t.Context()); err != nil || len(wrong) > 0 || leads == 0 {
		t.Errorf("%d leads, %v, %v", leads, wrong, err)
	}
}

// TestLibraries lets each library send to a server of its own, on a data folder
// and on a PostgreSQL database.
func TestLibraries(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		kind lead.KeyKind
		rate int
		send func(*testing.T, Server)
	}{
		{"segment node", lead.ServerKey, 0, SegmentNode},
		{"segment browser", lead.BrowserKey, 0, SegmentBrowser},
		{"rudder node", lead.ServerKey, 0, RudderNode},
		{"rudder browser", lead.BrowserKey, 0, RudderBrowser},
		{"jitsu node", lead.ServerKey, 0, JitsuNode},
		{"jitsu browser", lead.BrowserKey, 0, JitsuBrowser},
		{"segment node, slowed", lead.ServerKey, 150, SegmentNode},
		{"segment browser, slowed", lead.BrowserKey, 10, SegmentBrowser},
		{"rudder browser, slowed", lead.BrowserKey, 5, RudderBrowser},
		// RudderStack's library for Node gives up after three times, whatever it is
		// told, and so would lose some on a network that is bad besides.
	} {
		lands := func(on string, place func(testing.TB) string) {
			t.Run(c.name+" on "+on, func(t *testing.T) {
				t.Parallel()
				server, owned := serve(t, place(t), c.kind, c.rate)
				c.send(t, server)
				checkLog(t, owned.Reader)
			})
		}
		lands("a folder", func(t testing.TB) string { return filepath.Join(t.TempDir(), "data") })
		if c.rate == 0 { // the limit is the same before any store
			lands("PostgreSQL", cluster.URL)
		}
	}
}
