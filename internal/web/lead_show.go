package web

import (
	"cmp"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"galena/internal/app"
	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/playbook"
	"galena/internal/web/view"
	"galena/internal/web/words"
)

const (
	// maxLines is how many single contributions of one rule are shown.
	maxLines = 50
	// maxAhead is how many of the stages ahead are shown with their criteria.
	maxAhead = 3
	// maxTold is how many different things sum up a session.
	maxTold = 4
	// maxNear is how many colleagues are shown.
	maxNear = 6
)

func leadPath(id lead.ID) string { return "/leads/" + id.String() }

// leadRef is the lead that a path names. What is no id names nobody.
func (q *request) leadRef() (app.Ref, error) {
	id, ok := lead.ParseID(q.PathValue("id"))
	if !ok {
		return app.Ref{}, fault.New(fault.NotFound, "There is no lead %q.", clip(q.PathValue("id")))
	}
	return app.Ref{ID: id}, nil
}

// clip cuts what somebody typed to what a message has room for.
func clip(s string) string {
	const most = 60
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return s
}

// leadShow is the page of a lead, or the part of it that htmx asks for.
func (q *request) leadShow() error {
	ref, err := q.leadRef()
	if err != nil {
		return err
	}
	before, err := moment(q.FormValue("before"), q.voice.Zone)
	if err != nil {
		return err
	}
	if q.partial() && q.FormValue("before") != "" {
		entries, older, err := q.site.App.Timeline(q.Context(), ref, before)
		if err != nil {
			return err
		}
		t := q.timeline(ref.ID, entries, older)
		return q.show(t.Render())
	}
	d, err := q.site.App.Dossier(q.Context(), ref)
	if err != nil {
		return err
	}
	if d.Lead.ID != ref.ID { // it was joined to another
		return q.goTo(leadPath(d.Lead.ID))
	}
	why, err := q.why(d)
	if err != nil {
		return err
	}
	if q.partial() {
		return q.show(why.Render())
	}
	p, err := q.leadPage(d)
	if err != nil {
		return err
	}
	p.Why = *why
	if before != 0 {
		entries, older, err := q.site.App.Timeline(q.Context(), ref, before)
		if err != nil {
			return err
		}
		p.Timeline = q.timeline(ref.ID, entries, older)
		p.Timeline.Newer = true
	}
	return q.show(p.Render())
}

// leadNews tells whoever has a lead's page open that more came.
func (q *request) leadNews() error {
	ref, err := q.leadRef()
	if err != nil {
		return err
	}
	if !q.partial() {
		return q.goTo(leadPath(ref.ID))
	}
	after, err := strconv.ParseInt(q.FormValue("after"), 10, 64)
	if err != nil || after < 0 {
		return fault.New(fault.Invalid, "%q is no place in the log.", clip(q.FormValue("after")))
	}
	p := &view.LeadNews{Path: leadPath(ref.ID)}
	p.N, p.More, err = q.site.App.News(q.Context(), ref, after)
	if fault.KindOf(err) == fault.NotFound {
		err = nil // erased meanwhile: the page says so when it is loaded
	}
	if err != nil {
		return err
	}
	return q.show(p.Render())
}

// moment reads a time: milliseconds, or what a field for a local time sends; 0 for
// none.
func moment(text string, zone *time.Location) (lead.Time, error) {
	if text == "" {
		return 0, nil
	}
	if ms, err := strconv.ParseInt(text, 10, 64); err == nil && ms > 0 {
		return lead.Time(ms), nil
	}
	for _, layout := range []string{localMinute, "2006-01-02T15:04:05", "2006-01-02"} {
		if t, err := time.ParseInLocation(layout, text, zone); err == nil && t.Year() > 1970 && t.Year() < 3000 {
			return lead.TimeOf(t), nil
		}
	}
	return 0, fault.New(fault.Invalid, "%q is no time. Write one such as 2026-03-01T12:00.", clip(text))
}

// localMinute is how a field for a local time writes it.
const localMinute = "2006-01-02T15:04"

// leadPage shows a dossier.
func (q *request) leadPage(d *app.Dossier) (*view.LeadShow, error) {
	l := &d.Lead
	plan := q.site.App.Plan()
	name := nameOf(l)
	if seen(d.Name) {
		name = clipped(d.Name)
	}
	main := q.site.App.MainScore()
	path := leadPath(l.ID)
	p := &view.LeadShow{
		Frame: q.frame("leads", name, view.Crumb{Title: q.t("frame.leads"), Path: "/leads"}),
		Path:  path, ID: l.ID.String(), Name: name, Job: jobOf(l), Kind: l.Kind,
		Emails: l.Emails, Phones: l.Phones, UserIDs: l.UserIDs, Anonymous: l.Anonymous,
		Stage: l.Stage, Role: roleOf(plan, l.Stage), Grade: l.Grade, Score: l.Scores[main], ScoreLabel: labelOf(plan.Scores[main].Label, plan.Scores[main].Name),
		Excluded: exclusionOf(plan, l.Excluded), FirstSeen: l.FirstSeen, LastSeen: l.LastSeen, Cycle: l.Cycle, Hold: q.hold(l.Hold),
		Account: l.Account, AccountPath: "/account?name=" + url.QueryEscape(l.Account), More: d.More || len(d.Colleagues) > maxNear,
		Missing: d.Quality.Missing, FreeMail: d.Quality.FreeMail, Robots: d.Quality.Robots, Messages: d.Quality.Messages,
		First: q.touch(d.First), Last: q.touch(d.Last),
		NewsPath: fmt.Sprintf("%s/news?after=%d", path, d.Seq),
	}
	q.steps(p, plan, d)
	clauses := playbook.Clauses(q.site.App.Document())
	for _, x := range d.Prospects[:min(maxAhead, len(d.Prospects))] {
		p.Prospects = append(p.Prospects, q.prospect(plan, &x, l, clauses))
	}
	p.WhatIf = q.whatIfForm(l.ID)
	p.Timeline = q.timeline(l.ID, d.Timeline, d.Older)
	for _, a := range plan.Attributes[playbook.Builtins:] {
		if v, known := l.Attributes[a.Name]; known {
			p.Attributes = append(p.Attributes, view.Datum{Name: labelOf(a.Label, a.Name), Value: v.String()})
		}
	}
	for _, c := range d.Colleagues[:min(maxNear, len(d.Colleagues))] {
		p.Colleagues = append(p.Colleagues, view.Colleague{Path: leadPath(c.ID), Name: nameOf(c), Job: c.Attributes["title"].String(),
			Stage: c.Stage, Role: roleOf(plan, c.Stage), Score: c.Scores[main]})
	}
	for _, x := range d.Doubles {
		p.Doubles = append(p.Doubles, view.Double{Path: leadPath(x.Lead.ID), ID: x.Lead.ID.String(), Name: nameOf(x.Lead), Shared: x.Shared})
	}
	p.Consent = q.consents(d)
	for _, j := range d.Joins {
		p.Parts = append(p.Parts, view.Joined{ID: j.Child.String(), At: j.At, Merge: path + "/unmerge?child=" + j.Child.String()})
	}
	return p, nil
}

// labelOf is what people call something; what has no label goes by its name.
func labelOf(label, name string) string { return cmp.Or(label, strings.ReplaceAll(name, "_", " ")) }

// attributeLabel is what people call an attribute: one that every playbook has is
// called in the viewer's language, any other as the playbook says.
func (q *request) attributeLabel(label, name string) string {
	if field := "criterion.field." + name; words.Has(field) {
		return q.t(field)
	}
	return labelOf(label, name)
}

// roleOf is the role of a stage of the playbook, "" for one that it does not have.
func roleOf(plan *playbook.Plan, stage string) string {
	if i := plan.StageNamed(stage); i >= 0 {
		return plan.Stages[i].Role
	}
	return ""
}

func exclusionOf(plan *playbook.Plan, name string) string {
	for i := range plan.Exclusions {
		if x := &plan.Exclusions[i]; x.Name == name {
			return labelOf(x.Label, x.Name)
		}
	}
	return name
}

// steps shows the way through the funnel, and out of it.
func (q *request) steps(p *view.LeadShow, plan *playbook.Plan, d *app.Dossier) {
	present := plan.StageNamed(d.Lead.Stage)
	for i := range plan.Stages {
		st := &plan.Stages[i]
		entered, been := d.Entered[st.Name]
		if st.Exit && !been && i != present {
			continue
		}
		p.Steps = append(p.Steps, view.PathStep{Name: st.Name, At: entered.At, Present: i == present, Done: been && i != present, Exit: st.Exit, Reason: entered.Reason})
	}
	if present < 0 && d.Lead.Stage != "" { // of an earlier version
		p.Steps = append(p.Steps, view.PathStep{Name: d.Lead.Stage, At: d.Lead.StageSince, Present: true})
	}
}

func (q *request) touch(t *app.Touch) *view.Touch {
	if t == nil {
		return nil
	}
	x := &view.Touch{At: t.At, Page: t.Page}
	for _, d := range []view.Datum{{Name: "source", Value: t.Source}, {Name: "medium", Value: t.Medium}, {Name: "campaign", Value: t.Campaign},
		{Name: "term", Value: t.Term}, {Name: "content", Value: t.Content}, {Name: "referrer", Value: t.Referrer}, {Name: "page", Value: t.Page}} {
		if d.Value != "" {
			x.Data = append(x.Data, d)
		}
	}
	return x
}
