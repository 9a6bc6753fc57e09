package app

import (
	"context"
	"crypto/sha256"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/store"
	"galena/internal/store/memory"
)

// watched is a store whose readings are counted and fail while broken is set,
// and which tells when it has read or written.
type watched struct {
	store.Store
	reads        int
	broken       error
	after, wrote func()
}

func newWatched() *watched { return &watched{Store: memory.New(func() lead.Time { return 1 })} }

func (s *watched) Read(ctx context.Context, fn func(store.Snapshot) error) error {
	s.reads++
	if s.broken != nil {
		return s.broken
	}
	err := s.Store.Read(ctx, fn)
	if s.after != nil {
		s.after()
	}
	return err
}

func (s *watched) Write(ctx context.Context, fn func(store.Tx) error) error {
	err := s.Store.Write(ctx, fn)
	if s.wrote != nil {
		s.wrote()
	}
	return err
}

func open(t *testing.T, s store.Store) *App {
	t.Helper()
	a, err := New(t.Context(), s, nil)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func admitted(t *testing.T, a *App, key string) bool {
	t.Helper()
	_, _, ok, err := a.WriteKey(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	return ok
}

// A second node knows within a second what the first one did about keys, and
// does not read them more often than that.
func TestKeysOfOtherNodes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newWatched()
		here, there := open(t, s), open(t, s)
		here.Share()
		there.Share()
		key, err := here.CreateKey(t.Context(), lead.ServerKey, "shop")
		if err != nil {
			t.Fatal(err)
		}
		s.reads = 0
		began := time.Now()
		if !admitted(t, here, key) || s.reads != 0 {
			t.Errorf("the node that made the key does not know it, or read %d times", s.reads)
		}
		if !admitted(t, there, key) {
			t.Error("the other node does not know the key")
		}
		if took := time.Since(began); took > keysFresh || s.reads != 1 {
			t.Errorf("it took %s and %d readings, want one within a second", took, s.reads)
		}
		for range 10 {
			admitted(t, there, key)
		}
		if s.reads != 1 {
			t.Errorf("fresh keys were read %d times", s.reads)
		}

		if _, err := here.RevokeKey(t.Context(), "1"); err != nil {
			t.Fatal(err)
		}
		if admitted(t, here, key) {
			t.Error("the node that revoked the key still takes it")
		}
		time.Sleep(keysFresh)
		if admitted(t, there, key) {
			t.Error("the other node takes the key a second after it was revoked")
		}
	})
}

// However long a reading takes, a key is refused once it was revoked for a second,
// and those who ask meanwhile share readings.
func TestRevokedWhileReadingIsSlow(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newWatched()
		here, there := open(t, s), open(t, s)
		here.Share()
		there.Share()
		key, err := here.CreateKey(t.Context(), lead.ServerKey, "shop")
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(keysFresh)
		s.after = func() { time.Sleep(3 * keysFresh) } // the answer is long on its way
		read := make(chan bool)
		go func() { read <- admitted(t, there, key) }()
		synctest.Wait()
		if _, err := here.RevokeKey(t.Context(), "1"); err != nil {
			t.Fatal(err)
		}
		if !<-read {
			t.Error("the key was refused by a reading that began before it was revoked")
		}
		s.reads = 0
		var late sync.WaitGroup
		for range 5 {
			late.Go(func() {
				if admitted(t, there, key) {
					t.Error("the key is taken three seconds after it was revoked")
				}
			})
		}
		late.Wait()
		if s.reads > 2 { // one by whoever came first, one by those who came meanwhile
			t.Errorf("five who asked at once made %d readings", s.reads)
		}
	})
}

// Where nobody else writes, memory is the truth, and nobody waits.
func TestKeysOfAWorkspaceThatIsNotShared(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newWatched()
		a := open(t, s)
		time.Sleep(time.Hour)
		s.reads = 0
		began := time.Now()
		if admitted(t, a, "nobody's") || s.reads > 0 || time.Since(began) > 0 {
			t.Errorf("it was read %d times, or waited for", s.reads)
		}
	})
}

// While the keys cannot be read nobody is told that a key is wrong, and those
// who ask share one attempt a second.
func TestKeysThatCannotBeRead(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newWatched()
		a := open(t, s)
		a.Share()
		time.Sleep(keysFresh)
		s.broken, s.reads = fault.New(fault.Busy, "away"), 0
		for range 5 {
			if _, _, _, err := a.WriteKey(t.Context(), "any"); !errors.Is(err, s.broken) {
				t.Errorf("got %v, want the error of the store", err)
			}
		}
		if s.reads != 1 {
			t.Errorf("the keys were read %d times within a second, want once", s.reads)
		}
		s.broken = nil
		time.Sleep(keysFresh)
		if admitted(t, a, "any") {
			t.Error("a key that nobody made was taken")
		}
	})
}

func TestAKeyIsNotWaitedForLongerThanItsRequest(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := open(t, newWatched())
		a.Share()
		ctx, cancel := context.WithTimeout(t.Context(), keysFresh/2)
		defer cancel()
		if _, _, _, err := a.WriteKey(ctx, "any"); fault.KindOf(err) != fault.Busy {
			t.Errorf("got %v, want a fault of kind busy", err)
		}
	})
}

// A key that is made while the keys are read is not lost by that reading.
func TestKeyMadeDuringAReading(t *testing.T) {
	t.Parallel()
	s := newWatched()
	a := open(t, s)
	a.keys.read = time.Time{}
	made, committed := make(chan string, 1), make(chan struct{})
	s.after = func() {
		s.after = nil
		s.wrote = func() { close(committed) }
		go func() {
			key, err := a.CreateKey(t.Context(), lead.BrowserKey, "site")
			if err != nil {
				t.Error(err)
			}
			made <- key
		}()
		<-committed
	}
	if err := a.keys.refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, ok, _ := a.keys.look(sha256.Sum256([]byte(<-made))); !ok {
		t.Error("the key was lost")
	}
}
