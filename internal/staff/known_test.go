package staff_test

import (
	"fmt"
	"testing"
	"time"

	"galena/internal/access"
	"galena/internal/fault"
	"galena/internal/staff"
)

// Nobody learns by the time that it takes who works here: an address of nobody's, of
// somebody who may not come in any more and of somebody with another password cost
// the same work.
func TestSignInTakesAsLong(t *testing.T) {
	onEach(t, func(t *testing.T, o *office) {
		ada := o.founded()
		bo := o.joined(ada, "Bo", access.Sales)
		o.must(o.Disable(t.Context(), ada, bo.ID, true))
		// The shortest of some tries, taken in turn, is of the work and not of the machine.
		shortest := map[string]time.Duration{}
		for i := range 4 {
			for who, email := range map[string]string{"a user": ada.Email, "a disabled user": bo.Email, "nobody": fmt.Sprintf("nobody%d@engine.example", i), "no address": "-"} {
				begun := time.Now()
				_, _, err := o.SignIn(t.Context(), email, "another password", staff.Visit{Address: fmt.Sprint("198.51.100.", i)})
				took := time.Since(begun)
				refused(t, err, fault.Denied, "address or the password")
				if shortest[who] == 0 || took < shortest[who] {
					shortest[who] = took
				}
			}
		}
		for who, took := range shortest {
			if took < shortest["a user"]/2 || took > shortest["a user"]*2 {
				t.Errorf("to refuse %s takes %s, a user %s", who, took, shortest["a user"])
			}
		}
	})
}
