package staff

import (
	"sync"
	"time"

	"golang.org/x/time/rate"

	"galena/internal/fault"
)

// How often a password may be tried. Whoever knows the password gets in while
// others guess at it: what is tried elsewhere does not count for an address of
// the net from which the user signed in before.
const (
	// one address of mail, from one address of the net
	pairAtOnce = 10
	pairEvery  = 20 * time.Second
	// one address of mail, from wherever
	mailAtOnce = 30
	mailEvery  = 10 * time.Second
	// any address of mail, from one address of the net: an office behind one door
	fromAtOnce = 40
	fromEvery  = 2 * time.Second
	// maxTried bounds how many limits are remembered: some 10 MB.
	maxTried = 50_000
)

// throttle slows down guessing. Each node counts by itself.
type throttle struct {
	mu    sync.Mutex
	tried map[string]*rate.Limiter
}

// allow counts a try. known says that the user has signed in from there before.
func (t *throttle) allow(email, from string, known bool) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	allowed := t.one("pair "+from+" "+email, pairAtOnce, pairEvery) && t.one("from "+from, fromAtOnce, fromEvery)
	if allowed && !known {
		allowed = t.one("mail "+email, mailAtOnce, mailEvery)
	}
	if !allowed {
		return fault.New(fault.Busy, "Too many tries. Wait a minute and try again.")
	}
	return nil
}

func (t *throttle) one(name string, atOnce int, every time.Duration) bool {
	l := t.tried[name]
	if l == nil {
		t.forget()
		l = rate.NewLimiter(rate.Every(every), atOnce)
		t.tried[name] = l
	}
	return l.Allow()
}

// forget makes room. A limit that nobody has touched for long says nothing, and
// goes first; if most are in use, guessing from everywhere has made them, and all go.
func (t *throttle) forget() {
	if len(t.tried) < maxTried {
		return
	}
	for name, l := range t.tried {
		if l.Tokens() >= float64(l.Burst()) {
			delete(t.tried, name)
		}
	}
	if len(t.tried) > maxTried/2 {
		clear(t.tried)
	}
}
