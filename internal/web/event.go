package web

import (
	"net/http"
	"net/url"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"

	"galena/internal/app"
	"galena/internal/lead"
	"galena/internal/web/view"
)

// eventsShown is how many events a page has.
const eventsShown = 50

// origins are what sources are called.
type origins struct {
	q    *request
	keys []lead.Key
}

func (q *request) origins() (origins, error) {
	keys, err := q.site.App.Keys(q.Context())
	return origins{q, keys}, err
}

// name is what a source is called.
func (o origins) name(source int64) string {
	if n, imported := lead.ImportOf(source); imported {
		if n > 0 {
			return o.q.t("capture.events.import", strconv.FormatInt(n, 10))
		}
		return o.q.t("capture.events.command")
	}
	for i := range o.keys {
		if o.keys[i].ID == source {
			return o.keys[i].Name
		}
	}
	return o.q.t("capture.events.key", strconv.FormatInt(source, 10))
}

// options are the sources to choose from, and one that is chosen though it is an
// import.
func (o origins) options(chosen *int64) []view.Option {
	var all []view.Option
	add := func(source int64) {
		all = append(all, view.Option{Value: strconv.FormatInt(source, 10), Label: o.name(source), Chosen: chosen != nil && *chosen == source})
	}
	for i := len(o.keys) - 1; i >= 0; i-- {
		add(o.keys[i].ID)
	}
	if chosen != nil && *chosen < 0 {
		add(*chosen)
	}
	add(0)
	return all
}

// sourceAsked is the source in the query, nil for none.
func (q *request) sourceAsked() *int64 {
	n, err := strconv.ParseInt(q.FormValue("source"), 10, 64)
	if err != nil {
		return nil
	}
	return &n
}

// place is a place in the log in the query, 0 for none.
func (q *request) place(name string) int64 {
	n, err := strconv.ParseInt(q.FormValue(name), 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// eventQuery is what a request asks of the log.
func (q *request) eventQuery() app.EventQuery {
	query := app.EventQuery{Name: q.FormValue("name"), Who: q.FormValue("who"), Source: q.sourceAsked(), Before: q.place("before"), Limit: eventsShown}
	query.Type, _ = lead.TypeNamed(q.FormValue("type"))
	return query
}

// pathWith is a path with the query that a request has, and some of it changed.
func (q *request) pathWith(path string, change map[string]string) string {
	kept := url.Values{}
	for _, name := range []string{"type", "name", "source", "who", "paused", "code", "mended"} {
		if v := q.FormValue(name); v != "" {
			kept.Set(name, v)
		}
	}
	for name, v := range change {
		if v == "" {
			kept.Del(name)
		} else {
			kept.Set(name, v)
		}
	}
	if len(kept) == 0 {
		return path
	}
	return path + "?" + kept.Encode()
}

func (q *request) events() error {
	query := q.eventQuery()
	found, err := q.site.App.LastEvents(q.Context(), query)
	if err != nil {
		return err
	}
	from, err := q.origins()
	if err != nil {
		return err
	}
	p := &view.EventList{
		Frame: q.frame("events", q.t("capture.events.title")), Sources: from.options(query.Source),
		Name: query.Name, Who: query.Who, Any: found.Newest > 0, Cut: found.Cut, Looked: app.EventLook,
		Filtered: query.Type != 0 || query.Name != "" || query.Who != "" || query.Source != nil,
		Live:     query.Before == 0 && q.FormValue("paused") == "",
	}
	for _, t := range []lead.Type{lead.Track, lead.Page, lead.Screen, lead.Identify, lead.Group, lead.Alias} {
		p.Types = append(p.Types, view.Option{Value: t.String(), Label: t.String(), Chosen: t == query.Type})
	}
	p.Events = q.eventRows(found.Events, from)
	if found.Reached > 0 {
		p.Next = q.pathWith("/events", map[string]string{"before": strconv.FormatInt(found.Reached, 10), "paused": "1"})
	}
	p.Poll = q.pathWith("/events/fresh", map[string]string{"after": strconv.FormatInt(found.Newest, 10)})
	p.Toggle = q.pathWith("/events", map[string]string{"paused": ""})
	if p.Live {
		p.Toggle = q.pathWith("/events", map[string]string{"paused": "1"})
	}
	return q.show(p.Render())
}

// freshEvents are those that came since the page was asked last.
func (q *request) freshEvents() error {
	after := q.place("after")
	found, err := q.site.App.FreshEvents(q.Context(), q.eventQuery(), after)
	if err != nil {
		return err
	}
	if found.Newest == after {
		q.w.WriteHeader(http.StatusNoContent) // what is shown stays, and asks again
		return nil
	}
	from, err := q.origins()
	if err != nil {
		return err
	}
	p := &view.EventList{Events: q.eventRows(found.Events, from),
		Poll: q.pathWith("/events/fresh", map[string]string{"after": strconv.FormatInt(found.Newest, 10)})}
	return q.show(p.Fresh())
}

func (q *request) eventRows(events []lead.Event, from origins) []view.EventRow {
	rows := make([]view.EventRow, len(events))
	for i := range events {
		rows[i] = q.eventRow(&events[i], from)
	}
	return rows
}

func (q *request) eventRow(e *lead.Event, from origins) view.EventRow {
	row := view.EventRow{
		Path: "/events/" + strconv.FormatInt(e.Seq, 10), Type: e.Type.String(), Name: e.Name, Who: e.Lead.String(),
		Received: e.Received, Occurred: e.Occurred, Backfill: e.Backfill, Late: e.Occurred != e.Received,
	}
	for _, known := range []string{e.Email, e.UserID, e.AnonymousID} {
		if known != "" {
			row.Who = known
			break
		}
	}
	if e.Type == lead.Act {
		row.Source = q.t("capture.events.act")
	} else {
		row.Source = from.name(e.Source)
	}
	return row
}

// event tells of one event, on a page of its own or in the stream.
func (q *request) event() error {
	seq, err := q.number("seq")
	if err != nil {
		return err
	}
	part, err := q.site.App.Event(q.Context(), seq)
	if err != nil {
		return err
	}
	from, err := q.origins()
	if err != nil {
		return err
	}
	title := q.t("capture.event.title", strconv.FormatInt(seq, 10))
	p := &view.EventPage{
		Frame: q.frame("events", title, view.Crumb{Title: q.t("capture.events.title"), Path: "/events"}),
		Event: q.eventRow(&part.Event, from), Erased: part.Erased, Out: part.Out,
		JSON: wholeEvent(&part.Event), ID: "json-" + strconv.FormatInt(seq, 10),
	}
	if part.Lead != nil {
		p.LeadName, p.LeadPath = nameOf(part.Lead), "/leads/"+part.Lead.ID.String()
	}
	for _, s := range part.Signals {
		p.Signals = append(p.Signals, view.SignalRow(s))
	}
	for _, l := range part.Lines {
		p.Lines = append(p.Lines, view.LineRow{Score: l.Score, Label: l.Label, Given: l.Raw, Left: l.Points, Refused: l.Limited != 0})
	}
	for _, d := range part.Decisions {
		p.Decisions = append(p.Decisions, view.DecisionRow{Stage: d.Stage, Role: d.Role})
	}
	if q.partial() {
		return q.show(p.Part())
	}
	return q.show(p.Render())
}

// wholeEvent is an event as JSON, with what its body holds as it was sent.
func wholeEvent(e *lead.Event) string {
	var text []byte
	member := func(name, value string) {
		if value == "" {
			return
		}
		text = append(text, ',')
		text, _ = jsontext.AppendQuote(text, name)
		text = append(text, ':')
		text, _ = jsontext.AppendQuote(text, value)
	}
	member("type", e.Type.String())
	name := "name"
	if e.Type == lead.Track {
		name = "event"
	}
	member(name, e.Name)
	for _, m := range []struct{ name, value string }{
		{"messageId", e.MessageID}, {"userId", e.UserID}, {"anonymousId", e.AnonymousID}, {"groupId", e.GroupID}, {"previousId", e.PreviousID},
		{"timestamp", e.Occurred.String()}, {"receivedAt", e.Received.String()},
	} {
		member(m.name, m.value)
	}
	text[0] = '{'
	if body := jsontext.Value(e.Body); len(body) > 2 && body[0] == '{' {
		text = append(append(text, ','), body[1:]...)
	} else {
		text = append(text, '}')
	}
	pretty := jsontext.Value(text)
	if err := pretty.Indent(jsontext.WithIndent("  "), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)); err != nil {
		return string(text)
	}
	return string(pretty)
}

func (q *request) schema() error {
	s, err := q.site.App.Schema(q.Context())
	if err != nil {
		return err
	}
	p := &view.SchemaPage{Frame: q.frame("events", q.t("capture.schema.title"), view.Crumb{Title: q.t("capture.events.title"), Path: "/events"}),
		At: s.At, Looked: s.Looked, All: s.All, More: s.More}
	for i := range s.Shapes {
		x := &s.Shapes[i]
		row := view.ShapeRow{Type: x.Type.String(), Name: x.Name, Events: x.Events, First: x.First, Last: x.Last, More: x.More,
			Path: "/events?" + url.Values{"type": {x.Type.String()}, "name": {x.Name}, "paused": {"1"}}.Encode()}
		for _, f := range x.Fields {
			field := view.FieldRow{Path: f.Path, Share: (100*f.Events + x.Events/2) / x.Events, Examples: f.Examples}
			for _, kind := range f.Types {
				field.Types = append(field.Types, q.t("capture.schema.kind."+kind))
			}
			row.Fields = append(row.Fields, field)
		}
		p.Shapes = append(p.Shapes, row)
	}
	return q.show(p.Render())
}
