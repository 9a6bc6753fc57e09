// Package pages drives the pages in a real browser: a server of its own with an
// invented company, Chromium, and a look at what a person would see: no error in
// the console, nothing wider than the screen, nothing that accessibility rules
// forbid. With GALENA_SCREENSHOTS=DIR pictures of all pages are kept there.
//
// It holds tests only.
package pages

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	stdruntime "runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"galena/internal/kit/need"
	"galena/internal/web/asset"
)

// Screenshots is the variable of the environment that names a folder for pictures.
const Screenshots = "GALENA_SCREENSHOTS"

// patience is how long a page may take to show what a test waits for.
const patience = 30 * time.Second

// Screen is how large a browser's window is, and whether it is dark.
type Screen struct {
	Name   string
	Width  int64
	Height int64
	Dark   bool
}

// AllScreens is the variable of the environment that, with "1", has every page
// looked at on all screens, not only on two that have both sizes and both colours.
const AllScreens = "GALENA_ALL_SCREENS"

// Screens are those on which every page is looked at.
var Screens = func() []Screen {
	screens := []Screen{
		{"desktop-light", 1440, 900, false}, {"phone-dark", 390, 844, true},
		{"desktop-dark", 1440, 900, true}, {"phone-light", 390, 844, false},
	}
	if os.Getenv(AllScreens) != "1" {
		screens = screens[:2]
	}
	return screens
}()

var (
	chromium      sync.Once
	chromiumScope context.Context
	chromiumErr   error
	chromiumEnd   = func() {}
)

// Browser is one window with cookies of its own.
type Browser struct {
	testing.TB
	ctx    context.Context
	base   string
	screen Screen

	mu     sync.Mutex
	faults []string
}

// Open opens a window on a server. It ends with the test, which fails if a page
// reported an error by then.
func Open(t testing.TB, base string, screen Screen) *Browser {
	t.Helper()
	program := need.Program(t, "chromium", "chromium-browser", "google-chrome", "chrome")
	if !asset.Built() {
		need.Missing(t, "the pages' styles and script are not built; make assets builds them")
	}
	chromium.Do(func() {
		options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(program), chromedp.NoSandbox, chromedp.DisableGPU,
			chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("lang", "en-US"))
		scope, stop := chromedp.NewExecAllocator(context.Background(), options...)
		var closeFirst context.CancelFunc
		chromiumScope, closeFirst = chromedp.NewContext(scope)
		chromiumErr = chromedp.Do(chromiumScope, chromedp.Navigate("about:blank"))
		chromiumEnd = func() { closeFirst(); stop() }
	})
	if chromiumErr != nil {
		t.Fatalf("Chromium does not start: %v", chromiumErr)
	}
	b := &Browser{TB: t, base: base, screen: screen}
	ctx, closeWindow := chromedp.NewContext(chromiumScope, chromedp.WithNewBrowserContext(), chromedp.WithListener(b.hear))
	t.Cleanup(closeWindow)
	b.ctx = ctx
	theme := "light"
	if screen.Dark {
		theme = "dark"
	}
	// The window lives as long as the context of what is done with it first.
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(screen.Width, screen.Height)); err != nil {
		t.Fatal(err)
	}
	b.limit(func(ctx context.Context) error {
		if _, err := chromedp.Call(ctx, log.Enable, cdp.Empty{}); err != nil {
			return err
		}
		_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
			{Name: "prefers-color-scheme", Value: theme}, {Name: "prefers-reduced-motion", Value: "reduce"},
		}})
		return err
	})
	t.Cleanup(func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		for _, f := range b.faults {
			t.Errorf("The page reported: %s", f)
		}
	})
	return b
}

// hear notes what a page complains about.
func (b *Browser) hear(event any) {
	text := ""
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		text = e.ExceptionDetails.Text
	case *log.EventEntryAdded:
		if e.Entry.Level == "error" {
			text = e.Entry.Text + " " + e.Entry.URL
		}
	}
	if text == "" {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.faults = append(b.faults, text)
}

// Forgive forgets what pages reported so far that contains a text: where a test
// asks for an answer that the console counts as an error.
func (b *Browser) Forgive(text string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	kept := b.faults[:0]
	for _, f := range b.faults {
		if !strings.Contains(f, text) {
			kept = append(kept, f)
		}
	}
	b.faults = kept
}

func (b *Browser) limit(fn func(context.Context) error) {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	if err := fn(ctx); err != nil {
		b.Fatal(err)
	}
}

func (b *Browser) do(steps ...chromedp.Action[chromedp.Void]) {
	b.Helper()
	b.limit(func(ctx context.Context) error { return chromedp.Do(ctx, steps...) })
}

// Go opens a page by its path.
func (b *Browser) Go(path string) {
	b.Helper()
	b.do(chromedp.Navigate(b.base + path))
}

// Eval runs a script in the page and gives what it comes to.
func Eval[T any](b *Browser, script string) T {
	b.Helper()
	var v T
	b.limit(func(ctx context.Context) (err error) {
		v, err = chromedp.Run(ctx, chromedp.Evaluate[T](script, chromedp.EvalAwaitPromise))
		if err != nil {
			err = fmt.Errorf("%s: %w", script, err)
		}
		return err
	})
	return v
}

// Wait waits until a script comes to something true.
func (b *Browser) Wait(script string) {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	// While a page gives way to another there is none to ask.
	var err error
	for ctx.Err() == nil {
		if _, err = chromedp.Run(ctx, chromedp.Poll[bool]("!!("+script+")")); err == nil {
			return
		}
	}
	if err != nil {
		b.Shot("failed")
		b.Fatalf("The page at %s never came to %s: %v\n%s", Eval[string](b, "location.href"), script, err, clip(b.Text("body")))
	}
}

// until waits until a promise, asked for again and again, comes to something true.
func (b *Browser) until(promise string) {
	b.Helper()
	for end := time.Now().Add(patience); !Eval[bool](b, promise); {
		if time.Now().After(end) {
			b.Fatalf("In time never came true: %s", promise)
		}
	}
}

func clip(text string) string {
	if len(text) > 2000 {
		return text[:2000] + "…"
	}
	return text
}

// Click clicks what a selector finds first, and waits for the page that it leads to, if any.
func (b *Browser) Click(selector string) {
	b.Helper()
	b.Wait(fmt.Sprintf("document.querySelector(%q)", selector))
	b.do(chromedp.Click(selector))
}

// Submit clicks a button that leads to another page, and waits for it.
func (b *Browser) Submit(selector string) {
	b.Helper()
	Eval[bool](b, "window.leaving = true")
	b.Click(selector)
	b.Wait("!window.leaving && document.readyState === 'complete'")
}

// Fill writes into a field.
func (b *Browser) Fill(selector, text string) {
	b.Helper()
	b.Wait(fmt.Sprintf("document.querySelector(%q)", selector))
	Eval[bool](b, fmt.Sprintf(`(() => { const f = document.querySelector(%q); f.focus(); f.value = %q;
		f.dispatchEvent(new Event('input', {bubbles: true})); f.dispatchEvent(new Event('change', {bubbles: true})); return true })()`, selector, text))
}

// Choose has a field for files hold one.
func (b *Browser) Choose(selector, file string) {
	b.Helper()
	b.Wait(fmt.Sprintf("document.querySelector(%q)", selector))
	b.do(chromedp.SetUploadFiles(selector, []string{file}))
}

// Type writes into a field key by key, as a person does.
func (b *Browser) Type(selector, text string) {
	b.Helper()
	b.Wait(fmt.Sprintf("document.querySelector(%q)", selector))
	b.do(chromedp.SendKeys(selector, text))
}

// Text is what a person reads in what a selector finds first.
func (b *Browser) Text(selector string) string {
	b.Helper()
	return Eval[string](b, fmt.Sprintf("document.querySelector(%q)?.innerText ?? ''", selector))
}

// Has says whether a selector finds anything.
func (b *Browser) Has(selector string) bool {
	b.Helper()
	return Eval[bool](b, fmt.Sprintf("!!document.querySelector(%q)", selector))
}

// Shot keeps a picture of the whole page, where the environment asks for pictures.
func (b *Browser) Shot(name string) {
	b.Helper()
	dir := os.Getenv(Screenshots)
	if dir == "" {
		return
	}
	b.limit(func(ctx context.Context) error {
		picture, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
		if err == nil {
			err = os.MkdirAll(dir, 0o755)
		}
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, name+"-"+b.screen.Name+".png"), picture, 0o644)
		}
		return err
	})
}

// Look does with a page what is done with every page: it must fit the screen, be
// accessible, and is kept as a picture.
func (b *Browser) Look(name string) {
	b.Helper()
	b.Shot(name)
	if wide := Eval[int](b, "document.documentElement.scrollWidth - document.documentElement.clientWidth"); wide > 0 {
		b.Errorf("%s is %d pixels wider than the screen (%s): %s", name, wide, b.screen.Name, Eval[string](b, `
			[...document.querySelectorAll('main *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest('.table-frame, .board, pre, .path, .tabs'))
			.slice(0, 3).map(e => e.outerHTML.slice(0, 120)).join(' | ')`))
	}
	b.accessible(name)
}

// axe is the script that checks a page for accessibility.
var axe = sync.OnceValues(func() (string, error) {
	_, file, _, ok := stdruntime.Caller(0)
	if !ok {
		return "", errors.New("the folder of the test is not known")
	}
	text, err := os.ReadFile(filepath.Join(filepath.Dir(file), "../../internal/web/asset/node_modules/axe-core/axe.min.js"))
	return string(text), err
})

// accessible checks the page by the rules of WCAG 2.2 AA that a program can check.
func (b *Browser) accessible(name string) {
	b.Helper()
	script, err := axe()
	if err != nil {
		need.Missing(b.TB, "axe-core is not installed; make assets installs it")
	}
	Eval[bool](b, script+"; true")
	for _, wrong := range Eval[[]string](b, `axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})
		.then(r => r.violations.map(v => v.id + ' (' + v.help + '): ' + v.nodes.slice(0, 4).map(n => n.html.slice(0, 160) + ' [' + (n.any[0]?.message ?? n.all[0]?.message ?? n.none[0]?.message ?? '') + ']').join(' | ')))`) {
		b.Errorf("%s (%s): %s", name, b.screen.Name, wrong)
	}
}
