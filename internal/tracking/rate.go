package tracking

import (
	"math"
	"net/http"
	"strconv"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"galena/internal/lead"
)

// maxRates bounds for how many keys a rate is remembered. A workspace has a few;
// past it, one that is forgotten begins afresh, which lets one second's events
// more through.
const maxRates = 1000

// grain is less than any part of an event that counts: the limiter reckons in
// floating point, and would at times refuse for nothing but its rounding.
const grain = 1e-6

// rates bound how many events a key may bring in a second. Who has brought too
// many is refused before anything is decoded; what a request that was not refused
// brings too many is a debt, which later requests wait for. So a batch that is
// larger than a second's events gets through, too.
type rates struct {
	perSecond int // 0 for no bound

	mu    sync.Mutex
	byKey map[int64]*rate.Limiter
}

func (r *rates) of(key int64) *rate.Limiter {
	r.mu.Lock()
	defer r.mu.Unlock()
	if l := r.byKey[key]; l != nil {
		return l
	}
	if len(r.byKey) == maxRates {
		for other := range r.byKey {
			delete(r.byKey, other)
			break
		}
	}
	if r.byKey == nil {
		r.byKey = map[int64]*rate.Limiter{}
	}
	l := rate.NewLimiter(rate.Limit(r.perSecond), r.perSecond)
	r.byKey[key] = l
	return l
}

// refuse says whether a key has brought too many events to bring another now.
func (r *rates) refuse(key int64, now lead.Time) answer {
	if r.perSecond == 0 {
		return nil
	}
	missing := 1 - r.of(key).TokensAt(now.UTC())
	if missing < grain {
		return nil
	}
	return tooFast(time.Duration(missing / float64(r.perSecond) * float64(time.Second)))
}

// spend notes that a key has brought so many events.
func (r *rates) spend(key int64, now lead.Time, events int) {
	if r.perSecond == 0 {
		return
	}
	for l := r.of(key); events > 0; events -= r.perSecond {
		// A limiter reserves no more at once than a second's events.
		l.ReserveN(now.UTC(), min(events, r.perSecond))
	}
}

// limited is a failure that says when there is room again in both of the headers
// that libraries look for.
type limited struct{ failure }

func tooFast(wait time.Duration) answer {
	f := fail(http.StatusTooManyRequests, "too_many_requests",
		"this key brings more events than it may in a second; send them again when Retry-After has passed, nothing of them was taken")
	f.retryAfter = int(math.Ceil(wait.Seconds()))
	return limited{f}
}

func (l limited) write(w http.ResponseWriter) {
	w.Header().Set("X-RateLimit-Reset", strconv.Itoa(l.retryAfter))
	l.failure.write(w)
}
