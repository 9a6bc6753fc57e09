package staff

import (
	"context"

	"galena/internal/access"
	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/store"
	"galena/internal/store/paper"
)

// Order is what whoever holds the data has done about a user, from the command
// line: nobody has to be signed in for it.
type Order struct {
	What  Deed
	Email string
	Role  access.Role // of Inviting and Promoting
}

// Deed is what an order asks for.
type Deed string

const (
	Inviting  Deed = "invite"
	Resetting Deed = "reset"
	Disabling Deed = "disable"
	Enabling  Deed = "enable"
	Promoting Deed = "role"
)

// Done is what came of an order.
type Done struct {
	Email string
	// Secret is of the link that an invitation or a reset made, Base the address
	// with which it begins, "" if the settings have none.
	Secret, Base string
}

// Orders is who takes orders: Staff, or a client of the server that has it.
type Orders interface {
	Order(ctx context.Context, o Order) (Done, error)
}

// Order does what whoever holds the data asks for.
func (s *Staff) Order(ctx context.Context, o Order) (Done, error) {
	c, err := s.Company(ctx)
	if err != nil {
		return Done{}, err
	}
	d := Done{Email: o.Email, Base: c.BaseURL}
	if o.What == Inviting {
		d.Secret, err = s.Invite(ctx, nil, o.Email, o.Role)
		return d, err
	}
	u, err := s.userByEmail(ctx, o.Email)
	if err != nil {
		return Done{}, err
	}
	d.Email = u.Email
	switch o.What {
	case Resetting:
		d.Secret, err = s.Reset(ctx, nil, u.ID)
	case Disabling, Enabling:
		err = s.Disable(ctx, nil, u.ID, o.What == Disabling)
	case Promoting:
		err = s.SetRole(ctx, nil, u.ID, o.Role)
	default:
		err = fault.New(fault.Invalid, "Nothing about users is called %q.", clip(string(o.What)))
	}
	return d, err
}

func (s *Staff) userByEmail(ctx context.Context, email string) (*User, error) {
	var id string
	if err := s.store.Read(ctx, func(snap store.Snapshot) error {
		found, err := paper.Read(snap, addressDrawer, signInKey(email), &id)
		if err == nil && !found {
			err = fault.New(fault.NotFound, "Nobody has the address %q. `galena user list` shows who there is.", clip(email))
		}
		return err
	}); err != nil {
		return nil, err
	}
	return s.User(ctx, id)
}

// Listed is a user as lists show one.
type Listed struct {
	User
	// Seen is when a session was last in use, 0 for none that is not over.
	Seen     lead.Time
	Sessions int
}

// List gives all users, by name, with how many sessions they have.
func (s *Staff) List(ctx context.Context) ([]Listed, error) {
	users, err := s.Users(ctx)
	if err != nil {
		return nil, err
	}
	all := make([]Listed, len(users))
	for i, u := range users {
		sessions, err := s.Sessions(ctx, u.ID)
		if err != nil {
			return nil, err
		}
		all[i] = Listed{User: u, Sessions: len(sessions)}
		if len(sessions) > 0 {
			all[i].Seen = sessions[0].Seen
		}
	}
	return all, nil
}
