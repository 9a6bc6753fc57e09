package staff

import (
	"context"

	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/store"
	"galena/internal/store/paper"
)

// Confirm makes sure that it is a user who asks, and not whoever sits down at the
// browser, by the password.
func (s *Staff) Confirm(ctx context.Context, id, password string, from Visit) error {
	u, err := s.User(ctx, id)
	if err != nil {
		return err
	}
	_, known, err := s.applicant(ctx, u.Email, from)
	if err != nil {
		return err
	}
	if err := s.throttle.allow(signInKey(u.Email), from.Address, known); err != nil {
		return err
	}
	right, err := matches(ctx, u.Password, password)
	if err == nil && !right {
		err = fault.New(fault.Denied, "The password is wrong.")
	}
	return err
}

// Restored readies a workspace that comes out of a backup made at a time, before
// anybody gets in: all sessions end, and links and codes that were given out work no
// more, since what ended after the backup would live again. It notes who restored
// it, with more about how; by is nil for the command line.
func (s *Staff) Restored(ctx context.Context, by *User, made lead.Time, more string) error {
	return s.change(ctx, func(tx store.Tx, now lead.Time) error {
		for _, drawer := range []string{sessionDrawer, visitDrawer, ticketDrawer} {
			if err := empty(tx, drawer, ""); err != nil {
				return err
			}
		}
		if err := empty(tx, setupDrawer, codePrefix); err != nil {
			return err
		}
		return note(tx, now, by, "workspace.restored", made.String(), more)
	})
}

// empty takes the papers of a drawer away whose names begin with prefix.
func empty(tx store.Tx, drawer, prefix string) error {
	return paper.Each(tx, drawer, prefix, func(name string, _ *any) error { return paper.Drop(tx, drawer, name) })
}
