package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"galena/internal/app"
	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/playbook"
	"galena/internal/rule"
	"galena/internal/web/view"
)

// The conditions of a draft: all of them, and one as rows.

func (q *request) conditions() error {
	d, all, err := q.draft()
	if err != nil {
		return err
	}
	p := &view.Conditions{Frame: q.draftFrame(d), Draft: q.formDraft(d, len(all))}
	doc, _, _ := playbook.Load(d.Source, 0)
	if doc == nil {
		return q.show(p.Render())
	}
	clauses := playbook.Clauses(doc)
	for _, passage := range doc.Passages() {
		group := passage.Section
		if n := len(p.Groups); n == 0 || p.Groups[n-1].Section != group || p.Groups[n-1].Of != passage.Of {
			p.Groups = append(p.Groups, view.ConditionGroup{Section: group, Of: passage.Of})
		}
		g := &p.Groups[len(p.Groups)-1]
		c := view.ConditionAt{Label: passage.Label, Field: passage.Field, Text: passage.Text, Path: conditionPath(d, passage.Path)}
		if words, ok := clauses(passage.Text); ok && passage.Text != "" {
			c.Words = q.criterion(words)
		}
		g.All = append(g.All, c)
	}
	return q.show(p.Render())
}

func conditionPath(d *app.Draft, path string) string {
	return "/playbook/drafts/" + d.ID + "/condition?" + url.Values{"path": {path}}.Encode()
}

// openCondition is the condition that an address names, with what its form needs.
type openCondition struct {
	*glossary
	draft   *app.Draft
	doc     *playbook.Document
	passage *playbook.Passage
	view    *view.Condition
}

func (q *request) openCondition() (*openCondition, error) {
	d, versions, err := q.draft()
	if err != nil {
		return nil, err
	}
	doc, plan, _ := playbook.Load(d.Source, 0)
	all := doc.Passages()
	i := slices.IndexFunc(all, func(p playbook.Passage) bool { return p.Path == q.URL.Query().Get("path") })
	if i < 0 {
		return nil, fault.New(fault.NotFound, "The draft has no such condition now, or its text has errors. Look at its text.")
	}
	p := &all[i]
	o := &openCondition{glossary: q.glossaryFor(p, doc, plan), draft: d, doc: doc, passage: p}
	v := &view.Condition{Frame: q.draftFrame(d), Draft: q.formDraft(d, len(versions)), Action: conditionPath(d, p.Path),
		Of: p.Of, Label: p.Label, Field: p.Field, Optional: p.Optional && p.Text != "", OfEvent: o.event}
	v.Frame.Crumbs = append(v.Frame.Crumbs, view.Crumb{Title: d.Name, Path: v.Draft.Path("conditions")})
	v.Frame.Title = p.Label
	o.view = v
	if o.event {
		v.Places, err = q.places(doc, p.Path)
	}
	return o, err
}

// eventPlaces are where every event can have a value.
var eventPlaces = []string{"name", "page.path", "page.url", "page.title", "page.referrer", "page.search",
	"campaign.source", "campaign.medium", "campaign.name", "campaign.term", "campaign.content"}

// places are where the events of a signal have values, with those really seen.
func (q *request) places(doc *playbook.Document, path string) ([]string, error) {
	schema, err := q.site.App.Schema(q.Context())
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(doc.Signals, func(s playbook.SignalDecl) bool { return "signals."+s.Name.Text+".where" == path })
	if i < 0 {
		return eventPlaces, nil
	}
	var seen []string
	for _, shape := range schema.Shapes {
		s := &doc.Signals[i]
		if !slices.Contains(s.Types, shape.Type) || len(s.Names) > 0 && !slices.Contains(s.Names, shape.Name) {
			continue
		}
		root := "properties."
		if shape.Type == lead.Identify || shape.Type == lead.Group {
			root = "traits."
		}
		for _, f := range shape.Fields {
			if place := root + f.Path; rule.IsPath(place) && !slices.Contains(seen, place) && len(seen) < maxChoices {
				seen = append(seen, place)
			}
		}
	}
	slices.Sort(seen)
	return slices.Concat(seen, eventPlaces), nil
}

func (q *request) conditionPage() error {
	o, err := q.openCondition()
	if err != nil {
		return err
	}
	v, text := o.view, o.passage.Text
	v.Text, v.ByText, v.Joint = text, text != "", "all"
	if rows, ok := rule.ReadRows(text); ok {
		if all := o.showAll(q, rows.Rows); len(all) <= maxConditionRows {
			v.ByText, v.Joint, v.Rows = false, jointWord(rows.Joint), all
		}
	}
	if text == "" {
		v.Rows = append(v.Rows, o.blank(q, 0))
	}
	return q.showCondition(http.StatusOK, o)
}

// blank is a row in which nothing is written yet.
func (g *glossary) blank(q *request, n int) view.ConditionRow {
	v := view.ConditionRow{N: n}
	about := ""
	if !g.event {
		about = g.groups[0].Options[0].Value
	}
	g.fill(q, &v, about, "", false)
	return v
}

// setCondition changes the rows of the form, or keeps what they say.
func (q *request) setCondition() error {
	o, err := q.openCondition()
	if err != nil {
		return err
	}
	v := o.view
	typed, changed := o.rowsTyped(q)
	joint := jointNamed(q.PostFormValue("joint"))
	v.Joint = jointWord(joint)
	said, wrong := joined(joint, typed).Write()
	v.Text = said
	do, which, _ := strings.Cut(q.PostFormValue("do"), ".")
	n, err := strconv.Atoi(which)
	if err != nil {
		n = -1 // no row is named
	}
	if do != "save" && do != "drop" {
		fresh := o.blank(q, 0)
		fresh.Focus = true
		room := maxConditionRows - len(typed)
		switch {
		case do == "add" && room > 0:
			typed = rowAdded(typed, n, fresh, rule.Row{})
		case do == "cel" && room > 0:
			typed = rowAdded(typed, n, view.ConditionRow{ByCEL: true, Focus: true}, rule.Row{})
		case do == "group" && room > 1:
			typed = rowAdded(typed, -1, view.ConditionRow{Group: true, Joint: jointWord(other(joint))}, rule.Row{})
			typed = rowAdded(typed, len(typed)-1, fresh, rule.Row{})
		case do == "remove" && n >= 0 && n < len(typed):
			typed = rowTaken(typed, n)
			if v.Bare = len(typed) == 0; !v.Bare {
				typed[min(n, len(typed)-1)].shown.Focus = true
			}
			v.Text, _ = joined(joint, typed).Write() // what is incomplete is said when it is saved
		}
	}
	for i := range typed {
		typed[i].shown.N = i
		v.Rows = append(v.Rows, typed[i].shown)
	}
	switch {
	case do == "drop":
		return q.keepCondition(o, nil, "")
	case do != "save":
		return q.showCondition(http.StatusOK, o)
	case changed:
		v.Problem = q.t("condition.look_again")
	case wrong != nil:
		v.Problem = q.fault(wrong)
		if i := slices.IndexFunc(typed, func(t typedRow) bool { return t.writes() != nil }); i >= 0 {
			v.Rows[i].Problem = q.fault(typed[i].writes())
		}
	case saysAlready(o.passage.Text, said):
		return q.goTo(v.Draft.Path("conditions"))
	default:
		return q.keepCondition(o, typed, said)
	}
	return q.showCondition(http.StatusUnprocessableEntity, o)
}

// other is the joint that a group has for good reason where all have this one.
func other(j rule.Joint) rule.Joint {
	if j == rule.Any {
		return rule.All
	}
	return rule.Any
}

// saysAlready tells whether a text says the very rows, however it is written.
func saysAlready(text, said string) bool {
	rows, ok := rule.ReadRows(text)
	if !ok {
		return false
	}
	written, err := rows.Write()
	return err == nil && written == said
}

// keepCondition saves what a condition says, which came as some rows; "" takes it out.
func (q *request) keepCondition(o *openCondition, typed []typedRow, said string) error {
	source, err := playbook.Rewrite(o.draft.Source, o.passage.Path, said)
	if err == nil {
		err = q.keepDraft(o.draft, source)
	}
	if err == nil {
		return q.goTo(o.view.Draft.Path("conditions"))
	}
	if i := o.faulty(typed, err); i >= 0 {
		o.view.Rows[i].Problem = q.fault(err)
		err = fault.Wrap(err, fault.KindOf(err), "Row %d: %s", i+1, fault.Said(err))
	}
	return q.again(err, func(problem string) templ.Component {
		o.view.Problem = problem
		return q.conditionForm(o)
	})
}

// faulty is the row that is refused by itself as all of them are; -1 if none is, since
// what is wrong lies between them, or not with them at all.
func (o *openCondition) faulty(typed []typedRow, whole error) int {
	if fault.KindOf(whole) != fault.Invalid {
		return -1
	}
	return slices.IndexFunc(typed, func(t typedRow) bool {
		if t.shown.Group {
			return false
		}
		alone, err := rule.Rows{Rows: []rule.Row{t.said}}.Write()
		if err == nil {
			_, err = playbook.Rewrite(o.draft.Source, o.passage.Path, alone)
		}
		return err != nil && fault.Text(err) == fault.Text(whole)
	})
}

func (q *request) showCondition(status int, o *openCondition) error {
	return q.showAs(status, q.conditionForm(o))
}

// conditionForm is the page, or the form alone for a script.
func (q *request) conditionForm(o *openCondition) templ.Component {
	if !o.event && o.view.Text != "" {
		if parts, ok := playbook.Clauses(o.doc)(o.view.Text); ok {
			o.view.Words = q.criterion(parts)
		}
	}
	if q.partial() {
		return o.view.Part()
	}
	return o.view.Render()
}
