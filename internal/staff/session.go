package staff

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/store"
)

const (
	// idleTime ends a session in which nothing was asked, fullTime any.
	idleTime = 8 * lead.Hour
	fullTime = 7 * lead.Day
	// seenEvery bounds how often it is noted that a session is in use.
	seenEvery = 5 * lead.Minute
	maxAgent  = 200
)

// Session is one browser in which a user is signed in.
type Session struct {
	// ID names the session without giving it away.
	ID            string
	User          string
	Created, Seen lead.Time
	// Agent is what the browser says it is, Address where it was when it signed in.
	Agent, Address string
}

// Visit is from where somebody signs in.
type Visit struct{ Agent, Address string }

// over says whether a session has ended by itself.
func (s *Session) over(now lead.Time) bool {
	return now >= s.Seen.Add(idleTime) || now >= s.Created.Add(fullTime)
}

// ErrSignIn is all that somebody learns who could not sign in.
var ErrSignIn = fault.New(fault.Denied, "The address or the password is wrong.")

// SignIn begins a session and returns its token, which is not kept. Who does not
// exist, who is disabled and who has another password are all told the same, in
// the same time.
func (s *Staff) SignIn(ctx context.Context, email, password string, from Visit) (token string, u *User, err error) {
	if err := s.throttle.allow(addressKey(strings.TrimSpace(email)), from.Address); err != nil {
		return "", nil, err
	}
	u, err = s.UserByEmail(ctx, email)
	if err == errNoUser {
		u, err = &User{}, nil
	}
	if err != nil {
		return "", nil, err
	}
	right, err := matches(ctx, u.Password, password)
	if err != nil {
		return "", nil, err
	}
	if !right || u.Disabled {
		return "", nil, ErrSignIn
	}
	token, err = s.Enter(ctx, u.ID, from)
	return token, u, err
}

// Enter begins a session of a user who has shown otherwise who it is.
func (s *Staff) Enter(ctx context.Context, user string, from Visit) (token string, err error) {
	token, name := secret()
	agent := strings.ToValidUTF8(from.Agent[:min(len(from.Agent), maxAgent)], "")
	return token, s.change(ctx, func(tx store.Tx, now lead.Time) error {
		var u User
		found, err := read(tx, userDrawer, user, &u)
		if err != nil {
			return err
		}
		if !found || u.Disabled {
			return ErrSignIn
		}
		session := Session{ID: name[:16], User: user, Created: now, Seen: now, Agent: agent, Address: from.Address}
		if err := write(tx, sessionDrawer, name, &session); err != nil {
			return err
		}
		if err := write(tx, visitDrawer, user+"/"+name, name); err != nil {
			return err
		}
		return note(tx, now, &u, "session.begun", u.Email, "")
	})
}

// Who tells whose session a token is; nil for none. What it costs is two rows,
// and now and then a note that the session is in use.
func (s *Staff) Who(ctx context.Context, token string) (*User, *Session, error) {
	if token == "" || len(token) > 100 {
		return nil, nil, nil
	}
	name := nameOf(token)
	var session Session
	var u User
	found, stale := false, false
	err := s.store.Read(ctx, func(snap store.Snapshot) error {
		now, err := snap.Now()
		if err != nil {
			return err
		}
		there, err := read(snap, sessionDrawer, name, &session)
		if err != nil || !there || session.over(now) {
			return err
		}
		found, err = read(snap, userDrawer, session.User, &u)
		stale = now >= session.Seen.Add(seenEvery)
		return err
	})
	if err != nil || !found || u.Disabled {
		return nil, nil, err
	}
	if stale {
		err = s.change(ctx, func(tx store.Tx, now lead.Time) error {
			there, err := read(tx, sessionDrawer, name, &session)
			if err != nil || !there {
				return err
			}
			session.Seen = now
			return write(tx, sessionDrawer, name, &session)
		})
	}
	return &u, &session, err
}

// SignOut ends the session of a token.
func (s *Staff) SignOut(ctx context.Context, token string) error {
	name := nameOf(token)
	return s.change(ctx, func(tx store.Tx, _ lead.Time) error {
		var session Session
		there, err := read(tx, sessionDrawer, name, &session)
		if err != nil || !there {
			return err
		}
		return endSession(tx, session.User, name)
	})
}

// Sessions are those of a user that are not over, the one used last first.
func (s *Staff) Sessions(ctx context.Context, user string) ([]Session, error) {
	var all []Session
	err := s.store.Read(ctx, func(snap store.Snapshot) error {
		all = nil
		now, err := snap.Now()
		if err != nil {
			return err
		}
		return each(snap, visitDrawer, user+"/", func(_ string, name *string) error {
			var session Session
			there, err := read(snap, sessionDrawer, *name, &session)
			if there && !session.over(now) {
				all = append(all, session)
			}
			return err
		})
	})
	slices.SortFunc(all, func(a, b Session) int { return cmp.Or(cmp.Compare(b.Seen, a.Seen), cmp.Compare(a.ID, b.ID)) })
	return all, err
}

// EndSession ends one of a user's sessions, by its ID.
func (s *Staff) EndSession(ctx context.Context, user, id string) error {
	return s.change(ctx, func(tx store.Tx, _ lead.Time) error {
		ended := false
		err := each(tx, visitDrawer, user+"/", func(_ string, name *string) error {
			if !strings.HasPrefix(*name, id) || len(id) != 16 {
				return nil
			}
			ended = true
			return endSession(tx, user, *name)
		})
		if err == nil && !ended {
			err = fault.New(fault.NotFound, "There is no such session; it may have ended.")
		}
		return err
	})
}

// endSessions ends all sessions of a user but one; "" for none.
func endSessions(tx store.Tx, user, but string) error {
	return each(tx, visitDrawer, user+"/", func(_ string, name *string) error {
		if *name == but {
			return nil
		}
		return endSession(tx, user, *name)
	})
}

func endSession(tx store.Tx, user, name string) error {
	if err := drop(tx, sessionDrawer, name); err != nil {
		return err
	}
	return drop(tx, visitDrawer, user+"/"+name)
}

// ChangePassword replaces a user's own password. The other sessions end.
func (s *Staff) ChangePassword(ctx context.Context, id, token, old, fresh string) error {
	var u User
	if err := s.store.Read(ctx, func(snap store.Snapshot) error {
		_, err := read(snap, userDrawer, id, &u)
		return err
	}); err != nil {
		return err
	}
	if err := s.throttle.allow(addressKey(u.Email), ""); err != nil {
		return err
	}
	right, err := matches(ctx, u.Password, old)
	if err != nil {
		return err
	}
	if !right {
		return fault.New(fault.Invalid, "The present password is another.")
	}
	return s.setPassword(ctx, id, fresh, nameOf(token), "user.password")
}

// setPassword gives a user another password and ends the sessions but one.
func (s *Staff) setPassword(ctx context.Context, id, password, but, what string) error {
	var u User
	if err := s.store.Read(ctx, func(snap store.Snapshot) error {
		found, err := read(snap, userDrawer, id, &u)
		if err == nil && !found {
			err = errNoUser
		}
		return err
	}); err != nil {
		return err
	}
	if err := checkPassword(password, u.Email); err != nil {
		return err
	}
	kept, err := hash(ctx, password)
	if err != nil {
		return err
	}
	return s.changeUser(ctx, id, func(tx store.Tx, u *User, now lead.Time) error {
		u.Password = kept
		if err := endSessions(tx, id, but); err != nil {
			return err
		}
		return note(tx, now, u, what, u.Email, "")
	})
}
