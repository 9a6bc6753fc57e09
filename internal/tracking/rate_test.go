package tracking

import (
	"net/http"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"galena/internal/lead"
)

func TestRate(t *testing.T) {
	t.Parallel()
	now, sink := received, &recorder{}
	h := New(Config{Sink: sink, Keys: keyring{}, Clock: func() lead.Time { return now }, Rate: 10})
	batch := func(n int) string {
		return `{"batch":[` + strings.Repeat(`{"type":"track","event":"E","userId":"u"},`, n-1) + good + `]}`
	}
	for _, c := range []struct {
		after     int64 // milliseconds after the one before
		key, path string
		body      string
		status    int
		wait      string
	}{
		{0, serverKey, "/v1/batch", batch(10), 200, ""},
		{0, serverKey, "/v1/batch", batch(10), 429, "1"},
		{0, serverKey, "/v1/track", good, 429, "1"},
		{0, browserKey, "/v1/track", good, 200, ""}, // another's
		{100, serverKey, "/v1/batch", batch(25), 200, ""},
		{0, serverKey, "/v1/track", good, 429, "3"}, // 24 are owed, and one more
		{2400, serverKey, "/v1/track", good, 429, "1"},
		{100, serverKey, "/v1/track", good, 200, ""},
		{100, serverKey, "/v1/batch", `{"batch":`, 400, ""}, // what is no event counts, too
		{0, serverKey, "/v1/batch", `{"batch":[]}`, 429, "1"},
		{100, serverKey, "/v1/batch", `{"batch":[7]}`, 200, ""},
		{0, serverKey, "/v1/track", good, 429, "1"},
		{0, "unknown", "/v1/track", good, 401, ""},
		{60_000, serverKey, "/v1/batch", batch(10), 200, ""}, // a rest saves one second's
		{0, serverKey, "/v1/track", good, 429, "1"},
	} {
		now = now.Add(c.after)
		before := sink.total()
		w := call(h, "POST", c.path, c.body, "X-Write-Key", c.key, "Origin", "https://shop.example")
		if w.Code != c.status || w.Header().Get("Retry-After") != c.wait || w.Header().Get("X-RateLimit-Reset") != c.wait {
			t.Errorf("%+v: %d %v %s", c, w.Code, w.Header(), w.Body)
		}
		if c.status != http.StatusTooManyRequests {
			continue
		}
		if sink.total() != before {
			t.Errorf("%+v: something was taken", c)
		}
		if !strings.Contains(w.Body.String(), `"code":"too_many_requests"`) || w.Header().Get("Access-Control-Expose-Headers") != "Retry-After, X-RateLimit-Reset" {
			t.Errorf("%v %s", w.Header(), w.Body)
		}
	}
}

// total is how much the recorder was given.
func (s *recorder) total() int {
	n := len(s.rejects)
	for _, times := range s.landed {
		n += times
	}
	return n
}

// However a key sends, it gets no more through than a second's events, what the
// rate allows in the time, and the batch that was under way.
func TestRateHolds(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r := &rates{perSecond: rapid.IntRange(1, 500).Draw(t, "rate")}
		began := received
		now, taken, largest := began, 0, 0
		for range rapid.IntRange(1, 200).Draw(t, "requests") {
			now = now.Add(rapid.Int64Range(0, 300).Draw(t, "pause"))
			refused := r.refuse(1, now)
			if refused == nil {
				n := rapid.IntRange(1, 2500).Draw(t, "events")
				r.spend(1, now, n)
				taken, largest = taken+n, max(largest, n)
				continue
			}
			// Whoever comes again when it is told to is let in.
			later := now.Add(int64(refused.(limited).retryAfter) * lead.Second)
			if again := r.refuse(1, later); again != nil {
				t.Fatalf("refused again at the time that was told: %+v", again)
			}
		}
		if most := r.perSecond + int(float64(r.perSecond)*float64(now-began)/1000) + largest; taken > most {
			t.Fatalf("%d events of at most %d", taken, most)
		}
	})
}

func TestRatesAreBounded(t *testing.T) {
	t.Parallel()
	r := &rates{perSecond: 1}
	for key := range int64(3 * maxRates) {
		r.spend(key, received, 1)
		if r.refuse(key, received) == nil {
			t.Fatalf("key %d is not bounded", key)
		}
	}
	if len(r.byKey) != maxRates {
		t.Errorf("%d are remembered", len(r.byKey))
	}
	off := &rates{}
	off.spend(1, received, 1_000_000)
	if off.refuse(1, received) != nil || len(off.byKey) > 0 {
		t.Error("without a rate, one is kept")
	}
}
