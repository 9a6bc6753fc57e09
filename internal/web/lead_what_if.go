package web

import (
	"net/http"
	"strconv"
	"strings"

	"galena/internal/app"
	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/web/view"
)

// whatIf shows what would come of something.
func (q *request) whatIf() error {
	ref, err := q.leadRef()
	if err != nil {
		return err
	}
	form := q.whatIfForm(ref.ID)
	what := app.Supposition{Signal: q.FormValue("signal"), Times: form.Times, Wait: form.Wait}
	if name := q.FormValue("attribute"); name != "" {
		what.Attributes = map[string]any{name: valueOf(q.FormValue("value"))}
	}
	come, err := q.site.App.WhatIf(q.Context(), ref, what)
	status := http.StatusOK
	switch {
	case err == nil:
		form.Come = q.come(come)
	case fault.KindOf(err) == fault.Invalid:
		form.Problem, status = q.fault(err), http.StatusUnprocessableEntity
	default:
		return err
	}
	if q.partial() {
		return q.show(form.Render()) // also a problem: htmx shows what is fine only
	}
	d, err := q.site.App.Dossier(q.Context(), ref)
	if err != nil {
		return err
	}
	p, err := q.leadPage(d)
	if err != nil {
		return err
	}
	why, err := q.why(d)
	if err != nil {
		return err
	}
	p.Why, p.WhatIf = *why, form
	return q.showAs(status, p.Render())
}

// valueOf is what somebody typed for an attribute; nothing clears it.
func valueOf(text string) any {
	if text = strings.TrimSpace(text); text == "" {
		return nil
	}
	return text
}

// whatIfForm is the form as it was sent, or an empty one.
func (q *request) whatIfForm(id lead.ID) view.WhatIf {
	plan := q.site.App.Plan()
	number := func(name string, otherwise int) int {
		n, err := strconv.Atoi(q.FormValue(name))
		if err != nil {
			return otherwise
		}
		return n
	}
	f := view.WhatIf{Path: leadPath(id), Times: number("times", 1), Wait: number("wait", 0), Value: q.FormValue("value")}
	for i := range plan.Signals {
		s := &plan.Signals[i]
		if len(s.Any) == 0 { // a union occurs with one of its parts
			f.Signals = append(f.Signals, view.Option{Value: s.Name, Label: labelOf(s.Label, s.Name), Chosen: s.Name == q.FormValue("signal")})
		}
	}
	for _, a := range q.site.App.Settable() {
		f.Attributes = append(f.Attributes, view.Option{Value: a.Name, Label: labelOf(a.Label, a.Name), Chosen: a.Name == q.FormValue("attribute")})
	}
	return f
}

func (q *request) come(x *app.Supposed) *view.Come {
	plan := q.site.App.Plan()
	c := &view.Come{StageBefore: x.Before.Stage, StageAfter: x.After.Stage, RoleBefore: roleOf(plan, x.Before.Stage), RoleAfter: roleOf(plan, x.After.Stage),
		GradeBefore: x.Before.Grade, GradeAfter: x.After.Grade, Excluded: exclusionOf(plan, x.After.Excluded)}
	for i := range plan.Scores {
		if i < len(x.Before.Scores) && i < len(x.After.Scores) {
			c.Scores = append(c.Scores, view.Change{Label: labelOf(plan.Scores[i].Label, plan.Scores[i].Name), Before: x.Before.Scores[i], After: x.After.Scores[i]})
		}
	}
	for _, d := range x.Decisions {
		c.Entered = append(c.Entered, d.Stage)
	}
	return c
}
