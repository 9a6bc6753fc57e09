package staff

import (
	"context"
	"slices"

	"galena/internal/access"
	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/store"
	"galena/internal/store/paper"
)

// Founding is what the first user says: who that is, and whose workspace it is.
type Founding struct {
	Name, Email, Password string
	Company               Company
}

// founded is the paper that says that there is a first user. Whoever founds holds it.
const founded = "founded"

// Founded says whether anybody works here yet.
func (s *Staff) Founded(ctx context.Context) (is bool, err error) {
	err = s.store.Read(ctx, func(snap store.Snapshot) (err error) {
		is, err = isFounded(snap)
		return err
	})
	return is, err
}

// isFounded, in a transaction, also keeps others from founding until its end.
func isFounded(s store.Snapshot) (bool, error) {
	var at lead.Time
	return paper.Read(s, setupDrawer, founded, &at)
}

// codePrefix begins the names of codes.
const codePrefix = "code/"

// SetupCode makes a code with which the workspace can be founded. Several work at
// once, since several nodes may show one each; all end with the founding.
func (s *Staff) SetupCode(ctx context.Context) (string, error) {
	text, name := secret()
	return text, s.change(ctx, func(tx store.Tx, now lead.Time) error {
		return paper.Write(tx, setupDrawer, codePrefix+name, now)
	})
}

var errFounded = fault.New(fault.NotFound, "The workspace has been set up. Sign in.")

// CheckCode refuses a code that does not found the workspace.
func (s *Staff) CheckCode(ctx context.Context, code string) error {
	return s.store.Read(ctx, func(snap store.Snapshot) error { return checkCode(snap, code) })
}

func checkCode(s store.Snapshot, code string) error {
	is, err := isFounded(s)
	if err != nil {
		return err
	}
	if is {
		return errFounded
	}
	var at lead.Time
	known, err := paper.Read(s, setupDrawer, codePrefix+nameOf(code), &at)
	if err == nil && !known {
		err = fault.New(fault.Denied, "This code does not set the workspace up. The right address is in what the server printed when it started.")
	}
	return err
}

// Found makes the first user, an admin, and says whose workspace it is. It
// happens once: of two at the same time one is refused.
func (s *Staff) Found(ctx context.Context, code string, f Founding) (*User, error) {
	// Nobody guesses a code, so that nobody's guesses keep its holder out.
	if err := s.CheckCode(ctx, code); err != nil {
		return nil, err
	}
	u := User{Role: access.Admin}
	var err error
	if u.Name, err = checkName(f.Name); err != nil {
		return nil, err
	}
	if u.Email, err = checkAddress(f.Email); err != nil {
		return nil, err
	}
	if err := checkPassword(f.Password, u.Email); err != nil {
		return nil, err
	}
	if err := f.Company.check(); err != nil {
		return nil, err
	}
	if u.Password, err = hash(ctx, f.Password); err != nil {
		return nil, err
	}
	return &u, s.change(ctx, func(tx store.Tx, now lead.Time) error {
		if err := checkCode(tx, code); err != nil { // holds the paper
			return err
		}
		return found(tx, now, &u, f.Company)
	})
}

func found(tx store.Tx, now lead.Time, u *User, c Company) error {
	if err := paper.Write(tx, setupDrawer, founded, now); err != nil {
		return err
	}
	if err := paper.Each(tx, setupDrawer, codePrefix, func(name string, _ *lead.Time) error { return paper.Drop(tx, setupDrawer, name) }); err != nil {
		return err
	}
	if err := newUser(tx, u, now); err != nil {
		return err
	}
	if err := paper.Write(tx, settingDrawer, companySetting, &c); err != nil {
		return err
	}
	return note(tx, now, u, "workspace.founded", c.Name, "")
}

// FoundOpen founds a workspace that is nobody's with users who have no passwords,
// and gives the users of one that was founded so. The demo lets anybody in as one
// of them, which is refused where somebody has a password.
func (s *Staff) FoundOpen(ctx context.Context, c Company, users ...User) ([]User, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	err := s.change(ctx, func(tx store.Tx, now lead.Time) error {
		is, err := isFounded(tx)
		if err != nil || is {
			return err
		}
		for i := range users {
			u := users[i]
			if i == 0 {
				err = found(tx, now, &u, c)
			} else {
				err = newUser(tx, &u, now)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	all, err := s.Users(ctx)
	if slices.ContainsFunc(all, func(u User) bool { return u.Password != "" }) {
		return nil, fault.New(fault.Conflict, "People work in this workspace, and a demo would let anybody in. Give the demo a folder of its own.")
	}
	return all, err
}
