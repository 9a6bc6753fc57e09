package postgres

import (
	"context"
	"net"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"galena/internal/kit/cluster"
	"galena/internal/lead"
	"galena/internal/store"
)

// counted counts the messages that are sent to a server: each is one write, unless
// it is a long one.
type counted struct {
	net.Conn
	messages *atomic.Int64
}

func (c counted) Write(b []byte) (int, error) {
	c.messages.Add(1)
	return c.Conn.Write(b)
}

// openCounted opens a store whose messages are counted.
func openCounted(t *testing.T) (*Store, *atomic.Int64) {
	t.Helper()
	messages := new(atomic.Int64)
	config, err := configure(cluster.URL(t), Options{})
	if err != nil {
		t.Fatal(err)
	}
	dial := config.ConnConfig.DialFunc
	config.ConnConfig.DialFunc = func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := dial(ctx, network, address)
		return counted{conn, messages}, err
	}
	s := newStore(config, Options{Schema: DefaultSchema})
	if s.pool, err = pgxpool.NewWithConfig(context.Background(), config); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	if err := s.withConnection(context.Background(), s.prepareWorkspace); err != nil {
		t.Fatal(err)
	}
	return s, messages
}

// attend takes a message of somebody who is known, as the pipeline does.
func attend(s store.Store, person lead.Identifier, message string) error {
	browser := lead.Identifier{Kind: lead.Anonymous, Value: "of " + message}
	hashes, ids := []lead.MessageHash{lead.HashMessage(message)}, []lead.Identifier{person, browser}
	return s.Write(context.Background(), func(tx store.Tx) error {
		tx.Expect(hashes, ids)
		if _, err := tx.InForce(); err != nil {
			return err
		}
		if _, err := tx.Now(); err != nil {
			return err
		}
		if known, err := tx.Known(hashes); err != nil || known[hashes[0]] {
			return err
		}
		found, err := tx.Find(ids)
		if err != nil {
			return err
		}
		id := found[person]
		if err := tx.Lock([]lead.ID{id}); err != nil {
			return err
		}
		if _, err := tx.Identifiers(id); err != nil {
			return err
		}
		if err := tx.Link([]store.Link{{Identifier: browser, Lead: id}}); err != nil {
			return err
		}
		if _, err := tx.States([]lead.ID{id}); err != nil {
			return err
		}
		if err := tx.Append([]lead.Event{{Lead: id, MessageID: message, UserID: person.Value}}); err != nil {
			return err
		}
		if err := tx.PutLeads([]store.LeadRow{{ID: id, State: []byte("state")}}); err != nil {
			return err
		}
		if err := tx.Decide([]lead.Decision{{Lead: id, Stage: "mql"}}); err != nil {
			return err
		}
		return tx.Count("visits", 1)
	})
}

// A way to the database and back is most of what a single event costs.
func TestACommitWaitsThreeTimes(t *testing.T) {
	t.Parallel()
	s, messages := openCounted(t)
	ada := lead.Identifier{Kind: lead.User, Value: "ada"}
	if err := visit(s, ada.Value, "first"); err != nil {
		t.Fatal(err)
	}
	for range 3 { // with the first, texts are left on each of the connections
		for _, message := range []string{"a", "b"} {
			if err := attend(s, ada, message+lead.Time(messages.Load()).String()); err != nil {
				t.Fatal(err)
			}
		}
	}
	before := messages.Load()
	if err := attend(s, ada, "second"); err != nil {
		t.Fatal(err)
	}
	if sent := messages.Load() - before; sent != 3 {
		t.Errorf("%d messages were sent, want 3: what is asked, what is appended, what is written with the commit", sent)
	}
}

// Poolers that lend connections by the transaction lose the names of texts, or show
// those of others.
func TestNamesThatAreLost(t *testing.T) {
	t.Parallel()
	for name, lose := range map[string]string{
		"another connection":   "DEALLOCATE ALL",
		"somebody else's name": "DEALLOCATE ALL; PREPARE " + appendFew.name + " AS SELECT 1",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, ctx := newTestStore(t), context.Background()
			if err := visit(s, "ada", "one"); err != nil {
				t.Fatal(err)
			}
			for _, conn := range s.pool.AcquireAllIdle(ctx) {
				if _, err := conn.Exec(ctx, lose); err != nil {
					t.Fatal(err)
				}
				if strings.Contains(lose, "PREPARE ") {
					clear(conn.Conn().PgConn().CustomData()[kept].(map[string]bool)) // as one that was just made
				}
				conn.Release()
			}
			if err := visit(s, "ada", "two"); err != nil {
				t.Fatal(err)
			}
			var c store.Counts
			if err := s.Read(ctx, func(view store.Snapshot) (err error) { c, err = view.Counts(); return err }); err != nil {
				t.Fatal(err)
			}
			if c.Events != 2 || c.Named["visits"] != 2 || !s.unnamed.Load() {
				t.Errorf("%+v, names are given up: %t", c, s.unnamed.Load())
			}
		})
	}
}

func TestNamesAreNotLeftWhereTheURLSaysSo(t *testing.T) {
	t.Parallel()
	for mode, want := range map[string]int{"": 1, "cache_statement": 1, "cache_describe": 0} {
		url := cluster.URL(t)
		if mode != "" {
			separator := "?"
			if strings.Contains(url, "?") {
				separator = "&"
			}
			url += separator + "default_query_exec_mode=" + mode
		}
		s := openTestStore(t, url)
		if err := visit(s, "ada", "one"); err != nil {
			t.Fatal(err)
		}
		var names int
		for _, conn := range s.pool.AcquireAllIdle(context.Background()) {
			var n int
			if err := conn.QueryRow(context.Background(), "SELECT count(*) FROM pg_prepared_statements WHERE name LIKE 'galena_%'").Scan(&n); err != nil {
				t.Fatal(err)
			}
			names += n
			conn.Release()
		}
		if min(names, 1) != want {
			t.Errorf("with mode %q the server keeps %d texts", mode, names)
		}
	}
}
