package playbook

import (
	"go.yaml.in/yaml/v4"

	"galena/internal/lead"
	"galena/internal/phrase"
)

// handoff reads the section; nil if there is none.
func (o object) handoff() *Handoff {
	n := o.values["handoff"]
	if n == nil || isNull(n) {
		return nil
	}
	h, ok := o.object(n, o.pathOf("handoff"), &handoffShape)
	if !ok {
		return nil
	}
	out := &Handoff{
		Place: placeOf(h.node), On: h.words("on", maxLabel), OwnerFirst: h.flag("owner_first"),
		Wait: h.duration("wait", 1), AcceptWithin: h.duration("accept_within", 1), ReachWithin: h.duration("reach_within", 1),
		Clock: clocks[0], Hours: h.hours(), Context: h.words("context", maxName), Rejects: h.words("reject_reasons", maxLabel),
	}
	out.Capacity, _ = h.whole("capacity")
	if h.has("clock") {
		if w := h.word("clock", maxLabel); h.oneOf(w, h.pathOf("clock"), phrase.Term("clock"), clocks) {
			out.Clock = w.Text
		}
	}
	h.items("holidays", func(n *yaml.Node, path string) {
		if d, ok := h.dateOf(n, path); ok {
			out.Holidays = append(out.Holidays, d)
		}
	})
	h.list("routes", MaxRoutes, func(n *yaml.Node, path string) { out.Routes = append(out.Routes, h.route(n, path)) })
	if n := h.values["fallback"]; n != nil {
		t := h.target(n, h.pathOf("fallback"))
		out.Fallback = &t
	}
	h.list("ladder", MaxRungs, func(n *yaml.Node, path string) {
		r := h.rung(n, path)
		if k := len(out.Ladder); k > 0 && r.After != 0 && r.After <= out.Ladder[k-1].After {
			h.report(r.Place, path, "the rungs of a ladder stand in order; the one before is reached after %s", FormatDuration(out.Ladder[k-1].After))
		}
		out.Ladder = append(out.Ladder, r)
	})
	named := map[string]bool{}
	h.list("questions", maxItems, func(n *yaml.Node, path string) {
		q := h.question(n, path)
		if named[q.Name.Text] {
			h.report(q.Name.Place, path, "two questions are named %s", quote(q.Name.Text))
		}
		named[q.Name.Text] = q.Name.Text != ""
		out.Questions = append(out.Questions, q)
	})
	return out
}

func (r *reader) route(n *yaml.Node, path string) Route {
	o, ok := r.object(n, path, &routeShape)
	if !ok {
		return Route{}
	}
	out := Route{Name: Word{Place: placeOf(o.node)}, When: o.condition("when")}
	if o.has("name") {
		out.Name = o.word("name", maxLabel)
	}
	if n := o.values["to"]; n != nil {
		out.To = r.target(n, o.pathOf("to"))
	}
	return out
}

func (r *reader) target(n *yaml.Node, path string) Target {
	o, ok := r.object(n, path, &targetShape)
	if !ok {
		return Target{}
	}
	t := Target{Place: placeOf(o.node), Owner: o.text("owner", maxLabel), Team: o.text("team", maxLabel), Queue: o.text("queue", maxLabel)}
	if given := len(o.values); given != 1 && len(o.misspelt) == 0 {
		r.report(t.Place, path, `a target is one of "owner", "team", "queue" and "round_robin"`)
	}
	if list := o.values["round_robin"]; list != nil {
		list = follow(list)
		if list.Kind != yaml.MappingNode || len(list.Content) == 0 || len(list.Content)/2 > maxPeople {
			r.mismatch(list, o.pathOf("round_robin"), phrase.New(`"round_robin" is written as up to %d people, each with a weight`, maxPeople), phrase.New("people such as ann: 1"))
			return t
		}
		for i := 0; i < len(list.Content); i += 2 {
			key, place := list.Content[i], join(o.pathOf("round_robin"), list.Content[i].Value)
			if weight, ok := r.wholeNumber(list.Content[i+1], place, phrase.Term("a weight"), 1, maxOccurrences); ok {
				t.Robin = append(t.Robin, Share{Word{key.Value, placeOf(key)}, weight})
			}
		}
	}
	return t
}

func (r *reader) rung(n *yaml.Node, path string) Rung {
	o, ok := r.object(n, path, &rungShape)
	if !ok {
		return Rung{}
	}
	out := Rung{Place: placeOf(o.node), After: o.duration("after", 1), To: o.text("to", maxLabel)}
	if w := o.word("do", maxLabel); r.oneOf(w, o.pathOf("do"), phrase.Term("deed of a rung"), rungDeeds) {
		out.Do = w.Text
	}
	if out.Do == "escalate" && o.lacks("to") {
		r.report(out.Place, path, `to escalate needs "to", whom to tell`)
	}
	return out
}

func (r *reader) question(n *yaml.Node, path string) Question {
	o, ok := r.object(n, path, &questionShape)
	if !ok {
		return Question{}
	}
	q := Question{Name: o.word("name", maxName), Ask: o.text("ask", maxLabel), Kind: lead.Text, Required: o.flag("required")}
	if name := o.values["name"]; name != nil && q.Name.Text != "" {
		r.checkName(follow(name), o.pathOf("name"))
	}
	if o.has("type") {
		if w := o.word("type", maxLabel); r.oneOf(w, o.pathOf("type"), phrase.Term("type of answer"), kindNames()) {
			q.Kind, _ = lead.KindNamed(w.Text)
		}
	}
	for _, c := range o.words("choices", maxLabel) {
		q.Choices = append(q.Choices, c.Text)
	}
	if len(q.Choices) > 0 && q.Kind != lead.Text && q.Kind != lead.List {
		r.report(o.at("choices"), o.pathOf("choices"), "only an answer that is text, or a list of texts, has choices; this is a %s", phrase.Term(q.Kind.String()))
	}
	return q
}

// hours reads the field of that name; nil if there is none.
func (o object) hours() *Hours {
	n := o.values["hours"]
	if n == nil {
		return nil
	}
	h, ok := o.object(n, o.pathOf("hours"), &hoursShape)
	if !ok {
		return nil
	}
	out := &Hours{Place: placeOf(h.node), Days: weekdays[:5], From: h.timeOfDay("from"), To: h.timeOfDay("to")}
	if h.has("days") {
		out.Days = nil
		for _, w := range h.words("days", maxLabel) {
			if h.oneOf(w, h.pathOf("days"), phrase.Term("day of the week"), weekdays) {
				out.Days = append(out.Days, w.Text)
			}
		}
	}
	if h.has("from") && h.has("to") && out.From >= 0 && out.To >= 0 && out.From >= out.To {
		h.report(h.at("to"), h.pathOf("to"), "the hours end before they begin")
	}
	return out
}
