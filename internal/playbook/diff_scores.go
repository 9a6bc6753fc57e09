package playbook

import (
	"fmt"
	"strings"
)

const balanceFading = "fading of what was brought along"

func (c catalogue) personas() []item {
	var items []item
	for _, p := range c.d.Personas {
		i := called(p.Name.Text, p.Label)
		i.say("condition", plain(p.When))
		i.say("description", quoted(p.Description))
		items = append(items, i)
	}
	return items
}

func (c catalogue) scores() []item {
	var items []item
	for _, s := range c.d.Scores {
		i := called(s.Name.Text, s.Label)
		i.kind = "score"
		i.say("bound", bounded(s.Cap, s.Floor))
		i.state(eachCycle, s.EachCycle)
		i.say("fading", fading(s.Decay))
		i.say("stop", stopped(s.Stop))
		i.say(balanceFading, fading(s.Balance))
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
	i := called(r.Name.Text, r.Label)
	i.name = s.Name.Text + ": " + r.Name.Text
	i.say("kind", map[RuleKind]string{WhileTrue: "while a condition holds", PerSignal: "each time", PerSilence: "after silence", PerPeriod: "by the calendar"}[r.Kind])
	i.say("points", worth(r))
	i.say("reset", resets(r.Reset))
	i.say("condition", plain(r.When))
	i.say("signals", set(r.On))
	i.say("silence", span(r.Silence))
	if r.Every >= PerDay && int(r.Every-PerDay) < len(calendarNames) {
		i.say("time", "the beginning of each "+calendarNames[r.Every-PerDay])
	}
	// A reset gives nothing that could be limited or fade.
	if r.Kind != WhileTrue && (r.Reset == nil || r.Limit != Limit{} || r.Minimum > 1) {
		i.say("limit", limitInWords(r.Limit, r.Minimum))
	}
	i.say("bound", bounded(r.Cap, r.Floor))
	faded, stop := fading(r.Decay), stopped(r.Stop)
	if r.Kind != WhileTrue && r.Reset == nil {
		if faded == fading(s.Decay) {
			faded = asScore
		}
		if stop == stopped(s.Stop) {
			stop = asScore
		}
	}
	i.say("fading", faded)
	i.say("stop", stop)
	return i
}

// worth is what a rule gives, written out or as it is reckoned.
func worth(r *RuleDecl) string {
	var told []string
	if r.Points != 0 || r.Compute.Text == "" && r.Reset == nil {
		points := r.Points.String()
		if r.Points > 0 {
			points = "+" + points
		}
		told = append(told, points)
	}
	if r.Compute.Text != "" {
		told = append(told, plain(r.Compute), bounded(&r.Most, &r.Least))
	}
	return strings.Join(told, ", ")
}

// resets says when a reset takes points away.
func resets(r *Reset) string {
	switch {
	case r == nil:
		return ""
	case r.Below == nil && r.Above == nil:
		return "always"
	}
	var told []string
	if r.Below != nil {
		told = append(told, fmt.Sprintf("if below %v", *r.Below))
	}
	if r.Above != nil {
		told = append(told, fmt.Sprintf("if above %v", *r.Above))
	}
	return enumerate(told, "or")
}

func fading(d Decay) string {
	if d.Kind == Lasting {
		return ""
	}
	return decayInWords(d)
}

func stopped(s *StopDecl) string {
	if s == nil {
		return ""
	}
	return fmt.Sprintf("once %s is above %v", s.Score.Text, s.Above)
}

func (c catalogue) totals() []item {
	var items []item
	for _, t := range c.d.Totals {
		i := called(t.Name.Text, t.Label)
		i.say("sum of", strings.ReplaceAll(set(t.Sum), ", ", " + "))
		i.say("bound", bounded(t.Cap, t.Floor))
		i.say(balanceFading, fading(t.Balance))
		items = append(items, i)
	}
	return items
}
