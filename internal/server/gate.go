package server

import (
	"context"
	"net/http"
	"sync"
	"time"
)

// gate is what all requests pass: they go to the workspace that is served, and where
// it is being replaced to what says that they may come again.
type gate struct {
	shut http.Handler

	mu   sync.Mutex
	open *passage // nil: it is shut
}

// passage is the way to one workspace.
type passage struct {
	handler http.Handler
	inside  sync.WaitGroup
}

func (g *gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	p := g.open
	if p != nil {
		p.inside.Add(1)
	}
	g.mu.Unlock()
	if p == nil {
		g.shut.ServeHTTP(w, r)
		return
	}
	defer p.inside.Done()
	p.handler.ServeHTTP(w, r)
}

// lead lets requests go to a workspace.
func (g *gate) lead(to *passage) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.open = to
}

// close lets nobody in any more. The channel is closed when nobody is inside.
func (g *gate) close() (empty <-chan struct{}) {
	g.mu.Lock()
	p := g.open
	g.open = nil
	g.mu.Unlock()
	left := make(chan struct{})
	go func() {
		defer close(left)
		if p != nil {
			p.inside.Wait()
		}
	}()
	return left
}

// interruptible ends its requests when ctx ends, those that send or bring much for as
// long as somebody takes among them: their connections are cut.
func interruptible(ctx context.Context, h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asking, cancel := context.WithCancel(r.Context())
		defer cancel()
		stop := context.AfterFunc(ctx, func() {
			control, past := http.NewResponseController(w), time.Unix(1, 0)
			// What has no deadlines is no connection, and ends with its context.
			_ = control.SetReadDeadline(past)
			_ = control.SetWriteDeadline(past)
			cancel()
		})
		defer stop()
		h.ServeHTTP(w, r.WithContext(asking))
	})
}
