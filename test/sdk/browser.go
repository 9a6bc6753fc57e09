package sdk

import (
	"context"
	_ "embed"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"

	"galena/internal/kit/need"
)

//go:embed browser.html
var page []byte

// Browser sends messages from a page in Chromium with @segment/analytics-next,
// from another origin than the server's.
func Browser(t *testing.T, s Server) {
	t.Helper()
	chromium := need.Program(t, "chromium", "chromium-browser", "google-chrome", "chrome")
	modules := install(t)
	n, before := badNetwork(t, s.BaseURL), s.Landed()

	shop := http.NewServeMux()
	shop.HandleFunc("/{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Write(page)
	})
	shop.Handle("/umd/", http.StripPrefix("/umd/", http.FileServer(http.Dir(filepath.Join(modules, "@segment/analytics-next/dist/umd")))))
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
