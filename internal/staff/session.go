package staff

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/store"
	"galena/internal/store/paper"
)

const (
	// idleTime ends a session in which nothing was asked, fullTime any.
	idleTime = 8 * lead.Hour
	fullTime = 7 * lead.Day
	// seenEvery bounds how often it is noted that a session is in use.
	seenEvery = 5 * lead.Minute
	// maxSessions is how many a user may have at once; the one used longest ago
	// gives way.
	maxSessions = 20
	// maxKnown is from how many addresses of the net a user is known.
	maxKnown = 8
	maxAgent = 200 // bytes
	maxToken = 100 // bytes; ours have 32
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
// exist, who is disabled and who has another password are all told the same, after
// the same work.
func (s *Staff) SignIn(ctx context.Context, email, password string, from Visit) (token string, u *User, err error) {
	u, known, err := s.applicant(ctx, email, from)
	if err != nil {
		return "", nil, err
	}
	if err := s.throttle.allow(signInKey(email), from.Address, known); err != nil {
		return "", nil, err
	}
	shown := u.Password
	right, err := matches(ctx, shown, password)
	if err != nil {
		return "", nil, err
	}
	if !right || u.Disabled {
		return "", nil, ErrSignIn
	}
	err = s.change(ctx, func(tx store.Tx, now lead.Time) error {
		// The password may have been changed since it was compared: then it is wrong.
		found, err := paper.Read(tx, userDrawer, u.ID, u)
		if err != nil {
			return err
		}
		if !found || u.Disabled || u.Password != shown {
			return ErrSignIn
		}
		token, err = begin(tx, now, u, from)
		return err
	})
	return token, u, err
}

// signInKey is an address that somebody signs in with, as its key. What is no
// address is shortened, and nobody's.
func signInKey(email string) string {
	key := addressKey(strings.TrimSpace(email))
	return cmp.Or(key[:min(len(key), maxAddress)], "-")
}

// applicant finds who wants in, a user of no name if there is none, and says
// whether that user came from the same address of the net before. It reads as
// much whoever it is.
func (s *Staff) applicant(ctx context.Context, email string, from Visit) (u *User, known bool, err error) {
	key := signInKey(email)
	u = &User{}
	err = s.store.Read(ctx, func(snap store.Snapshot) error {
		id := "-"
		if _, err := paper.Read(snap, addressDrawer, key, &id); err != nil {
			return err
		}
		if _, err := paper.Read(snap, userDrawer, id, u); err != nil {
			return err
		}
		var places []string
		_, err := paper.Read(snap, knownDrawer, key, &places)
		known = slices.Contains(places, placeName(key, from))
		return err
	})
	return u, known, err
}

// placeName is how it is kept that a user came from an address of the net: so
// that it can be compared, and not read.
func placeName(key string, from Visit) string { return nameOf(key + " " + from.Address)[:32] }

// Enter begins a session of a user who has shown otherwise who it is.
func (s *Staff) Enter(ctx context.Context, user string, from Visit) (token string, err error) {
	err = s.change(ctx, func(tx store.Tx, now lead.Time) error {
		var u User
		found, err := paper.Read(tx, userDrawer, user, &u)
		if err != nil {
			return err
		}
		if !found || u.Disabled {
			return ErrSignIn
		}
		token, err = begin(tx, now, &u, from)
		return err
	})
	return token, err
}

// begin begins a session of a user whose paper the transaction holds.
func begin(tx store.Tx, now lead.Time, u *User, from Visit) (token string, err error) {
	token, name := secret()
	if err := tidy(tx, now, u.ID); err != nil {
		return "", err
	}
	session := Session{ID: name[:16], User: u.ID, Created: now, Seen: now, Agent: cut(from.Agent, maxAgent), Address: from.Address}
	if err := paper.Write(tx, sessionDrawer, name, &session); err != nil {
		return "", err
	}
	if err := paper.Write(tx, visitDrawer, u.ID+"/"+name, name); err != nil {
		return "", err
	}
	if err := remember(tx, u, from); err != nil {
		return "", err
	}
	return token, note(tx, now, u, "session.begun", from.Address, "")
}

// tidy takes away a user's sessions that are over, and makes room for another.
func tidy(tx store.Tx, now lead.Time, user string) error {
	type used struct {
		name string
		seen lead.Time
	}
	var live []used
	err := paper.Each(tx, visitDrawer, user+"/", func(_ string, name *string) error {
		var session Session
		there, err := paper.Read(tx, sessionDrawer, *name, &session)
		if err != nil {
			return err
		}
		if !there || session.over(now) {
			return endSession(tx, user, *name)
		}
		live = append(live, used{*name, session.Seen})
		return nil
	})
	slices.SortFunc(live, func(a, b used) int { return cmp.Compare(b.seen, a.seen) })
	for ; err == nil && len(live) >= maxSessions; live = live[:len(live)-1] {
		err = endSession(tx, user, live[len(live)-1].name)
	}
	return err
}

// remember keeps from where a user signed in.
func remember(tx store.Tx, u *User, from Visit) error {
	key := addressKey(u.Email)
	var places []string
	if _, err := paper.Read(tx, knownDrawer, key, &places); err != nil {
		return err
	}
	place := placeName(key, from)
	if slices.Contains(places, place) {
		return nil
	}
	places = append(places, place)
	places = places[max(0, len(places)-maxKnown):]
	return paper.Write(tx, knownDrawer, key, places)
}

// Who tells whose session a token is; nil for none. What it costs is two rows,
// and now and then a note that the session is in use.
func (s *Staff) Who(ctx context.Context, token string) (*User, *Session, error) {
	if token == "" || len(token) > maxToken {
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
		there, err := paper.Read(snap, sessionDrawer, name, &session)
		if err != nil || !there || session.over(now) {
			return err
		}
		found, err = paper.Read(snap, userDrawer, session.User, &u)
		stale = now >= session.Seen.Add(seenEvery)
		return err
	})
	if err != nil || !found || u.Disabled {
		return nil, nil, err
	}
	if stale {
		err = s.change(ctx, func(tx store.Tx, now lead.Time) error {
			there, err := paper.Read(tx, sessionDrawer, name, &session)
			if err != nil || !there { // ended meanwhile, and stays so
				return err
			}
			session.Seen = now
			return paper.Write(tx, sessionDrawer, name, &session)
		})
		// A disk that is full keeps nobody from reading.
		if fault.KindOf(err) == fault.Busy {
			err = nil
		}
	}
	return &u, &session, err
}

// SignOut ends the session of a token.
func (s *Staff) SignOut(ctx context.Context, token string) error {
	name := nameOf(token)
	return s.change(ctx, func(tx store.Tx, _ lead.Time) error {
		var session Session
		there, err := paper.Read(tx, sessionDrawer, name, &session)
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
		return paper.Each(snap, visitDrawer, user+"/", func(_ string, name *string) error {
			var session Session
			there, err := paper.Read(snap, sessionDrawer, *name, &session)
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
func (s *Staff) EndSession(ctx context.Context, by *User, user, id string) error {
	return s.changeUser(ctx, user, func(tx store.Tx, u *User, now lead.Time) error {
		ended := false
		err := paper.Each(tx, visitDrawer, user+"/", func(_ string, name *string) error {
			if !isSession(*name, id) {
				return nil
			}
			ended = true
			return endSession(tx, user, *name)
		})
		if err != nil {
			return err
		}
		if !ended {
			return fault.New(fault.NotFound, "There is no such session; it may have ended.")
		}
		return note(tx, now, by, "session.ended", u.Email, "")
	})
}

// EndOthers ends all of a user's sessions but the one with an ID.
func (s *Staff) EndOthers(ctx context.Context, by *User, user, but string) error {
	return s.changeUser(ctx, user, func(tx store.Tx, u *User, now lead.Time) error {
		if err := endSessions(tx, user, but); err != nil {
			return err
		}
		return note(tx, now, by, "session.ended", u.Email, "")
	})
}

// isSession says whether the session that is kept under a name has an ID.
func isSession(name, id string) bool { return len(id) == 16 && strings.HasPrefix(name, id) }

// endSessions ends all sessions of a user but the one with an ID; "" for none.
func endSessions(tx store.Tx, user, but string) error {
	return paper.Each(tx, visitDrawer, user+"/", func(_ string, name *string) error {
		if isSession(*name, but) {
			return nil
		}
		return endSession(tx, user, *name)
	})
}

func endSession(tx store.Tx, user, name string) error {
	if err := paper.Drop(tx, sessionDrawer, name); err != nil {
		return err
	}
	return paper.Drop(tx, visitDrawer, user+"/"+name)
}

// ChangePassword replaces a user's own password. All sessions end, and another
// begins, whose token it returns.
func (s *Staff) ChangePassword(ctx context.Context, id, old, fresh string, from Visit) (token string, err error) {
	u, err := s.User(ctx, id)
	if err != nil {
		return "", err
	}
	_, known, err := s.applicant(ctx, u.Email, from)
	if err != nil {
		return "", err
	}
	if err := s.throttle.allow(signInKey(u.Email), from.Address, known); err != nil {
		return "", err
	}
	shown := u.Password
	right, err := matches(ctx, shown, old)
	if err != nil {
		return "", err
	}
	if !right {
		return "", errOldPassword
	}
	if err := checkPassword(fresh, u.Email); err != nil {
		return "", err
	}
	kept, err := hash(ctx, fresh)
	if err != nil {
		return "", err
	}
	err = s.changeUser(ctx, id, func(tx store.Tx, u *User, now lead.Time) error {
		if u.Password != shown {
			return errOldPassword
		}
		if err := setPassword(tx, now, u, kept); err != nil {
			return err
		}
		token, err = begin(tx, now, u, from)
		return err
	})
	return token, err
}

var errOldPassword = fault.New(fault.Invalid, "The present password is another.")

// setPassword gives a user another password; it ends the sessions, and the links
// by which yet another could be chosen. The user is the caller's to write.
func setPassword(tx store.Tx, now lead.Time, u *User, kept string) error {
	u.Password = kept
	if err := endSessions(tx, u.ID, ""); err != nil {
		return err
	}
	if err := dropTickets(tx, now, func(t *Ticket) bool { return t.User == u.ID }); err != nil {
		return err
	}
	return note(tx, now, u, "user.password", u.Email, "")
}
