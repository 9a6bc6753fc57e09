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
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"galena/internal/control"
	"galena/internal/fault"
	"galena/internal/intake"
	"galena/internal/metrics"
	"galena/internal/pipeline"
	"galena/internal/staff"
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
	// workspace up, if nobody has; nil for nobody to tell.
	Welcome func(path string)
	// Live is run beside the server until the server stops, once it is ready;
	// nil for nothing. The demo feeds its company's events through it.
	Live func(ctx context.Context, o *Owned) error

	freeSpace func(dir string) (int64, error) // nil: of the disk
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
	defer func() { err = errors.Join(err, o.Close()) }()
	var socket net.Listener
	if !IsDatabase(cfg.Data) { // commands write to a database themselves
		if socket, err = listenSocket(cfg.Data); err != nil {
			listener.Close()
			return err
		}
	}

	room := &space{dir: cfg.Data, keep: cfg.KeepFree, free: cfg.freeSpace}
	if room.free == nil {
		room.free = freeSpace
	}
	if IsDatabase(cfg.Data) {
		room.keep = 0
	}
	var stopping atomic.Bool
	// What pages do in the background ends before the store is closed.
	paging, stopPaging := context.WithCancel(ctx)
	defer stopPaging()
	pages, err := o.pages(paging, cfg, room)
	if err != nil {
		listener.Close()
		return err
	}
	web := &http.Server{
		Handler:           handler(o, cfg, room, pages, &stopping),
		ReadHeaderTimeout: headerTimeout,
		ReadTimeout:       readTimeout,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeader,
		ErrorLog:          slog.NewLogLogger(cfg.Logger.Handler(), slog.LevelDebug),
	}
	commands := &http.Server{Handler: control.Handler(guarded{o.App, room}, staff.New(o.store)), ReadHeaderTimeout: headerTimeout, ErrorLog: web.ErrorLog}

	// The pipeline outlives the listeners, so that what they took is written.
	writing, stopWriting := context.WithCancel(context.WithoutCancel(ctx))
	defer stopWriting()
	go boundMemory(writing)
	failed := make(chan error, 4)
	wrote := make(chan struct{})
	go func() {
		defer close(wrote)
		if err := o.Run(writing, wakeInterval); err != nil {
			failed <- err
		}
	}()
	for _, s := range []struct {
		*http.Server
		net.Listener
	}{{web, listener}, {commands, socket}} {
		if s.Listener == nil {
			continue
		}
		go func() {
			if err := s.Serve(s.Listener); !errors.Is(err, http.ErrServerClosed) {
				failed <- err
			}
		}()
	}

	addr := listener.Addr().String()
	cfg.Logger.Info("ready", "address", addr, "data", Shown(cfg.Data), "playbook_version", o.Plan().Version)
	if cfg.Welcome != nil {
		path, err := o.welcome(ctx)
		if err != nil {
			cfg.Logger.Error("nobody can be welcomed", "error", err)
		} else if path != "" {
			cfg.Welcome(path)
		}
	}
	if cfg.Ready != nil {
		cfg.Ready(addr)
	}

	living, stopLiving := context.WithCancel(ctx)
	defer stopLiving()
	var beside sync.WaitGroup
	beside.Go(func() { o.countSources(living, cfg.Logger) })
	beside.Go(func() { o.measure(living, cfg.Data, cfg.Logger) })
	beside.Go(func() { o.retain(living, cfg.Logger) })
	beside.Go(func() { o.expireFiles(living, intake.New(living, intake.Config{App: o.App}), cfg.Logger) })
	beside.Go(func() {
		if cfg.Live != nil {
			if err := cfg.Live(living, o); err != nil && living.Err() == nil {
				failed <- err
			}
		}
	})

	select {
	case <-ctx.Done():
		stopping.Store(true)
		err = drain(cfg.Drain, failed)
	case err = <-failed:
	}
	if err != nil {
		cfg.Logger.Error("stopping after a failure", "error", err)
	}

	stopping.Store(true)
	stopLiving()
	beside.Wait()
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
	defer cancel()
	err = errors.Join(err, web.Shutdown(last), commands.Shutdown(last))
	stopWriting()
	<-wrote
	cfg.Logger.Info("stopped")
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
