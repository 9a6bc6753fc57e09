package sdk

import (
	"context"
	"embed"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"

	"galena/internal/kit/need"
)

//go:embed *.html retry.mjs
var pages embed.FS

// SegmentBrowser sends messages with @segment/analytics-next.
func SegmentBrowser(t *testing.T, s Server) {
	t.Helper()
	browser(t, s, "segment.html", "@segment/analytics-next/dist/umd")
}

// RudderBrowser sends messages with @rudderstack/analytics-js.
func RudderBrowser(t *testing.T, s Server) {
	t.Helper()
	browser(t, s, "rudder.html", "@rudderstack/analytics-js/dist/npm/modern/bundled/umd")
}

// JitsuBrowser sends messages with @jitsu/js.
func JitsuBrowser(t *testing.T, s Server) {
	t.Helper()
	browser(t, s, "jitsu.html", "@jitsu/js/dist")
}

// browser sends messages from a page in Chromium with the library in a folder,
// from another origin than the server's. The page leaves the ids of what it sent
// in window.sent.
func browser(t *testing.T, s Server, page, library string) {
	t.Helper()
	chromium := need.Program(t, "chromium", "chromium-browser", "google-chrome", "chrome")
	modules := install(t)
	n, before := badNetwork(t, s.BaseURL), s.Landed()

	shop := http.NewServeMux()
	shop.HandleFunc("/{$}", func(w http.ResponseWriter, r *http.Request) {
		http.ServeFileFS(w, r, pages, page)
	})
	shop.HandleFunc("/retry.mjs", func(w http.ResponseWriter, r *http.Request) {
		http.ServeFileFS(w, r, pages, "retry.mjs")
	})
	shop.Handle("/lib/", http.StripPrefix("/lib/", http.FileServer(http.Dir(filepath.Join(modules, library)))))
	site := httptest.NewServer(shop)
	t.Cleanup(site.Close)

	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(chromium), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true))
	ctx, stop := chromedp.NewExecAllocator(t.Context(), options...)
	defer stop()
	ctx, closeTab := chromedp.NewContext(ctx)
	defer closeTab()
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()

	query := url.Values{"server": {n.URL}, "key": {s.WriteKey}}
	if err := chromedp.Do(ctx, chromedp.Navigate(site.URL+"/?"+query.Encode())); err != nil {
		t.Fatal(err)
	}
	sent, err := chromedp.Run(ctx, chromedp.Poll[[]string]("window.sent"))
	if err != nil {
		t.Fatalf("the library did not send: %v; %v", err, n)
	}
	if len(sent) < 20 {
		t.Fatalf("the page sent %d messages only", len(sent))
	}
	exactlyOnce(t, s, n, before, sent)
}
