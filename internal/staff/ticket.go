package staff

import (
	"cmp"
	"context"
	"slices"

	"galena/internal/access"
	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/store"
	"galena/internal/store/paper"
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
var errNoTicket = fault.New(fault.NotFound, "This link does not work any more: it was used, taken back, or is too old. If you have used it, sign in; otherwise ask for another.")

// dropTickets takes tickets away, and with them all that are over.
func dropTickets(tx store.Tx, now lead.Time, which func(*Ticket) bool) error {
	return paper.Each(tx, ticketDrawer, "", func(name string, t *Ticket) error {
		if which(t) || now >= t.Expires {
			return paper.Drop(tx, ticketDrawer, name)
		}
		return nil
	})
}

// Invite makes a link's secret by which somebody becomes a user with a role. It
// takes the place of an earlier one to the same address. The first user of a
// workspace can be invited, too, by whoever holds the data, and is an admin.
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
		is, err := isFounded(tx)
		if err != nil {
			return err
		}
		if !is && role != access.Admin {
			return fault.New(fault.Conflict, "Nobody works here yet, and the first user is an admin. Invite one.")
		}
		var id string
		if taken, err := paper.Read(tx, addressDrawer, addressKey(email), &id); err != nil {
			return err
		} else if taken {
			return errTaken(email)
		}
		if err := dropTickets(tx, now, func(t *Ticket) bool { return t.User == "" && addressKey(t.Email) == addressKey(email) }); err != nil {
			return err
		}
		t := Ticket{ID: name[:16], Email: email, Role: role, By: nameIn(by), Created: now, Expires: now.Add(inviteTime)}
		if err := paper.Write(tx, ticketDrawer, name, &t); err != nil {
			return err
		}
		return note(tx, now, by, "user.invited", email, string(role))
	})
}

// InviteAgain makes another link for an invitation; the one before works no more.
func (s *Staff) InviteAgain(ctx context.Context, by *User, id string) (secret string, t *Ticket, err error) {
	all, err := s.Invitations(ctx)
	if err != nil {
		return "", nil, err
	}
	i := slices.IndexFunc(all, func(t Ticket) bool { return t.ID == id })
	if i < 0 {
		return "", nil, errNoInvitation
	}
	t = &all[i]
	secret, err = s.Invite(ctx, by, t.Email, t.Role)
	return secret, t, err
}

var errNoInvitation = fault.New(fault.NotFound, "There is no such invitation; it may have been used.")

// Reset makes a link's secret by which a user chooses another password. It takes
// the place of an earlier one.
func (s *Staff) Reset(ctx context.Context, by *User, user string) (string, error) {
	text, name := secret()
	return text, s.changeUser(ctx, user, func(tx store.Tx, u *User, now lead.Time) error {
		if u.Disabled {
			return fault.New(fault.Conflict, "%s may not sign in. Let the user in again first.", u.Email)
		}
		if err := dropTickets(tx, now, func(t *Ticket) bool { return t.User == user }); err != nil {
			return err
		}
		t := Ticket{ID: name[:16], Email: u.Email, Role: u.Role, User: u.ID, By: nameIn(by), Created: now, Expires: now.Add(resetTime)}
		if err := paper.Write(tx, ticketDrawer, name, &t); err != nil {
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
	found, err := paper.Read(s, ticketDrawer, nameOf(text), t)
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
		if err := paper.Drop(tx, ticketDrawer, nameOf(text)); err != nil {
			return err
		}
		if t.User == "" {
			u = User{Email: t.Email, Name: name, Role: t.Role, Password: kept}
			return join(tx, now, &u)
		}
		u = User{}
		found, err := paper.Read(tx, userDrawer, t.User, &u)
		if err != nil || !found || u.Disabled {
			return cmp.Or(err, errNoTicket)
		}
		if err := setPassword(tx, now, &u, kept); err != nil {
			return err
		}
		return paper.Write(tx, userDrawer, u.ID, &u)
	})
	return &u, err
}

// join makes a user of somebody who was invited, and founds the workspace if it
// is the first.
func join(tx store.Tx, now lead.Time, u *User) error {
	is, err := isFounded(tx)
	if err != nil {
		return err
	}
	if !is {
		return found(tx, now, u, unnamed)
	}
	if err := newUser(tx, u, now); err != nil {
		return err
	}
	return note(tx, now, u, "user.joined", u.Email, string(u.Role))
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
		return paper.Each(snap, ticketDrawer, "", func(_ string, t *Ticket) error {
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
		err := paper.Each(tx, ticketDrawer, "", func(name string, t *Ticket) error {
			if t.ID != id || t.User != "" {
				return nil
			}
			email = t.Email
			return paper.Drop(tx, ticketDrawer, name)
		})
		if err != nil {
			return err
		}
		if email == "" {
			return errNoInvitation
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
