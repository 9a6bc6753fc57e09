package web

import (
	"slices"

	"github.com/a-h/templ"

	"galena/internal/access"
	"galena/internal/pipeline"
	"galena/internal/privacy"
	"galena/internal/web/view"
)

// ageChoices are the ages that the page offers, beside the one that is chosen.
var ageChoices = map[string][]privacy.Age{
	"visitors": {privacy.Months(1), privacy.Months(3), privacy.Months(6), privacy.Months(13), privacy.Months(24), {}},
	"leads":    {privacy.Months(12), privacy.Months(24), privacy.Months(36), privacy.Months(60), {}},
	"rejects":  {privacy.Days(1), privacy.Days(7), privacy.Days(14), privacy.Days(30), privacy.Days(90), {}},
	"files":    {privacy.Days(1), privacy.Days(7), privacy.Days(30), privacy.Days(90), {}},
}

func (q *request) privacyPage() error {
	policy, err := q.site.App.Policy(q.Context())
	if err != nil {
		return err
	}
	p, err := q.privacy(policy, "")
	if err != nil {
		return err
	}
	return q.show(p.Render())
}

// privacy is the page about what is kept of people, with what its form holds.
func (q *request) privacy(held privacy.Policy, problem string) (*view.Privacy, error) {
	p := &view.Privacy{Settings: q.settings("privacy", problem), Change: q.may(access.Configure), Idless: held.Idless}
	for _, a := range privacy.AllAddresses {
		p.Addresses = append(p.Addresses, view.Option{Value: string(a), Label: q.t("settings.privacy.addresses." + string(a)), Chosen: a == held.Addresses})
	}
	due := map[string]*view.Overdue{}
	if p.Change {
		d, _, err := q.site.App.Overdue(q.Context(), held)
		if err != nil {
			return nil, err
		}
		for _, o := range overdueRows(d) {
			due[o.Name] = &o
		}
	}
	for _, o := range privacy.Objecting {
		p.Objections = append(p.Objections, view.Option{Value: string(o), Label: q.t("settings.privacy.objections." + string(o)), Chosen: o == held.Objections})
	}
	for _, x := range []struct {
		name string
		age  privacy.Age
	}{{"visitors", held.Visitors}, {"leads", held.Leads}, {"rejects", held.Rejects}, {"files", held.Files}} {
		p.Ages = append(p.Ages, view.AgeField{Name: x.name, Options: q.ageOptions(x.name, x.age), Due: due[x.name]})
	}
	pass, err := q.site.App.Retention(q.Context())
	if err != nil {
		return nil, err
	}
	p.Began, p.Ended = pass.Started, pass.Ended
	if pass.Started == 0 && pass.From > q.site.Clock() {
		p.Begins = pass.From
	}
	for _, o := range []view.Overdue{{Name: "visitors", N: int(pass.Visitors)}, {Name: "leads", N: int(pass.Leads)}, {Name: "rejects", N: int(pass.Rejects)}} {
		if o.N > 0 {
			p.Took = append(p.Took, o)
		}
	}
	return p, nil
}

// ageOptions are the ages to choose from, with one that may be none of the usual.
func (q *request) ageOptions(name string, held privacy.Age) []view.Option {
	ages := ageChoices[name]
	if !slices.Contains(ages, held) {
		ages = append([]privacy.Age{held}, ages...)
	}
	options := make([]view.Option, len(ages))
	for i, a := range ages {
		label := q.n("settings.privacy.age.days", a.N)
		switch {
		case a.Ever():
			label = q.t("settings.privacy.age.ever")
		case a.Months:
			label = q.n("settings.privacy.age.months", a.N)
		}
		options[i] = view.Option{Value: a.String(), Label: label, Chosen: a == held}
	}
	return options
}

func overdueRows(d pipeline.Overdue) []view.Overdue {
	return []view.Overdue{
		{Name: "visitors", N: d.Visitors.N, More: d.Visitors.More}, {Name: "leads", N: d.Leads.N, More: d.Leads.More},
		{Name: "rejects", N: d.Rejects.N, More: d.Rejects.More},
	}
}

// setPrivacy chooses what is kept of people. Where something goes at once by it, one
// is asked first.
func (q *request) setPrivacy() error {
	policy, err := q.policyOfForm()
	var at pipeline.Overdue
	sooner := false
	if err == nil {
		if at, sooner, err = q.site.App.Overdue(q.Context(), policy); err != nil {
			return err
		}
		if sooner && q.PostFormValue("sure") == "" {
			p, err := q.privacy(policy, "")
			if err != nil {
				return err
			}
			p.AtOnce = slices.DeleteFunc(overdueRows(at), func(o view.Overdue) bool { return o.N == 0 })
			return q.show(p.Render())
		}
		err = q.site.App.SetPolicy(q.Context(), policy, q.user)
	}
	if err != nil {
		present, broken := q.site.App.Policy(q.Context())
		if broken != nil {
			return broken
		}
		p, broken := q.privacy(present, q.fault(err))
		if broken != nil {
			return broken
		}
		return q.again(err, func(string) templ.Component { return p.Render() })
	}
	q.say(q.t("settings.saved"), "")
	return q.goTo("/settings/privacy")
}

// policyOfForm reads what was chosen.
func (q *request) policyOfForm() (privacy.Policy, error) {
	p := privacy.Policy{Addresses: privacy.Addresses(q.PostFormValue("addresses")), Idless: q.PostFormValue("idless") != "",
		Objections: privacy.Objections(q.PostFormValue("objections"))}
	for name, age := range map[string]*privacy.Age{"visitors": &p.Visitors, "leads": &p.Leads, "rejects": &p.Rejects, "files": &p.Files} {
		var err error
		if *age, err = privacy.ParseAge(q.PostFormValue(name)); err != nil {
			return p, err
		}
	}
	return p, p.Check()
}
