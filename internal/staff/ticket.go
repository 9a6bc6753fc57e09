package staff

import (
	"cmp"
	"context"
	"slices"

	"galena/internal/access"
	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/store"
)

const (
	inviteTime = 7 * lead.Day
	resetTime  = lead.Day
)

// Ticket lets somebody in once: to become a user, or to choose a password anew.
type Ticket struct {
	ID      string // names it without giving it away
	Email   string
	Role    access.Role // of an invitation
	User    string      // whose password is reset; "" of an invitation
	By      string      // the name of who made it
	Created lead.Time
	Expires lead.Time
}

// errNoTicket is told of a link that was never given out, was used or is over.
var errNoTicket = fault.New(fault.NotFound, "This link does not work any more: it was used, taken back, or is too old. Ask for another.")

// Invite makes a link's secret by which somebody becomes a user with a role.
func (s *Staff) Invite(ctx context.Context, by *User, email string, role access.Role) (string, error) {
	email, err := checkAddress(email)
	if err != nil {
		return "", err
	}
	if err := checkRole(role); err != nil {
		return "", err
	}
	text, name := secret()
	return text, s.change(ctx, func(tx store.Tx, now lead.Time) error {
		var id string
		if taken, err := read(tx, addressDrawer, addressKey(email), &id); err != nil {
			return err
		} else if taken {
			return fault.New(fault.Conflict, "%s is a user already.", email)
		}
		// A second invitation takes the place of the first.
		if err := each(tx, ticketDrawer, "", func(kept string, t *Ticket) error {
			if t.User == "" && addressKey(t.Email) == addressKey(email) || now >= t.Expires {
				return drop(tx, ticketDrawer, kept)
			}
			return nil
		}); err != nil {
			return err
		}
		t := Ticket{ID: name[:16], Email: email, Role: role, By: nameIn(by), Created: now, Expires: now.Add(inviteTime)}
		if err := write(tx, ticketDrawer, name, &t); err != nil {
			return err
		}
		return note(tx, now, by, "user.invited", email, string(role))
	})
}

// Reset makes a link's secret by which a user chooses another password.
func (s *Staff) Reset(ctx context.Context, by *User, user string) (string, error) {
	text, name := secret()
	return text, s.change(ctx, func(tx store.Tx, now lead.Time) error {
		var u User
		found, err := read(tx, userDrawer, user, &u)
		if err != nil || !found {
			return cmp.Or(err, errNoUser)
		}
		t := Ticket{ID: name[:16], Email: u.Email, Role: u.Role, User: u.ID, By: nameIn(by), Created: now, Expires: now.Add(resetTime)}
		if err := write(tx, ticketDrawer, name, &t); err != nil {
			return err
		}
		return note(tx, now, by, "user.reset", u.Email, "")
	})
}

// Ticket tells what a link's secret is good for.
func (s *Staff) Ticket(ctx context.Context, text string) (*Ticket, error) {
	var t Ticket
	return &t, s.store.Read(ctx, func(snap store.Snapshot) error { return ticket(snap, text, &t) })
}

func ticket(s store.Snapshot, text string, t *Ticket) error {
	now, err := s.Now()
	if err != nil {
		return err
	}
	found, err := read(s, ticketDrawer, nameOf(text), t)
	if err == nil && (!found || now >= t.Expires) {
		err = errNoTicket
	}
	return err
}

// Redeem makes a user of an invitation, or gives the user of a reset another
// password; the ticket is used up, and all sessions of the user end.
func (s *Staff) Redeem(ctx context.Context, text, name, password string) (*User, error) {
	t, err := s.Ticket(ctx, text)
	if err != nil {
		return nil, err
	}
	if t.User == "" {
		if name, err = checkName(name); err != nil {
			return nil, err
		}
	}
	if err := checkPassword(password, t.Email); err != nil {
		return nil, err
	}
	kept, err := hash(ctx, password)
	if err != nil {
		return nil, err
	}
	var u User
	err = s.change(ctx, func(tx store.Tx, now lead.Time) error {
		var t Ticket
		if err := ticket(tx, text, &t); err != nil {
			return err
		}
		if err := drop(tx, ticketDrawer, nameOf(text)); err != nil {
			return err
		}
		if t.User == "" {
			u = User{Email: t.Email, Name: name, Role: t.Role, Password: kept}
			if err := newUser(tx, &u, now); err != nil {
				return err
			}
			return note(tx, now, &u, "user.joined", u.Email, string(u.Role))
		}
		found, err := read(tx, userDrawer, t.User, &u)
		if err != nil || !found {
			return cmp.Or(err, errNoTicket)
		}
		u.Password = kept
		if err := endSessions(tx, u.ID, ""); err != nil {
			return err
		}
		if err := write(tx, userDrawer, u.ID, &u); err != nil {
			return err
		}
		return note(tx, now, &u, "user.password", u.Email, "")
	})
	return &u, err
}

// Invitations are those that still work, the newest first.
func (s *Staff) Invitations(ctx context.Context) ([]Ticket, error) {
	var all []Ticket
	err := s.store.Read(ctx, func(snap store.Snapshot) error {
		all = nil
		now, err := snap.Now()
		if err != nil {
			return err
		}
		return each(snap, ticketDrawer, "", func(_ string, t *Ticket) error {
			if t.User == "" && now < t.Expires {
				all = append(all, *t)
			}
			return nil
		})
	})
	slices.SortFunc(all, func(a, b Ticket) int { return cmp.Or(cmp.Compare(b.Created, a.Created), cmp.Compare(a.ID, b.ID)) })
	return all, err
}

// TakeBack makes an invitation's link work no more.
func (s *Staff) TakeBack(ctx context.Context, by *User, id string) error {
	return s.change(ctx, func(tx store.Tx, now lead.Time) error {
		var email string
		err := each(tx, ticketDrawer, "", func(name string, t *Ticket) error {
			if t.ID != id || t.User != "" {
				return nil
			}
			email = t.Email
			return drop(tx, ticketDrawer, name)
		})
		if err != nil {
			return err
		}
		if email == "" {
			return fault.New(fault.NotFound, "There is no such invitation; it may have been used.")
		}
		return note(tx, now, by, "user.uninvited", email, "")
	})
}

func nameIn(u *User) string {
	if u == nil {
		return ""
	}
	return u.Name
}
