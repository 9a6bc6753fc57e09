package web

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"galena/internal/access"
	"galena/internal/app"
	"galena/internal/engine"
	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/playbook"
	"galena/internal/rule"
	"galena/internal/web/view"
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
	name := cmp.Or(d.Name, nameOf(l))
	main := q.site.App.MainScore()
	path := leadPath(l.ID)
	p := &view.LeadShow{
		Frame: q.frame("leads", name, view.Crumb{Title: q.t("frame.leads"), Path: "/leads"}),
		Path:  path, ID: l.ID.String(), Name: name, Job: jobOf(l), Kind: l.Kind,
		Emails: l.Emails, Phones: l.Phones, UserIDs: l.UserIDs, Anonymous: l.Anonymous,
		Stage: l.Stage, Role: roleOf(plan, l.Stage), Grade: l.Grade, Score: l.Scores[main], ScoreLabel: labelOf(plan.Scores[main].Label, plan.Scores[main].Name),
		Excluded: exclusionOf(plan, l.Excluded), FirstSeen: l.FirstSeen, LastSeen: l.LastSeen, Cycle: l.Cycle, Hold: app.HoldInWords(l.Hold),
		Account: l.Account, AccountPath: "/account?name=" + url.QueryEscape(l.Account), More: d.More || len(d.Colleagues) > maxNear,
		Missing: d.Quality.Missing, FreeMail: d.Quality.FreeMail, Robots: d.Quality.Robots, Messages: d.Quality.Messages,
		First: q.touch(d.First), Last: q.touch(d.Last),
	}
	q.steps(p, plan, d)
	words := playbook.Clauses(q.site.App.Document())
	for _, x := range d.Prospects[:min(maxAhead, len(d.Prospects))] {
		p.Prospects = append(p.Prospects, q.prospect(plan, &x, l, words))
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
	for _, j := range d.Joins {
		p.Parts = append(p.Parts, view.Joined{ID: j.Child.String(), At: j.At, Merge: path + "/unmerge?child=" + j.Child.String()})
	}
	return p, nil
}

func labelOf(label, name string) string { return cmp.Or(label, name) }

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
			g = &view.RuleGroup{Label: labelOf(l.Label, l.Rule)}
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
		g.Lines = append(g.Lines, view.WhyLine{At: l.At, Label: labelOf(l.Label, l.Rule), Amounts: line})
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

func (q *request) scoreLabel(name string) string {
	for _, s := range q.site.App.Plan().Scores {
		if s.Name == name {
			return labelOf(s.Label, s.Name)
		}
	}
	return name
}

// prospect shows a stage ahead.
func (q *request) prospect(plan *playbook.Plan, x *engine.Prospect, l *app.Lead, words func(string) (string, bool)) view.Prospect {
	p := view.Prospect{Stage: x.Stage, Role: x.Role, Label: x.Label, Barred: x.Barred}
	for i := range x.Ways {
		w := &x.Ways[i]
		way := view.Way{FastTrack: w.FastTrack, Marked: w.Marked, Met: w.Met()}
		whole := q.check(plan, &w.Check, l, words)
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
func (q *request) check(plan *playbook.Plan, c *engine.Check, l *app.Lead, words func(string) (string, bool)) view.Check {
	x := view.Check{Met: c.Met(), Any: c.Joint == rule.Any}
	for i := range c.Parts {
		x.Parts = append(x.Parts, q.check(plan, &c.Parts[i], l, words))
	}
	if len(c.Parts) > 0 {
		return x
	}
	said, simple := words(c.Text)
	if x.Words = said; !simple {
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
		form.Problem, status = fault.Text(err), http.StatusUnprocessableEntity
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

// timeline shows a page of what happened.
func (q *request) timeline(id lead.ID, entries []app.Entry, older lead.Time) view.Timeline {
	t := view.Timeline{Path: leadPath(id)}
	for i := range entries {
		t.Entries = append(t.Entries, q.entry(t.Path, &entries[i]))
	}
	if older != 0 {
		t.Older = fmt.Sprintf("%s?before=%d", t.Path, int64(older))
	}
	return t
}

func (q *request) entry(path string, e *app.Entry) view.Entry {
	x := view.Entry{At: e.At}
	switch {
	case e.Session != nil:
		q.showSession(&x, e.Session, path)
	case e.Decision != nil:
		q.decision(&x, e.Decision, path)
	case e.Act != nil:
		q.act(&x, e.Act, path)
	case e.Note != nil:
		x.Icon, x.Title, x.Text = "pen-line", q.t("lead.timeline.note", e.Note.Name), e.Note.Text
		if q.may(access.Work) && (e.Note.By == q.user.ID || q.may(access.Mend)) {
			x.Drop = e.Note.ID
		}
	case e.Join != nil:
		x.Icon, x.Title = "git-merge", q.t("lead.timeline.join", e.Join.Child.String())
		if q.may(access.Mend) {
			x.Unmerge = path + "/unmerge?child=" + e.Join.Child.String()
		}
	}
	return x
}

func (q *request) decision(x *view.Entry, d *app.Decided, path string) {
	plan := q.site.App.Plan()
	x.Icon, x.Tone, x.Stage, x.Role, x.Struck = "flame", "accent", d.Stage, cmp.Or(d.Role, roleOf(plan, d.Stage)), d.TakenBack
	switch d.Role {
	case "recycled", "disqualified":
		x.Icon, x.Tone = "log-out", "bad"
	case "customer":
		x.Icon, x.Tone = "trophy", "good"
	}
	switch {
	case d.TakenBack:
		x.Title, x.Tone = q.t("lead.timeline.taken_back"), ""
	case d.From == "":
		x.Title = q.t("lead.timeline.entered")
	default:
		x.Title = q.t("lead.timeline.moved", d.From)
	}
	reason := d.Reason
	if d.By == "" { // a person had reasons of their own
		reason = cmp.Or(reason, d.Label)
	}
	if reason != "" {
		x.Meta = append(x.Meta, reason)
	}
	by := q.t("lead.timeline.by_time")
	switch {
	case d.By != "":
		by = q.t("lead.timeline.by_hand", d.By)
	case d.Cause != "":
		by = q.t("lead.timeline.by_event", d.Cause)
	}
	x.Meta = append(x.Meta, q.t("lead.timeline.version", by, q.voice.Number(d.Version)))
	if d.Cycle > 1 {
		x.Meta = append(x.Meta, q.t("lead.path.cycle", q.voice.Number(d.Cycle)))
	}
	x.Past = fmt.Sprintf("%s?at=%d&known=then#why", path, int64(d.At))
}

func (q *request) act(x *view.Entry, d *app.Done, path string) {
	x.Icon = "user"
	by := cmp.Or(d.Author, q.t("lead.timeline.galena"))
	switch d.Name {
	case lead.ActStage:
		x.Icon, x.Title = "route", q.t("lead.timeline.act_stage", by, d.Stage)
	case lead.ActPoints:
		x.Icon, x.Title = "plus", q.t("lead.timeline.act_points", by, q.scoreLabel(d.Score), q.voice.Points(d.Points, true))
	case lead.ActBalance:
		x.Icon, x.Title = "file-up", q.t("lead.timeline.act_balance")
	case lead.ActVerdict:
		x.Icon, x.Title = "bot", q.t("lead.timeline.act_human", by)
		if d.Robot {
			x.Title = q.t("lead.timeline.act_robot", by)
		}
	case lead.ActMerge:
		x.Icon, x.Title = "git-merge", q.t("lead.timeline.act_merge", by, d.Child.String())
		if d.Joined && q.may(access.Mend) {
			x.Unmerge = path + "/unmerge?child=" + d.Child.String()
		}
	case lead.ActUnmerge:
		x.Icon, x.Title = "git-branch", q.t("lead.timeline.act_unmerge", by, d.Child.String())
	case lead.ActAccount:
		x.Icon, x.Title = "building-2", q.t("lead.timeline.act_account")
	default:
		x.Title = d.Name
	}
	if d.Reason != "" {
		x.Meta = append(x.Meta, d.Reason)
	}
}

func (q *request) showSession(x *view.Entry, s *app.Session, path string) {
	x.Icon, x.From, x.Count, x.More, x.Robots = "mouse-pointer-click", s.From, len(s.Events)+s.More, s.More, s.Robots
	x.Title = q.voice.N("lead.timeline.session", x.Count)
	if long := int64(s.To - s.From); long >= lead.Minute {
		x.Title = q.voice.N("lead.timeline.session_long", x.Count, q.span(long))
	}
	if x.Count == s.Robots {
		x.Icon = "bot"
	}
	// What the playbook asks about says more than the rest.
	var telling, others []string
	for i := range s.Events {
		e := q.sessionEvent(&s.Events[i])
		switch {
		case e.Signals != "" && !slices.Contains(telling, e.Signals):
			telling = append(telling, e.Signals)
		case e.Signals == "" && !slices.Contains(others, cmp.Or(e.Page, e.Name)):
			others = append(others, cmp.Or(e.Page, e.Name))
		}
		x.Points += e.Points
		x.Session = append(x.Session, e)
	}
	summary := append(telling, others...)
	x.Summary = strings.Join(summary[:min(maxTold, len(summary))], " · ")
	if q.may(access.Mend) {
		x.Judge = fmt.Sprintf("%s/verdict?since=%d&until=%d", path, int64(s.From), int64(s.To)+1)
		if s.Robots > 0 {
			x.Judge += "&robot=0"
		}
	}
}

// sessionEvent shows an event of a session. By hand, it says who said so.
func (q *request) sessionEvent(s *app.SessionEvent) view.Event {
	e := view.Event{At: s.Occurred, Type: s.Type.String(), Name: cmp.Or(s.Name, s.Type.String()), Signals: strings.Join(s.Signals, ", "), Points: s.Points, Robot: s.Robot}
	page := rule.PageOf(s.Event)
	if path, ok := page["path"].(string); ok {
		e.Page = path
	}
	meta := func(key, value string) {
		if value != "" {
			e.Meta = append(e.Meta, view.Datum{Name: q.t("lead.event." + key), Value: value})
		}
	}
	meta("type", e.Type)
	meta("name", s.Name)
	if author, ok := s.Context[lead.ActAuthor].(string); ok && s.Type == lead.Identify && s.Origin == lead.Server {
		e.Name = q.t("lead.timeline.set_by", author)
		reason, _ := s.Context[lead.ActReason].(string)
		meta("reason", reason)
	}
	meta("origin", q.t("lead.origin."+s.Origin.String()))
	meta("occurred", q.voice.Exact(s.Occurred))
	meta("message", s.MessageID)
	e.Data = append(flat("properties", s.Properties), flat("traits", s.Traits)...)
	return e
}

// maxData is how many members of an event are shown.
const maxData = 60

// flat lists what is in a map of an event, by its paths.
func flat(prefix string, m map[string]any) []view.Datum {
	var all []view.Datum
	var walk func(string, any)
	walk = func(path string, v any) {
		if len(all) >= maxData {
			return
		}
		switch v := v.(type) {
		case map[string]any:
			names := make([]string, 0, len(v))
			for name := range v {
				names = append(names, name)
			}
			slices.Sort(names)
			for _, name := range names {
				walk(path+"."+name, v[name])
			}
		case nil:
			all = append(all, view.Datum{Name: path, Value: "null"})
		case float64:
			all = append(all, view.Datum{Name: path, Value: strconv.FormatFloat(v, 'f', -1, 64)})
		default:
			all = append(all, view.Datum{Name: path, Value: fmt.Sprint(v)})
		}
	}
	if m != nil {
		walk(prefix, m)
	}
	return all
}
