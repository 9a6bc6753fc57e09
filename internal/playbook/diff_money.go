package playbook

import "strings"

func (c catalogue) attribution() []item {
	a := c.d.Attribution
	if a == nil {
		return nil
	}
	i := item{}
	i.say("touches", set(a.Touches))
	i.say("oldest touch", c.spanIfAny(a.Window))
	return []item{i}
}

func (c catalogue) models() []item {
	if c.d.Attribution == nil {
		return nil
	}
	var items []item
	for _, m := range c.d.Attribution.Models {
		i := c.called(m.Name.Text, m.Label)
		i.say("kind", modelKind(m.Kind.Text))
		i.say("anchors", set(m.Anchors))
		i.say("half-life", c.spanIfAny(m.Half))
		var shares []string
		for _, w := range m.Weights {
			shares = append(shares, c.share(&w, func(name string) string { return name }))
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
		i.say("days", c.say("from %s to %s", g.From.Text, g.To.Text))
		if g.Revenue != nil {
			i.say("revenue", g.Revenue.String())
		}
		if g.Stage.Text != "" || g.Count != 0 {
			i.say("leads", c.say("%d in %s", g.Count, g.Stage.Text))
		}
		items = append(items, i)
	}
	return items
}

// costs are known by what for and from when: the same thing is paid for again.
func (c catalogue) costs() []item {
	var items []item
	for _, x := range c.d.Costs {
		i := item{name: c.say("%s from %s", x.Name.Text, x.From.Text), nameless: true}
		i.say("amount", c.cost(&x))
		i.say("last day", x.To.Text)
		i.say("source", c.quoted(x.Source))
		i.say("medium", c.quoted(x.Medium))
		i.say("campaign", c.quoted(x.Campaign))
		i.say("vendor", c.quoted(x.Vendor))
		items = append(items, i)
	}
	return items
}

func (c catalogue) review() []item {
	i := item{}
	i.say("next look at it", c.d.Review.Text)
	return []item{i}
}
