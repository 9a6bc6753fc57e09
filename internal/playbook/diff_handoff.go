package playbook

import (
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
		i.say("fallback", c.target(*h.Fallback, c.quoted))
	}
	i.say("capacity", amountOf(h.Capacity))
	i.say("wait for what is missing", c.spanIfAny(h.Wait))
	i.say("hours", c.hoursOf(h.Hours))
	i.say("holidays", dates(h.Holidays))
	i.say("clock", c.from(h.Clock))
	i.say("time to accept", c.spanIfAny(h.AcceptWithin))
	i.say("time to reach out", c.spanIfAny(h.ReachWithin))
	i.say("context", texts(h.Context, ", "))
	i.say("reasons to reject", c.quotedAll(h.Rejects))
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
			i.name, i.nameless = c.say("for %s", plain(r.When)), true
		default:
			i.name, i.nameless = c.say("for all"), true
		}
		i.say("target", c.target(r.To, c.quoted))
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
		i := item{name: c.say("after %s", c.spanAfter(r.After)), nameless: true}
		deed := c.term(r.Do)
		if r.To != "" {
			deed = c.say("%s, to %s", deed, c.quoted(r.To))
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
		i.say("wording", c.quoted(q.Ask))
		i.say("kind of answer", c.kind(q.Kind))
		var choices []string
		for _, choice := range q.Choices {
			choices = append(choices, c.quoted(choice))
		}
		i.say("choices", strings.Join(choices, ", "))
		i.state(mustAnswer, q.Required)
		items = append(items, i)
	}
	return items
}

// hoursOf are told in the order of the week, however they are written.
func (w words) hoursOf(h *Hours) string {
	if h == nil {
		return ""
	}
	inOrder := *h
	inOrder.Days = slices.Clone(h.Days)
	slices.SortStableFunc(inOrder.Days, func(a, b string) int {
		return slices.Index(weekdays, a) - slices.Index(weekdays, b)
	})
	return w.hours(&inOrder)
}

func dates(days []Date) string {
	var all []string
	for _, d := range days {
		all = append(all, d.Text)
	}
	slices.Sort(all)
	return strings.Join(all, ", ")
}
