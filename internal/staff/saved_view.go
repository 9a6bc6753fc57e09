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

// SavedView is a list of leads that somebody keeps to come back to.
type SavedView struct {
	ID, Name string
	// Query is the list as parameters of its address.
	Query  string
	Owner  string // the id of a user
	Shared bool   // everybody sees it
}

const (
	viewDrawer   = "view"         // by id
	columnDrawer = "view columns" // by user
	maxViews     = 200
	maxQuery     = 2000
	maxColumns   = 20
)

// Views are the saved views that a user sees: their own and those that are shared,
// by name.
func (s *Staff) Views(ctx context.Context, user string) ([]SavedView, error) {
	var all []SavedView
	err := s.store.Read(ctx, func(snap store.Snapshot) error {
		all = nil
		return paper.Each(snap, viewDrawer, "", func(_ string, v *SavedView) error {
			if v.Shared || v.Owner == user {
				all = append(all, *v)
			}
			return nil
		})
	})
	slices.SortFunc(all, func(a, b SavedView) int {
		return cmp.Or(cmp.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)), cmp.Compare(a.ID, b.ID))
	})
	return all, err
}

// SaveView keeps a view. One of the same owner and name gives way to it.
func (s *Staff) SaveView(ctx context.Context, by *User, v SavedView) error {
	var err error
	if v.Name, err = checkName(v.Name); err != nil {
		return err
	}
	if len(v.Query) > maxQuery {
		return fault.New(fault.TooLarge, "The list has too many filters to be kept: %d bytes are the most.", maxQuery)
	}
	_, name := secret()
	v.ID, v.Owner = name[:16], by.ID
	return s.change(ctx, func(tx store.Tx, now lead.Time) error {
		n := 0
		if err := paper.Each(tx, viewDrawer, "", func(id string, old *SavedView) error {
			n++
			if old.Owner == v.Owner && old.Name == v.Name {
				return paper.Drop(tx, viewDrawer, id)
			}
			return nil
		}); err != nil {
			return err
		}
		if n >= maxViews {
			return fault.New(fault.Conflict, "There are %d saved views, as many as are kept. Remove one first.", maxViews)
		}
		if err := paper.Write(tx, viewDrawer, v.ID, &v); err != nil || !v.Shared {
			return err
		}
		return note(tx, now, by, "view.shared", v.Name, v.Query)
	})
}

// DropView forgets a view: one's own, or, for who may share, any that is shared.
func (s *Staff) DropView(ctx context.Context, by *User, id string, anybodys bool) error {
	return s.change(ctx, func(tx store.Tx, _ lead.Time) error {
		var v SavedView
		there, err := paper.Read(tx, viewDrawer, id, &v)
		if err != nil {
			return err
		}
		if !there || v.Owner != by.ID && !(v.Shared && anybodys) {
			return fault.New(fault.NotFound, "There is no such view of yours.")
		}
		return paper.Drop(tx, viewDrawer, id)
	})
}

// Columns are those of the lead list that a user chose; nil for the usual ones.
func (s *Staff) Columns(ctx context.Context, user string) ([]string, error) {
	var columns []string
	return columns, s.store.Read(ctx, func(snap store.Snapshot) error {
		_, err := paper.Read(snap, columnDrawer, user, &columns)
		return err
	})
}

// ChooseColumns keeps a user's columns; none stands for the usual ones.
func (s *Staff) ChooseColumns(ctx context.Context, user string, columns []string) error {
	if len(columns) > maxColumns {
		return fault.New(fault.Invalid, "%d columns are more than a list has room for; choose at most %d.", len(columns), maxColumns)
	}
	return s.change(ctx, func(tx store.Tx, _ lead.Time) error {
		if len(columns) == 0 {
			return paper.Drop(tx, columnDrawer, user)
		}
		return paper.Write(tx, columnDrawer, user, columns)
	})
}
