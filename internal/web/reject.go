package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"galena/internal/access"
	"galena/internal/app"
	"galena/internal/fault"
	"galena/internal/intake"
	"galena/internal/lead"
	"galena/internal/web/view"
)

const (
	// rejectsShown is how many rejects a page has, and so how many can be tried
	// again at once.
	rejectsShown = 30
)

func (q *request) rejects() error {
	p, err := q.rejectList()
	if err != nil {
		return err
	}
	return q.show(p.Render())
}

func (q *request) rejectList() (*view.RejectList, error) {
	ctx := q.Context()
	f := app.RejectFilter{Code: q.FormValue("code"), Source: q.sourceAsked(), Mended: q.FormValue("mended") != "", Before: q.place("before"), Limit: rejectsShown}
	found, err := q.site.App.RejectPage(ctx, f)
	if err != nil {
		return nil, err
	}
	codes, err := q.site.App.RejectCodes(ctx)
	if err != nil {
		return nil, err
	}
	counts, err := q.site.App.Counts(ctx)
	if err != nil {
		return nil, err
	}
	from, err := q.origins()
	if err != nil {
		return nil, err
	}
	p := &view.RejectList{
		Frame:   q.frame("events", q.t("capture.rejects.title"), view.Crumb{Title: q.t("capture.events.title"), Path: "/events"}),
		Sources: from.options(f.Source), Mended: f.Mended, Cut: found.Cut, Looked: app.RejectLook,
		Change: q.may(access.Capture), Any: counts.Rejects > 0,
		Filter: q.pathWith("/rejects", map[string]string{"before": q.FormValue("before")}),
	}
	there := f.Code == ""
	for _, c := range codes {
		there = there || c.Code == f.Code
		p.Codes = append(p.Codes, view.Option{Value: c.Code, Label: q.t("capture.rejects.code_count", c.Code, q.voice.Number(c.Count)), Chosen: c.Code == f.Code})
	}
	if !there {
		p.Codes = append(p.Codes, view.Option{Value: f.Code, Label: f.Code, Chosen: true})
	}
	for i := range found.Rejects {
		p.Rejects = append(p.Rejects, q.rejectRow(&found.Rejects[i], from))
	}
	if found.Reached > 0 {
		p.Next = q.pathWith("/rejects", map[string]string{"before": strconv.FormatInt(found.Reached, 10)})
	}
	return p, nil
}

func (q *request) rejectRow(x *app.KeptReject, from origins) view.RejectRow {
	row := view.RejectRow{
		Seq: x.Seq, Received: x.Received, Source: from.name(x.Source), Code: x.Code, Message: q.voice.Kept(x.Message),
		Body: intake.Editable(&x.Reject), Cut: len(x.Body) >= lead.MaxRejectBody-3,
	}
	_, row.Imported = lead.ImportOf(x.Source)
	if x.Mended != nil {
		row.MendedBy, row.MendedAt = x.Mended.By, x.Mended.At
	}
	return row
}

// tryAgain sends one reject again, as somebody mended it.
func (q *request) tryAgain() error {
	seq, err := q.number("seq")
	if err != nil {
		return err
	}
	body := q.PostFormValue("body")
	err = q.site.again(q, seq, body)
	back := local(q.PostFormValue("back"), "/rejects")
	if err == nil {
		q.say(q.n("capture.rejects.done", 1), "")
		return q.goTo(back)
	}
	if kind := fault.KindOf(err); kind != fault.Invalid && kind != fault.TooLarge {
		return err
	}
	return q.stillRefused(seq, body, back, err)
}

// stillRefused shows the list again, with what is wrong beside what was typed.
func (q *request) stillRefused(seq int64, body, back string, wrong error) error {
	if u, err := url.Parse(back); err == nil {
		q.Form = u.Query() // the list is that from which the form was sent
	}
	p, err := q.rejectList()
	if err != nil {
		return err
	}
	for i := range p.Rejects {
		if p.Rejects[i].Seq == seq {
			p.Rejects[i].Body, p.Rejects[i].Problem = body, q.still(wrong)
			return q.showAs(http.StatusUnprocessableEntity, p.Render())
		}
	}
	return wrong
}

// still says why a reject is refused another time; the reason in it is as it would be
// kept.
func (q *request) still(wrong error) string {
	said := fault.Said(wrong)
	said.Args = slices.Clone(said.Args)
	for i, arg := range said.Args {
		if text, kept := arg.(string); kept {
			said.Args[i] = q.voice.Kept(text)
		}
	}
	return said.In(q.voice.Tongue())
}

// tryManyAgain sends rejects again as they are kept.
func (q *request) tryManyAgain() error {
	chosen := q.PostForm["seq"]
	back := local(q.PostFormValue("back"), "/rejects")
	if len(chosen) == 0 || len(chosen) > rejectsShown {
		q.warn(fault.New(fault.Invalid, "Choose between 1 and %d rejects.", rejectsShown))
		return q.goTo(back)
	}
	taken := 0
	for _, text := range chosen {
		seq, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return fault.New(fault.Invalid, "%.20q is not the number of a reject.", text)
		}
		switch err := q.site.again(q, seq, ""); fault.KindOf(err) {
		case fault.Invalid, fault.Conflict:
		default:
			if err != nil {
				return err
			}
			taken++
		}
	}
	if taken == len(chosen) {
		q.say(q.n("capture.rejects.done", taken), "")
	} else {
		q.say(q.t("capture.rejects.some", q.voice.Number(taken), q.voice.Number(len(chosen)-taken)), "")
	}
	return q.goTo(back)
}

// again tries a reject and notes who did.
func (s *Site) again(q *request, seq int64, body string) error {
	ctx := q.Context()
	if err := intake.Again(ctx, s.App, s.Imports.Sink, seq, body, q.user.Name); err != nil {
		return err
	}
	return s.Staff.Note(ctx, q.user, "reject.mended", strconv.FormatInt(seq, 10), "")
}

// n is a text that counts.
func (q *request) n(key string, n int, args ...any) string { return q.voice.N(key, n, args...) }
