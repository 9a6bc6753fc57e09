package server

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"galena/internal/app"
	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/pipeline"
)

func TestSpace(t *testing.T) {
	t.Parallel()
	free, failed := int64(10<<20), error(nil)
	s := &space{dir: "d", keep: 200 << 20, free: func(dir string) (int64, error) { return free, failed }}
	err := s.short()
	if fault.KindOf(err) != fault.Busy || !strings.Contains(fault.Text(err), "has 10 MB left, and 200 MB are kept free") {
		t.Errorf("short of space: %v", err)
	}
	free = 300 << 20
	if s.short() == nil {
		t.Error("the disk is looked at for every batch")
	}
	s.looked = time.Now().Add(-2 * spaceAge)
	if err := s.short(); err != nil {
		t.Errorf("after there is room again: %v", err)
	}
	free, failed = 0, errors.New("no such thing")
	s.looked = time.Time{}
	if err := s.short(); err != nil {
		t.Errorf("a disk that cannot be asked: %v", err)
	}
	s.keep, failed, s.looked = 0, nil, time.Time{}
	if err := s.short(); err != nil {
		t.Errorf("switched off: %v", err)
	}
	if n, err := freeSpace(t.TempDir()); err != nil || n <= 0 {
		t.Errorf("this disk has %d bytes left, %v", n, err)
	}
}

// A server whose disk is nearly full says so, answers that it is to be asked again,
// keeps nothing of what it is sent, and goes on by itself when there is room.
func TestAServerShortOfSpace(t *testing.T) {
	t.Parallel()
	var free atomic.Int64
	dir := t.TempDir()
	run := serve(t, Config{
		Data: dir, Playbook: []byte(handbook), KeepFree: 1000,
		freeSpace: func(string) (int64, error) { return free.Load(), nil },
	})
	ask := func(path string) (int, string, http.Header) {
		t.Helper()
		resp, err := http.Get(run.url + path)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		text, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return resp.StatusCode, string(text), resp.Header
	}
	if status, text, _ := ask("/readyz"); status != http.StatusServiceUnavailable || !strings.Contains(text, "are kept free") {
		t.Errorf("short of space, /readyz says %d, %s", status, text)
	}
	if status, _, _ := ask("/healthz"); status != http.StatusOK {
		t.Errorf("short of space, /healthz says %d", status)
	}
	key := ""
	if err := Write(t.Context(), dir, nil, func(w app.Writer) (err error) {
		key, err = w.CreateKey(t.Context(), lead.ServerKey, "test")
		if err != nil {
			return err
		}
		_, err = w.Ingest(t.Context(), pipeline.Batch{Events: []lead.Event{event("m1")}})
		return err
	}); fault.KindOf(err) != fault.Busy {
		t.Errorf("a command is told %v", err)
	}
	track := func() (int, string) {
		t.Helper()
		req, err := http.NewRequest(http.MethodPost, run.url+"/v1/track", strings.NewReader(`{"userId":"u","event":"Visit","messageId":"m2"}`))
		if err != nil {
			t.Fatal(err)
		}
		req.SetBasicAuth(key, "")
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		return resp.StatusCode, resp.Header.Get("Retry-After")
	}
	if status, after := track(); status != http.StatusServiceUnavailable || after == "" {
		t.Errorf("short of space, an event is answered with %d, Retry-After %q", status, after)
	}
	free.Store(5000)
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if status, _, _ := ask("/readyz"); status == http.StatusOK {
			break
		}
		if time.Now().After(end) {
			t.Fatal("it does not notice that there is room again")
		}
	}
	if status, _ := track(); status != http.StatusOK {
		t.Errorf("with room again, an event is answered with %d", status)
	}
	if err := Read(t.Context(), dir, func(r *app.Reader) error {
		c, err := r.Counts(t.Context())
		if c.Events != 1 {
			t.Errorf("%d events are kept, want 1", c.Events)
		}
		return err
	}); err != nil {
		t.Error(err)
	}
}
