package pages

import (
	"context"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// How much a browser that knows nothing of us yet may load for a page, in bytes as
// they travel, fonts and all. The editor of playbooks comes with its own page only.
const (
	maxWeight       = 150_000
	maxEditorWeight = 300_000
)

// weighed is what the page and all that came with it weighs, and what of it came from
// anywhere else.
const weighed = `document.fonts.ready.then(() => {
	const all = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
	return {
		Bytes: all.reduce((sum, e) => sum + e.transferSize, 0),
		Foreign: all.map(e => e.name).filter(name => !name.startsWith(location.origin + '/') && !name.startsWith('data:')).join(' '),
	}
})`

// The first page that somebody sees is there soon on a slow line, and tells nobody else
// that they came.
func TestPagesAreLight(t *testing.T) {
	t.Parallel()
	c := Serve(t, t.TempDir(), true)
	b := Open(t, c.Base, Screens[0])
	b.limit(func(ctx context.Context) error {
		_, err := chromedp.Call(ctx, network.SetCacheDisabled, network.SetCacheDisabledParams{CacheDisabled: true})
		return err
	})
	look := func(path string, most int) {
		b.Go(path)
		w := Eval[struct {
			Bytes   int
			Foreign string
		}](b, weighed)
		if w.Bytes > most || w.Bytes < 20_000 || w.Foreign != "" {
			t.Errorf("%s weighs %d bytes, at most %d; from elsewhere comes %q", path, w.Bytes, most, w.Foreign)
		}
		t.Logf("%s weighs %d bytes", path, w.Bytes)
	}
	look("/demo", maxWeight)
	b.Enter("marketing")
	for _, path := range []string{"/", "/leads", "/leads/board", "/accounts", "/playbook", "/playbook/structure", "/events", "/events/schema", "/imports", "/settings/you"} {
		look(path, maxWeight)
	}
	b.Go("/leads")
	look(Eval[string](b, "document.querySelector('a[data-row]').getAttribute('href')"), maxWeight)
	draft := b.Draft("Weighed", "default")
	if !strings.HasPrefix(draft, "/playbook/drafts/") {
		t.Fatalf("the draft is at %s", draft)
	}
	look(draft, maxEditorWeight)
}
