package pages

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/png"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/chromedp/chromedp"

	"galena/internal/access"
	"galena/internal/app"
	"galena/internal/lead"
	"galena/internal/pipeline"
	"galena/internal/sim"
	"galena/internal/staff"
	"galena/internal/store/memory"
	"galena/internal/web"
)

// Pictures is the variable of the environment that names a folder for the README's
// pictures; `make pictures` sets it.
const Pictures = "GALENA_PICTURES"

// pictures are what the README shows, and where a browser finds it. The last is of
// the hottest lead.
var pictures = []struct{ name, path, shows string }{
	{"home", "/", "Hottest leads"},
	{"leads", "/leads", "Last seen"},
	{"playbook", "/playbook/structure", "What leads to what"},
	{"lead", "", "Why"},
}

// maxPictures is how many bytes all pictures may have together: everybody who
// clones the repository or opens its page loads them.
const maxPictures = 1_500_000

// The pictures of the README show what the pages look like. They are made again
// only with GALENA_PICTURES; without it this looks whether they could be, and
// whether the README shows those that are there.
func TestPictures(t *testing.T) {
	t.Parallel()
	base := serveStill(t)
	dir := os.Getenv(Pictures)
	for _, dark := range []bool{false, true} {
		screen := Screen{"light", 1440, 900, dark}
		if dark {
			screen.Name = "dark"
		}
		b := Open(t, base, screen)
		b.Enter("marketing")
		for _, p := range pictures {
			if p.path == "" {
				b.Go("/leads")
				b.Submit("a[data-row]")
			} else {
				b.Go(p.path)
			}
			b.Wait("document.fonts.status === 'loaded'")
			if text := b.Text("main"); !strings.Contains(text, p.shows) {
				t.Errorf("%s shows %.300s", p.name, text)
			}
			if dir != "" {
				b.keep(filepath.Join(dir, p.name+"-"+screen.Name+".png"))
			}
		}
	}

	const folder = "../../docs/pictures"
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	files, err := os.ReadDir(folder)
	if err != nil || len(files) != 2*len(pictures) {
		t.Errorf("in %s are %d files, and %d pictures are made: %v", folder, len(files), 2*len(pictures), err)
	}
	sum := int64(0)
	for _, f := range files {
		info, err := f.Info()
		if err != nil {
			t.Fatal(err)
		}
		if sum += info.Size(); !strings.Contains(string(readme), "docs/pictures/"+f.Name()) {
			t.Errorf("the README does not show %s", f.Name())
		}
	}
	if sum > maxPictures {
		t.Errorf("the pictures have %d bytes, more than %d", sum, maxPictures)
	}
}

// keep writes what the window shows to a file.
func (b *Browser) keep(file string) {
	b.Helper()
	b.limit(func(ctx context.Context) error {
		shot, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
		if err != nil {
			return err
		}
		picture, err := png.Decode(bytes.NewReader(shot))
		if err != nil {
			return err
		}
		if whole, ok := picture.(interface{ Opaque() bool }); !ok || !whole.Opaque() || picture.Bounds().Max != image.Pt(int(b.screen.Width), int(b.screen.Height)) {
			return errors.New("the picture is not one of the whole window")
		}
		var small bytes.Buffer
		if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&small, picture); err != nil {
			return err
		}
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		return os.WriteFile(file, small.Bytes(), 0o644)
	})
}

// serveStill serves an invented company at a moment that does not pass, so that
// each run shows the same.
func serveStill(t testing.TB) (base string) {
	t.Helper()
	const (
		end = lead.Time(1_773_050_400_000) // 2026-03-09T10:00:00Z, a Monday
		// The last days happen as they would, hour by hour; all before is history.
		live = 3 * lead.Day
	)
	var now atomic.Int64
	clock := func() lead.Time { return lead.Time(now.Load()) }
	now.Store(int64(end.Add(-live)))
	company := sim.New(3, sim.Options{Leads: 600, Start: end.Add(-365 * lead.Day), End: end})
	s := memory.New(clock)
	a, err := app.New(t.Context(), s, nil)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	ended := make(chan error, 1)
	go func() { ended <- a.Run(ctx, 0) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	var batch pipeline.Batch
	take := func() {
		t.Helper()
		_, err := a.Ingest(ctx, batch)
		if err := errors.Join(err, a.Wake(ctx), a.Tell(ctx)); err != nil {
			t.Fatal(err)
		}
		batch = pipeline.Batch{}
	}
	company.History(func(e lead.Event) bool {
		e.Backfill = e.Occurred < end.Add(-live)
		if len(batch.Events) == 1000 || e.Occurred > clock() {
			take()
		}
		for !e.Backfill && e.Occurred > clock() {
			now.Add(int64(lead.Hour))
		}
		batch.Events = append(batch.Events, e)
		return true
	})
	take()
	now.Store(int64(end))
	people := staff.New(s)
	err = errors.Join(a.Wake(ctx), a.Tell(ctx), a.Follow(ctx), a.Census(ctx))
	_, founded := people.FoundOpen(ctx, staff.Company{Name: "Tidewater Systems", Zone: "UTC", Currency: "EUR"},
		staff.User{Email: "mia@tidewater.example", Name: "Mia Marketing", Role: access.Marketing})
	if err := errors.Join(err, founded); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(web.New(web.Config{App: a, Staff: people, Clock: clock, Demo: true}))
	t.Cleanup(server.Close)
	return server.URL
}
