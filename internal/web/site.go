// Package web is the face for people: pages, rendered on the server. A handler
// reads a request, asks app or staff for one thing, and shows one component of
// package view. It knows no store, decides nothing of the field, and lets nobody
// do what package access does not allow: each route names its act in routes.go.
package web

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"galena/internal/access"
	"galena/internal/app"
	"galena/internal/fault"
	"galena/internal/intake"
	"galena/internal/lead"
	"galena/internal/phrase"
	"galena/internal/staff"
	"galena/internal/web/asset"
	"galena/internal/web/view"
	"galena/internal/web/words"
)

// Finding is one thing that the doctor looked at.
type Finding struct {
	OK   bool
	What string
	Said phrase.Phrase
}

// Config says what the pages are of.
type Config struct {
	App   *app.App
	Staff *staff.Staff
	// Imports does what the page of imports begins.
	Imports *intake.Desk
	// Clock is the time of this process; nil for the system's.
	Clock  func() lead.Time
	Logger *slog.Logger
	// TrustedProxies are believed about whom they forward for.
	TrustedProxies []netip.Prefix
	// Demo lets anybody in, as one of the invented users.
	Demo bool
	// Health is what is wrong with the server in words; nil for nothing. It is
	// asked for each page that shows it.
	Health func(context.Context) error
	// Design shows the page on which those who build pages see what they are made of.
	Design bool
	// Place tells where the workspace is kept, without passwords.
	Place string
	// Program is which galena this is.
	Program string
	// Backup makes a file of everything, beside the server that runs, and has it
	// sent; nil where the database's own tools do that.
	Backup func(ctx context.Context, send func(name string, size int64, content io.Reader) error) error
	// Restore puts a backup in the place of the workspace; nil where that is not done
	// through pages. Present tells what is there now.
	Restore Restorer
	Present func(context.Context) (Contents, error)
	// Size is how many bytes the workspace takes; nil where nobody knows.
	Size func(context.Context) (int64, error)
	// Diagnose looks at the workspace as the doctor does; nil where there is none. It
	// may take minutes where there is much.
	Diagnose func(context.Context) []Finding
	// Started is when the server did.
	Started lead.Time
	// Previews tries drafts on the history; nil for one that goes on as long as the
	// process does.
	Previews *app.Previews
}

// Site is the pages of one workspace.
type Site struct {
	Config
	handler http.Handler
	// backing is held while a backup is made.
	backing sync.Mutex
	// examining is held while the doctor looks.
	examining sync.Mutex
}

// New makes the pages.
func New(cfg Config) *Site {
	if cfg.Clock == nil {
		cfg.Clock = func() lead.Time { return lead.TimeOf(time.Now()) }
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	if cfg.Previews == nil {
		cfg.Previews = cfg.App.Previews(context.Background())
	}
	s := &Site{Config: cfg}
	mux := http.NewServeMux()
	for _, r := range routes {
		mux.Handle(r.Pattern, s.serve(r))
	}
	if cfg.Design {
		mux.Handle("GET /design", s.serve(Route{Pattern: "GET /design", handle: (*request).design, Act: access.See}))
	}
	mux.Handle("GET "+asset.Prefix, asset.Handler())
	mux.Handle("/", s.serve(Route{Pattern: "/", handle: (*request).nowhere, open: true}))
	own := http.NewCrossOriginProtection()
	own.SetDenyHandler(http.HandlerFunc(s.foreign))
	s.handler = own.Handler(mux)
	return s
}

// policy is what a page may load: what this server serves, and nothing inline.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
	"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	guard(w.Header())
	s.handler.ServeHTTP(w, r)
}

// guard says what a browser is to make sure of with each answer.
func guard(h http.Header) {
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
}

// maxForm bounds what a form may send; uploads have a bound of their own.
const maxForm = 1 << 20

// serve makes of a route what net/http calls.
func (s *Site) serve(route Route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q := &request{Request: r, site: s, w: w, route: route}
		w.Header().Set("Cache-Control", "no-store")
		if route.secret {
			// Not "no-referrer": forms would then say that they come from nowhere.
			w.Header().Set("Referrer-Policy", "strict-origin")
		}
		defer func() {
			if p := recover(); p != nil {
				if p == http.ErrAbortHandler {
					panic(p)
				}
				s.Logger.Error("a page failed", "path", route.Pattern, "panic", p)
				q.fail(fault.New(fault.Internal, "The page failed."))
			}
		}()
		if r.Body != nil && !route.upload {
			r.Body = http.MaxBytesReader(w, r.Body, maxForm)
		}
		if err := q.prepare(); err != nil {
			q.fail(err)
			return
		}
		if !route.open {
			if q.user == nil {
				q.toDoor()
				return
			}
			if !q.user.Role.May(route.Act) {
				q.refuse()
				return
			}
		}
		if err := q.readForm(); err != nil {
			q.fail(err)
			return
		}
		if err := route.handle(q); err != nil {
			q.fail(err)
		}
	})
}

// readForm reads what a form sends. Handlers ask for its values one by one, and would
// take what cannot be read for empty.
func (q *request) readForm() error {
	if q.Method != http.MethodPost || q.route.upload {
		return nil
	}
	err := q.ParseForm()
	if kind, _, _ := mime.ParseMediaType(q.Header.Get("Content-Type")); err == nil && kind == "multipart/form-data" {
		err = q.ParseMultipartForm(maxForm)
	}
	if err != nil && !errors.As(err, new(*http.MaxBytesError)) {
		err = fault.Wrap(err, fault.Invalid, "The form cannot be read. Load the page again and send it once more.")
	}
	return err
}

// prepare finds out who asks and how to speak to them.
func (q *request) prepare() error {
	ctx := q.Context()
	var err error
	if q.company, err = q.site.Staff.Company(ctx); err != nil {
		return err
	}
	q.voice = &words.Voice{Now: q.site.Clock(), Zone: zone(q.company.Zone)}
	if token := q.token(); token != "" {
		if q.user, q.session, err = q.site.Staff.Who(ctx, token); err != nil {
			return err
		}
	}
	preferred := ""
	if q.user != nil {
		preferred = q.user.Language
		if q.user.Zone != "" {
			q.voice.Zone = zone(q.user.Zone)
		}
	}
	q.voice.Lang = words.Choose(preferred, q.Header.Get("Accept-Language"))
	return nil
}

func zone(name string) *time.Location {
	if z, err := time.LoadLocation(name); err == nil {
		return z
	}
	return time.UTC
}

// frame is what surrounds a page of a part of the navigation.
func (q *request) frame(part, title string, crumbs ...view.Crumb) *view.Frame {
	f := &view.Frame{Title: title, Part: part, Crumbs: crumbs, Company: q.company.Name, Toast: q.takeToast()}
	if q.user != nil {
		f.Signed = &view.Signed{Name: q.user.Name, Email: q.user.Email, Role: q.user.Role}
		f.Theme = q.user.Theme
	}
	return f
}

// may says whether who asks may do something.
func (q *request) may(a access.Act) bool { return q.user != nil && q.user.Role.May(a) }
