package staff_test

import (
	"slices"
	"testing"

	"galena/internal/access"
	"galena/internal/fault"
)

// Whatever let somebody in when the backup was made lets nobody in any more.
func TestRestored(t *testing.T) {
	onEach(t, func(t *testing.T, o *office) {
		code, err := o.SetupCode(t.Context())
		o.must(err)
		o.must(o.Restored(t.Context(), nil, midday, ""))
		refused(t, o.CheckCode(t.Context(), code), fault.Denied, "code")

		ada := o.founded()
		bob := o.joined(ada, "Bob", access.Sales)
		tokens := []string{o.signIn(ada.Email), o.signIn(bob.Email), o.signIn(bob.Email)}
		invited, err := o.Invite(t.Context(), ada, "eve@engine.example", access.Admin)
		o.must(err)
		reset, err := o.Reset(t.Context(), ada, bob.ID)
		o.must(err)

		o.clock.pass(1)
		o.must(o.Restored(t.Context(), ada, midday, "kept there"))
		for i, token := range tokens {
			if o.in(token) {
				t.Errorf("session %d goes on", i)
			}
		}
		for _, secret := range []string{invited, reset} {
			_, err := o.Ticket(t.Context(), secret)
			refused(t, err, fault.NotFound, "does not work any more")
		}
		for _, u := range []string{ada.ID, bob.ID} {
			sessions, err := o.Sessions(t.Context(), u)
			o.must(err)
			if len(sessions) != 0 {
				t.Errorf("%s has %d sessions", u, len(sessions))
			}
		}
		if got := o.audited(1); !slices.Equal(got, []string{"Ada workspace.restored " + midday.String() + " kept there"}) {
			t.Errorf("it is noted: %q", got)
		}
		if !o.in(o.signIn(bob.Email)) {
			t.Error("nobody can sign in any more")
		}
	})
}

func TestConfirm(t *testing.T) {
	onEach(t, func(t *testing.T, o *office) {
		ada := o.founded()
		o.must(o.Confirm(t.Context(), ada.ID, password, home))
		refused(t, o.Confirm(t.Context(), ada.ID, "another", home), fault.Denied, "wrong")
		refused(t, o.Confirm(t.Context(), "usr_none", password, home), fault.NotFound, "no such user")
		var err error
		for range 20 {
			err = o.Confirm(t.Context(), ada.ID, "another", home)
		}
		refused(t, err, fault.Busy, "Too many")
	})
}
