package bench

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"path/filepath"
	"testing"

	_ "modernc.org/sqlite" // the driver
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
	keeper plainKeeper
	calls  chan plainCall
}

// plainKeeper commits what waits, all of it or nothing.
type plainKeeper interface {
	commit(group []plainCall) error
}

// plainSQLite keeps the plain server's events in SQLite.
type plainSQLite struct{ db *sql.DB }

type plainCall struct {
	events []plainEvent
	done   chan error
}

const (
	plainWaiting = 1024 // calls
	plainGroup   = 4000 // events in one commit
)

const plainSchema = `
	CREATE TABLE events (
		seq INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, type TEXT, name TEXT, user TEXT, anonymous TEXT,
		occurred TEXT, properties TEXT, traits TEXT, context TEXT
	)`

const plainInsert = `
	INSERT INTO events (id, type, name, user, anonymous, occurred, properties, traits, context)
	VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`

// startPlain serves until the benchmark ends. It asks for no key.
func startPlain(b *testing.B) (address, key string) {
	// The settings are those of Galena's own store.
	db, err := sql.Open("sqlite", "file:"+filepath.Join(b.TempDir(), "plain.db")+
		"?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=cache_size(-65536)&_pragma=wal_autocheckpoint(20000)")
	if err != nil {
		b.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	if _, err := db.Exec(plainSchema); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := db.Close(); err != nil {
			b.Error(err)
		}
	})
	return servePlain(b, plainSQLite{db}), ""
}

// servePlain serves until the benchmark ends, and gives the address.
func servePlain(b *testing.B, keeper plainKeeper) string {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	p := &plainServer{keeper: keeper, calls: make(chan plainCall, plainWaiting)}
	web := &http.Server{Handler: p}
	written, served := make(chan struct{}), make(chan error, 1)
	go func() {
		defer close(written)
		p.write()
	}()
	go func() { served <- web.Serve(listener) }()
	b.Cleanup(func() {
		err := web.Shutdown(context.Background())
		if s := <-served; !errors.Is(s, http.ErrServerClosed) {
			err = errors.Join(err, s)
		}
		close(p.calls)
		<-written
		if err != nil {
			b.Error(err)
		}
	})
	return listener.Addr().String()
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
		err := p.keeper.commit(group)
		for _, c := range group {
			c.done <- err
		}
	}
}

func (p plainSQLite) commit(group []plainCall) error {
	tx, err := p.db.Begin()
	if err != nil {
		return err
	}
	defer tx.Rollback() // after a commit it does nothing
	insert, err := tx.Prepare(plainInsert)
	if err != nil {
		return err
	}
	defer insert.Close()
	for _, c := range group {
		for i := range c.events {
			e := &c.events[i]
			id := sha256.Sum256([]byte(e.MessageID))
			if _, err := insert.Exec(id[:16], e.Type, e.Event+e.Name, e.UserID, e.AnonymousID, e.Timestamp, []byte(e.Properties), []byte(e.Traits), []byte(e.Context)); err != nil {
				return err
			}
		}
	}
	return tx.Commit()
}
