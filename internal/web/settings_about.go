package web

import (
	"context"
	"errors"
	"time"

	"galena/internal/access"
	"galena/internal/app"
	"galena/internal/fault"
	"galena/internal/web/view"
)

// maxExamination is how long the doctor may look from a page, within what an answer
// may take altogether; the command has all the time it needs.
const maxExamination = 45 * time.Second

// aboutPage tells what runs, how much there is and how it grows.
func (q *request) aboutPage() error {
	p, err := q.about()
	if err != nil {
		return err
	}
	return q.show(p.Render())
}

func (q *request) about() (*view.About, error) {
	counts, err := q.site.App.Counts(q.Context())
	if err != nil {
		return nil, err
	}
	plan := q.site.App.Plan()
	p := &view.About{Settings: q.settings("about", ""), Program: q.site.Program, Started: q.site.Started,
		Playbook: plan.Name, PlaybookVersion: plan.Version,
		Counts: []view.Count{{Key: "events", N: int(counts.Events)}, {Key: "leads", N: int(counts.Leads)},
			{Key: "decisions", N: int(counts.Decisions)}, {Key: "rejects", N: int(counts.Rejects)}}}
	if q.site.Health != nil {
		if err := q.site.Health(q.Context()); err != nil {
			p.Unwell = q.fault(err)
		}
	}
	if !q.may(access.Configure) {
		return p, nil
	}
	p.Place, p.Doctor = q.site.Place, q.site.Diagnose != nil
	if q.site.Size != nil {
		if p.Bytes, err = q.site.Size(q.Context()); err != nil {
			return nil, err
		}
	}
	measures, err := q.site.App.Measures(q.Context())
	p.Growth = growth(measures)
	return p, err
}

// growth are the curves of what was measured on more days than one.
func growth(measures []app.Measure) []view.Growth {
	if len(measures) < 2 {
		return nil
	}
	first, last := measures[0], measures[len(measures)-1]
	g := []view.Growth{{Key: "size", From: first.Day, To: last.Day, First: first.Bytes, Last: last.Bytes}, {Key: "events", From: first.Day, To: last.Day, First: first.Events, Last: last.Events}}
	for _, m := range measures {
		g[0].Course = append(g[0].Course, m.Bytes)
		g[1].Course = append(g[1].Course, m.Events)
	}
	return g
}

// examine has the doctor look, one at a time.
func (q *request) examine() error {
	if q.site.Diagnose == nil {
		return fault.New(fault.NotFound, "There is no doctor here. Run galena doctor where the workspace is.")
	}
	if !q.site.examining.TryLock() {
		return fault.New(fault.Busy, "The doctor is looking already. Ask again in a minute.")
	}
	defer q.site.examining.Unlock()
	ctx, cancel := context.WithTimeout(q.Context(), maxExamination)
	defer cancel()
	found := q.site.Diagnose(ctx)
	p, err := q.about()
	if err != nil {
		return err
	}
	p.Examined = true
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		p.TooLong = true
		return q.show(p.Render())
	}
	in := q.voice.Tongue()
	for _, f := range found {
		p.Findings = append(p.Findings, view.Finding{OK: f.OK, What: in.Term(f.What), Text: q.voice.Say(f.Said)})
	}
	return q.show(p.Render())
}
