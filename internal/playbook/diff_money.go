package playbook

import (
	"fmt"
	"strings"
)

func (c catalogue) attribution() []item {
	a := c.d.Attribution
	if a == nil {
		return nil
	}
	i := item{}
	i.say("touches", set(a.Touches))
	i.say("oldest touch", span(a.Window))
	return []item{i}
}

func (c catalogue) models() []item {
	if c.d.Attribution == nil {
		return nil
	}
	var items []item
	for _, m := range c.d.Attribution.Models {
		i := called(m.Name.Text, m.Label)
		i.say("kind", strings.ReplaceAll(m.Kind.Text, "_", " "))
		i.say("anchors", set(m.Anchors))
		i.say("half-life", span(m.Half))
		var shares []string
		for _, w := range m.Weights {
			shares = append(shares, fmt.Sprintf("%s %d%%", w.At.Text, w.Share))
		}
		i.say("weights", strings.Join(shares, ", "))
		items = append(items, i)
	}
	return items
}

func (c catalogue) goals() []item {
	var items []item
	for _, g := range c.d.Goals {
		i := item{name: g.Name.Text}
		i.say("days", g.From.Text+" to "+g.To.Text)
		if g.Revenue != nil {
			i.say("revenue", g.Revenue.String())
		}
		if g.Stage.Text != "" || g.Count != 0 {
			i.say("leads", fmt.Sprintf("%d in %s", g.Count, g.Stage.Text))
		}
		items = append(items, i)
	}
	return items
}

// costs are known by what for and from when: the same thing is paid for again.
func (c catalogue) costs() []item {
	var items []item
	for _, x := range c.d.Costs {
		i := item{name: x.Name.Text + " from " + x.From.Text, nameless: true}
		amount := x.Amount.String()
		if x.Per != "" {
			amount += " per " + x.Per
		}
		i.say("amount", amount)
		i.say("last day", x.To.Text)
		i.say("source", quoted(x.Source))
		i.say("medium", quoted(x.Medium))
		i.say("campaign", quoted(x.Campaign))
		i.say("vendor", quoted(x.Vendor))
		items = append(items, i)
	}
	return items
}

func (c catalogue) review() []item {
	i := item{}
	i.say("next look at it", c.d.Review.Text)
	return []item{i}
}
