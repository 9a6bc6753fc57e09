package staff

import (
	"sync"
	"time"

	"golang.org/x/time/rate"

	"galena/internal/fault"
)

// How often a password may be tried: for one address of mail, and from one
// address of the net. Nobody is locked out for longer than it takes to wait for
// another try.
const (
	triesAtOnce = 10
	tryEvery    = 20 * time.Second
	fromAtOnce  = 40
	fromEvery   = 2 * time.Second
	// maxTried bounds how many are remembered; then all are forgotten.
	maxTried = 10_000
)

// throttle slows down guessing. Each node counts by itself.
type throttle struct {
	mu    *sync.Mutex
	tried map[string]*rate.Limiter
}

func newThrottle() throttle { return throttle{&sync.Mutex{}, map[string]*rate.Limiter{}} }

// allow counts a try; either of the names may be empty.
func (t throttle) allow(email, from string) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, one := range []struct {
		name  string
		burst int
		every time.Duration
	}{{"mail " + email, triesAtOnce, tryEvery}, {"from " + from, fromAtOnce, fromEvery}} {
		if len(one.name) == len("mail ") {
			continue
		}
		l := t.tried[one.name]
		if l == nil {
			if len(t.tried) >= maxTried {
				clear(t.tried)
			}
			l = rate.NewLimiter(rate.Every(one.every), one.burst)
			t.tried[one.name] = l
		}
		if !l.Allow() {
			return fault.New(fault.Busy, "Too many tries. Wait a minute and try again.")
		}
	}
	return nil
}
