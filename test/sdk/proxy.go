package sdk

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"regexp"
	"sync"
	"testing"
	"time"
)

// network is a proxy before a server, as bad as networks are: it delivers
// requests and loses the answers, refuses, and stalls. Two times out of three a
// request fares badly at first, half of those the next time too, none a third
// time. Requests are told apart by the first message in them.
type network struct {
	URL  string
	next http.Handler

	mu       sync.Mutex
	requests map[string]*request
	lost     int // answers lost, that is requests delivered that the sender thinks were not
	refused  int
	limited  int // requests that the server refused for their number
}

type request struct {
	order    int // among all first attempts
	attempts int
	answered bool
}

var messageID = regexp.MustCompile(`"messageId":"([^"]+)"`)

// stall is longer than a library waits between two batches.
const stall = 200 * time.Millisecond

// badNetwork puts a bad network before the server at baseURL.
func badNetwork(t *testing.T, baseURL string) *network {
	t.Helper()
	server, err := url.Parse(baseURL)
	if err != nil {
		t.Fatal(err)
	}
	n := &network{requests: map[string]*request{}}
	n.next = &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(server)
			r.Out.Host = r.In.Host // the settings document says where to send
		},
		ModifyResponse: func(r *http.Response) error {
			if r.StatusCode == http.StatusTooManyRequests {
				n.count(&n.limited)
			}
			return nil
		},
	}
	front := httptest.NewServer(n)
	t.Cleanup(front.Close)
	n.URL = front.URL
	return n
}

func (n *network) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	id := messageID.FindSubmatch(plain(body))
	if r.Method != http.MethodPost || id == nil {
		n.next.ServeHTTP(w, r)
		return
	}
	n.mu.Lock()
	q := n.requests[string(id[1])]
	if q == nil {
		q = &request{order: len(n.requests)}
		n.requests[string(id[1])] = q
	}
	attempt := q.attempts
	q.attempts++
	n.mu.Unlock()

	bad := attempt == 0 || attempt == 1 && q.order%2 == 0
	switch {
	case bad && q.order%3 == 0:
		n.next.ServeHTTP(httptest.NewRecorder(), r)
		n.count(&n.lost)
		panic(http.ErrAbortHandler)
	case bad && q.order%3 == 1:
		n.count(&n.refused)
		if q.order%4 == 1 { // else not even a browser's script may read it
			w.Header().Set("Access-Control-Allow-Origin", "*")
		}
		w.Header().Set("Retry-After", "1")
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	case bad:
		select {
		case <-time.After(stall):
		case <-r.Context().Done():
			panic(http.ErrAbortHandler)
		}
	}
	answer := &watched{ResponseWriter: w}
	n.next.ServeHTTP(answer, r)
	n.mu.Lock()
	q.answered = answer.status == http.StatusOK
	n.mu.Unlock()
}

// watched is an answer whose status is known.
type watched struct {
	http.ResponseWriter
	status int
}

func (w *watched) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

// plain is a body without compression.
func plain(body []byte) []byte {
	unzip, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return body
	}
	text, err := io.ReadAll(unzip)
	if err != nil {
		return body
	}
	return text
}

func (n *network) count(what *int) {
	n.mu.Lock()
	*what++
	n.mu.Unlock()
}

// unanswered says for how many requests the sender still waits.
func (n *network) unanswered() (open int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, q := range n.requests {
		if !q.answered {
			open++
		}
	}
	return open
}

func (n *network) String() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return fmt.Sprintf("%d requests, %d answers lost, %d refused, %d over the rate", len(n.requests), n.lost, n.refused, n.limited)
}
