package web

import (
	"cmp"
	"slices"

	"galena/internal/app"
	"galena/internal/engine"
	"galena/internal/lead"
	"galena/internal/playbook"
	"galena/internal/rule"
	"galena/internal/web/view"
)

// why tells where the points come from at the moment that is asked for.
func (q *request) why(d *app.Dossier) (*view.Why, error) {
	plan := q.site.App.Plan()
	if d.Long {
		w := &view.Why{Path: leadPath(d.Lead.ID), Known: string(app.KnownNow), Long: int(d.Lead.Events)}
		for i, points := range d.Lead.Scores {
			s := &plan.Scores[i]
			w.Scores = append(w.Scores, view.ScoreWhy{Name: s.Name, Label: labelOf(s.Label, s.Name), Points: points})
		}
		return w, nil
	}
	at, err := moment(q.FormValue("at"), q.voice.Zone)
	if err != nil {
		return nil, err
	}
	now := d.Why.At
	// A field knows minutes: the last of them is the present.
	past := at != 0 && at < now.Add(-lead.Minute)
	w := &view.Why{Path: leadPath(d.Lead.ID), Known: string(app.KnownThen), Past: past}
	if q.FormValue("known") == string(app.KnownNow) {
		w.Known = string(app.KnownNow)
	}
	x := d.Why
	if past {
		if x, err = q.site.App.ExplainKnown(q.Context(), app.Ref{ID: d.Lead.ID}, at, app.Known(w.Known)); err != nil {
			return nil, err
		}
	}
	w.At, w.Version, w.Stage, w.Role, w.Grade = x.At, x.Version, x.Stage, roleOf(plan, x.Stage), x.Grade
	w.Excluded = exclusionOf(plan, x.Excluded)
	if x.PartOf != 0 {
		w.PartOf = x.PartOf.String()
	}
	local := func(t lead.Time) string { return t.UTC().In(q.voice.Zone).Format(localMinute) }
	first := d.Lead.FirstSeen
	w.Local, w.First, w.Now = local(x.At), local(first), local(now)
	w.Days, w.Day = int(int64(now-first)/lead.Day), int(int64(x.At-first)/lead.Day)
	main := ""
	if m := q.site.App.MainScore(); m < len(plan.Scores) {
		main = plan.Scores[m].Name
	}
	for i := range x.Scores {
		w.Scores = append(w.Scores, q.scoreWhy(&x.Scores[i], main, d.Course))
	}
	slices.SortStableFunc(w.Scores, func(a, b view.ScoreWhy) int {
		switch {
		case a.Main:
			return -1
		case b.Main:
			return 1
		}
		return 0
	})
	if len(w.Scores) > 0 {
		w.Scores[0].Main = true
	}
	return w, nil
}

// scoreWhy groups the lines of a score by rule, the weightiest first.
func (q *request) scoreWhy(s *engine.ScoreLines, main string, course []engine.Reading) view.ScoreWhy {
	x := view.ScoreWhy{Name: s.Name, Label: labelOf(s.Label, s.Name), Points: s.Points, Main: s.Name == main}
	for _, r := range course {
		if i := slices.Index(r.Names, s.Name); i >= 0 {
			x.Course = append(x.Course, r.Points[i])
		}
	}
	if len(x.Course) < len(course) {
		x.Course = nil // another version knew no such score
	} else if len(course) > 0 {
		x.From, x.To = course[0].At, course[len(course)-1].At
	}
	var groups []*view.RuleGroup
	known := map[string]*view.RuleGroup{}
	for _, l := range s.Lines {
		key := l.Score + "\x00" + l.Rule
		g := known[key]
		if g == nil {
			g = &view.RuleGroup{Label: q.lineLabel(&l)}
			if l.Score != s.Name {
				g.Of = q.scoreLabel(l.Score)
			}
			known[key] = g
			groups = append(groups, g)
		}
		line := view.Amounts{Given: l.Raw, Limited: l.Limited, Lapsed: l.Lapsed, Capped: l.Capped, Faded: l.Decayed, Points: l.Points}
		g.Sum.Given += l.Raw
		g.Sum.Limited += l.Limited
		g.Sum.Lapsed += l.Lapsed
		g.Sum.Capped += l.Capped
		g.Sum.Faded += l.Decayed
		g.Sum.Points += l.Points
		if l.Signal != "" {
			g.Times++
		}
		g.Last = max(g.Last, l.At)
		g.Lines = append(g.Lines, view.WhyLine{At: l.At, Label: q.lineLabel(&l), Failed: l.Failed, Amounts: line})
	}
	slices.SortStableFunc(groups, func(a, b *view.RuleGroup) int { return cmp.Compare(b.Sum.Points.Abs(), a.Sum.Points.Abs()) })
	for _, g := range groups {
		if g.Times == 0 && len(g.Lines) > 1 { // silence, which no signal is
			g.Times = len(g.Lines)
		}
		slices.SortStableFunc(g.Lines, func(a, b view.WhyLine) int { return cmp.Compare(b.At, a.At) })
		if n := len(g.Lines); n > maxLines {
			g.Lines, g.More = g.Lines[:maxLines], n-maxLines
		}
		x.Groups = append(x.Groups, *g)
	}
	return x
}

// scoreLabel is what the playbook in force calls a score, its name where it has none.
func (q *request) scoreLabel(name string) string {
	for _, s := range q.site.App.Plan().Scores {
		if s.Name == name {
			return labelOf(s.Label, s.Name)
		}
	}
	return name
}

// prospect shows a stage ahead.
func (q *request) prospect(plan *playbook.Plan, x *engine.Prospect, l *app.Lead, clauses func(string) ([]playbook.Clause, bool)) view.Prospect {
	p := view.Prospect{Stage: x.Stage, Role: x.Role, Label: x.Label, Barred: x.Barred}
	for i := range x.Ways {
		w := &x.Ways[i]
		way := view.Way{FastTrack: w.FastTrack, Marked: w.Marked, Met: w.Met()}
		whole := q.check(plan, &w.Check, l, clauses)
		if w.Joint == rule.All {
			way.Checks = whole.Parts
		} else {
			way.Checks = []view.Check{whole}
		}
		p.Ways = append(p.Ways, way)
	}
	return p
}

// check puts a part of a criterion into words.
func (q *request) check(plan *playbook.Plan, c *engine.Check, l *app.Lead, clauses func(string) ([]playbook.Clause, bool)) view.Check {
	x := view.Check{Met: c.Met(), Any: c.Joint == rule.Any}
	for i := range c.Parts {
		x.Parts = append(x.Parts, q.check(plan, &c.Parts[i], l, clauses))
	}
	if len(c.Parts) > 0 {
		return x
	}
	if asked, simple := clauses(c.Text); simple {
		x.Words = q.criterion(asked)
	} else {
		x.Words, x.Code = c.Text, true
	}
	switch {
	case c.Atom != nil && !c.Known:
		x.Have = q.t("lead.next.never")
	case c.Atom != nil:
		q.compared(&x, c)
	case c.Field >= playbook.Builtins:
		x.Have = q.t("lead.next.unknown")
		if v, known := l.Attributes[plan.Attributes[c.Field].Name]; known {
			x.Have = v.String()
		}
	}
	return x
}

// compared adds to a check what is there and what is needed.
func (q *request) compared(x *view.Check, c *engine.Check) {
	a := c.Atom
	switch a.Kind {
	case rule.Score:
		x.Have, x.Need = q.voice.Points(lead.Points(c.Have), false), q.voice.Points(lead.Points(a.N), false)
	case rule.Count, rule.Distinct:
		x.Have, x.Need = q.voice.Number(int(c.Have)), q.voice.Number(int(a.N))
	default:
		x.Have = q.span(c.Have)
		x.Need = q.span(a.N)
	}
	if a.Op == rule.Greater || a.Op == rule.GreaterOrEqual {
		x.Part, x.Whole = int(max(c.Have, 0)), int(a.N)
	}
}

// span is a length of time in words.
func (q *request) span(ms int64) string {
	switch {
	case ms >= 2*lead.Day:
		return q.voice.N("lead.span.days", int(ms/lead.Day))
	case ms >= lead.Hour:
		return q.voice.N("lead.span.hours", int(ms/lead.Hour))
	}
	return q.voice.N("lead.span.minutes", int(ms/lead.Minute))
}
