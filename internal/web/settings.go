package web

import (
	"cmp"
	"slices"

	"github.com/a-h/templ"

	"galena/internal/access"
	"galena/internal/fault"
	"galena/internal/staff"
	"galena/internal/web/view"
	"galena/internal/web/words"
)

// settings is what surrounds one page of the settings.
func (q *request) settings(tab, problem string) *view.Settings {
	f := q.frame("settings", q.t("settings.tab."+tab), view.Crumb{Title: q.t("frame.settings"), Path: "/settings"})
	return &view.Settings{Frame: f, Tab: tab, Problem: problem}
}

func (q *request) settingsPage() error { return q.goTo("/settings/you") }

func (q *request) youPage() error {
	p, err := q.you(staff.Preferences{Name: q.user.Name, Zone: q.user.Zone, Language: q.user.Language, Theme: q.user.Theme})
	if err != nil {
		return err
	}
	return q.show(p.Render())
}

// you is the page of who asks, with what the form holds.
func (q *request) you(held staff.Preferences) (*view.You, error) {
	sessions, err := q.site.Staff.Sessions(q.Context(), q.user.ID)
	if err != nil {
		return nil, err
	}
	p := &view.You{Settings: q.settings("you", ""), Name: held.Name, Email: q.user.Email, Zone: held.Zone, CompanyZone: q.company.Zone, Zones: zones,
		HasPassword: q.user.Password != "", Sessions: q.sessionRows(sessions)}
	for _, lang := range append([]string{""}, words.Languages...) {
		p.Languages = append(p.Languages, view.Option{Value: lang, Label: cmp.Or(words.Names[lang], q.t("settings.you.language_auto")), Chosen: lang == held.Language})
	}
	for _, theme := range staff.Themes {
		p.Themes = append(p.Themes, view.Option{Value: theme, Label: q.t("frame.theme." + cmp.Or(theme, "system")), Chosen: theme == held.Theme})
	}
	return p, nil
}

func (q *request) sessionRows(sessions []staff.Session) []view.Session {
	var rows []view.Session
	for _, s := range sessions {
		rows = append(rows, view.Session{ID: s.ID, Browser: browserOf(s.Agent), Address: s.Address, Created: s.Created, Seen: s.Seen,
			Present: s.ID == q.session.ID})
	}
	return rows
}

func (q *request) prefer() error {
	held := staff.Preferences{Name: q.PostFormValue("name"), Zone: q.PostFormValue("zone"), Language: q.PostFormValue("language"), Theme: q.PostFormValue("theme")}
	var err error
	if held.Language != "" && !slices.Contains(words.Languages, held.Language) {
		err = fault.New(fault.Invalid, "%.8q is no language of these pages.", held.Language)
	} else {
		err = q.site.Staff.Prefer(q.Context(), q.user.ID, held)
	}
	if err != nil {
		return q.againYou(err, held, func(p *view.You, problem string) { p.Problem = problem })
	}
	q.voice.Lang = words.Choose(held.Language, q.Header.Get("Accept-Language"))
	q.say(q.t("settings.saved"), "")
	return q.goTo("/settings/you")
}

// againYou shows the page of who asks another time, with a problem in its place.
func (q *request) againYou(err error, held staff.Preferences, put func(*view.You, string)) error {
	p, broken := q.you(held)
	if broken != nil {
		return broken
	}
	return q.again(err, func(problem string) templ.Component {
		put(p, problem)
		return p.Render()
	})
}

func (q *request) changePassword() error {
	token, err := q.site.Staff.ChangePassword(q.Context(), q.user.ID, q.PostFormValue("old"), q.PostFormValue("password"), q.visit())
	if err != nil {
		held := staff.Preferences{Name: q.user.Name, Zone: q.user.Zone, Language: q.user.Language, Theme: q.user.Theme}
		return q.againYou(err, held, func(p *view.You, problem string) { p.PasswordProblem = problem })
	}
	q.keep(token)
	q.say(q.t("settings.you.password_changed"), "")
	return q.goTo("/settings/you")
}

// endOwnSessions ends one session of who asks, or all but the present one.
func (q *request) endOwnSessions() error {
	return q.endSessionsOf(q.user.ID, "/settings/you")
}

func (q *request) endSessionsOf(user, back string) error {
	var err error
	if id := q.PostFormValue("session"); id != "" {
		err = q.site.Staff.EndSession(q.Context(), q.user, user, id)
	} else {
		err = q.site.Staff.EndOthers(q.Context(), q.user, user, q.session.ID)
	}
	switch {
	case fault.KindOf(err) == fault.NotFound && err != nil:
		q.warn(err)
	case err != nil:
		return err
	default:
		q.say(q.t("settings.session.ended"), "")
	}
	return q.goTo(back)
}

func (q *request) companyPage() error { return q.show(q.companyForm(q.company, "").Render()) }

func (q *request) companyForm(c staff.Company, problem string) *view.Company {
	return &view.Company{Settings: q.settings("company", problem), Name: c.Name, Zone: c.Zone, Currency: c.Currency, BaseURL: c.BaseURL,
		Zones: zones, Currencies: currencies}
}

func (q *request) setCompany() error {
	c := staff.Company{Name: q.PostFormValue("name"), Zone: q.PostFormValue("zone"), Currency: q.PostFormValue("currency"), BaseURL: q.PostFormValue("base_url")}
	if err := q.site.Staff.SetCompany(q.Context(), q.user, c); err != nil {
		return q.again(err, func(problem string) templ.Component { return q.companyForm(c, problem).Render() })
	}
	q.say(q.t("settings.saved"), "")
	return q.goTo("/settings/company")
}

func (q *request) rolesPage() error {
	p := &view.Roles{Settings: q.settings("roles", "")}
	for _, r := range access.Roles {
		p.Roles = append(p.Roles, string(r))
	}
	for _, a := range access.Acts() {
		row := view.ActRow{Act: string(a)}
		for _, r := range access.Roles {
			row.May = append(row.May, r.May(a))
		}
		p.Acts = append(p.Acts, row)
	}
	// What most may do comes first.
	many := func(row view.ActRow) (n int) {
		for _, may := range row.May {
			if may {
				n++
			}
		}
		return n
	}
	slices.SortStableFunc(p.Acts, func(a, b view.ActRow) int { return cmp.Compare(many(b), many(a)) })
	return q.show(p.Render())
}

// auditPageSize is how many entries a page of the record shows.
const auditPageSize = 50

func (q *request) auditPage() error {
	before := q.FormValue("before")
	entries, err := q.site.Staff.Audit(q.Context(), before, auditPageSize+1)
	if err != nil {
		return err
	}
	p := &view.Audit{Settings: q.settings("audit", ""), First: before == ""}
	for i, e := range entries {
		if i == auditPageSize {
			p.Next = entries[i-1].ID
			break
		}
		p.Entries = append(p.Entries, view.AuditEntry{At: e.At, By: e.By, Email: e.Email, What: e.What, On: e.On, More: e.More})
	}
	return q.show(p.Render())
}
