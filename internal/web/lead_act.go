package web

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/a-h/templ"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"galena/internal/access"
	"galena/internal/app"
	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/pipeline"
	"galena/internal/web/view"
)

// leadForm shows a form about a lead: as a page, or what a dialog shows of it.
func (q *request) leadForm(what string, fill func(*view.LeadForm, *app.Lead) error) error {
	c, err := q.leadFormOf(what, "", fill)
	if err != nil {
		return err
	}
	return q.show(c)
}

func (q *request) leadFormOf(what, problem string, fill func(*view.LeadForm, *app.Lead) error) (templ.Component, error) {
	ref, err := q.leadRef()
	if err != nil {
		return nil, err
	}
	l, err := q.site.App.Lead(q.Context(), ref)
	if err != nil {
		return nil, err
	}
	path, name := leadPath(l.ID), nameOf(l)
	f := &view.LeadForm{
		Frame: q.frame("leads", q.t("lead.form.title."+what), view.Crumb{Title: q.t("frame.leads"), Path: "/leads"}, view.Crumb{Title: name, Path: path}),
		What:  what, Path: path, Action: path + "/" + what, Name: name, ID: l.ID.String(), Problem: problem, Reason: q.FormValue("reason"),
	}
	if err := fill(f, l); err != nil {
		return nil, err
	}
	if q.partial() {
		return f.Part(), nil
	}
	return f.Render(), nil
}

// done notes an act, says what became of it and leads back to the lead.
func (q *request) done(what string, id lead.ID, more, said, undo string) error {
	if err := q.site.Staff.Note(q.Context(), q.user, what, id.String(), more); err != nil {
		return err
	}
	q.say(said, undo)
	return q.goTo(leadPath(id))
}

// retry shows the form of an act again, with what was wrong.
func (q *request) retry(err error, what string, fill func(*view.LeadForm, *app.Lead) error) error {
	c, broken := q.leadFormOf(what, q.fault(err), fill)
	if broken != nil {
		return broken
	}
	return q.again(err, func(string) templ.Component { return c })
}

// by says whose act it is, and why.
func (q *request) by() lead.Signature {
	return lead.Signature{Author: q.user.Name, Reason: strings.TrimSpace(q.FormValue("reason"))}
}

func (q *request) stageForm() error { return q.leadForm("stage", q.fillStage) }

func (q *request) fillStage(f *view.LeadForm, l *app.Lead) error {
	chosen := cmp.Or(q.FormValue("stage"), l.Stage)
	for _, s := range q.site.App.Plan().Stages {
		f.Options = append(f.Options, view.Option{Value: s.Name, Label: s.Name, Chosen: s.Name == chosen})
		if s.Exit && len(s.Reasons) > 0 {
			f.Reasons = append(f.Reasons, view.ReasonList{Stage: s.Name, Texts: s.Reasons})
		}
	}
	return nil
}

func (q *request) putInStage() error {
	ref, err := q.leadRef()
	if err != nil {
		return err
	}
	placed, err := q.site.App.PutInStage(q.Context(), app.StageOrder{Who: ref, Stage: q.FormValue("stage"), Reason: q.FormValue("reason"), Author: q.user.Name})
	if err != nil {
		return q.retry(err, "stage", q.fillStage)
	}
	undo := ""
	plan := q.site.App.Plan()
	// Into or out of an exit a cycle ends, which no act brings back; into none no act leads.
	within := func(stage string) bool { i := plan.StageNamed(stage); return i >= 0 && i < plan.FirstExit }
	if within(placed.From) && within(placed.Stage) && placed.From != placed.Stage {
		undo = leadPath(placed.Lead) + "/stage?" + url.Values{"stage": {placed.From}, "reason": {q.t("lead.done.undone")}}.Encode()
	}
	return q.done("lead.stage", placed.Lead, placed.Stage, q.t("lead.done.stage", placed.Stage), undo)
}

func (q *request) pointsForm() error { return q.leadForm("points", q.fillPoints) }

func (q *request) fillPoints(f *view.LeadForm, _ *app.Lead) error {
	f.Points = q.FormValue("points")
	for _, s := range q.site.App.Plan().Scores {
		f.Options = append(f.Options, view.Option{Value: s.Name, Label: labelOf(s.Label, s.Name), Chosen: s.Name == q.FormValue("score")})
	}
	return nil
}

func (q *request) correctPoints() error {
	ref, err := q.leadRef()
	if err != nil {
		return err
	}
	by := q.by()
	points, err := q.typedPoints()
	if err != nil {
		return q.retry(err, "points", q.fillPoints)
	}
	act, err := q.site.App.Correct(q.Context(), ref, app.Correction{Score: q.FormValue("score"), Points: points, Reason: by.Reason, Author: by.Author})
	if err == nil {
		_, err = q.site.App.Ingest(q.Context(), pipeline.Batch{Events: []lead.Event{act}})
	}
	if err != nil {
		return q.retry(err, "points", q.fillPoints)
	}
	back := leadPath(act.Lead) + "/points?" + url.Values{"score": {q.FormValue("score")}, "points": {(-points).String()}, "reason": {q.t("lead.done.undone")}}.Encode()
	return q.done("lead.points", act.Lead, q.FormValue("score")+" "+points.String(), q.t("lead.done.points", q.scoreLabel(q.FormValue("score")), q.voice.Points(points, true)), back)
}

// typedPoints reads points as somebody types them: with either sign and either mark.
func (q *request) typedPoints() (lead.Points, error) {
	text := strings.NewReplacer("+", "", "−", "-", ",", ".", " ", "").Replace(q.FormValue("points"))
	points, err := lead.ParsePoints(text)
	if err != nil {
		return 0, fault.New(fault.Invalid, "%q is no number of points. Write one such as 10 or -2.5, with at most three decimals.", clip(q.FormValue("points")))
	}
	return points, nil
}

func (q *request) attributesForm() error { return q.leadForm("attributes", q.fillAttributes) }

func (q *request) fillAttributes(f *view.LeadForm, l *app.Lead) error {
	for _, a := range q.site.App.Settable() {
		value := l.Attributes[a.Name].String()
		if typed, there := q.Form["a-"+a.Name]; there && len(typed) > 0 {
			value = typed[0]
		}
		f.Fields = append(f.Fields, view.FormField{Name: a.Name, Label: labelOf(a.Label, a.Name), Kind: a.Kind.String(), Value: value})
		f.Hidden = append(f.Hidden, view.Datum{Name: "was-" + a.Name, Value: l.Attributes[a.Name].String()})
	}
	return nil
}

func (q *request) setAttributes() error {
	ref, err := q.leadRef()
	if err != nil {
		return err
	}
	was, err := q.site.App.Lead(q.Context(), ref)
	if err != nil {
		return err
	}
	values, names := map[string]any{}, []string{}
	back := url.Values{"reason": {q.t("lead.done.undone")}}
	undoable := true
	for _, a := range q.site.App.Settable() {
		typed := strings.TrimSpace(q.FormValue("a-" + a.Name))
		if !q.Form.Has("a-"+a.Name) || typed == q.FormValue("was-"+a.Name) {
			continue
		}
		values[a.Name] = attributeOf(typed, a.Kind)
		names = append(names, a.Name)
		before := was.Attributes[a.Name]
		back.Set("a-"+a.Name, before.String())
		back.Set("was-"+a.Name, typed)
		// Of an item with a comma in it two would come back.
		undoable = undoable && !slices.ContainsFunc(before.List, func(item string) bool { return strings.Contains(item, ",") })
	}
	if err := q.site.App.SetAttributes(q.Context(), ref, values, q.by()); err != nil {
		return q.retry(err, "attributes", q.fillAttributes)
	}
	undo := leadPath(was.ID) + "/attributes?" + back.Encode()
	if !undoable || len(undo) > maxUndo {
		undo = ""
	}
	return q.done("lead.attributes", was.ID, strings.Join(names, ", "), q.t("lead.done.attributes"), undo)
}

// maxUndo is how long the address of an undoing is at most: it is kept in a cookie.
const maxUndo = 1200

// attributeOf is what somebody typed for an attribute; the items of a list stand
// between commas.
func attributeOf(typed string, kind lead.Kind) any {
	if kind != lead.List || typed == "" {
		return valueOf(typed)
	}
	var items []any
	for item := range strings.SplitSeq(typed, ",") {
		items = append(items, strings.TrimSpace(item))
	}
	return items
}

func (q *request) verdictForm() error { return q.leadForm("verdict", q.fillVerdict) }

func (q *request) fillVerdict(f *view.LeadForm, _ *app.Lead) error {
	f.Robot = q.FormValue("robot") != "0"
	f.Help = q.t("lead.form.verdict_all")
	if q.FormValue("since") != "" {
		since, err := moment(q.FormValue("since"), q.voice.Zone)
		if err != nil {
			return err
		}
		f.Help = q.t("lead.form.verdict_session", q.voice.Time(since))
		f.Hidden = append(f.Hidden, view.Datum{Name: "since", Value: q.FormValue("since")}, view.Datum{Name: "until", Value: q.FormValue("until")})
	}
	return nil
}

func (q *request) judge() error {
	ref, err := q.leadRef()
	if err != nil {
		return err
	}
	v := app.Verdict{Robot: q.FormValue("robot") == "1", Who: ref, By: q.by()}
	if v.Since, err = moment(q.FormValue("since"), q.voice.Zone); err != nil {
		return err
	}
	if v.Until, err = moment(q.FormValue("until"), q.voice.Zone); err != nil {
		return err
	}
	out, err := q.site.App.Judge(q.Context(), v)
	if err != nil {
		return q.retry(err, "verdict", q.fillVerdict)
	}
	said, back, verdict := q.voice.N("lead.done.human", out.Events), "1", "human"
	if v.Robot {
		said, back, verdict = q.voice.N("lead.done.robot", out.Events), "0", "robot"
	}
	undo := leadPath(out.Lead) + "/verdict?" + url.Values{"robot": {back}, "since": {q.FormValue("since")}, "until": {q.FormValue("until")}, "reason": {q.t("lead.done.undone")}}.Encode()
	return q.done("lead.verdict", out.Lead, verdict, said, undo)
}

func (q *request) mergeForm() error { return q.leadForm("merge", q.fillMerge) }

func (q *request) fillMerge(f *view.LeadForm, _ *app.Lead) error {
	f.Other, f.Help = q.FormValue("other"), q.t("lead.form.merge_help")
	return nil
}

func (q *request) merge() error {
	ref, err := q.leadRef()
	if err != nil {
		return err
	}
	other := app.Ref{UserID: strings.TrimSpace(q.FormValue("other"))}
	if id, ok := lead.ParseID(other.UserID); ok && strings.HasPrefix(other.UserID, "lead_") {
		other = app.Ref{ID: id}
	} else if strings.Contains(other.UserID, "@") {
		other = app.Ref{Email: other.UserID}
	}
	out, err := q.site.App.Merge(q.Context(), ref, other, q.by())
	if fault.KindOf(err) == fault.NotFound {
		err = fault.Wrap(err, fault.Invalid, "%s", q.fault(err))
	}
	if err != nil {
		return q.retry(err, "merge", q.fillMerge)
	}
	undo := leadPath(out.Lead) + "/unmerge?" + url.Values{"child": {out.Other.String()}, "reason": {q.t("lead.done.undone")}}.Encode()
	return q.done("lead.merged", out.Lead, out.Other.String(), q.t("lead.done.merged", out.Other.String(), out.Lead.String()), undo)
}

func (q *request) unmergeForm() error { return q.leadForm("unmerge", q.fillUnmerge) }

func (q *request) fillUnmerge(f *view.LeadForm, _ *app.Lead) error {
	child, ok := lead.ParseID(q.FormValue("child"))
	if !ok {
		return fault.New(fault.Invalid, "%q is not the id of a lead.", clip(q.FormValue("child")))
	}
	f.Help = q.t("lead.form.unmerge_help", child.String())
	f.Hidden = append(f.Hidden, view.Datum{Name: "child", Value: child.String()})
	return nil
}

func (q *request) unmerge() error {
	child, ok := lead.ParseID(q.FormValue("child"))
	if !ok {
		return fault.New(fault.Invalid, "%q is not the id of a lead.", clip(q.FormValue("child")))
	}
	out, err := q.site.App.Unmerge(q.Context(), child, q.by())
	if err != nil {
		return q.retry(err, "unmerge", q.fillUnmerge)
	}
	undo := leadPath(out.Lead) + "/merge?" + url.Values{"other": {out.Other.String()}, "reason": {q.t("lead.done.undone")}}.Encode()
	return q.done("lead.unmerged", out.Lead, out.Other.String(), q.t("lead.done.unmerged", out.Other.String()), undo)
}

func (q *request) eraseForm() error { return q.leadForm("erase", q.fillErase) }

func (q *request) fillErase(f *view.LeadForm, l *app.Lead) error {
	f.Help = q.voice.N("lead.form.erase_help", int(l.Events))
	return nil
}

func (q *request) erase() error {
	ref, err := q.leadRef()
	if err != nil {
		return err
	}
	if strings.TrimSpace(q.PostFormValue("typed")) != ref.ID.String() {
		return q.retry(fault.New(fault.Invalid, "Type %s to erase this lead; %q is something else.", ref.ID, clip(q.PostFormValue("typed"))), "erase", q.fillErase)
	}
	e, err := q.site.App.Erase(q.Context(), ref, q.by())
	if err != nil {
		return q.retry(err, "erase", q.fillErase)
	}
	said := q.voice.N("lead.done.erased", e.Events, e.Lead.String())
	if others := e.Mentioned(); len(others) > 0 {
		said += " " + q.voice.N("lead.done.elsewhere", len(others), others[0].String())
	}
	if err := q.site.Staff.Note(q.Context(), q.user, "lead.erased", e.Lead.String(), ""); err != nil {
		return err
	}
	q.say(said, "")
	return q.goTo("/leads")
}

func (q *request) addNote() error {
	ref, err := q.leadRef()
	if err != nil {
		return err
	}
	n, err := q.site.App.AddNote(q.Context(), ref, app.Note{By: q.user.ID, Name: q.user.Name, Text: q.PostFormValue("text")})
	if err != nil {
		return err
	}
	return q.done("lead.noted", ref.ID, "", q.t("lead.done.noted"), leadPath(ref.ID)+"/notes/delete?note="+url.QueryEscape(n.ID))
}

func (q *request) dropNote() error {
	ref, err := q.leadRef()
	if err != nil {
		return err
	}
	if err := q.site.App.DropNote(q.Context(), ref, q.FormValue("note"), q.user.ID, q.may(access.Mend)); err != nil {
		return err
	}
	return q.done("lead.note deleted", ref.ID, "", q.t("lead.done.note_deleted"), "")
}

// exportLead gives everything that is kept of a person, for the person.
func (q *request) exportLead() error {
	ref, err := q.leadRef()
	if err != nil {
		return err
	}
	person, err := q.site.App.Person(q.Context(), ref)
	if err != nil {
		return err
	}
	if err := q.site.Staff.Note(q.Context(), q.user, "lead.exported", person.Lead.String(), ""); err != nil {
		return err
	}
	h := q.w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Content-Disposition", `attachment; filename="`+person.Lead.String()+`.json"`)
	h.Set("Cache-Control", "no-store")
	q.w.WriteHeader(http.StatusOK)
	if err := json.MarshalWrite(q.w, person, json.Deterministic(true), jsontext.WithIndent("  "), jsontext.AllowInvalidUTF8(true)); err != nil && q.Context().Err() == nil {
		q.site.Logger.Debug("an export was not written", "error", err)
	}
	return nil
}
