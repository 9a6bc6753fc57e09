// Package server puts the parts of a running Galena together, starts them in
// order and stops them in reverse. It is the only package that knows everybody;
// it holds no rule of the field.
package server

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"sync/atomic"
	"syscall"
	"time"

	"galena/internal/fault"
	"galena/internal/metrics"
	"galena/internal/pipeline"
	"galena/internal/tracking"
)

// Config says how to serve. The zero values of all but Data and Listen are usable.
type Config struct {
	// Data is the place of the workspace: a data folder, which is created if need
	// be, or the URL of a PostgreSQL database, on which other nodes may run too.
	Data string
	// Listen is the address of the HTTP listener, "host:port"; port 0 takes a
	// free one, which Ready tells.
	Listen string
	// Playbook is what a new folder begins with; nil for the shipped default.
	Playbook []byte
	// TrustedProxies are the networks whose X-Forwarded-For is believed.
	TrustedProxies []netip.Prefix
	// Rate is how many events a write key may bring in a second; 0 for any number.
	Rate int
	// Metrics shows the server's metrics to whoever asks for /metrics.
	Metrics bool
	// KeepFree is how many bytes of the data folder's disk stay free: with less no
	// events are taken; 0 fills it to the end. A database watches its own disk.
	KeepFree int64
	// Drain is how long a server that was told to stop still takes connections
	// while /readyz says 503, so that whoever sends it work notices.
	Drain time.Duration
	// Demo lets anybody into the pages as one of these, who are made for it; nil
	// has everybody sign in.
	Demo *Demo
	// Design shows builders of pages what these are made of, at /design.
	Design bool
	// Program says which galena this is, on a page and in backups.
	Program string
	// Logger receives what operators should know; nil discards it.
	Logger *slog.Logger
	// Ready is called once, with the address, when requests are answered.
	Ready func(addr string)
	// Welcome is called once, before Ready, with the path of the page that sets the
	// workspace up, if nobody has, and again when a backup was restored in which
	// nobody works; nil for nobody to tell.
	Welcome func(path string)
	// Live is run beside the server until the server stops, once it is ready, or
	// another workspace takes the place of this one; nil for nothing. The demo feeds its company's events through it.
	Live func(ctx context.Context, o *Owned) error

	freeSpace func(dir string) (int64, error) // nil: of the disk
	// reached is called at the points of a restore at which tests end the process;
	// nil for nothing.
	reached func(point string)
}

// Bounds of the HTTP side.
const (
	headerTimeout = 5 * time.Second  // a request's head
	readTimeout   = 30 * time.Second // a request altogether
	writeTimeout  = 60 * time.Second
	idleTimeout   = 2 * time.Minute
	maxHeader     = 32 << 10
	// stopTimeout is how long requests that are under way may still take when
	// the server stops.
	stopTimeout = 10 * time.Second
	// wakeInterval bounds how late a change that time alone brings is decided.
	wakeInterval = time.Second
	// censusInterval is how often it is counted what the sources brought.
	censusInterval = 5 * time.Second
)

// server is what answers at an address, whichever workspace is there.
type server struct {
	Config
	room     *space
	gate     gate
	restores *restorer // nil: nothing can be restored through the pages
	failed   chan error
	stopping atomic.Bool
}

// Serve runs a server on a workspace until ctx ends, and then stops it: not
// ready at once, after the drain no new connections, requests under way are
// answered, everything acknowledged is on disk. It returns nil after a clean stop.
func Serve(ctx context.Context, cfg Config) (err error) {
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	// A server that cannot listen makes no workspace: the next one, told better,
	// could not begin it with a playbook any more.
	if err := unheld(cfg.Data); err != nil {
		return err
	}
	listener, err := net.Listen("tcp", cfg.Listen)
	if errors.Is(err, syscall.EADDRINUSE) {
		return fault.Wrap(err, fault.Invalid, "Cannot listen on %s: another program does. Choose another address with --listen", cfg.Listen)
	}
	if err != nil {
		return fault.Wrap(err, fault.Invalid, "Cannot listen on %s. Give an address of this machine as --listen HOST:PORT", cfg.Listen)
	}
	o, err := Own(ctx, cfg.Data, cfg.Playbook)
	if err != nil {
		listener.Close()
		return err
	}
	return (&server{Config: cfg}).serve(ctx, listener, o)
}

// serve answers at a listener for a workspace, and for those that take its place.
func (s *server) serve(ctx context.Context, listener net.Listener, o *Owned) (err error) {
	now := &term{Owned: o}
	defer func() { err = errors.Join(err, now.close()) }()
	s.room = &space{dir: s.Data, keep: s.KeepFree, free: s.freeSpace}
	if s.room.free == nil {
		s.room.free = freeSpace
	}
	if IsDatabase(s.Data) {
		s.room.keep = 0
	} else if err := forgetFiles(s.Data); err != nil {
		listener.Close()
		return err
	}
	// Nobody has a password in a demo, and what it lives on is of its workspace.
	if !IsDatabase(s.Data) && s.Demo == nil {
		s.restores = newRestorer(s.Data, s.room)
		defer s.restores.close()
	}
	s.failed = make(chan error, 4)
	s.gate.shut = s.away()
	if err := s.begin(ctx, now); err != nil {
		listener.Close()
		return err
	}
	web := &http.Server{
		Handler:           s.outside(),
		ReadHeaderTimeout: headerTimeout,
		ReadTimeout:       readTimeout,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeader,
		ErrorLog:          s.errorLog(),
	}
	lasting, stopLasting := context.WithCancel(context.WithoutCancel(ctx))
	defer stopLasting()
	go boundMemory(lasting)
	go s.answer(web, listener)

	addr := listener.Addr().String()
	s.Logger.Info("ready", "address", addr, "data", Shown(s.Data), "playbook_version", now.Plan().Version)
	if s.Welcome != nil {
		path, err := now.welcome(ctx)
		if err != nil {
			s.Logger.Error("nobody can be welcomed", "error", err)
		} else if path != "" {
			s.Welcome(path)
		}
	}
	if s.Ready != nil {
		s.Ready(addr)
	}
	if s.Live != nil {
		now.beside.Go(func() {
			if err := s.Live(now.living, now.Owned); err != nil && now.living.Err() == nil {
				s.fail(err)
			}
		})
	}

	for serving := true; serving; {
		select {
		case job := <-s.orders():
			if now, err = s.exchange(ctx, now, job); err == nil {
				continue
			}
		case <-ctx.Done():
			s.stopping.Store(true)
			err = drain(s.Drain, s.failed)
		case err = <-s.failed:
		}
		serving = false
	}
	if err != nil {
		s.Logger.Error("stopping after a failure", "error", err)
	}
	s.stopping.Store(true)
	begun := now != nil && now.begun
	if begun {
		now.stopLiving()
		now.beside.Wait()
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
	defer cancel()
	err = errors.Join(err, web.Shutdown(last))
	if begun {
		err = errors.Join(err, now.end(last))
	}
	s.Logger.Info("stopped")
	return err
}

// countSources counts now and then what the sources brought, and what moved. Pages count the rest
// themselves, so a count that fails harms nobody.
func (o *Owned) countSources(ctx context.Context, log *slog.Logger) {
	every := time.NewTicker(censusInterval)
	defer every.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-every.C:
			if err := o.Census(ctx); err != nil && ctx.Err() == nil {
				log.Warn("what sources brought and what moved was not counted", "error", err)
			}
		}
	}
}

// drain waits for a while, or for a failure.
func drain(wait time.Duration, failed <-chan error) error {
	select {
	case <-time.After(wait):
		return nil
	case err := <-failed:
		return err
	}
}

func handler(o *Owned, cfg Config, room *space, pages http.Handler, stopping *atomic.Bool) http.Handler {
	mux := http.NewServeMux()
	doors := tracking.New(tracking.Config{
		Sink: guarded{o.App, room}, Keys: o.App, Clock: clock, Logger: cfg.Logger, TrustedProxies: cfg.TrustedProxies, Rate: cfg.Rate,
		Watch: o.metrics.Passed,
	})
	for _, path := range tracking.Paths {
		mux.Handle(path, doors)
	}
	mux.Handle("/", pages)
	if cfg.Metrics {
		o.metrics.Watch(o.Waiting, func(ctx context.Context) (metrics.Totals, error) {
			c, err := o.Counts(ctx)
			return metrics.Totals{Events: c.Events, Leads: c.Leads, Conflicts: c.Named[pipeline.CountConflicts]}, err
		})
		mux.Handle("GET /metrics", o.metrics.Handler())
	}
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { plain(w, http.StatusOK, "alive\n") })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), headerTimeout)
		defer cancel()
		err := room.short()
		if err == nil {
			err = o.store.Ready(ctx)
		}
		switch {
		case stopping.Load():
			plain(w, http.StatusServiceUnavailable, "stopping\n")
		case err != nil:
			plain(w, http.StatusServiceUnavailable, fault.Text(err)+"\n")
		default:
			plain(w, http.StatusOK, "ready\n")
		}
	})
	return mux
}

func plain(w http.ResponseWriter, status int, text string) {
	h := w.Header()
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	// The peer may be gone; there is nobody to tell.
	_, _ = io.WriteString(w, text)
}
