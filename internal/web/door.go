package web

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"

	"github.com/a-h/templ"

	"galena/internal/access"
	"galena/internal/fault"
	"galena/internal/playbook"
	"galena/internal/staff"
	"galena/internal/web/view"
)

func (q *request) signInPage() error {
	if q.user != nil {
		return q.goTo(local(q.FormValue("next"), "/"))
	}
	if q.site.Demo {
		return q.goTo("/demo")
	}
	p := &view.SignIn{Frame: q.frame("", q.t("door.signin.title")), Next: local(q.FormValue("next"), ""), Out: q.FormValue("out") != "", Ended: q.token() != ""}
	return q.show(p.Render())
}

func (q *request) signIn() error {
	next, email := local(q.PostFormValue("next"), "/"), q.PostFormValue("email")
	token, _, err := q.site.Staff.SignIn(q.Context(), email, q.PostFormValue("password"), q.visit())
	if err != nil {
		q.site.Logger.Info("sign-in refused", "from", q.address(), "why", fault.Text(err))
		return q.again(err, func(problem string) templ.Component {
			p := &view.SignIn{Frame: q.frame("", q.t("door.signin.title")), Next: next, Email: email, Problem: problem, Held: q.heldAgain()}
			return p.Render()
		})
	}
	q.keep(token)
	if held := q.heldAgain(); held != nil {
		return q.giveBack(held, next)
	}
	return q.goTo(next)
}

func (q *request) visit() staff.Visit { return staff.Visit{Agent: q.UserAgent(), Address: q.address()} }

func (q *request) signOut() error {
	if token := q.token(); token != "" {
		if err := q.site.Staff.SignOut(q.Context(), token); err != nil {
			return err
		}
	}
	q.keep("")
	if q.site.Demo {
		return q.goTo("/demo")
	}
	return q.goTo("/signin?out=1")
}

// currencies are those offered; any other can be set later.
var currencies = []string{"EUR", "USD", "GBP", "CHF", "AUD", "BRL", "CAD", "CZK", "DKK", "INR", "JPY", "NOK", "PLN", "SEK", "ZAR"}

func (q *request) setupForm(code, problem string) templ.Component {
	p := &view.Setup{
		Frame: q.frame("", q.t("door.setup.title")), Code: code, Problem: problem,
		Name: q.PostFormValue("name"), Email: q.PostFormValue("email"), CompanyName: q.PostFormValue("company"),
	}
	if q.site.Restore != nil {
		p.Restore = "/setup/restore?code=" + url.QueryEscape(code)
	}
	p.Zones = zoneOptions(cmp.Or(q.PostFormValue("zone"), "UTC"))
	for _, c := range currencies {
		p.Currencies = append(p.Currencies, view.Option{Value: c, Label: c, Chosen: c == cmp.Or(q.PostFormValue("currency"), "EUR")})
	}
	chosen := cmp.Or(q.PostFormValue("playbook"), "default")
	for _, name := range playbook.ShippedNames() {
		source, _ := playbook.Shipped(name)
		if doc, _, problems := playbook.Load(source, 1); len(problems) == 0 {
			p.Playbook = append(p.Playbook, view.Option{Value: name, Label: doc.Name, Help: firstSentence(doc.Description), Chosen: name == chosen})
		}
	}
	return p.Render()
}

func (q *request) setupPage() error {
	code := q.FormValue("code")
	if err := q.site.Staff.CheckCode(q.Context(), code); err != nil {
		if fault.KindOf(err) == fault.Denied && code == "" {
			f := q.frame("", q.t("door.setup.title"))
			return q.showAs(http.StatusForbidden, view.Failure(f, q.t("door.setup.closed")))
		}
		return err
	}
	return q.show(q.setupForm(code, ""))
}

func (q *request) setup() error {
	code := q.PostFormValue("code")
	if err := q.site.Staff.CheckCode(q.Context(), code); err != nil {
		return err
	}
	f := staff.Founding{Name: q.PostFormValue("name"), Email: q.PostFormValue("email"), Password: q.PostFormValue("password"),
		Company: staff.Company{Name: q.PostFormValue("company"), Zone: q.PostFormValue("zone"), Currency: q.PostFormValue("currency")}}
	u, err := q.site.Staff.Found(q.Context(), code, f)
	if err != nil {
		return q.again(err, func(problem string) templ.Component { return q.setupForm(code, problem) })
	}
	if err := q.choosePlaybook(u, q.PostFormValue("playbook")); err != nil {
		q.warn(err) // the workspace is there, with the playbook that it had
	}
	token, err := q.site.Staff.Enter(q.Context(), u.ID, q.visit())
	if err != nil {
		return err
	}
	q.keep(token)
	q.user = u
	return q.makeFirstKeys()
}

func (q *request) ticketPage() error {
	secret := q.FormValue("secret")
	t, err := q.site.Staff.Ticket(q.Context(), secret)
	if err != nil {
		return err
	}
	return q.show(q.ticketForm(t, secret, ""))
}

func (q *request) ticketForm(t *staff.Ticket, secret, problem string) templ.Component {
	title := q.t("door.ticket.reset")
	if t.User == "" {
		title = q.t("door.ticket.join", cmp.Or(q.company.Name, "Galena"))
	}
	p := &view.Ticket{Frame: q.frame("", title), Secret: secret, Problem: problem, Reset: t.User != "",
		Company: cmp.Or(q.company.Name, "Galena"), By: cmp.Or(t.By, "Galena"), Name: q.PostFormValue("name"), Email: t.Email, Role: string(t.Role)}
	return p.Render()
}

func (q *request) redeem() error {
	secret := q.PostFormValue("secret")
	t, err := q.site.Staff.Ticket(q.Context(), secret)
	if err != nil {
		return err
	}
	u, err := q.site.Staff.Redeem(q.Context(), secret, q.PostFormValue("name"), q.PostFormValue("password"))
	if err != nil {
		return q.again(err, func(problem string) templ.Component { return q.ticketForm(t, secret, problem) })
	}
	token, err := q.site.Staff.Enter(q.Context(), u.ID, q.visit())
	if err != nil {
		return err
	}
	q.keep(token)
	return q.goTo("/")
}

func (q *request) demoPage() error {
	if !q.site.Demo {
		return q.nowhere()
	}
	if q.user != nil {
		return q.goTo("/")
	}
	users, err := q.site.Staff.Users(q.Context())
	if err != nil {
		return err
	}
	p := &view.DemoDoor{Frame: q.frame("", q.t("door.demo.title")), Company: q.company.Name}
	for _, role := range []access.Role{access.Marketing, access.Sales, access.Manager, access.Admin} {
		if i := slices.IndexFunc(users, func(u staff.User) bool { return u.Role == role && !u.Disabled }); i >= 0 {
			p.Users = append(p.Users, view.DemoUser{ID: users[i].ID, Name: users[i].Name, Role: string(role)})
		}
	}
	return q.show(p.Render())
}

func (q *request) enterDemo() error {
	if !q.site.Demo {
		return q.nowhere()
	}
	token, err := q.site.Staff.Enter(q.Context(), q.PostFormValue("user"), q.visit())
	if err != nil {
		return err
	}
	q.keep(token)
	return q.goTo("/")
}

// ticketAddress is the link of an invitation or a reset.
func (q *request) ticketAddress(secret string) string {
	return q.base() + "/ticket?secret=" + url.QueryEscape(secret)
}
