package staff_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"galena/internal/access"
	"galena/internal/fault"
	"galena/internal/kit/cluster"
	"galena/internal/lead"
	"galena/internal/staff"
	"galena/internal/store"
	"galena/internal/store/memory"
	"galena/internal/store/postgres"
	"galena/internal/store/sqlite"
)

const (
	midday   = lead.Time(1_772_366_400_000) // 2026-03-01T12:00:00Z
	password = "a difference engine"
	another  = "an analytical engine"
)

var home = staff.Visit{Agent: "Netscape", Address: "192.0.2.7"}

// clock is the time of a store, which a test moves on.
type clock struct{ now atomic.Int64 }

func (c *clock) read() lead.Time { return lead.Time(c.now.Load()) }
func (c *clock) pass(by int64)   { c.now.Add(by) }

// office is a workspace and who works in it.
type office struct {
	testing.TB
	*staff.Staff
	store store.Store
	clock *clock
}

// onEach runs a test on each kind of store.
func onEach(t *testing.T, test func(*testing.T, *office)) {
	t.Parallel()
	for name, open := range map[string]func(*testing.T, func() lead.Time) store.Store{
		"memory": func(_ *testing.T, now func() lead.Time) store.Store { return memory.New(now) },
		"sqlite": func(t *testing.T, now func() lead.Time) store.Store {
			s, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "galena.db"), sqlite.Options{Clock: now})
			if err != nil {
				t.Fatal(err)
			}
			return s
		},
		"postgres": func(t *testing.T, now func() lead.Time) store.Store {
			s, err := postgres.Open(t.Context(), cluster.URL(t), postgres.Options{Clock: now})
			if err != nil {
				t.Fatal(err)
			}
			return s
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := &clock{}
			c.now.Store(int64(midday))
			s := open(t, c.read)
			t.Cleanup(func() {
				if err := s.Close(); err != nil {
					t.Error(err)
				}
			})
			test(t, &office{t, staff.New(s), s, c})
		})
	}
}

func (o *office) must(err error) {
	o.Helper()
	if err != nil {
		o.Fatal(err)
	}
}

// founded founds the workspace by its first admin, Ada.
func (o *office) founded() *staff.User {
	o.Helper()
	code, err := o.SetupCode(o.Context())
	o.must(err)
	ada, err := o.Found(o.Context(), code, founding("Ada", "ada@engine.example"))
	o.must(err)
	return ada
}

func founding(name, email string) staff.Founding {
	return staff.Founding{Name: name, Email: email, Password: password, Company: staff.Company{Name: "Engines", Zone: "Europe/Berlin", Currency: "EUR"}}
}

// joined makes a user by an invitation.
func (o *office) joined(by *staff.User, name string, role access.Role) *staff.User {
	o.Helper()
	secret, err := o.Invite(o.Context(), by, strings.ToLower(name)+"@engine.example", role)
	o.must(err)
	u, err := o.Redeem(o.Context(), secret, name, password)
	o.must(err)
	return u
}

func (o *office) signIn(email string) string {
	o.Helper()
	token, _, err := o.SignIn(o.Context(), email, password, home)
	o.must(err)
	return token
}

// in says whether a token is of a session.
func (o *office) in(token string) bool {
	o.Helper()
	u, _, err := o.Who(o.Context(), token)
	o.must(err)
	return u != nil
}

// audited is who did what to whom, the latest first.
func (o *office) audited(n int) []string {
	o.Helper()
	entries, err := o.Audit(o.Context(), "", n)
	o.must(err)
	var all []string
	for _, e := range entries {
		all = append(all, strings.TrimSpace(e.By+" "+e.What+" "+e.On+" "+e.More))
	}
	return all
}

func refused(t testing.TB, err error, kind fault.Kind, part string) {
	t.Helper()
	if err == nil || fault.KindOf(err) != kind || !strings.Contains(fault.Text(err), part) {
		t.Errorf("%v, want %s: …%s…", err, kind, part)
	}
}

// atOnce calls fn n times at the same time and gives what they came to.
func atOnce(n int, fn func(i int) error) []error {
	errs := make([]error, n)
	start := make(chan struct{})
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			<-start
			errs[i] = fn(i)
		})
	}
	close(start)
	all.Wait()
	return errs
}

func done(errs []error) (n int) {
	for _, err := range errs {
		if err == nil {
			n++
		}
	}
	return n
}

// Of many who found at the same time, with different codes and by an invitation,
// one is the first; all others are told that it is too late.
func TestFoundingHappensOnce(t *testing.T) {
	onEach(t, func(t *testing.T, o *office) {
		const people = 8
		codes := make([]string, people)
		for i := range codes {
			var err error
			codes[i], err = o.SetupCode(t.Context())
			o.must(err)
		}
		errs := atOnce(people, func(i int) error {
			_, err := o.Found(t.Context(), codes[i], founding("Ada", fmt.Sprintf("ada%d@engine.example", i)))
			return err
		})
		if done(errs) != 1 {
			t.Errorf("%d have founded it: %v", done(errs), errs)
		}
		for _, err := range errs {
			if err != nil {
				refused(t, err, fault.NotFound, "has been set up")
			}
		}
		users, err := o.Users(t.Context())
		o.must(err)
		if len(users) != 1 || users[0].Role != access.Admin {
			t.Errorf("there are %v", users)
		}
		for _, code := range codes {
			refused(t, o.CheckCode(t.Context(), code), fault.NotFound, "has been set up")
		}
		if c, err := o.Company(t.Context()); err != nil || c.Name != "Engines" || c.Zone != "Europe/Berlin" {
			t.Errorf("the company is %+v, %v", c, err)
		}
		if got := o.audited(9); len(got) != 1 || got[0] != "Ada workspace.founded Engines" {
			t.Errorf("the record says %q", got)
		}
	})
}

func TestCodeIsNeeded(t *testing.T) {
	onEach(t, func(t *testing.T, o *office) {
		for _, code := range []string{"", "code", "\x00", strings.Repeat("a", 1<<16)} {
			refused(t, o.CheckCode(t.Context(), code), fault.Denied, "does not set the workspace up")
			_, err := o.Found(t.Context(), code, founding("Eve", "eve@evil.example"))
			refused(t, err, fault.Denied, "does not set the workspace up")
		}
		if is, err := o.Founded(t.Context()); err != nil || is {
			t.Errorf("founded: %t, %v", is, err)
		}
	})
}

// From the command line the first user is an admin, and founds by accepting.
func TestInvitationFounds(t *testing.T) {
	onEach(t, func(t *testing.T, o *office) {
		_, err := o.Order(t.Context(), staff.Order{What: staff.Inviting, Email: "bo@engine.example", Role: access.Sales})
		refused(t, err, fault.Conflict, "the first user is an admin")
		d, err := o.Order(t.Context(), staff.Order{What: staff.Inviting, Email: "ada@engine.example", Role: access.Admin})
		o.must(err)
		_, err = o.Redeem(t.Context(), d.Secret, "Ada", password)
		o.must(err)
		if is, err := o.Founded(t.Context()); err != nil || !is {
			t.Errorf("founded: %t, %v", is, err)
		}
		o.signIn("ada@engine.example")
	})
}

// Two admins who take each other's role, or keep each other out, at the same time
// leave one.
func TestLastAdminStays(t *testing.T) {
	onEach(t, func(t *testing.T, o *office) {
		ada := o.founded()
		bo := o.joined(ada, "Bo", access.Admin)
		for range 25 { // whether they meet is chance
			errs := atOnce(2, func(i int) error {
				if i == 0 {
					return o.SetRole(t.Context(), ada, bo.ID, access.Viewer)
				}
				return o.Disable(t.Context(), bo, ada.ID, true)
			})
			if done(errs) != 1 {
				t.Fatalf("%d of two were done: %v", done(errs), errs)
			}
			o.must(o.SetRole(t.Context(), nil, bo.ID, access.Admin))
			o.must(o.Disable(t.Context(), nil, ada.ID, false))
		}
		o.must(o.SetRole(t.Context(), nil, bo.ID, access.Sales))
		users, err := o.Users(t.Context())
		o.must(err)
		admins := 0
		for _, u := range users {
			if u.Role == access.Admin && !u.Disabled {
				admins++
				refused(t, o.SetRole(t.Context(), nil, u.ID, access.Sales), fault.Conflict, "only admin")
				refused(t, o.Disable(t.Context(), nil, u.ID, true), fault.Conflict, "only admin")
			}
		}
		if admins != 1 {
			t.Errorf("%d admins are left", admins)
		}
	})
}

// A session ends when its user's role or password changes, when the user is kept
// out, when it is taken away, and by itself.
func TestSessionsEnd(t *testing.T) {
	onEach(t, func(t *testing.T, o *office) {
		ada := o.founded()
		bo := o.joined(ada, "Bo", access.Sales)
		own := o.signIn(ada.Email)
		for what, act := range map[string]func(token string) error{
			"another role":  func(string) error { return o.SetRole(t.Context(), ada, bo.ID, access.Manager) },
			"being out":     func(string) error { return o.Disable(t.Context(), ada, bo.ID, true) },
			"signing out":   func(token string) error { return o.SignOut(t.Context(), token) },
			"being ended":   func(token string) error { return o.EndSession(t.Context(), ada, bo.ID, o.session(token).ID) },
			"ending others": func(string) error { return o.EndOthers(t.Context(), ada, bo.ID, "") },
			"a reset": func(string) error {
				secret, err := o.Reset(t.Context(), ada, bo.ID)
				o.must(err)
				_, err = o.Redeem(t.Context(), secret, "", password)
				return err
			},
		} {
			token := o.signIn("BO@engine.example ")
			if !o.in(token) {
				t.Fatalf("before %s there is no session", what)
			}
			o.must(act(token))
			if o.in(token) {
				t.Errorf("after %s the session goes on", what)
			}
			o.must(o.Disable(t.Context(), ada, bo.ID, false))
			o.must(o.SetRole(t.Context(), ada, bo.ID, access.Sales))
			if !o.in(own) {
				t.Fatalf("%s ended the session of another", what)
			}
		}
		o.clock.pass(8 * lead.Hour)
		if o.in(own) {
			t.Error("nothing was asked for eight hours, and the session goes on")
		}
	})
}

func (o *office) session(token string) *staff.Session {
	o.Helper()
	_, s, err := o.Who(o.Context(), token)
	o.must(err)
	return s
}

// A session that is in use lives for a week, and no longer.
func TestSessionInUse(t *testing.T) {
	onEach(t, func(t *testing.T, o *office) {
		o.founded()
		token := o.signIn("ada@engine.example")
		for gone := int64(0); gone < 7*lead.Day-lead.Hour; gone += 7 * lead.Hour {
			if !o.in(token) {
				t.Fatalf("in use, the session ended after %d hours", gone/lead.Hour)
			}
			o.clock.pass(7 * lead.Hour)
		}
		o.clock.pass(7 * lead.Hour)
		if o.in(token) {
			t.Error("after a week the session goes on")
		}
		for _, token := range []string{"", "x", token + "x", strings.Repeat("a", 1<<16), "\x00"} {
			if o.in(token) {
				t.Errorf("%.20q is a session", token)
			}
		}
	})
}

// Sessions do not pile up: those that are over go, and the oldest give way.
func TestSessionsAreBounded(t *testing.T) {
	onEach(t, func(t *testing.T, o *office) {
		ada := o.founded()
		first, err := o.Enter(t.Context(), ada.ID, home)
		o.must(err)
		for range 20 {
			o.clock.pass(lead.Minute)
			_, err := o.Enter(t.Context(), ada.ID, home)
			o.must(err)
		}
		if o.in(first) {
			t.Error("the oldest of 21 sessions goes on")
		}
		sessions, err := o.Sessions(t.Context(), ada.ID)
		o.must(err)
		if len(sessions) != 20 {
			t.Errorf("%d sessions", len(sessions))
		}
		o.clock.pass(lead.Week)
		_, err = o.Enter(t.Context(), ada.ID, home)
		o.must(err)
		o.must(o.store.Read(t.Context(), func(s store.Snapshot) error {
			kept, err := s.Papers("session", "", "", 100)
			if len(kept) != 1 {
				t.Errorf("%d sessions are kept, and one is not over", len(kept))
			}
			return err
		}))
	})
}

// Changing the password ends all sessions, begins another, and makes links that
// would choose yet another password worthless.
func TestChangePassword(t *testing.T) {
	onEach(t, func(t *testing.T, o *office) {
		ada := o.founded()
		here, there := o.signIn(ada.Email), o.signIn(ada.Email)
		link, err := o.Reset(t.Context(), nil, ada.ID)
		o.must(err)
		_, err = o.ChangePassword(t.Context(), ada.ID, "not it at all", another, home)
		refused(t, err, fault.Invalid, "present password is another")
		_, err = o.ChangePassword(t.Context(), ada.ID, password, "short", home)
		refused(t, err, fault.Invalid, "too short")
		if !o.in(here) || !o.in(there) {
			t.Fatal("what did not change the password ended a session")
		}
		fresh, err := o.ChangePassword(t.Context(), ada.ID, password, another, home)
		o.must(err)
		if o.in(here) || o.in(there) || !o.in(fresh) {
			t.Errorf("after the change the sessions are in: %t %t, and the new one %t", o.in(here), o.in(there), o.in(fresh))
		}
		_, err = o.Ticket(t.Context(), link)
		refused(t, err, fault.NotFound, "does not work any more")
		_, _, err = o.SignIn(t.Context(), ada.Email, password, home)
		refused(t, err, fault.Denied, "is wrong")
		_, _, err = o.SignIn(t.Context(), ada.Email, another, home)
		o.must(err)
	})
}

// A password that is changed twice at the same time is changed once: the second
// one did not show the present password.
func TestPasswordsRace(t *testing.T) {
	onEach(t, func(t *testing.T, o *office) {
		ada := o.founded()
		errs := atOnce(2, func(i int) error {
			_, err := o.ChangePassword(t.Context(), ada.ID, password, fmt.Sprint("engine number ", i), home)
			return err
		})
		if done(errs) != 1 {
			t.Errorf("%d changes were made: %v", done(errs), errs)
		}
	})
}

// A link works once, though many follow it at once, and for a time.
func TestTicketWorksOnce(t *testing.T) {
	onEach(t, func(t *testing.T, o *office) {
		ada := o.founded()
		invitation, err := o.Invite(t.Context(), ada, "bo@engine.example", access.Sales)
		o.must(err)
		reset, err := o.Reset(t.Context(), ada, ada.ID)
		o.must(err)
		for what, secret := range map[string]string{"invitation": invitation, "reset": reset} {
			errs := atOnce(4, func(int) error {
				_, err := o.Redeem(t.Context(), secret, "Somebody", another)
				return err
			})
			if done(errs) != 1 {
				t.Errorf("the %s worked %d times: %v", what, done(errs), errs)
			}
			_, err := o.Ticket(t.Context(), secret)
			refused(t, err, fault.NotFound, "does not work any more")
		}

		for what, test := range map[string]struct {
			make func() (string, error)
			time int64
		}{
			"invitation": {func() (string, error) {
				return o.Invite(t.Context(), ada, "cy@engine.example", access.Sales)
			}, 7 * lead.Day},
			"reset": {func() (string, error) { return o.Reset(t.Context(), ada, ada.ID) }, lead.Day},
		} {
			secret, err := test.make()
			o.must(err)
			o.clock.pass(test.time - 1)
			if _, err := o.Ticket(t.Context(), secret); err != nil {
				t.Errorf("the %s ended early: %v", what, err)
			}
			o.clock.pass(1)
			_, err = o.Redeem(t.Context(), secret, "Cy", another)
			refused(t, err, fault.NotFound, "does not work any more")
		}
	})
}

// A link is worthless when another has taken its place, when it was taken back,
// and when its user is kept out.
func TestTicketsEnd(t *testing.T) {
	onEach(t, func(t *testing.T, o *office) {
		ada := o.founded()
		bo := o.joined(ada, "Bo", access.Sales)
		works := func(secret string) bool {
			_, err := o.Ticket(t.Context(), secret)
			return err == nil
		}
		one, err := o.Invite(t.Context(), ada, "Cy@engine.example", access.Sales)
		o.must(err)
		two, err := o.Invite(t.Context(), ada, "cy@engine.example", access.Viewer)
		o.must(err)
		if works(one) || !works(two) {
			t.Error("the second invitation did not take the place of the first")
		}
		invitations, err := o.Invitations(t.Context())
		o.must(err)
		if len(invitations) != 1 || invitations[0].Role != access.Viewer || invitations[0].By != "Ada" {
			t.Fatalf("the invitations are %+v", invitations)
		}
		three, ticket, err := o.InviteAgain(t.Context(), ada, invitations[0].ID)
		o.must(err)
		if works(two) || !works(three) || ticket.Email != "cy@engine.example" {
			t.Error("the link did not change")
		}
		_, _, err = o.InviteAgain(t.Context(), ada, invitations[0].ID)
		refused(t, err, fault.NotFound, "no such invitation")
		invitations, err = o.Invitations(t.Context())
		o.must(err)
		o.must(o.TakeBack(t.Context(), ada, invitations[0].ID))
		if works(three) {
			t.Error("the invitation was taken back, and works")
		}
		refused(t, o.TakeBack(t.Context(), ada, invitations[0].ID), fault.NotFound, "no such invitation")

		_, err = o.Invite(t.Context(), ada, "BO@engine.example", access.Admin)
		refused(t, err, fault.Conflict, "is a user already")

		reset, err := o.Reset(t.Context(), ada, bo.ID)
		o.must(err)
		again, err := o.Reset(t.Context(), ada, bo.ID)
		o.must(err)
		if works(reset) || !works(again) {
			t.Error("the second reset did not take the place of the first")
		}
		o.must(o.Disable(t.Context(), ada, bo.ID, true))
		if works(again) {
			t.Error("who is kept out can choose a password")
		}
		_, err = o.Reset(t.Context(), ada, bo.ID)
		refused(t, err, fault.Conflict, "may not sign in")
	})
}

// Who is unknown, who is disabled, who has no password and who has another are
// told the same.
func TestSignInTellsNothing(t *testing.T) {
	onEach(t, func(t *testing.T, o *office) {
		ada := o.founded()
		bo := o.joined(ada, "Bo", access.Sales)
		o.must(o.Disable(t.Context(), ada, bo.ID, true))
		for _, try := range []struct{ email, password string }{
			{"ada@engine.example", "wrong"}, {"nobody@engine.example", password}, {"bo@engine.example", password},
			{"", ""}, {"", password}, {"\x00", password}, {"\xff@x", password}, {strings.Repeat("a", 1<<16), password},
			{"ada@engine.example", strings.Repeat("a", 1<<16)}, {"ada@engine.example\x00", password}, {"-", password},
			{"ada@engine.example' OR '1'='1", password}, {"%", password},
		} {
			token, u, err := o.SignIn(t.Context(), try.email, try.password, staff.Visit{Address: try.email[:min(9, len(try.email))]})
			if err != staff.ErrSignIn || token != "" {
				t.Errorf("%.30q: %v, %v", try.email, u, err)
			}
		}
	})
}

// Guessing at one address is slowed down from everywhere, and does not keep its
// owner out, who comes from where they came from before.
func TestGuessing(t *testing.T) {
	onEach(t, func(t *testing.T, o *office) {
		o.founded()
		o.signIn("ada@engine.example")
		busy := false
		for i := range 40 {
			_, _, err := o.SignIn(t.Context(), "ada@engine.example", strings.Repeat("x", 300), staff.Visit{Address: fmt.Sprint("198.51.100.", i)})
			if busy = fault.KindOf(err) == fault.Busy; busy {
				break
			}
		}
		if !busy {
			t.Error("40 guesses from 40 addresses were taken")
		}
		o.signIn("ADA@engine.example")
		busy = false
		for range 20 {
			_, _, err := o.SignIn(t.Context(), "nobody@engine.example", strings.Repeat("x", 300), staff.Visit{Address: "203.0.113.1"})
			busy = busy || fault.KindOf(err) == fault.Busy
		}
		if !busy {
			t.Error("guesses at somebody who does not exist are not slowed down, which tells")
		}
	})
}

func TestHostileTexts(t *testing.T) {
	onEach(t, func(t *testing.T, o *office) {
		ada := o.founded()
		prefer := func(p staff.Preferences) error { return o.Prefer(t.Context(), ada.ID, p) }
		for _, name := range []string{"", " ", "\u200b", "a\x00b", "a\x1b[31m", "a\u202eb", "a\u2066b", "\xff", strings.Repeat("x", 101), "a\nb"} {
			refused(t, prefer(staff.Preferences{Name: name}), fault.Invalid, "Write a name")
		}
		for _, name := range []string{"O'Brien", "Null", "<script>__x(1)</script>", "שלום", "李", "👩‍🔬", "Robert'); DROP TABLE papers;--"} {
			o.must(prefer(staff.Preferences{Name: name, Zone: "Asia/Kathmandu", Language: "de", Theme: "dark"}))
			if u, err := o.User(t.Context(), ada.ID); err != nil || u.Name != name || u.Zone != "Asia/Kathmandu" {
				t.Errorf("%q came back as %+v, %v", name, u, err)
			}
		}
		for _, zone := range []string{"Local", "../../etc/passwd", "/etc/passwd", "Mars/Base", "\x00", strings.Repeat("a", 1<<16)} {
			refused(t, prefer(staff.Preferences{Name: "Ada", Zone: zone}), fault.Invalid, "no time zone")
		}
		refused(t, prefer(staff.Preferences{Name: "Ada", Theme: "pink"}), fault.Invalid, "no theme")
		for _, email := range []string{"", "ada", "Ada <ada@x.example>", "a@b\r\nBcc: c@d", "admin@exаmple.test", "a b@x", "\x00@x", strings.Repeat("a", 250) + "@x.example"} {
			_, err := o.Invite(t.Context(), ada, email, access.Viewer)
			refused(t, err, fault.Invalid, "no address")
		}
		_, err := o.Invite(t.Context(), ada, "bo@engine.example", "root")
		refused(t, err, fault.Invalid, "no role")
		for _, base := range []string{"example.com", "javascript:alert(1)", "https://x/y", "https://user@x"} {
			refused(t, o.SetCompany(t.Context(), ada, staff.Company{Zone: "UTC", Currency: "EUR", BaseURL: base}), fault.Invalid, "no address of a server")
		}
		refused(t, o.SetCompany(t.Context(), ada, staff.Company{Zone: "UTC", Currency: "euro"}), fault.Invalid, "no currency")
		refused(t, o.SetCompany(t.Context(), ada, staff.Company{Currency: "EUR"}), fault.Invalid, "no time zone")
		o.must(o.SetCompany(t.Context(), ada, staff.Company{Name: " Engines & Söhne ", Zone: "UTC", Currency: "CHF", BaseURL: "https://leads.engine.example/"}))
		if c, err := o.Company(t.Context()); err != nil || c != (staff.Company{Name: "Engines & Söhne", Zone: "UTC", Currency: "CHF", BaseURL: "https://leads.engine.example"}) {
			t.Errorf("the company is %+v, %v", c, err)
		}
	})
}

func TestWeakPasswords(t *testing.T) {
	onEach(t, func(t *testing.T, o *office) {
		code, err := o.SetupCode(t.Context())
		o.must(err)
		for _, weak := range []string{"", "short", "aaaaaaaaaaaaaaaa", "ADA@engine.example", "Password1234!", strings.Repeat("ab", 129)} {
			f := founding("Ada", "ada@engine.example")
			f.Password = weak
			_, err := o.Found(t.Context(), code, f)
			refused(t, err, fault.Invalid, "The password is")
		}
	})
}

// The record names who did what to whom, is paged from its end, and nothing in it
// lets anybody in.
func TestAudit(t *testing.T) {
	onEach(t, func(t *testing.T, o *office) {
		ada := o.founded()
		o.clock.pass(1)
		secret, err := o.Invite(t.Context(), ada, "bo@engine.example", access.Sales)
		o.must(err)
		o.clock.pass(1)
		bo, err := o.Redeem(t.Context(), secret, "Bo", password)
		o.must(err)
		o.clock.pass(1)
		o.must(o.SetRole(t.Context(), ada, bo.ID, access.Manager))
		o.clock.pass(1)
		_, err = o.Order(t.Context(), staff.Order{What: staff.Disabling, Email: "BO@engine.example"})
		o.must(err)
		want := []string{"user.disabled bo@engine.example", "Ada user.role bo@engine.example sales → manager", "Bo user.joined bo@engine.example sales", "Ada user.invited bo@engine.example sales", "Ada workspace.founded Engines"}
		if got := o.audited(9); strings.Join(got, "|") != strings.Join(want, "|") {
			t.Errorf("the record says\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
		var paged []staff.Entry
		for before := ""; ; {
			page, err := o.Audit(t.Context(), before, 2)
			o.must(err)
			if len(page) == 0 {
				break
			}
			paged = append(paged, page...)
			before = page[len(page)-1].ID
		}
		if len(paged) != len(want) || paged[0].What != "user.disabled" || paged[4].Email != "ada@engine.example" {
			t.Errorf("page by page it says %+v", paged)
		}
		o.must(o.store.Read(context.Background(), func(s store.Snapshot) error {
			for _, drawer := range []string{"audit", "ticket", "session", "user session", "setup", "user known"} {
				papers, err := s.Papers(drawer, "", "", 100)
				if err != nil {
					return err
				}
				for _, p := range papers {
					if strings.Contains(p.Name+string(p.Text), secret) || strings.Contains(string(p.Text), password) {
						t.Errorf("the drawer %s holds a secret", drawer)
					}
				}
			}
			return nil
		}))
	})
}

// A demo lets nobody into a workspace in which people work.
func TestDemoIsNobodys(t *testing.T) {
	onEach(t, func(t *testing.T, o *office) {
		invented := []staff.User{{Email: "a@demo.example", Name: "A", Role: access.Admin}, {Email: "b@demo.example", Name: "B", Role: access.Sales}}
		for range 2 { // a demo may be started again
			users, err := o.FoundOpen(t.Context(), staff.Company{Name: "Demo", Zone: "UTC", Currency: "EUR"}, invented...)
			o.must(err)
			if len(users) != 2 || users[0].ID == "" {
				t.Fatalf("there are %v", users)
			}
		}
		_, _, err := o.SignIn(t.Context(), "a@demo.example", "", home)
		refused(t, err, fault.Denied, "is wrong")
		secret, err := o.Invite(t.Context(), nil, "real@engine.example", access.Admin)
		o.must(err)
		_, err = o.Redeem(t.Context(), secret, "Real", password)
		o.must(err)
		_, err = o.FoundOpen(t.Context(), staff.Company{Zone: "UTC", Currency: "EUR"}, invented...)
		refused(t, err, fault.Conflict, "People work in this workspace")
	})
}

func TestOrders(t *testing.T) {
	onEach(t, func(t *testing.T, o *office) {
		ada := o.founded()
		bo := o.joined(ada, "Bo", access.Sales)
		o.must(o.SetCompany(t.Context(), ada, staff.Company{Zone: "UTC", Currency: "EUR", BaseURL: "https://leads.engine.example"}))
		order := func(what staff.Deed, email string, role access.Role) (staff.Done, error) {
			return o.Order(t.Context(), staff.Order{What: what, Email: email, Role: role})
		}
		d, err := order(staff.Resetting, " Bo@Engine.example", "")
		if err != nil || d.Base != "https://leads.engine.example" || d.Email != bo.Email {
			t.Errorf("the reset came to %+v, %v", d, err)
		}
		if ticket, err := o.Ticket(t.Context(), d.Secret); err != nil || ticket.User != bo.ID {
			t.Errorf("its link is %+v, %v", ticket, err)
		}
		_, err = order(staff.Promoting, bo.Email, access.Viewer)
		o.must(err)
		_, err = order(staff.Disabling, bo.Email, "")
		o.must(err)
		if u, err := o.User(t.Context(), bo.ID); err != nil || u.Role != access.Viewer || !u.Disabled {
			t.Errorf("Bo is %+v, %v", u, err)
		}
		_, err = order(staff.Enabling, bo.Email, "")
		o.must(err)
		o.signIn(bo.Email)
		_, err = order(staff.Resetting, "nobody@engine.example", "")
		refused(t, err, fault.NotFound, "Nobody has the address")
		_, err = order("fire", bo.Email, "")
		refused(t, err, fault.Invalid, "Nothing about users")
		list, err := o.List(t.Context())
		if err != nil || len(list) != 2 || list[0].Sessions != 0 || list[1].Sessions != 1 || list[1].Seen != midday {
			t.Errorf("the list is %+v, %v", list, err)
		}
	})
}
