package staff

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"
)

// Whoever was slowed down may try again after a while; nobody is locked out.
func TestThrottleLetsGo(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		limits := New(nil).throttle.allow
		try := func() bool { return limits("ada@engine.example", "192.0.2.1", false) == nil }
		for i := range pairAtOnce {
			if !try() {
				t.Fatalf("try %d is refused", i)
			}
		}
		if try() {
			t.Fatal("one too many is taken")
		}
		time.Sleep(pairEvery)
		if !try() || try() {
			t.Error("after a while not exactly one is taken")
		}
		if limits("bo@engine.example", "192.0.2.1", false) != nil {
			t.Error("what is tried with one address counts for another")
		}
	})
}

// Ten thousand guesses at one address, from one place or from five hundred, come to no
// more than the limits let through; and meanwhile whoever knows the password gets in
// from where they came from before.
func TestThrottleHolds(t *testing.T) {
	t.Parallel()
	const guesses, span = 10_000, time.Hour
	for _, places := range []int{1, 500} {
		synctest.Test(t, func(t *testing.T) {
			limits := New(nil).throttle.allow
			taken, outside := 0, 0
			for i := range guesses {
				if limits("ada@engine.example", fmt.Sprint("198.51.100.", i%places), false) == nil {
					taken++
				}
				if i%1000 == 0 && limits("ada@engine.example", "192.0.2.1", true) != nil {
					outside++
				}
				time.Sleep(span / guesses)
			}
			most := pairAtOnce + int(span/pairEvery)
			if places > 1 {
				most = mailAtOnce + int(span/mailEvery)
			}
			if taken > most+1 || taken < most/2 {
				t.Errorf("from %d places %d guesses were taken, and %d are the most", places, taken, most)
			}
			if outside > 0 {
				t.Errorf("guesses from %d places kept the owner out %d times", places, outside)
			}
		})
	}
}

// However many are tried, little is remembered, and what is in use is remembered
// longest.
func TestThrottleIsBounded(t *testing.T) {
	t.Parallel()
	s := New(nil)
	for i := range maxTried {
		_ = s.throttle.allow(fmt.Sprint(i), fmt.Sprint(i), false)
		if len(s.throttle.tried) > maxTried {
			t.Fatalf("%d limits are remembered", len(s.throttle.tried))
		}
	}
}
