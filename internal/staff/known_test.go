package staff_test

import (
	"context"
	"errors"
	"runtime"
	"testing"

	"galena/internal/access"
	"galena/internal/staff"
	"galena/internal/store/memory"
)

// Nobody learns by the time that it takes who works here: before they are refused, an
// address of nobody's, of somebody who may not come in any more and of somebody with
// another password all wait for the one thing that takes long. It does not run beside
// other tests, which hash, too.
func TestSignInTakesAsLong(t *testing.T) {
	c := &clock{}
	c.now.Store(int64(midday))
	s := memory.New(c.read)
	o := &office{t, staff.New(s), s, c}
	ada := o.founded()
	bo := o.joined(ada, "Bo", access.Sales)
	o.must(o.Disable(t.Context(), ada, bo.ID, true))

	defer staff.HoldHashing()()
	for who, email := range map[string]string{"a user": ada.Email, "a disabled user": bo.Email, "nobody": "nobody@engine.example", "no address": "-"} {
		ctx, giveUp := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() {
			_, _, err := o.SignIn(ctx, email, "another password", staff.Visit{Address: "198.51.100.1"})
			ended <- err
		}()
		for staff.Hashing() == 0 && len(ended) == 0 {
			runtime.Gosched()
		}
		giveUp()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("%s is answered without the work: %v", who, err)
		}
	}
}
