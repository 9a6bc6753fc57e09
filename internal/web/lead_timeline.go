package web

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"galena/internal/access"
	"galena/internal/app"
	"galena/internal/lead"
	"galena/internal/rule"
	"galena/internal/web/view"
)

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
	case lead.ActConsent:
		x.Icon, x.Title = "heart-handshake", q.t("lead.timeline.act_refused", by, d.Purpose)
		if d.Agreed {
			x.Title = q.t("lead.timeline.act_agreed", by, d.Purpose)
		}
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
