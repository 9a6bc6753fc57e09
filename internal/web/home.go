package web

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"strconv"

	"galena/internal/access"
	"galena/internal/app"
	"galena/internal/playbook"
	"galena/internal/staff"
	"galena/internal/web/view"
)

const (
	homeLeads   = 6 // in each of the short lists
	homeReasons = 3 // of each of them
	homeSources = 5
)

// home tells what changed since yesterday, where everybody is, and who is hottest.
func (q *request) home() error {
	ctx := q.Context()
	counts, err := q.site.App.Counts(ctx)
	if err != nil {
		return err
	}
	p := &view.Home{Frame: q.frame("home", q.t("home.title")), Events: int(counts.Events), Leads: int(counts.Leads), Rejects: int(counts.Rejects)}
	if q.site.Health != nil {
		if err := q.site.Health(ctx); err != nil {
			p.Problem = q.fault(err)
		}
	}
	if counts.Events == 0 {
		return q.showHome(p)
	}
	if err := q.homeFlow(ctx, p); err != nil {
		return err
	}
	lead := app.Condition{Field: "kind", Op: app.Is, Value: "lead"}
	moved := app.Query{Where: []app.Condition{lead, {Field: "stage_since", Op: app.AtLeast, Value: "-1d"}}, Sort: "-stage_since", Limit: homeLeads}
	var n app.Count
	if p.Moved, err = q.homeList(ctx, moved); err != nil {
		return err
	}
	if n, err = q.site.App.Count(ctx, moved); err != nil {
		return err
	}
	p.MovedCount = view.HowMany(n)
	p.MovedPath = listPath(leadsPath, moved)
	hot := app.Query{Where: append(q.workable(), lead, app.Condition{Field: "excluded", Op: app.Is, Value: "no"}), Limit: homeLeads}
	if p.Hottest, err = q.homeList(ctx, hot); err != nil {
		return err
	}
	hot.Limit = 0
	p.HottestPath = listPath(leadsPath, hot)
	fresh := app.Query{Where: []app.Condition{{Field: "first_seen", Op: app.AtLeast, Value: "-1d"}}, Sort: "-first_seen"}
	if n, err = q.site.App.Count(ctx, fresh); err != nil {
		return err
	}
	p.Fresh, p.FreshMore, p.FreshPath = n.N, n.More, listPath(leadsPath, fresh)
	if q.may(access.SeeCapture) {
		if err := q.homeSources(p); err != nil {
			return err
		}
	}
	return q.showHome(p)
}

// showHome shows home, or what of it is to be current.
func (q *request) showHome(p *view.Home) error {
	p.Self = homePath(cmp.Or(p.Flow.Days, homeUsual))
	if q.partial() {
		return q.show(p.Parts())
	}
	return q.show(p.Render())
}

// homeSources tells which sources brought something last, and how much today.
func (q *request) homeSources(p *view.Home) error {
	all, err := q.site.App.SourcesOfLate(q.Context())
	if err != nil {
		return err
	}
	for i := range all.Keys {
		if row := q.sourceRow(&all.Keys[i], all); !row.Revoked || row.Today > 0 {
			p.Sources = append(p.Sources, row)
		}
	}
	if imports := q.importsRow(all); imports.All > 0 {
		p.Sources = append(p.Sources, imports)
	}
	slices.SortStableFunc(p.Sources, func(a, b view.SourceRow) int { return cmp.Compare(b.Last, a.Last) })
	p.Sources = p.Sources[:min(homeSources, len(p.Sources))]
	p.Behind = int(all.Behind)
	return nil
}

// workable are the stages in which there is something to win.
func (q *request) workable() []app.Condition {
	plan := q.site.App.Plan()
	var in []app.Condition
	for _, st := range plan.Stages[:plan.FirstExit] {
		if st.Role != "customer" {
			in = append(in, app.Condition{Field: "stage", Op: app.Is, Value: st.Name})
		}
	}
	return in
}

// homePeriods are those of which home tells what moved.
var homePeriods = []struct {
	name string
	days int
}{{"day", 1}, {"week", homeUsual}, {"month", 30}}

// homeUsual is the period that nobody had to choose, in days.
const homeUsual = 7

// homePath is the address of home with a period.
func homePath(days int) string {
	if days == homeUsual {
		return "/"
	}
	return "/?days=" + strconv.Itoa(days)
}

// homeFlow tells who is in each stage, and what moved in the period that was chosen.
func (q *request) homeFlow(ctx context.Context, p *view.Home) error {
	days := homeUsual
	for _, period := range homePeriods {
		if q.FormValue("days") == strconv.Itoa(period.days) {
			days = period.days
		}
	}
	flow, err := q.site.App.Flow(ctx, days)
	if err != nil {
		return err
	}
	f := &p.Flow
	f.Days, f.Since, f.Behind = days, flow.Since, int(flow.Behind)
	for _, period := range homePeriods {
		f.Periods = append(f.Periods, view.Option{Value: homePath(period.days), Label: q.t("home.flow_period_of." + period.name), Chosen: period.days == days})
	}
	for i := range flow.Stages {
		st := &flow.Stages[i]
		in := app.Query{Where: []app.Condition{{Field: "stage", Op: app.Is, Value: st.Name}}}
		n, err := q.site.App.Count(ctx, in)
		if err != nil {
			return err
		}
		one := view.FlowStage{Name: st.Name, Role: st.Role, Path: listPath(leadsPath, in), Here: n.N, More: n.More,
			In: int(st.In), Out: int(st.Out), On: int(st.On), Over: int(st.Over), Back: int(st.Back)}
		if st.Exit {
			f.Exits = append(f.Exits, one)
		} else {
			f.Stages = append(f.Stages, one)
		}
	}
	for i := len(f.Stages) - 1; i >= 0; i-- {
		f.Stages[i].AtLeast = f.Stages[i].Here
		if i+1 < len(f.Stages) {
			f.Stages[i].AtLeast += f.Stages[i+1].AtLeast
			f.Stages[i].More = f.Stages[i].More || f.Stages[i+1].More
		}
	}
	for _, m := range flow.Moves {
		f.Moves = append(f.Moves, view.FlowMove{From: m.From, To: m.To, N: int(m.N)})
	}
	return nil
}

// homeList is a short list of leads, each with the weightiest reasons for its score.
func (q *request) homeList(ctx context.Context, asked app.Query) ([]view.HotLead, error) {
	page, err := q.site.App.List(ctx, asked)
	if err != nil {
		return nil, err
	}
	var listed []view.HotLead
	for i := range page.Rows {
		r := &page.Rows[i]
		row := q.leadRow(r, nil)
		one := view.HotLead{Path: row.Path, Name: row.Name, Job: jobWords(r.Title, r.Company), Stage: r.Stage, Role: q.roleOf(r.Stage), Since: r.StageSince, Score: int(r.Score)}
		reasons, err := q.site.App.ReasonsFor(ctx, r)
		if err != nil {
			return nil, err
		}
		for _, reason := range reasons {
			if len(one.Reasons) < homeReasons {
				one.Reasons = append(one.Reasons, view.Reason{Points: int(reason.Points.Rounded()), Words: q.reason(&reason)})
			}
		}
		listed = append(listed, one)
	}
	return listed, nil
}

// design shows what pages are made of.
func (q *request) design() error {
	p := &view.Design{Frame: q.frame("", "Design")}
	p.Sheets = []string{"design.css"}
	return q.show(p.Render())
}

// choosePlaybook puts the shipped playbook in force that somebody chose at set-up.
func (q *request) choosePlaybook(u *staff.User, name string) error {
	source, shipped := playbook.Shipped(name)
	if !shipped {
		return nil
	}
	base := q.site.App.Plan().Version
	present, err := q.site.App.PlaybookSource(q.Context(), base)
	if err != nil || bytes.Equal(present, source) {
		return err
	}
	_, err = q.site.App.Publish(q.Context(), app.Proposal{Source: source, Base: base, Author: u.Name, Note: q.t("home.chosen"), Apply: true})
	return err
}
