package server

import (
	"context"
	"errors"
	"log"
	"log/slog"
	"net"
	"net/http"
	"sync"

	"galena/internal/control"
	"galena/internal/intake"
	"galena/internal/staff"
)

// term is the time for which a server serves one workspace: from its start, or from
// a restore, to the next restore or its end.
type term struct {
	*Owned
	passage *passage
	begun   bool
	// What pages do in the background, what goes on beside, and the pipeline.
	stopPaging, stopLiving, stopWriting context.CancelFunc
	// cut ends the requests at pages.
	cut      context.CancelFunc
	living   context.Context
	beside   sync.WaitGroup
	commands *http.Server
	wrote    chan struct{}
}

// begin has requests answered from a workspace, and does what goes on beside.
func (s *server) begin(ctx context.Context, t *term) error {
	var socket net.Listener
	if !IsDatabase(s.Data) { // commands write to a database themselves
		var err error
		if socket, err = listenSocket(s.Data); err != nil {
			return err
		}
	}
	paging, stopPaging := context.WithCancel(ctx)
	pages, err := t.pages(paging, s.Config, s.room, s.restores)
	if err != nil {
		stopPaging()
		if socket != nil {
			err = errors.Join(err, socket.Close())
		}
		return err
	}
	t.stopPaging, t.begun = stopPaging, true
	t.commands = &http.Server{Handler: control.Handler(guarded{t.App, s.room}, staff.New(t.store)), ReadHeaderTimeout: headerTimeout, ErrorLog: s.errorLog()}
	if socket != nil {
		go s.answer(t.commands, socket)
	}

	// The pipeline outlives the listeners, so that what they took is written.
	writing, stopWriting := context.WithCancel(context.WithoutCancel(ctx))
	t.stopWriting, t.wrote = stopWriting, make(chan struct{})
	go func() {
		defer close(t.wrote)
		if err := t.Run(writing, wakeInterval); err != nil {
			s.fail(err)
		}
	}()
	t.living, t.stopLiving = context.WithCancel(ctx)
	t.beside.Go(func() { t.countSources(t.living, s.Logger) })
	t.beside.Go(func() { t.measure(t.living, s.Data, s.Logger) })
	t.beside.Go(func() { t.retain(t.living, s.Logger) })
	t.beside.Go(func() { t.expireFiles(t.living, intake.New(t.living, intake.Config{App: t.App}), s.Logger) })
	asking, cut := context.WithCancel(context.WithoutCancel(ctx))
	t.cut = cut
	t.passage = &passage{handler: handler(t.Owned, s.Config, s.room, interruptible(asking, pages), &s.stopping)}
	s.gate.lead(t.passage)
	return nil
}

// end ends a term at which nobody asks any more: everything that was taken is
// written. The store stays open.
func (t *term) end(ctx context.Context) error {
	t.stopLiving()
	t.beside.Wait()
	err := t.commands.Shutdown(ctx)
	t.stopWriting()
	<-t.wrote
	t.stopPaging()
	t.cut()
	t.begun = false
	return err
}

// close lets the workspace go, unless another has taken its place.
func (t *term) close() error {
	if t == nil {
		return nil
	}
	return t.Owned.Close()
}

// answer serves at a listener until it is shut down.
func (s *server) answer(with *http.Server, at net.Listener) {
	if err := with.Serve(at); !errors.Is(err, http.ErrServerClosed) {
		s.fail(err)
	}
}

// fail ends the server. One failure is enough for that.
func (s *server) fail(err error) {
	select {
	case s.failed <- err:
	default:
	}
}

func (s *server) errorLog() *log.Logger {
	return slog.NewLogLogger(s.Logger.Handler(), slog.LevelDebug)
}
