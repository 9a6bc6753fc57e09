package generate

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"pgregory.net/rapid"

	"galena/internal/lead"
)

// history makes a lead's log: live events as they are received, and among them
// history that takes its place by when it occurred.
func (w *world) history(t *rapid.T) []lead.Event {
	clock := w.start
	var log []lead.Event
	for i := range between(t, 1, 24, "events") {
		clock = clock.Add(w.gap(t))
		e := w.event(t)
		if oneIn(t, 8, "act") {
			e = w.act(t)
		}
		e.Seq = int64(i + 1)
		e.MessageID = fmt.Sprintf("m%d", e.Seq)
		e.Origin, e.Source = lead.Server, 1
		e.Received = clock
		e.Occurred = w.occurred(t, clock, log)
		e.Backfill = oneIn(t, 6, "backfill")
		log = append(log, e)
		w.last = max(w.last, e.Effective())
	}
	w.at = nil
	for i := range log {
		w.at = append(w.at, log[i].Effective())
	}
	return log
}

// gap is the time between two events: often none, often such that they stand at
// the very ends of a window, or a millisecond beside.
func (w *world) gap(t *rapid.T) int64 {
	switch between(t, 0, 5, "gap") {
	case 0:
		return 0
	case 1:
		return 1
	case 2:
		return int64(between(t, 0, int(4*w.scale), "odd gap"))
	default:
		steps := int64(between(t, 0, 4, "steps"))
		return max(w.scale*steps+int64(between(t, -1, 1, "beside")), 0)
	}
}

// occurred is when an event received at a moment happened: mostly then, else a
// while before, or at the same moment as another.
func (w *world) occurred(t *rapid.T, received lead.Time, log []lead.Event) lead.Time {
	switch between(t, 0, 5, "lateness") {
	case 0:
		return received - lead.Time(w.gap(t))
	case 1:
		if len(log) > 0 {
			return among(t, log, "other").Occurred
		}
	}
	return received
}

// sort is a sort of events.
type sort struct {
	of   lead.Type
	name string
}

// sorts are all that some signal or attribute can want, and one that none does.
var sorts = []sort{
	{lead.Track, "Asked"}, {lead.Track, "Asked Again"}, {lead.Track, "Bought"}, {lead.Track, "Guide"},
	{lead.Page, "Pricing"}, {lead.Page, "Guide"}, {lead.Screen, "Guide"}, {lead.Screen, "Asked"},
	{lead.Identify, ""}, {lead.Group, ""}, {lead.Alias, ""}, {lead.Act, lead.ActPoints}, {lead.Act, lead.ActBalance},
}

// event makes one without its times.
func (w *world) event(t *rapid.T) lead.Event {
	s := among(t, sorts, "sort")
	switch below(t, 5, "purpose") {
	case 0:
		s = among(t, []sort{{of: lead.Identify}, {of: lead.Identify}, {lead.Act, lead.ActPoints}, {lead.Act, lead.ActBalance}}, "said")
	case 1, 2, 3:
		s = among(t, w.wanted, "wanted sort")
	}
	e := lead.Event{Type: s.of, Name: s.name, AnonymousID: "a1"}
	if oneIn(t, 3, "user") {
		e.UserID = "u1"
	}
	body := map[string]any{}
	asset := among(t, []any{"a", "b", "c", 1, true, "", nil}, "asset")
	switch s.of {
	case lead.Track:
		body["properties"] = map[string]any{"n": among(t, []any{3, 3.5, 1, "3", nil}, "n"), "asset": asset}
	case lead.Page, lead.Screen:
		body["properties"] = map[string]any{"path": among(t, []any{"/pricing", "/pricing/pro", "/", nil}, "path"), "asset": asset}
	case lead.Act:
		body["properties"] = map[string]any{
			"score":  among(t, []any{"fit", "interest", "total_0", "nothing", nil}, "corrected"),
			"points": among(t, []any{5, -3, 0.0005, 12.5, "5", 0}, "correction"),
			"scores": sometimes(t, map[string][]any{
				"fit": {5, -2.5, 0, "7"}, "interest": {10, -4, 0}, "pull": {0.5}, "total_0": {20, -20}, "total_1": {3},
			}),
		}
	case lead.Identify:
		body["traits"] = personTraits(t)
		if oneIn(t, 4, "context traits") {
			body["context"] = map[string]any{"traits": personTraits(t)}
		}
	case lead.Group:
		e.GroupID = among(t, []string{"g1", "g2", ""}, "group")
		body["traits"] = sometimes(t, map[string][]any{"tier": {"pro", "free", nil}, "title": {"VP"}})
	}
	if s.of != lead.Identify && oneIn(t, 8, "foreign traits") {
		// Traits of a lead come from identify events only.
		body["context"] = map[string]any{"traits": personTraits(t)}
	}
	if oneIn(t, 4, "address") {
		a := among(t, addresses, "address")
		e.Email, e.Company = a.email, a.company
	}
	return opened(e, body)
}

// opened is an event with a body, opened.
func opened(e lead.Event, body map[string]any) lead.Event {
	raw, err := json.Marshal(body)
	if err != nil {
		panic(err) // a map of plain values always has JSON
	}
	e.Body = raw
	if err := e.Open(); err != nil {
		panic(err) // we have just written it
	}
	return e
}

var addresses = []struct{ email, company string }{
	{"ann@corp.example", "corp.example"},
	{"bob@mail.other.example", "other.example"},
	{"cid@gmail.com", ""},
}

func personTraits(t *rapid.T) map[string]any {
	traits := sometimes(t, map[string][]any{
		"title":        {"VP", "CTO", "intern", "", "  ", nil, 7},
		"jobTitle":     {"VP", "clerk", nil},
		"vip":          {true, false, "yes", "perhaps", nil, 1},
		"tags":         {[]any{"hot", "new"}, []any{"new"}, []any{}, "hot", nil},
		"tier":         {"pro", "free", nil},
		"phone":        {"+49 30 1", "", nil},
		"linkedin":     {"in/ann", nil},
		"linkedin_url": {"https://linkedin.example/in/ann", ""},
		"account":      {map[string]any{"tier": "pro"}},
	})
	if oneIn(t, 3, "company") {
		traits["company"] = sometimes(t, map[string][]any{"employees": {10, 50, 200, "120", "many", nil}})
	}
	return traits
}

// sometimes gives each key one of its values, or leaves it out.
func sometimes(t *rapid.T, choices map[string][]any) map[string]any {
	object := map[string]any{}
	for _, key := range slices.Sorted(maps.Keys(choices)) {
		if oneIn(t, 3, key) {
			object[key] = among(t, choices[key], key+" value")
		}
	}
	return object
}

// looks are moments at which something may just have changed, and some far off.
func (w *world) looks(t *rapid.T) []lead.Time {
	first := w.last
	for _, at := range w.at {
		first = min(first, at)
	}
	var looks []lead.Time
	for range between(t, 1, 3, "looks") {
		look := w.last
		switch between(t, 0, 4, "look") {
		case 0:
			look = among(t, w.at, "event's moment")
		case 1:
			look = among(t, w.at, "event's moment").Add(w.gap(t) - w.scale)
		case 2:
			look = w.last.Add(w.gap(t))
		case 3:
			look = w.last.Add(w.scale * int64(between(t, 1, 40, "later")))
		case 4:
			look = w.last.Add(w.scale*int64(between(t, 30, 80, "much later")) + 1)
		}
		looks = append(looks, max(look, first))
	}
	return looks
}
