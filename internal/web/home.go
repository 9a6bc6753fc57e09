package web

import (
	"bytes"

	"galena/internal/app"
	"galena/internal/playbook"
	"galena/internal/staff"
	"galena/internal/web/view"
)

// design shows what pages are made of.
func (q *request) design() error {
	p := &view.Design{Frame: q.frame("", "Design")}
	p.Sheets = []string{"design.css"}
	return q.show(p.Render())
}

func (q *request) home() error {
	ctx := q.Context()
	counts, err := q.site.App.Counts(ctx)
	if err != nil {
		return err
	}
	p := &view.Home{Frame: q.frame("home", q.t("frame.home")), Events: int(counts.Events)}
	if counts.Events > 0 {
		funnel, err := q.site.App.Funnel(ctx)
		if err != nil {
			return err
		}
		for _, st := range funnel.Stages {
			if !st.Exit {
				p.Stages = append(p.Stages, view.StageBar{Name: st.Name, Role: st.Role, Here: st.Here, Reached: st.Reached})
			}
		}
		hot, err := q.site.App.Hottest(ctx, 8)
		if err != nil {
			return err
		}
		for _, h := range hot {
			one := view.HotLead{Path: "/leads/" + h.Lead.ID.String(), Name: nameOf(h.Lead), Job: jobOf(h.Lead), Stage: h.Lead.Stage, Score: int(h.Score.Rounded())}
			for _, r := range h.Reasons[:min(3, len(h.Reasons))] {
				one.Reasons = append(one.Reasons, view.Reason{Points: int(r.Points.Rounded()), Words: r.Words(q.voice.Now)})
			}
			p.Hottest = append(p.Hottest, one)
		}
	}
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
	_, err = q.site.App.Publish(q.Context(), app.Proposal{Source: source, Base: base, Author: u.Name, Note: "Chosen at set-up", Apply: true})
	return err
}
