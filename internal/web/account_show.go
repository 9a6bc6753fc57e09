package web

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"galena/internal/lead"
	"galena/internal/web/view"
)

const (
	accountPeople = 100 // of an account are shown
	accountEvents = 60  // of its timeline
)

// accountShow shows a company: what is known of it, its people, what they did.
func (q *request) accountShow() error {
	name := q.FormValue("name")
	a, people, err := q.site.App.Account(q.Context(), name)
	if err != nil {
		return err
	}
	moments, err := q.site.App.AccountTimeline(q.Context(), people, accountEvents)
	if err != nil {
		return err
	}
	p := &view.AccountShow{
		Frame:   q.frame("accounts", shownName(name), view.Crumb{Title: q.t("frame.accounts"), Path: "/accounts"}),
		Account: q.accountRow(a), Waiting: a.Waiting,
	}
	if strings.Contains(name, ".") && !strings.ContainsAny(name, " /:@") {
		p.Site = "https://" + name
	}
	for trait, v := range a.Traits {
		p.Traits = append(p.Traits, view.Fact{Name: trait, Value: fmt.Sprint(v), Since: a.Since[trait]})
	}
	slices.SortFunc(p.Traits, func(a, b view.Fact) int { return cmp.Compare(a.Name, b.Name) })
	main := q.site.App.MainScore()
	for _, l := range people[:min(len(people), accountPeople)] {
		p.People = append(p.People, view.PersonRow{
			Path: "/leads/" + l.ID.String(), Name: nameOf(l), Title: l.Attributes["title"].String(), Kind: l.Kind,
			Stage: l.Stage, Role: q.roleOf(l.Stage), Score: int(l.Scores[main].Rounded()), Excluded: l.Excluded, LastSeen: l.LastSeen,
		})
	}
	p.Unshown = len(people) - len(p.People)
	for _, m := range moments {
		p.Moments = append(p.Moments, view.Deed{
			Path: "/leads/" + m.Lead.ID.String(), Who: nameOf(m.Lead), What: q.eventWords(&m.Event), Kind: m.Event.Type.String(), At: m.Event.Occurred, Robot: m.Robot,
		})
	}
	return q.show(p.Render())
}

// eventWords says in a few words what an event is.
func (q *request) eventWords(e *lead.Event) string {
	switch e.Type {
	case lead.Track, lead.Page, lead.Screen:
		return cmp.Or(e.Name, q.t("accounts.event."+e.Type.String()))
	default:
		return q.t("accounts.event." + e.Type.String())
	}
}
