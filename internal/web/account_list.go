package web

import (
	"net/url"
	"strings"

	"galena/internal/app"
	"galena/internal/web/view"
)

// accountsShown is how many accounts a page lists.
const accountsShown = 50

// accountList lists companies, the most interested first, or those that are
// looked for, by their names.
func (q *request) accountList() error {
	p := &view.AccountList{Frame: q.frame("accounts", q.t("frame.accounts")), Find: strings.TrimSpace(q.FormValue("find"))}
	var some []app.AccountSummary
	var next string
	var err error
	if p.Find == "" {
		some, next, err = q.site.App.RankedAccounts(q.Context(), q.FormValue("after"), accountsShown)
	} else {
		some, next, err = q.site.App.FindAccounts(q.Context(), p.Find, q.FormValue("after"), accountsShown)
	}
	if err != nil {
		return err
	}
	if next != "" {
		p.More = accountListPath(p.Find, next)
	}
	for i := range some {
		p.Accounts = append(p.Accounts, q.accountRow(&some[i]))
	}
	if q.partial() {
		return q.show(p.Rows())
	}
	return q.show(p.Render())
}

func accountListPath(find, after string) string {
	v := url.Values{"after": {after}}
	if find != "" {
		v.Set("find", find)
	}
	return "/accounts?" + v.Encode()
}

func (q *request) accountRow(a *app.AccountSummary) view.AccountRow {
	return view.AccountRow{
		Path: "/account?name=" + url.QueryEscape(a.Name), Name: shownName(a.Name), People: a.Leads + a.Contacts + a.Visitors, Leads: a.Leads, Contacts: a.Contacts, Visitors: a.Visitors,
		Stage: a.Stage, Role: q.roleOf(a.Stage), Best: int(a.Best), Sum: int(a.Sum), LastSeen: a.LastSeen,
	}
}

// roleOf is the role of a stage of the playbook in force; "" of any other.
func (q *request) roleOf(stage string) string { return roleOf(q.site.App.Plan(), stage) }
