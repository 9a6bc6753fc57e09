package web

import (
	"slices"

	"github.com/a-h/templ"

	"galena/internal/access"
	"galena/internal/fault"
	"galena/internal/staff"
	"galena/internal/web/view"
)

func (q *request) usersPage() error {
	p, err := q.users("", string(access.Sales))
	if err != nil {
		return err
	}
	return q.show(p.Render())
}

// users is the page of all users, with what the form of an invitation holds.
func (q *request) users(email, role string) (*view.Users, error) {
	all, err := q.site.Staff.List(q.Context())
	if err != nil {
		return nil, err
	}
	invitations, err := q.site.Staff.Invitations(q.Context())
	if err != nil {
		return nil, err
	}
	p := &view.Users{Settings: q.settings("users", ""), Email: email, Roles: q.roleOptions(role)}
	for _, u := range all {
		p.Users = append(p.Users, view.UserRow{Path: "/settings/users/" + u.ID, Name: u.Name, Email: u.Email, Role: string(u.Role),
			Disabled: u.Disabled, Seen: u.Seen, You: u.ID == q.user.ID})
	}
	for _, t := range invitations {
		p.Invitations = append(p.Invitations, view.Invitation{ID: t.ID, Email: t.Email, Role: string(t.Role), By: t.By, Expires: t.Expires})
	}
	return p, nil
}

func (q *request) roleOptions(chosen string) []view.Option {
	var options []view.Option
	for _, r := range slices.Backward(access.Roles) {
		options = append(options, view.Option{Value: string(r), Label: q.t("frame.role." + string(r)), Chosen: string(r) == chosen})
	}
	return options
}

func (q *request) invite() error {
	email, role := q.PostFormValue("email"), q.PostFormValue("role")
	secret, err := q.site.Staff.Invite(q.Context(), q.user, email, access.Role(role))
	if err != nil {
		p, broken := q.users(email, role)
		if broken != nil {
			return broken
		}
		return q.again(err, func(problem string) templ.Component {
			p.Problem = problem
			return p.Render()
		})
	}
	return q.showInvitation(secret, email, role)
}

func (q *request) inviteAgain() error {
	secret, t, err := q.site.Staff.InviteAgain(q.Context(), q.user, q.PathValue("id"))
	if err != nil {
		return err
	}
	return q.showInvitation(secret, t.Email, string(t.Role))
}

// showInvitation shows the link, this once.
func (q *request) showInvitation(secret, email, role string) error {
	p, err := q.users("", string(access.Sales))
	if err != nil {
		return err
	}
	p.Link = &view.Link{Address: q.ticketAddress(secret), Email: email, Role: role}
	return q.show(p.Render())
}

func (q *request) takeBack() error {
	if err := q.site.Staff.TakeBack(q.Context(), q.user, q.PathValue("id")); err != nil {
		return err
	}
	q.say(q.t("settings.invitation.gone"), "")
	return q.goTo("/settings/users")
}

func (q *request) userPage() error {
	p, err := q.oneUser()
	if err != nil {
		return err
	}
	return q.show(p.Render())
}

// oneUser is the page of the user whom the address names.
func (q *request) oneUser() (*view.User, error) {
	u, err := q.site.Staff.User(q.Context(), q.PathValue("id"))
	if err != nil {
		return nil, err
	}
	sessions, err := q.site.Staff.Sessions(q.Context(), u.ID)
	if err != nil {
		return nil, err
	}
	p := &view.User{Settings: q.settings("users", ""), ID: u.ID, Name: u.Name, Email: u.Email, Role: string(u.Role), Disabled: u.Disabled,
		Created: u.Created, Roles: q.roleOptions(string(u.Role)), Sessions: q.sessionRows(sessions), You: u.ID == q.user.ID}
	p.Crumbs = append(p.Crumbs, view.Crumb{Title: p.Title, Path: "/settings/users"})
	p.Title = u.Name
	return p, nil
}

// aboutUser does something about the user whom the address names, and shows the
// page again.
func (q *request) aboutUser(do func(by *staff.User, id string) error, said string) error {
	id := q.PathValue("id")
	if err := do(q.user, id); err != nil {
		if fault.KindOf(err) == fault.NotFound {
			return err
		}
		p, broken := q.oneUser()
		if broken != nil {
			return broken
		}
		return q.again(err, func(problem string) templ.Component {
			p.Problem = problem
			return p.Render()
		})
	}
	q.say(said, "")
	return q.goTo("/settings/users/" + id)
}

func (q *request) setRole() error {
	role := access.Role(q.PostFormValue("role"))
	return q.aboutUser(func(by *staff.User, id string) error { return q.site.Staff.SetRole(q.Context(), by, id, role) }, q.t("settings.user.role_changed"))
}

func (q *request) disable() error {
	return q.aboutUser(func(by *staff.User, id string) error { return q.site.Staff.Disable(q.Context(), by, id, true) }, q.t("settings.user.is_out"))
}

func (q *request) enable() error {
	return q.aboutUser(func(by *staff.User, id string) error { return q.site.Staff.Disable(q.Context(), by, id, false) }, q.t("settings.user.is_in"))
}

// reset makes a link by which the user chooses another password, and shows it,
// this once.
func (q *request) reset() error {
	secret, err := q.site.Staff.Reset(q.Context(), q.user, q.PathValue("id"))
	if err != nil && fault.KindOf(err) != fault.Conflict {
		return err
	}
	p, broken := q.oneUser()
	if broken != nil {
		return broken
	}
	if err != nil {
		return q.again(err, func(problem string) templ.Component {
			p.Problem = problem
			return p.Render()
		})
	}
	p.Link = &view.Link{Address: q.ticketAddress(secret), Email: p.Email}
	return q.show(p.Render())
}

func (q *request) endSessions() error {
	id := q.PathValue("id")
	if _, err := q.site.Staff.User(q.Context(), id); err != nil {
		return err
	}
	return q.endSessionsOf(id, "/settings/users/"+id)
}
