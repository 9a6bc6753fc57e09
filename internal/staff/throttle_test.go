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
