package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"galena/internal/access"
	"galena/internal/app"
	"galena/internal/bulk"
	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/playbook"
	"galena/internal/staff"
	"galena/internal/web/view"
)

const (
	boardCards = 12
	maxBulk    = 200 // leads that one act moves
	exportPage = 500 // rows that are read at once
	// What one act moved is told to its undoing as LEAD unit STAGE record LEAD …
	unitMark   = "\x1f"
	recordMark = "\x1e"
)

// leadBoard shows leads by their stages.
func (q *request) leadBoard() error {
	asked, err := q.leadQuery()
	if err != nil {
		return err
	}
	asked = with(asked, "stage")
	asked.Limit, asked.Sort, asked.After = 0, "", ""
	p := &view.Board{Frame: q.frame("leads", q.t("leadlist.board_title"), view.Crumb{Title: q.t("frame.leads"), Path: leadsPath}), Table: listPath(leadsPath, asked)}
	p.Self = listPath(leadsPath+"/board", asked)
	asked.Limit = boardCards
	p.Wide = true
	plan := q.site.App.Plan()
	asked.Counted, asked.Look = true, app.MaxLooked/max(1, plan.FirstExit)
	if len(asked.Where) > 0 {
		facets, err := q.site.App.Facets(q.Context())
		if err != nil {
			return err
		}
		shown := asked
		shown.Limit = 0
		p.Chips = q.chips(leadsPath+"/board", &shown, facets)
	}
	for _, st := range plan.Stages[:plan.FirstExit] {
		in := with(asked, "stage", app.Condition{Field: "stage", Op: app.Is, Value: st.Name})
		page, err := q.site.App.List(q.Context(), in)
		if fault.KindOf(err) == fault.Invalid {
			p.Problem = q.fault(err)
			break
		}
		if err != nil {
			return err
		}
		all := in
		all.Limit = 0
		lane := view.Lane{Name: st.Name, Role: st.Role, Count: page.Count.N, More: page.Count.More, Stopped: page.Stopped, Path: listPath(leadsPath, all)}
		for i := range page.Rows {
			r := &page.Rows[i]
			row := q.leadRow(r, nil)
			lane.Cards = append(lane.Cards, view.BoardCard{Path: row.Path, Name: row.Name, Job: jobWords(r.Title, r.Company), Score: int(r.Score), LastSeen: r.LastSeen})
		}
		p.Lanes = append(p.Lanes, lane)
	}
	if q.partial() {
		return q.show(p.List())
	}
	return q.show(p.Render())
}

// saveView keeps a list under a name.
func (q *request) saveView() error {
	values, err := url.ParseQuery(q.PostFormValue("query"))
	if err != nil {
		return fault.Wrap(err, fault.Invalid, "The list cannot be read.")
	}
	asked, err := app.ParseQuery(values)
	if err != nil {
		return err
	}
	asked.After = ""
	v := staff.SavedView{Name: q.PostFormValue("name"), Query: asked.Values().Encode(), Shared: q.PostFormValue("shared") != "" && q.may(access.Share)}
	if err := q.site.Staff.SaveView(q.Context(), q.user, v); err != nil {
		return err
	}
	q.say(q.t("leadlist.saved"), "")
	return q.goTo(leadsPath + "?" + v.Query)
}

func (q *request) dropView() error {
	if err := q.site.Staff.DropView(q.Context(), q.user, q.PostFormValue("id"), q.may(access.Share)); err != nil {
		return err
	}
	q.say(q.t("leadlist.forgotten"), "")
	return q.goTo(local(q.PostFormValue("back"), leadsPath))
}

func (q *request) chooseColumns() error {
	if err := q.site.Staff.ChooseColumns(q.Context(), q.user.ID, q.PostForm["column"]); err != nil {
		return err
	}
	return q.goTo(local(q.PostFormValue("back"), leadsPath))
}

// bulk puts the chosen leads into a stage, one after the other, and offers to put
// them back.
func (q *request) bulk() error {
	back := local(q.PostFormValue("back"), leadsPath)
	stage, reason, _ := strings.Cut(q.PostFormValue("stage"), unitMark)
	if written := strings.TrimSpace(q.PostFormValue("reason")); reason == "" {
		reason = written
	}
	chosen := q.PostForm["lead"]
	switch {
	case len(chosen) == 0:
		q.warn(fault.New(fault.Invalid, "%s", q.t("leadlist.put_nobody")))
		return q.goTo(back)
	case stage == "":
		q.warn(fault.New(fault.Invalid, "%s", q.t("leadlist.put_nowhere")))
		return q.goTo(back)
	case len(chosen) > maxBulk:
		return fault.New(fault.TooLarge, "%d leads are too many at once; at most %d are moved.", len(chosen), maxBulk)
	}
	var undo []string
	moved, failed, problem := 0, 0, error(nil)
	for _, text := range chosen {
		id, ok := lead.ParseID(text)
		if !ok {
			return fault.New(fault.Invalid, "%q is no lead.", text)
		}
		placed, err := q.site.App.PutInStage(q.Context(), app.StageOrder{Who: app.Ref{ID: id}, Stage: stage, Reason: reason, Author: q.user.Name})
		if err != nil {
			if fault.KindOf(err) == fault.Internal || q.Context().Err() != nil {
				return err
			}
			failed, problem = failed+1, err
			continue
		}
		moved++
		if q.isStage(placed.From) {
			undo = append(undo, text+unitMark+placed.From)
		}
	}
	if err := q.site.Staff.Note(q.Context(), q.user, "leads.stage", stage, strings.Join(chosen, " ")); err != nil {
		return err
	}
	if failed > 0 {
		q.warn(fault.New(fault.Conflict, "%s", q.voice.N("leadlist.put_failed", failed, q.fault(problem))))
		return q.goTo(back)
	}
	undoing := ""
	if path := "/leads/undo?" + (url.Values{"was": {strings.Join(undo, recordMark)}, "back": {back}}).Encode(); len(undo) > 0 && len(path) <= maxUndo {
		undoing = path
	}
	q.say(q.voice.N("leadlist.put_done", moved, stage), undoing)
	return q.goTo(back)
}

// isStage says whether leads can be put back into a stage: not into an exit, which
// wants a reason.
func (q *request) isStage(name string) bool {
	return slices.ContainsFunc(q.site.App.Plan().Stages[:q.site.App.Plan().FirstExit], func(st playbook.Stage) bool { return st.Name == name })
}

// undoBulk puts leads back where they were.
func (q *request) undoBulk() error {
	n := 0
	for _, one := range strings.Split(q.FormValue("was"), recordMark) {
		text, stage, _ := strings.Cut(one, unitMark)
		id, ok := lead.ParseID(text)
		if !ok || n >= maxBulk {
			return fault.New(fault.Invalid, "That cannot be put back any more.")
		}
		if _, err := q.site.App.PutInStage(q.Context(), app.StageOrder{Who: app.Ref{ID: id}, Stage: stage, Reason: q.t("leadlist.back_reason"), Author: q.user.Name}); err != nil {
			return err
		}
		n++
	}
	q.say(q.voice.N("leadlist.put_back", n), "")
	return q.goTo(local(q.FormValue("back"), leadsPath))
}

// leadExport streams the whole list as a file.
func (q *request) leadExport() error {
	asked, err := q.leadQuery()
	if err != nil {
		return err
	}
	asked.After, asked.Limit = "", exportPage
	if _, err := q.site.App.List(q.Context(), asked); err != nil { // while it can still be told
		return err
	}
	if err := q.site.Staff.Note(q.Context(), q.user, "leads.exported", "CSV", asked.Values().Encode()); err != nil {
		return err
	}
	h := q.w.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="leads.csv"`)
	h.Set("Cache-Control", "no-store")
	if err := q.writeLeads(q.Context(), asked); err != nil {
		// Half a file was sent: the browser is to see that it is no whole one.
		q.site.Logger.Error("an export ended early", "error", err)
		panic(http.ErrAbortHandler)
	}
	return nil
}

func (q *request) writeLeads(ctx context.Context, asked app.Query) error {
	r := q.site.App
	var attributes []string
	for _, a := range r.Plan().Attributes[playbook.Builtins:] {
		attributes = append(attributes, a.Name)
	}
	w := bulk.NewLeadWriter(q.w, bulk.CSV, r.ScoreNames(), attributes)
	for {
		page, err := r.List(ctx, asked)
		if err != nil {
			return err
		}
		ids := make([]lead.ID, len(page.Rows))
		for i := range page.Rows {
			ids[i] = page.Rows[i].ID
		}
		leads, err := r.LeadsNamed(ctx, ids)
		if err != nil {
			return err
		}
		for _, l := range leads {
			if err := w.Write(bulk.LeadOf(r.ScoreNames(), l)); err != nil {
				return err
			}
		}
		if page.Next == "" {
			return w.Flush()
		}
		asked.After = page.Next
	}
}
