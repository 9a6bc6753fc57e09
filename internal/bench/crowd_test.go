package bench

import (
	"bufio"
	"encoding/base64"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// settleBatch is how many events the first leads come in with at once.
const settleBatch = 500

// crowd are the clients of one server: people who were there before, and
// connections over which they and others act.
type crowd struct {
	leads   int
	senders []*sender
}

// sender is one connection and the sessions whose events go over it.
type sender struct {
	conn   net.Conn
	answer *bufio.Reader
	key    string
	script *script
	buffer []byte
	body   []byte
}

func newCrowd(b *testing.B, leads int, start func(*testing.B) (address, key string)) *crowd {
	address, key := start(b)
	return newCrowdAt(b, leads, key, address)
}

// newCrowdAt makes the clients of servers that share a workspace; each has as
// many of the connections.
func newCrowdAt(b *testing.B, leads int, key string, addresses ...string) *crowd {
	c := &crowd{leads: leads}
	for i := range connections {
		conn, err := net.Dial("tcp", addresses[i%len(addresses)])
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { conn.Close() })
		c.senders = append(c.senders, &sender{
			conn: conn, answer: bufio.NewReader(conn), key: key,
			script: newScript(rand.New(rand.NewPCG(20260105, uint64(i))), leads),
		})
	}
	return c
}

// settleIn brings the first leads in: each says who it is and reads one page.
func (c *crowd) settleIn(b *testing.B) {
	c.inParallel(b, func(s *sender, i int) error {
		for lead := i; lead < c.leads; lead += connections * settleBatch / 2 {
			s.body = append(s.body[:0], `{"batch":[`...)
			for n := 0; n < settleBatch/2 && lead+n*connections < c.leads; n++ {
				s.body = append(s.script.arrive(s.body, lead+n*connections), ',')
			}
			s.endBatch()
			if err := s.post("/v1/batch"); err != nil {
				return err
			}
		}
		return nil
	})
}

// send sends requests of so many events each, and tells how long each answer took.
func (c *crowd) send(b *testing.B, requests, size int) []time.Duration {
	var left atomic.Int64
	left.Store(int64(requests))
	var mu sync.Mutex
	all := make([]time.Duration, 0, requests)
	c.inParallel(b, func(s *sender, _ int) error {
		var mine []time.Duration
		for left.Add(-1) >= 0 {
			path := s.write(size)
			begun := time.Now()
			if err := s.post(path); err != nil {
				return err
			}
			mine = append(mine, time.Since(begun))
		}
		mu.Lock()
		defer mu.Unlock()
		all = append(all, mine...)
		return nil
	})
	return all
}

// scatter says whether each event is to be a random lead's.
func (c *crowd) scatter(yes bool) {
	for _, s := range c.senders {
		s.script.scattered = yes
	}
}

// sendPaced sends requests of so many events each, one every interval, whether or
// not those before are answered as long as a connection is free. It tells how
// long after its time each was answered, so that a server that stalls is not
// spared what it kept from being sent.
func (c *crowd) sendPaced(b *testing.B, requests, size int, interval time.Duration) []time.Duration {
	var next atomic.Int64
	begun := time.Now()
	var mu sync.Mutex
	all := make([]time.Duration, 0, requests)
	c.inParallel(b, func(s *sender, _ int) error {
		var mine []time.Duration
		for n := next.Add(1) - 1; n < int64(requests); n = next.Add(1) - 1 {
			path, due := s.write(size), begun.Add(time.Duration(n)*interval)
			time.Sleep(time.Until(due))
			if err := s.post(path); err != nil {
				return err
			}
			mine = append(mine, time.Since(due))
		}
		mu.Lock()
		defer mu.Unlock()
		all = append(all, mine...)
		return nil
	})
	return all
}

func (c *crowd) inParallel(b *testing.B, do func(s *sender, i int) error) {
	failed := make(chan error, len(c.senders))
	for i, s := range c.senders {
		go func() { failed <- do(s, i) }()
	}
	for range c.senders {
		if err := <-failed; err != nil {
			b.Fatal(err)
		}
	}
}

// write writes a body of so many events and returns where it goes.
func (s *sender) write(size int) (path string) {
	if size == 1 {
		var kind string
		s.body, kind = s.script.act(s.body[:0])
		return "/v1/" + kind
	}
	s.body = append(s.body[:0], `{"batch":[`...)
	for range size {
		s.body, _ = s.script.act(s.body)
		s.body = append(s.body, ',')
	}
	s.endBatch()
	return "/v1/batch"
}

// endBatch puts the end of a batch in the place of the last comma.
func (s *sender) endBatch() { s.body = append(s.body[:len(s.body)-1], "]}"...) }

// post sends the body and waits for a good answer. It writes HTTP by hand, so
// that the generator takes as little of the machine as it can.
func (s *sender) post(path string) error {
	s.buffer = append(s.buffer[:0], "POST "...)
	s.buffer = append(s.buffer, path...)
	s.buffer = append(s.buffer, " HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\nAuthorization: Basic "...)
	s.buffer = base64.StdEncoding.AppendEncode(s.buffer, []byte(s.key+":"))
	s.buffer = append(s.buffer, "\r\nContent-Length: "...)
	s.buffer = strconv.AppendInt(s.buffer, int64(len(s.body)), 10)
	s.buffer = append(s.buffer, "\r\n\r\n"...)
	s.buffer = append(s.buffer, s.body...)
	if _, err := s.conn.Write(s.buffer); err != nil {
		return err
	}
	resp, err := http.ReadResponse(s.answer, nil)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s was answered with %s: %s", path, resp.Status, text)
	}
	return err
}
