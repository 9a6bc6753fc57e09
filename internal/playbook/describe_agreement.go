package playbook

import (
	"fmt"
	"strings"
)

// agreement writes what is agreed beside scores and stages.
func (w *agreement) agreement() {
	d := w.d
	if d.Handoff == nil && len(d.Tracks) == 0 && d.Attribution == nil && len(d.Goals) == 0 && len(d.Costs) == 0 && d.Review.Text == "" {
		return
	}
	w.heading("What else is agreed")
	w.tell("This version of Galena checks what follows and writes it down here; people see to it that it is kept.")
	w.handoff()
	w.nurture()
	w.attribution()
	w.money()
	if d.Review.Text != "" {
		w.tell("This agreement is looked at again on %s.", d.Review.Text)
	}
}

// group begins a part of a section.
func (w *agreement) group(english string, args ...any) { w.line("### " + w.say(english, args...)) }

func (w *agreement) handoff() {
	h := w.d.Handoff
	if h == nil {
		return
	}
	w.group("The handoff to sales")
	w.tell("Who enters %s is handed to sales.", w.anyOf(strong(h.On)))
	w.item("")
	if h.OwnerFirst {
		w.point("The owner of the lead's account goes before all routes.")
	}
	for i := range h.Routes {
		w.item("- " + w.route(&h.Routes[i]))
	}
	switch {
	case h.Fallback == nil:
	case len(h.Routes) > 0 || h.OwnerFirst:
		w.point("Whoever fits nowhere, or for whom nobody has room, goes to %s.", w.target(*h.Fallback, prose))
	default:
		w.point("All go to %s.", w.target(*h.Fallback, prose))
	}
	if h.Capacity > 0 {
		w.point("Nobody has more than %d open at a time.", h.Capacity)
	}
	if h.Wait > 0 {
		w.point("Routing waits at most %s for what is still missing.", w.span(h.Wait))
	}
	w.promises(h)
	if len(h.Context) > 0 {
		var told []string
		for _, c := range h.Context {
			told = append(told, prose(w.label(c.Text)))
		}
		w.tell("Sales is told: %s.", strings.Join(told, "; "))
	}
	if len(h.Questions) > 0 {
		w.tell("Sales asks, and records the answers:")
		w.item("")
		for _, q := range h.Questions {
			w.item("- " + prose(q.Ask) + w.answer(&q))
		}
	}
	if len(h.Rejects) > 0 {
		w.tell("Sales may reject for one of the reasons %s.", w.anyOf(w.quotedProse(h.Rejects)))
	}
}

func (w *agreement) route(r *Route) string {
	to, name := w.target(r.To, prose), ""
	if r.Name.Text != "" {
		name = " (" + prose(r.Name.Text) + ")"
	}
	if r.When.Text == "" {
		return w.say("Whoever is left%s goes to %s.", name, to)
	}
	if clause, ok := w.condition(r.When.Text); ok {
		return w.say("Whoever %s%s goes to %s.", prose(clause), name, to)
	}
	return w.say("Whoever meets %s%s goes to %s.", code(r.When.Text), name, to)
}

// quotedProse are texts of the author's in quotation marks.
func (w *agreement) quotedProse(texts []Word) []string {
	var all []string
	for _, t := range texts {
		all = append(all, w.quoted(prose(t.Text)))
	}
	return all
}

// promises writes the clocks and the ladder of a handoff.
func (w *agreement) promises(h *Handoff) {
	if h.Hours != nil && len(h.Holidays) > 0 {
		var days []string
		for _, d := range h.Holidays {
			days = append(days, d.Text)
		}
		w.tell("Sales works %s, but not on %s.", w.hours(h.Hours), w.allOf(days))
	} else if h.Hours != nil {
		w.tell("Sales works %s.", w.hours(h.Hours))
	}
	var promises []string
	if h.AcceptWithin > 0 {
		promises = append(promises, w.say("accepts or rejects within %s", w.spanAfter(h.AcceptWithin)))
	}
	if h.ReachWithin > 0 {
		promises = append(promises, w.say("first reaches out within %s", w.spanAfter(h.ReachWithin)))
	}
	switch {
	case len(promises) == 0:
	case h.Hours != nil:
		w.tell("Sales %s, in working time %s.", w.allOf(promises), w.from(h.Clock))
	default:
		w.tell("Sales %s, %s.", w.allOf(promises), w.from(h.Clock))
	}
	if len(promises) == 2 {
		w.tell("Accepting stops only the first of the two clocks.")
	}
	if len(h.Ladder) == 0 {
		return
	}
	w.tell("What happens when that is not kept:")
	w.item("")
	for _, r := range h.Ladder {
		deed := map[string]string{"remind": w.say("whose it is gets a reminder"), "escalate": w.say("it is escalated"), "reassign": w.say("it goes to somebody else")}[r.Do]
		if r.To != "" {
			deed = w.say("%s, to %s", deed, prose(r.To))
		}
		w.point("after %s %s", w.spanAfter(r.After), deed)
	}
}

// from says when a clock starts.
func (w words) from(clock string) string {
	return map[string]string{"qualification": w.say("from the qualification"), "assignment": w.say("from the assignment")}[clock]
}

// target says all that is set, which in a target that was read is one thing.
func (w words) target(t Target, name func(string) string) string {
	var who []string
	if t.Owner != "" {
		who = append(who, name(t.Owner))
	}
	if t.Team != "" {
		who = append(who, w.say("the team %s", name(t.Team)))
	}
	if t.Queue != "" {
		who = append(who, w.say("the queue %s", name(t.Queue)))
	}
	if len(t.Robin) > 0 {
		var people []string
		for _, s := range t.Robin {
			people = append(people, fmt.Sprintf("%s (%d)", name(s.Who.Text), s.Weight))
		}
		who = append(who, w.say("%s in turn, by these weights", w.allOf(people)))
	}
	return strings.Join(who, ", ")
}

func (w *agreement) answer(q *Question) string {
	var told []string
	if len(q.Choices) > 0 {
		told = append(told, w.say("one of %s", prose(strings.Join(q.Choices, ", "))))
	}
	if q.Required {
		told = append(told, w.say("needed"))
	}
	if len(told) == 0 {
		return ""
	}
	return " (" + strings.Join(told, "; ") + ")"
}

// strong are the names of stages.
func strong(stages []Word) []string {
	var names []string
	for _, s := range stages {
		names = append(names, "**"+prose(s.Text)+"**")
	}
	return names
}

func (w *agreement) nurture() {
	for i := range w.d.Tracks {
		t := &w.d.Tracks[i]
		w.group("Nurture: %s (%s)", prose(t.Label), code(t.Name.Text))
		w.tell("It takes in whoever meets %s.", code(t.Enrol.Text))
		if t.Exit.Text != "" {
			w.tell("It lets go whoever meets %s.", code(t.Exit.Text))
		}
		if t.Hours != nil {
			w.tell("It sends %s.", w.hours(t.Hours))
		}
		if t.Limit.N > 0 {
			w.tell("It sends to one person %s.", w.limit(t.Limit, 1))
		}
		w.item("")
		w.steps(t.Steps, "")
	}
}

func (w *agreement) steps(steps []Step, indent string) {
	for i := range steps {
		s := &steps[i]
		w.item(fmt.Sprintf("%s%d. %s", indent, i+1, w.step(s)))
		if s.Kind != "branch" {
			continue
		}
		w.steps(s.Then, indent+"   ")
		if len(s.Else) > 0 {
			w.item("")
			w.item(indent + "   " + w.say("Otherwise:"))
			w.item("")
			w.steps(s.Else, indent+"   ")
		}
	}
}

func (w *agreement) step(s *Step) string {
	switch s.Kind {
	case "send":
		return w.say("send %s", w.quoted(prose(s.What)))
	case "wait":
		return w.say("wait %s", w.span(s.Span))
	case "wait_for":
		return w.say("wait until the lead %s, at most %s", prose(w.deed(s.For.Text)), w.span(s.Span))
	case "notify":
		return w.say("tell %s: %s", prose(s.What), w.quoted(prose(s.Text)))
	case "update":
		var sets []string
		for _, set := range s.Sets {
			sets = append(sets, w.say("%s to %s", prose(w.label(set.Name.Text)), code(fmt.Sprint(set.Value))))
		}
		return w.say("set %s", w.allOf(sets))
	case "webhook":
		return w.say("call %s", code(s.What))
	case "branch":
		return w.say("if the lead meets %s:", code(s.When.Text))
	}
	return w.say("leave the track")
}

func (w *agreement) attribution() {
	a := w.d.Attribution
	if a == nil {
		return
	}
	w.group("Credit")
	var touches []string
	for _, t := range a.Touches {
		touches = append(touches, prose(w.label(t.Text)))
	}
	if a.Window > 0 {
		w.tell("Touches are: %s, no older than %s.", strings.Join(touches, "; "), w.span(a.Window))
	} else {
		w.tell("Touches are: %s.", strings.Join(touches, "; "))
	}
	w.item("")
	for i := range a.Models {
		m := &a.Models[i]
		how := modelKind(m.Kind.Text)
		if m.Half > 0 {
			how += ", " + w.say("half after %s", w.spanAfter(m.Half))
		}
		for _, share := range m.Weights {
			how += ", " + w.share(&share, prose)
		}
		w.point("**%s** (%s) for reaching %s", prose(m.Label), how, w.allOf(strong(m.Anchors)))
	}
}

// modelKind is how a model shares the credit out; kinds of models are names.
func modelKind(kind string) string { return strings.ReplaceAll(kind, "_", " ") }

// share is what one touch gets of the credit.
func (w words) share(s *Weight, name func(string) string) string {
	at := map[string]string{"first": w.say("first touch"), "last": w.say("last touch"), "others": w.say("other touches")}[s.At.Text]
	if at == "" {
		at = name(s.At.Text)
	}
	return fmt.Sprintf("%s %d%%", at, s.Share)
}

func (w *agreement) money() {
	if len(w.d.Goals) > 0 {
		w.group("Goals")
		w.item("")
		for i := range w.d.Goals {
			g := &w.d.Goals[i]
			var what []string
			if g.Revenue != nil {
				what = append(what, g.Revenue.String())
			}
			if g.Count > 0 {
				what = append(what, w.say("%d leads in %s", g.Count, prose(g.Stage.Text)))
			}
			w.point("**%s**, %s to %s: %s", prose(g.Name.Text), g.From.Text, g.To.Text, w.allOf(what))
		}
	}
	if len(w.d.Costs) == 0 {
		return
	}
	w.group("Costs")
	var rows [][]string
	for i := range w.d.Costs {
		c := &w.d.Costs[i]
		when := w.say("from %s on", c.From.Text)
		if c.To.Text != "" {
			when = w.say("from %s to %s", c.From.Text, c.To.Text)
		}
		var of []string
		for _, part := range []string{c.Source, c.Medium, c.Campaign, c.Vendor} {
			if part != "" {
				of = append(of, prose(part))
			}
		}
		rows = append(rows, []string{prose(c.Name.Text), w.cost(c), strings.Join(of, ", "), when})
	}
	w.table([]string{w.say("For"), w.say("Money"), w.say("Of"), w.say("When")}, rows)
}

// costs say what is paid for what.
var costs = map[string]string{
	"": "%s", "lead": "%s per lead", "qualified": "%s per qualified", "accepted": "%s per accepted", "customer": "%s per customer", "month": "%s per month",
}

func (w words) cost(c *Cost) string { return w.say(costs[c.Per], c.Amount.String()) }
