package web

import (
	"time"

	"github.com/a-h/templ"

	"galena/internal/app"
	"galena/internal/fault"
	"galena/internal/lab"
	"galena/internal/web/view"
)

// What can be known of a draft before it is published: its own tests, and what it
// would have made of the history.

func (q *request) proof() error {
	p, err := q.proofView()
	if err != nil {
		return err
	}
	if q.partial() {
		return q.show(p.Preview.Render())
	}
	return q.show(p.Render())
}

func (q *request) proofView() (*view.Proof, error) {
	d, all, err := q.draft()
	if err != nil {
		return nil, err
	}
	c := app.Check(d.Source)
	p := &view.Proof{Frame: q.draftFrame(d), Draft: draftView(d, len(all)), Failed: c.Failed()}
	_, p.Errors = mistakes(c.Problems, q.voice.Tongue())
	for _, t := range c.Tests {
		row := view.Test{Name: t.Test.Name.Text, Line: t.Test.Name.Place.Line}
		for _, differs := range t.Differs {
			row.Differs = append(row.Differs, differs.In(q.voice.Tongue()))
		}
		p.Tests = append(p.Tests, row)
	}
	p.Preview, err = q.previewView(d)
	return p, err
}

func (q *request) previewView(d *app.Draft) (view.Preview, error) {
	v := view.Preview{Path: "/playbook/drafts/" + d.ID + "/preview"}
	one := q.site.Previews.Of(d.ID, d.Source)
	switch {
	case one == nil:
	case one.Err != nil:
		v.Problem = q.fault(one.Err)
	default:
		v.Began, v.People, v.Of = true, int(one.People), int(one.Of)
		if one.Report != nil {
			report, err := q.previewReport(one.Report)
			if err != nil {
				return v, err
			}
			v.Report = report
		}
	}
	return v, nil
}

// preview is how far a preview is, for the page that shows it.
func (q *request) preview() error {
	if !q.partial() {
		return q.goTo("/playbook/drafts/" + q.PathValue("draft") + "/proof")
	}
	d, err := q.site.App.Draft(q.Context(), q.PathValue("draft"))
	if err != nil {
		return err
	}
	v, err := q.previewView(d)
	if err != nil {
		return err
	}
	return q.show(v.Render())
}

func (q *request) startPreview() error {
	d, err := q.site.App.Draft(q.Context(), q.PathValue("draft"))
	if err != nil {
		return err
	}
	if err := q.site.Previews.Start(q.Context(), d.ID, d.Source, q.voice.Now); err != nil {
		p, broken := q.proofView()
		if broken != nil {
			return broken
		}
		return q.again(err, func(problem string) templ.Component {
			p.Preview.Problem = problem
			return p.Render()
		})
	}
	return q.goTo("/playbook/drafts/" + d.ID + "/proof")
}

func (q *request) stopPreview() error {
	q.site.Previews.Drop(q.PathValue("draft"))
	return q.goTo("/playbook/drafts/" + q.PathValue("draft") + "/proof")
}

// How much of a report a page shows.
const (
	maxExamples = 3
	maxWeeks    = 52
)

func (q *request) previewReport(r *lab.Report) (*view.PreviewReport, error) {
	v := &view.PreviewReport{Version: r.Version, InForce: q.site.App.Plan().Version, People: int(r.People), Events: int(r.Events)}
	weeks := weeksOf(r.Stages)
	for _, s := range r.Stages {
		one := view.StagePreview{Name: s.Name, Role: s.Role, Before: int(s.Here.Before), After: int(s.Here.After),
			EnteredBefore: int(s.Entered.Before), EnteredAfter: int(s.Entered.After)}
		was, is := make([]int, len(weeks)), make([]int, len(weeks))
		for _, p := range s.Periods {
			if i, shown := weeks[p.From]; shown {
				was[i], is[i] = int(p.Before), int(p.After)
			}
		}
		one.Was, one.Is = view.Lines(was, is)
		var err error
		if one.Gained, err = q.movers(s.Gained); err != nil {
			return nil, err
		}
		if one.Lost, err = q.movers(s.Lost); err != nil {
			return nil, err
		}
		v.Stages = append(v.Stages, one)
	}
	for _, s := range r.Scores {
		if s.Known.Before && s.Known.After {
			v.Scores = append(v.Scores, view.ScorePreview{Name: q.scoreLabel(s.Name), Before: q.voice.Points(s.Before.Mean, false), After: q.voice.Points(s.After.Mean, false),
				Risen: int(s.Risen), Fallen: int(s.Fallen)})
		}
	}
	for _, o := range r.Outcomes {
		if o.Known > 0 {
			v.Outcomes = append(v.Outcomes, view.OutcomePreview{Role: o.Role, Known: int(o.Known), Before: int(o.Before.Qualified), After: int(o.After.Qualified)})
		}
	}
	return v, nil
}

// weeksOf numbers the latest weeks in which anything happened in any stage, so that
// all stages are drawn over the same ones.
func weeksOf(stages []lab.StageShift) map[string]int {
	var first, last time.Time
	for _, s := range stages {
		for _, p := range s.Periods {
			day, err := time.Parse(time.DateOnly, p.From)
			if err != nil {
				continue // days are written by the lab
			}
			if first.IsZero() || day.Before(first) {
				first = day
			}
			if day.After(last) {
				last = day
			}
		}
	}
	weeks := map[string]int{}
	if first.IsZero() {
		return weeks
	}
	if earliest := last.AddDate(0, 0, -7*(maxWeeks-1)); first.Before(earliest) {
		first = earliest
	}
	for day := first; !day.After(last); day = day.AddDate(0, 0, 7) {
		weeks[day.Format(time.DateOnly)] = len(weeks)
	}
	return weeks
}

// movers names the latest of some leads. One that was erased since has no name.
func (q *request) movers(all []lab.Mover) (view.Movers, error) {
	m := view.Movers{Count: len(all)}
	for i := len(all) - 1; i >= 0 && len(m.Examples) < maxExamples; i-- {
		p, err := q.site.App.Profile(q.Context(), app.Ref{ID: all[i].Lead}, 0)
		if fault.KindOf(err) == fault.NotFound && err != nil {
			continue
		}
		if err != nil {
			return m, err
		}
		m.Examples = append(m.Examples, view.Example{Name: nameOf(&p.Lead), Path: "/leads/" + p.Lead.ID.String()})
	}
	return m, nil
}
