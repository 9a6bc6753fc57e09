package bench

import (
	"bufio"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// connections send at the same time, each a request after the other.
const connections = 32

// crowd are the clients of one server: connections over which people act who were
// there before, and others.
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
	busy   int // answers that said so
}

// newCrowd connects to the addresses of a server's nodes, to each as often. Where
// other events are there already it sends others.
func newCrowd(leads int, events int64, key string, addresses ...string) (*crowd, error) {
	c := &crowd{leads: leads}
	for i := range connections {
		conn, err := net.Dial("tcp", addresses[i%len(addresses)])
		if err != nil {
			c.close()
			return nil, err
		}
		c.senders = append(c.senders, &sender{
			conn: conn, answer: bufio.NewReader(conn), key: key,
			script: newScript(rand.New(rand.NewPCG(20260105+uint64(events), uint64(i))), leads),
		})
	}
	return c, nil
}

func (c *crowd) close() {
	for _, s := range c.senders {
		s.conn.Close()
	}
}

// send sends requests of so many events each until a time is over, as fast as they
// are answered, and tells how long each answer took.
func (c *crowd) send(ctx context.Context, length time.Duration, size int) ([]time.Duration, error) {
	end := time.Now().Add(length)
	return c.inParallel(func(s *sender) (mine []time.Duration, err error) {
		for time.Now().Before(end) && ctx.Err() == nil {
			path := s.write(size)
			begun := time.Now()
			if err := s.post(path); err != nil {
				return nil, err
			}
			mine = append(mine, time.Since(begun))
		}
		return mine, ctx.Err()
	})
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
func (c *crowd) sendPaced(ctx context.Context, requests, size int, interval time.Duration) ([]time.Duration, error) {
	var next atomic.Int64
	begun := time.Now()
	return c.inParallel(func(s *sender) (mine []time.Duration, err error) {
		for n := next.Add(1) - 1; n < int64(requests) && ctx.Err() == nil; n = next.Add(1) - 1 {
			path, due := s.write(size), begun.Add(time.Duration(n)*interval)
			time.Sleep(time.Until(due))
			if err := s.post(path); err != nil {
				return nil, err
			}
			mine = append(mine, time.Since(due))
		}
		return mine, ctx.Err()
	})
}

func (c *crowd) inParallel(do func(s *sender) ([]time.Duration, error)) ([]time.Duration, error) {
	answers := make([][]time.Duration, len(c.senders))
	errs := make([]error, len(c.senders))
	var sending sync.WaitGroup
	for i, s := range c.senders {
		sending.Go(func() { answers[i], errs[i] = do(s) })
	}
	sending.Wait()
	return slices.Concat(answers...), errors.Join(errs...)
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

const (
	// A server that says it is busy is asked again, as libraries do, after a pause;
	// the answer's time counts from the first.
	busyPause = 50 * time.Millisecond
	maxBusy   = 600
)

// post sends the body until it is taken.
func (s *sender) post(path string) error {
	for busy := 0; ; busy++ {
		status, text, err := s.request(path)
		switch {
		case err != nil:
			return err
		case status == http.StatusOK:
			return nil
		case status != http.StatusServiceUnavailable || busy == maxBusy:
			return fmt.Errorf("%s was answered with %d: %s", path, status, text)
		}
		s.busy++
		time.Sleep(busyPause)
	}
}

// request sends the body once. It writes HTTP by hand, so that the generator takes
// as little of the machine as it can.
func (s *sender) request(path string) (status int, text []byte, err error) {
	s.buffer = append(s.buffer[:0], "POST "...)
	s.buffer = append(s.buffer, path...)
	s.buffer = append(s.buffer, " HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\nAuthorization: Basic "...)
	s.buffer = base64.StdEncoding.AppendEncode(s.buffer, []byte(s.key+":"))
	s.buffer = append(s.buffer, "\r\nContent-Length: "...)
	s.buffer = strconv.AppendInt(s.buffer, int64(len(s.body)), 10)
	s.buffer = append(s.buffer, "\r\n\r\n"...)
	s.buffer = append(s.buffer, s.body...)
	if _, err := s.conn.Write(s.buffer); err != nil {
		return 0, nil, err
	}
	resp, err := http.ReadResponse(s.answer, nil)
	if err != nil {
		return 0, nil, err
	}
	defer resp.Body.Close()
	text, err = io.ReadAll(resp.Body)
	return resp.StatusCode, text, err
}

// waited is how many answers said that the server is busy, since it was asked last.
func (c *crowd) waited() (n int) {
	for _, s := range c.senders {
		n += s.busy
		s.busy = 0
	}
	return n
}
