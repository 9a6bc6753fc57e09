package playbook

import (
	"fmt"
	"slices"
	"strings"
)

// handoff is what is said of the handoff as a whole.
func (c catalogue) handoff() []item {
	h := c.d.Handoff
	if h == nil {
		return nil
	}
	i := item{}
	i.say("stages", set(h.On))
	i.state(ownerFirst, h.OwnerFirst)
	if h.Fallback != nil {
		i.say("fallback", target(*h.Fallback))
	}
	i.say("capacity", amountOf(h.Capacity))
	i.say("wait for what is missing", span(h.Wait))
	i.say("hours", hours(h.Hours))
	i.say("holidays", dates(h.Holidays))
	i.say("clock", "from the "+h.Clock)
	i.say("time to accept", span(h.AcceptWithin))
	i.say("time to reach out", span(h.ReachWithin))
	i.say("context", texts(h.Context, ", "))
	i.say("reasons to reject", quotedAll(h.Rejects))
	return []item{i}
}

func (c catalogue) routes() []item {
	if c.d.Handoff == nil {
		return nil
	}
	var items []item
	for _, r := range c.d.Handoff.Routes {
		i := item{name: r.Name.Text}
		// A route need not have a name; then it is known by its condition.
		switch {
		case i.name != "":
			i.say("condition", plain(r.When))
		case r.When.Text != "":
			i.name, i.nameless = "for "+plain(r.When), true
		default:
			i.name, i.nameless = "for all", true
		}
		i.say("target", target(r.To))
		items = append(items, i)
	}
	return items
}

// rungs are known by when they are reached, which no two share.
func (c catalogue) rungs() []item {
	if c.d.Handoff == nil {
		return nil
	}
	var items []item
	for _, r := range c.d.Handoff.Ladder {
		i := item{name: "after " + span(r.After), nameless: true}
		deed := r.Do
		if r.To != "" {
			deed += " to " + quoted(r.To)
		}
		i.say("deed", deed)
		items = append(items, i)
	}
	return items
}

func (c catalogue) questions() []item {
	if c.d.Handoff == nil {
		return nil
	}
	var items []item
	for _, q := range c.d.Handoff.Questions {
		i := item{name: q.Name.Text}
		i.say("wording", quoted(q.Ask))
		i.say("kind of answer", q.Kind.String())
		var choices []string
		for _, choice := range q.Choices {
			choices = append(choices, quoted(choice))
		}
		i.say("choices", strings.Join(choices, ", "))
		i.state(mustAnswer, q.Required)
		items = append(items, i)
	}
	return items
}

// target says all that is set, which in a target that was read is one thing.
func target(t Target) string {
	var who []string
	if t.Owner != "" {
		who = append(who, quoted(t.Owner))
	}
	if t.Team != "" {
		who = append(who, "the team "+quoted(t.Team))
	}
	if t.Queue != "" {
		who = append(who, "the queue "+quoted(t.Queue))
	}
	if len(t.Robin) > 0 {
		var people []string
		for _, s := range t.Robin {
			people = append(people, fmt.Sprintf("%s (%d)", quoted(s.Who.Text), s.Weight))
		}
		who = append(who, enumerate(people, "and")+" in turn")
	}
	return strings.Join(who, ", ")
}

// hours are told in the order of the week, however they are written.
func hours(h *Hours) string {
	if h == nil {
		return ""
	}
	inOrder := *h
	inOrder.Days = slices.Clone(h.Days)
	slices.SortStableFunc(inOrder.Days, func(a, b string) int {
		return slices.Index(weekdays, a) - slices.Index(weekdays, b)
	})
	return hoursInWords(&inOrder)
}

func dates(days []Date) string {
	var all []string
	for _, d := range days {
		all = append(all, d.Text)
	}
	slices.Sort(all)
	return strings.Join(all, ", ")
}
