package bench

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"net"
	"net/http"
)

// plainEvent is an event as the plain server knows it.
type plainEvent struct {
	MessageID   string          `json:"messageId"`
	Type        string          `json:"type"`
	Event       string          `json:"event"`
	Name        string          `json:"name"`
	UserID      string          `json:"userId"`
	AnonymousID string          `json:"anonymousId"`
	Timestamp   string          `json:"timestamp"`
	Properties  json.RawMessage `json:"properties"`
	Traits      json.RawMessage `json:"traits"`
	Context     json.RawMessage `json:"context"`
}

// plainServer is what one would write in an afternoon: it decodes events, lets
// an index on their ids refuse those it knows, appends the others to a table, and
// answers when they are synced. What waits is committed together, at once.
type plainServer struct {
	keep  plainKeeper
	calls chan plainCall
	web   *http.Server
	// written and served tell when all is committed and when the listener is shut.
	written chan struct{}
	served  chan error
}

// plainKeeper is the table of a plain server.
type plainKeeper interface {
	// commit appends events that are not known, and syncs.
	commit(ctx context.Context, events []plainEvent) error
	close() error
}

type plainCall struct {
	events []plainEvent
	done   chan error
}

const (
	plainWaiting = 1024 // calls
	plainGroup   = 4000 // events in one commit
)

// servePlain serves until it is closed. It asks for no key.
func servePlain(keep plainKeeper) (p *plainServer, address string, err error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, "", err
	}
	p = &plainServer{keep: keep, calls: make(chan plainCall, plainWaiting), written: make(chan struct{}), served: make(chan error, 1)}
	p.web = &http.Server{Handler: p}
	go func() {
		defer close(p.written)
		p.write()
	}()
	go func() { p.served <- p.web.Serve(listener) }()
	return p, listener.Addr().String(), nil
}

// close answers what is under way.
func (p *plainServer) close() error {
	err := p.web.Shutdown(context.Background())
	if s := <-p.served; !errors.Is(s, http.ErrServerClosed) {
		err = errors.Join(err, s)
	}
	close(p.calls)
	<-p.written
	return errors.Join(err, p.keep.close())
}

func (p *plainServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var c plainCall
	var err error
	if r.URL.Path == "/v1/batch" {
		var body struct{ Batch []plainEvent }
		err = json.NewDecoder(r.Body).Decode(&body)
		c.events = body.Batch
	} else {
		c.events = make([]plainEvent, 1)
		err = json.NewDecoder(r.Body).Decode(&c.events[0])
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	c.done = make(chan error, 1)
	p.calls <- c
	if err := <-c.done; err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	// The load generator looks at the status.
	_, _ = w.Write([]byte(`{"success":true}`))
}

// write commits what waits until nothing more comes.
func (p *plainServer) write() {
	for c := range p.calls {
		group, events := []plainCall{c}, len(c.events)
		for more := true; more && events < plainGroup; {
			select {
			case c, more = <-p.calls:
				if more {
					group, events = append(group, c), events+len(c.events)
				}
			default:
				more = false
			}
		}
		var all []plainEvent
		for _, c := range group {
			all = append(all, c.events...)
		}
		err := p.keep.commit(context.Background(), all)
		for _, c := range group {
			c.done <- err
		}
	}
}

// plainID is what a plain server knows an event by.
func plainID(e *plainEvent) []byte {
	id := sha256.Sum256([]byte(e.MessageID))
	return id[:16]
}
