package playbook

import "strings"

const balanceFading = "fading of what was brought along"

func (c catalogue) personas() []item {
	var items []item
	for _, p := range c.d.Personas {
		i := c.called(p.Name.Text, p.Label)
		i.say("condition", plain(p.When))
		i.say("description", c.quoted(p.Description))
		items = append(items, i)
	}
	return items
}

func (c catalogue) scores() []item {
	var items []item
	for _, s := range c.d.Scores {
		i := c.called(s.Name.Text, s.Label)
		i.kind = "score"
		i.say("bound", c.bounded(s.Cap, s.Floor))
		i.state(eachCycle, s.EachCycle)
		i.say("fading", c.fading(s.Decay))
		i.say("stop", c.stopped(s.Stop))
		i.say(balanceFading, c.fading(s.Balance))
		items = append(items, i)
		for k := range s.Rules {
			items = append(items, c.rule(&s, &s.Rules[k]))
		}
	}
	return items
}

// asScore stands for what a rule has from its score, so that it is told once.
const asScore = "that of its score"

func (c catalogue) rule(s *ScoreDecl, r *RuleDecl) item {
	i := c.called(r.Name.Text, r.Label)
	i.name = s.Name.Text + ": " + r.Name.Text
	i.say("kind", map[RuleKind]string{WhileTrue: c.say("while a condition holds"), PerSignal: c.say("each time"), PerSilence: c.say("after silence"), PerPeriod: c.say("by the calendar")}[r.Kind])
	i.say("points", c.worth(r))
	i.say("reset", c.resets(r.Reset))
	i.say("condition", plain(r.When))
	i.say("signals", set(r.On))
	i.say("silence", c.spanIfAny(r.Silence))
	i.say("time", map[Period]string{
		PerDay: c.say("the beginning of each day"), PerWeek: c.say("the beginning of each week"), PerMonth: c.say("the beginning of each month"),
	}[r.Every])
	// A reset gives nothing that could be limited or fade.
	if r.Kind != WhileTrue && (r.Reset == nil || r.Limit != Limit{} || r.Minimum > 1) {
		i.say("limit", c.limit(r.Limit, r.Minimum))
	}
	i.say("bound", c.bounded(r.Cap, r.Floor))
	faded, stop := c.fading(r.Decay), c.stopped(r.Stop)
	if r.Kind != WhileTrue && r.Reset == nil {
		if faded == c.fading(s.Decay) {
			faded = c.say(asScore)
		}
		if stop == c.stopped(s.Stop) {
			stop = c.say(asScore)
		}
	}
	i.say("fading", faded)
	i.say("stop", stop)
	return i
}

// worth is what a rule gives, written out or as it is reckoned.
func (w words) worth(r *RuleDecl) string {
	var told []string
	if r.Points != 0 || r.Compute.Text == "" && r.Reset == nil {
		told = append(told, w.given(r.Points))
	}
	if r.Compute.Text != "" {
		told = append(told, plain(r.Compute), w.bounded(&r.Most, &r.Least))
	}
	return strings.Join(told, ", ")
}

// resets says when a reset takes points away.
func (w words) resets(r *Reset) string {
	switch {
	case r == nil:
		return ""
	case r.Below == nil && r.Above == nil:
		return w.say("always")
	}
	var told []string
	if r.Below != nil {
		told = append(told, w.say("if below %s", w.points(*r.Below)))
	}
	if r.Above != nil {
		told = append(told, w.say("if above %s", w.points(*r.Above)))
	}
	return w.anyOf(told)
}

func (w words) fading(d Decay) string {
	if d.Kind == Lasting {
		return ""
	}
	return w.decay(d)
}

func (w words) stopped(s *StopDecl) string {
	if s == nil {
		return ""
	}
	return w.say("once %s is above %s", s.Score.Text, w.points(s.Above))
}

func (c catalogue) totals() []item {
	var items []item
	for _, t := range c.d.Totals {
		i := c.called(t.Name.Text, t.Label)
		i.say("sum of", strings.ReplaceAll(set(t.Sum), ", ", " + "))
		i.say("bound", c.bounded(t.Cap, t.Floor))
		i.say(balanceFading, c.fading(t.Balance))
		items = append(items, i)
	}
	return items
}
