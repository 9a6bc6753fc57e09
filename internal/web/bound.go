package web

import (
	"errors"
	"strings"

	"github.com/a-h/templ"

	"galena/internal/playbook"
	"galena/internal/web/view"
)

// The caps and floors of a draft, and the marks of its grade.

func (q *request) bounds() error {
	p, err := q.boundsView()
	if err != nil {
		return err
	}
	return q.show(p.Render())
}

func (q *request) boundsView() (*view.Bounds, error) {
	d, all, err := q.draft()
	if err != nil {
		return nil, err
	}
	p := &view.Bounds{Frame: q.draftFrame(d), Draft: q.formDraft(d, len(all))}
	doc, _, _ := playbook.Load(d.Source, 0)
	for _, b := range doc.Bounds() {
		field := view.BoundField{Path: b.Path, Mark: b.Field, Value: b.Value}
		if sent, ok := q.PostForm[b.Path]; ok { // as typed
			field.Value = sent[0]
		}
		if b.Section == "grade" {
			if n := len(p.Scales); n == 0 || p.Scales[n-1].Kind != b.Of {
				p.Scales = append(p.Scales, view.Scale{Kind: b.Of, Score: b.Label})
			}
			s := &p.Scales[len(p.Scales)-1]
			s.Marks = append(s.Marks, field)
			continue
		}
		if n := len(p.Groups); n == 0 || p.Groups[n-1].Of != b.Of || p.Groups[n-1].Section != b.Section {
			p.Groups = append(p.Groups, view.BoundGroup{Section: b.Section, Of: b.Of})
		}
		g := &p.Groups[len(p.Groups)-1]
		host := strings.TrimSuffix(b.Path, "."+b.Field)
		if n := len(g.Rows); n == 0 || g.Rows[n-1].Host != host {
			g.Rows = append(g.Rows, view.BoundRow{Host: host, Label: b.Label})
		}
		row := &g.Rows[len(g.Rows)-1]
		if b.Field == "cap" {
			row.Cap = field
		} else {
			row.Floor = field
		}
	}
	return p, nil
}

// setBounds sets whatever differs from what the draft says.
func (q *request) setBounds() error {
	d, err := q.site.App.Draft(q.Context(), q.PathValue("draft"))
	if err != nil {
		return err
	}
	values := map[string]string{}
	for path, sent := range q.PostForm {
		values[path] = strings.TrimSpace(sent[0])
	}
	source, err := playbook.SetBounds(d.Source, values)
	if err == nil {
		err = q.keepDraft(d, source)
	}
	if err == nil {
		return q.goTo("/playbook/drafts/" + d.ID + "/bounds")
	}
	p, broken := q.boundsView()
	if broken != nil {
		return broken
	}
	if m, ok := errors.AsType[*playbook.Misset](err); ok && m.Path != "" {
		if field := p.Field(m.Path); field != nil {
			field.Problem = q.fault(err)
		}
	}
	return q.again(err, func(problem string) templ.Component {
		p.Problem = problem
		return p.Render()
	})
}
