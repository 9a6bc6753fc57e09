package web

import (
	"net/url"
	"strconv"
	"strings"

	"galena/internal/app"
	"galena/internal/web/view"
)

// accountsShown is how many accounts a page lists.
const accountsShown = 50

// accountList lists companies: the most interested first where there are not too
// many, else by their names.
func (q *request) accountList() error {
	ctx, r := q.Context(), q.site.App
	p := &view.AccountList{Frame: q.frame("accounts", q.t("frame.accounts")), Find: strings.TrimSpace(q.FormValue("find"))}
	var some []*app.Account
	all, ranked, err := r.RankedAccounts(ctx)
	if err != nil {
		return err
	}
	if p.Ranked = ranked; ranked {
		for _, a := range all {
			if strings.Contains(strings.ToLower(a.Name), strings.ToLower(p.Find)) {
				some = append(some, a)
			}
		}
		from := int(min(q.place("from"), int64(len(some))))
		p.Total = len(some)
		if from+accountsShown < len(some) {
			p.More = accountListPath(p.Find, "from", strconv.Itoa(from+accountsShown))
		}
		some = some[from:min(from+accountsShown, len(some))]
	} else {
		after := q.FormValue("after")
		if after == "" {
			after = p.Find // the names from there on
		}
		if some, err = r.AccountsAfter(ctx, after, accountsShown); err != nil {
			return err
		}
		if len(some) == accountsShown {
			p.More = accountListPath(p.Find, "after", some[len(some)-1].Name)
		}
	}
	for _, a := range some {
		p.Accounts = append(p.Accounts, q.accountRow(a))
	}
	if q.partial() {
		return q.show(p.Rows())
	}
	return q.show(p.Render())
}

func accountListPath(find, what, where string) string {
	v := url.Values{what: {where}}
	if find != "" {
		v.Set("find", find)
	}
	return "/accounts?" + v.Encode()
}

func (q *request) accountRow(a *app.Account) view.AccountRow {
	return view.AccountRow{
		Path: "/account?name=" + url.QueryEscape(a.Name), Name: shownName(a.Name), People: a.People(), Leads: a.Leads, Contacts: a.Contacts, Visitors: a.Visitors,
		Stage: a.Stage, Role: q.roleOf(a.Stage), Best: int(a.Best.Rounded()), Sum: int(a.Sum.Rounded()), LastSeen: a.LastSeen,
	}
}

// roleOf is the role of a stage of the playbook in force; "" of any other.
func (q *request) roleOf(stage string) string { return roleOf(q.site.App.Plan(), stage) }
