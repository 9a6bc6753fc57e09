package postgres

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"galena/internal/fault"
	"galena/internal/kit/cluster"
	"galena/internal/store"
)

// What a cutter does to a connection on which a commit is sent.
const (
	pass         = iota // nothing
	cutBefore           // the server never hears of it
	cutAfterSent        // the server hears of it; nobody hears the server
	cutAfterDone        // the same, and the server is done for certain
	cutHalf             // the server never hears of it, nor that the client is gone
	numberOfFates
)

// cutter stands between a store and the server, and may cut a connection at the
// moment of a commit.
type cutter struct {
	server string // its socket
	next   atomic.Int64
	// fate is what becomes of the next commit; it is passed ones after.
	commits [numberOfFates]atomic.Int64
	choose  func(n int64) int
}

// cutterFor makes a cutter before the server of a URL and gives the URL of the
// way through it.
func cutterFor(t *testing.T, address string, choose func(commit int64) int) (*cutter, string) {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	const socket = ".s.PGSQL.5432"
	folder, err := os.MkdirTemp("", "galena-cut-") // a test's own would be too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	c := &cutter{server: filepath.Join(u.Query().Get("host"), socket), choose: choose}
	listener, err := net.Listen("unix", filepath.Join(folder, socket))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close(); os.RemoveAll(folder) })
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			go c.carry(client)
		}
	}()
	return c, with(t, address, "host", folder)
}

func (c *cutter) carry(client net.Conn) {
	server, err := net.Dial("unix", c.server)
	if err != nil {
		client.Close()
		return
	}
	muted := make(chan struct{})
	go func() { // what the server says
		defer client.Close()
		var b [64 << 10]byte
		for {
			n, err := server.Read(b[:])
			if err != nil {
				return
			}
			select {
			case <-muted:
				server.Close() // it has answered, so it is done
				return
			default:
			}
			if _, err := client.Write(b[:n]); err != nil {
				return
			}
		}
	}()
	var b [64 << 10]byte
	for {
		n, err := client.Read(b[:])
		if err != nil {
			server.Close()
			return
		}
		fate := pass
		if bytes.Contains(b[:n], []byte("COMMIT\x00")) {
			fate = c.choose(c.next.Add(1))
			c.commits[fate].Add(1)
		}
		switch fate {
		case cutBefore:
			server.Close()
			client.Close()
			return
		case cutHalf:
			client.Close() // and the server waits for more
			io.Copy(io.Discard, server)
			return
		case cutAfterDone:
			close(muted)
		}
		if _, err := server.Write(b[:n]); err != nil {
			client.Close()
			return
		}
		if fate == cutAfterSent {
			server.Close()
			client.Close()
			return
		}
	}
}

// However a connection is lost at a commit, the transaction lands once, and the
// caller hears what became of it.
func TestCommitsAreCut(t *testing.T) {
	t.Parallel()
	address := cluster.URL(t)
	direct := openTestStore(t, address)
	c, cut := cutterFor(t, address, func(commit int64) int { return int(commit % 4) })
	s := openTestStore(t, cut)
	const people, each = 5, 20
	for i := range people * each {
		if err := visit(s, fmt.Sprint("person-", i%people), fmt.Sprint("message-", i)); err != nil {
			t.Errorf("message %d: %v", i, err)
		}
	}
	expectVisits(t, direct, people, each)
	err := direct.Read(context.Background(), func(view store.Snapshot) error {
		c, err := view.Counts()
		if n := c.Named["visits"]; n != people*each {
			t.Errorf("%d transactions were carried out for %d", n, people*each)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for fate := pass; fate < cutHalf; fate++ {
		if n := c.commits[fate].Load(); n < 10 {
			t.Errorf("fate %d met only %d commits", fate, n)
		}
	}
}

// When nobody can tell what became of a commit the answer is "busy", soon, and
// sending again lands once.
func TestCommitOfUnknownFate(t *testing.T) {
	t.Parallel()
	address := cluster.URL(t)
	direct := openTestStore(t, address)
	_, cut := cutterFor(t, address, func(commit int64) int { return map[bool]int{true: cutHalf, false: pass}[commit == 2] })
	s := openTestStore(t, cut)
	if err := visit(s, "ada", "first"); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	err := visit(s, "ada", "second")
	if took := time.Since(began); fault.KindOf(err) != fault.Busy || took > 2*fatePatience {
		t.Errorf("after %s: %v, want a fault of kind busy", took, err)
	}
	// The transaction is still there and holds its locks until the server ends
	// it, which an operator may do sooner.
	direct.exec(t, `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle in transaction'`)
	if err := visit(s, "ada", "second"); err != nil {
		t.Errorf("sending again: %v", err)
	}
	expectVisits(t, direct, 1, 2)
	if err := s.Ready(context.Background()); err != nil {
		t.Errorf("Ready: %v", err)
	}
}
