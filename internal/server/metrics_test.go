package server

import (
	"context"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"galena/internal/lead"
)

// serving runs a server until the test ends.
func serving(t *testing.T, cfg Config) (base string, o *Owned) {
	t.Helper()
	type live struct {
		addr string
		o    *Owned
	}
	ready, ended, addr := make(chan live, 1), make(chan error, 1), ""
	ctx, stop := context.WithCancel(t.Context())
	cfg.Data, cfg.Listen = filepath.Join(t.TempDir(), "data"), "127.0.0.1:0"
	cfg.Ready = func(a string) { addr = a }
	cfg.Live = func(ctx context.Context, o *Owned) error {
		ready <- live{addr, o}
		<-ctx.Done()
		return nil
	}
	go func() { ended <- Serve(ctx, cfg) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	select {
	case l := <-ready:
		return "http://" + l.addr, l.o
	case err := <-ended:
		ended <- err
		t.Fatal(err)
		return "", nil
	}
}

func answerOf(t *testing.T, req *http.Request) (int, http.Header, string) {
	t.Helper()
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, resp.Header, string(text)
}

func request(t *testing.T, method, url, body string) *http.Request {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	return req
}

// TestMetrics sends events and looks at what is shown of them: how many, and
// nobody.
func TestMetrics(t *testing.T) {
	t.Parallel()
	base, o := serving(t, Config{Metrics: true})
	key, err := o.CreateKey(t.Context(), lead.ServerKey, "canary-name")
	if err != nil {
		t.Fatal(err)
	}
	const batch = `{"batch":[
		{"type":"identify","userId":"canary-user","messageId":"canary-1","traits":{"email":"canary@corp.example"}},
		{"type":"track","event":"canary-event","userId":"canary-user","messageId":"canary-2"},
		{"type":"track","event":"canary-event","userId":"canary-user","messageId":"canary-2"},
		{"type":"canary-type","userId":"canary-user"}]}`
	for _, k := range []string{key, "canary-key"} {
		req := request(t, "POST", base+"/v1/batch", batch)
		req.SetBasicAuth(k, "")
		if status, _, text := answerOf(t, req); (status == 200) != (k == key) {
			t.Fatalf("%d %s", status, text)
		}
	}
	req := request(t, "GET", base+"/metrics", "")
	req.Header.Set("Origin", "https://shop.example")
	status, header, text := answerOf(t, req)
	if status != 200 || header.Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("%d %v", status, header)
	}
	for _, line := range []string{
		`galena_events_total{result="accepted"} 2`, `galena_events_total{result="duplicate"} 1`,
		`galena_events_rejected_total{code="unknown_type"} 1`, `galena_requests_refused_total{code="invalid_write_key"} 1`,
		`galena_ingest_seconds_count 1`, `galena_commit_events_sum 2`, `galena_commit_seconds_count 1`,
		`galena_queue_requests 0`, `galena_log_events 2`, `galena_leads 1`, `galena_identity_conflicts_total 0`, `galena_commit_failures_total 0`,
	} {
		if !strings.Contains(text, "\n"+line+"\n") {
			t.Errorf("there is no line %q", line)
		}
	}
	for _, secret := range []string{"canary", key, "corp.example", "127.0.0.1"} {
		if strings.Contains(text, secret) {
			t.Errorf("%q is shown", secret)
		}
	}
}

func TestMetricsHidden(t *testing.T) {
	t.Parallel()
	base, _ := serving(t, Config{})
	if status, _, text := answerOf(t, request(t, "GET", base+"/metrics", "")); status != 404 || strings.Contains(text, "galena_") {
		t.Errorf("%d %s", status, text)
	}
}
