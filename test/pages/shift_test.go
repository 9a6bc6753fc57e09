package pages

import (
	"context"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// maxShift is how far what was shown of a page may move by itself while the page
// loads: a fifth of what browsers call a good cumulative layout shift, so that nobody
// sees it.
const maxShift = 0.02

// A line so slow that pages are shown in parts, as on the way: where it is fast, what
// comes late in a page may stand above before anybody sees it.
const (
	slowBytes   = 30_000 // a second
	slowLatency = 5      // milliseconds
)

// shifted is how far what was shown of a page moved while it loaded, in the measure
// of browsers, and what moved furthest at once.
const shifted = `(async () => {
	const all = []
	const observer = new PerformanceObserver(list => all.push(...list.getEntries()))
	observer.observe({type: 'layout-shift', buffered: true})
	await document.fonts.ready
	for (let frame = 0; frame < 3; frame++) await new Promise(requestAnimationFrame)
	all.push(...observer.takeRecords())
	observer.disconnect()
	const moved = all.filter(e => !e.hadRecentInput).sort((a, b) => b.value - a.value)
	return {
		Sum: moved.reduce((sum, e) => sum + e.value, 0),
		What: (moved[0]?.sources ?? []).slice(0, 3).map(s => (s.node?.outerHTML ?? s.node?.nodeName ?? '').slice(0, 120) + ' from ' + s.previousRect.y + ' to ' + s.currentRect.y).join(' | '),
	}
})()`

// names are the parts of paths by which pages of one kind differ.
var names = regexp.MustCompile(`[0-9a-f]*[0-9][0-9a-f]*`)

// Nothing moves away from under whoever has begun to read.
func TestLayoutStays(t *testing.T) {
	t.Parallel()
	c := Serve(t, t.TempDir(), true)
	var paths []string
	seen := map[string]bool{}
	for _, path := range Crawl(t, c.Base, "admin").Pages() { // one of each kind
		if form, _, _ := strings.Cut(names.ReplaceAllString(path, "0"), "?"); !seen[form] {
			seen[form] = true
			paths = append(paths, path)
		}
	}
	for _, screen := range Screens[:2] {
		t.Run(screen.Name, func(t *testing.T) {
			b := Open(t, c.Base, screen)
			b.Enter("admin")
			b.limit(func(ctx context.Context) error {
				_, err := chromedp.Call(ctx, network.EmulateNetworkConditionsByRule, network.EmulateNetworkConditionsByRuleParams{
					MatchedNetworkConditions: []*network.Conditions{{Latency: slowLatency, DownloadThroughput: slowBytes, UploadThroughput: -1}},
				})
				return err
			})
			for _, path := range paths {
				b.Go(path)
				s := Eval[struct {
					Sum  float64
					What string
				}](b, shifted)
				if s.Sum > maxShift {
					t.Errorf("%s moves by %.3f while it loads: %s", path, s.Sum, s.What)
				}
			}
		})
	}
}
