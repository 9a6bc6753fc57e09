package playbook

import (
	"fmt"

	"go.yaml.in/yaml/v4"

	"galena/internal/phrase"
)

// score reads a dimension; labels are those of the signals, by name.
func (r *reader) score(name Word, n *yaml.Node, path string, labels map[string]string) ScoreDecl {
	s := ScoreDecl{Name: name, Label: name.Text}
	o, ok := r.object(n, path, &scoreShape)
	if !ok {
		return s
	}
	s.Label = o.label(s.Label)
	s.EachCycle = o.flag("each_cycle")
	s.Decay = o.decay(Decay{})
	s.Stop = o.stop(nil)
	s.Balance = o.balance()
	s.Cap, s.Floor = o.bounds()
	named := map[string]Word{}
	o.list("rules", MaxRules, func(n *yaml.Node, path string) {
		rl := r.rule(n, path, &s, labels)
		if before, again := named[rl.Name.Text]; again && rl.Name.Text != "" {
			r.report(rl.Name.Place, path, `the score has two rules named %s, the first in line %d; give this one a "name" of its own`, quote(rl.Name.Text), before.Place.Line)
		} else {
			named[rl.Name.Text] = rl.Name
		}
		s.Rules = append(s.Rules, rl)
	})
	if o.has("rules") && len(s.Rules) == 0 {
		r.report(o.at("rules"), o.pathOf("rules"), "the score %s has no rules", quote(name.Text))
	}
	return s
}

// rule reads a rule of a score, whose decay and stop it has unless it has its own.
func (r *reader) rule(n *yaml.Node, path string, of *ScoreDecl, labels map[string]string) RuleDecl {
	o, ok := r.object(n, path, &ruleShape)
	rl := RuleDecl{Place: placeOf(o.node), Minimum: 1}
	if !ok {
		return rl
	}
	rl.Kind = o.ruleKind()
	rl.When = o.condition("when")
	switch rl.Kind {
	case PerSignal:
		rl.On = o.words("on", maxName)
	case PerSilence:
		rl.On = o.words("of", maxName)
		rl.Silence = o.duration("silence", minSpan)
	}
	o.worth(&rl)
	if rl.Kind == PerPeriod {
		rl.Every = o.calendar("every")
	}
	if rl.Kind != WhileTrue && rl.Reset == nil {
		rl.Limit = o.limit()
		rl.Stop = o.stop(of.Stop)
		rl.Decay = o.decay(of.Decay)
		o.checkPeriods(&rl)
		if n, ok := o.whole("minimum"); ok {
			rl.Minimum = n
		}
	}
	rl.Cap, rl.Floor = o.bounds()
	o.nameRule(&rl, labels)
	return rl
}

// stop reads when points are refused for good; the inherited stop where there is
// none.
func (o object) stop(inherited *StopDecl) *StopDecl {
	n := o.values["stop"]
	if n == nil {
		return inherited
	}
	n = follow(n)
	if n.Kind == yaml.ScalarNode && n.Value == "none" {
		return nil
	}
	if n.Kind != yaml.MappingNode {
		o.mismatch(n, o.pathOf("stop"), phrase.New("this does not say when points stop"), phrase.New(`{score: a score or total, above: 300} or "none"`))
		return nil
	}
	s, ok := o.object(n, o.pathOf("stop"), &stopShape)
	if !ok {
		return nil
	}
	d := &StopDecl{Score: s.word("score", maxName)}
	if above := s.values["above"]; above != nil {
		d.Above, _ = o.pointsOf(above, s.pathOf("above"), phrase.Verbatim(`"above"`))
	}
	return d
}

// ruleKind finds what makes the rule give its points, and reports fields that
// do not go with it.
func (o object) ruleKind() RuleKind {
	given := ""
	kind := PerSignal
	for _, k := range []struct {
		field string
		kind  RuleKind
	}{{"on", PerSignal}, {"silence", PerSilence}, {"every", PerPeriod}, {"when", WhileTrue}} {
		switch {
		case !o.has(k.field) || k.field == "when" && given == "on":
		case given == "":
			given, kind = k.field, k.kind
		default:
			o.report(o.at(k.field), o.pathOf(k.field), `a rule has one of "when", "on" and "silence", or "on" with "when"; this one has %q already`, given)
		}
	}
	if o.lacks("when", "on", "silence", "every") {
		o.report(placeOf(o.node), o.path, `nothing makes this rule give its points: it needs "when", "on" or "silence"`)
	}
	switch {
	case kind == PerSilence && o.lacks("of"):
		o.report(o.at("silence"), o.path, `a rule with "silence" needs "of": the signals that end the silence`)
	case kind != PerSilence && o.has("of"):
		o.report(o.at("of"), o.pathOf("of"), `"of" goes with "silence" only`)
	}
	if kind == PerPeriod && o.lacks("reset") {
		o.report(o.at("every"), o.pathOf("every"), `"every" goes with "reset" only; points are given by "when", "on" or "silence"`)
	}
	if o.has("reset") {
		if kind == WhileTrue {
			o.report(o.at("reset"), o.pathOf("reset"), `a reset happens at a moment: it needs "on", "silence" or "every"`)
		}
		for _, field := range givers {
			if o.has(field) {
				o.report(o.at(field), o.pathOf(field), `a rule with "reset" takes points away and gives none; it takes no %q`, field)
			}
		}
		return kind
	}
	if kind == WhileTrue {
		for _, field := range []string{"limit", "minimum", "decay", "stop"} {
			if o.has(field) {
				o.report(o.at(field), o.pathOf(field), `a rule with "when" gives its points as long as its condition holds and takes no %q`, field)
			}
		}
	}
	return kind
}

// nameRule gives the rule its name and label, the signal's where it has none.
func (o object) nameRule(rl *RuleDecl, labels map[string]string) {
	switch {
	case o.has("name"):
		rl.Name = o.word("name", maxLabel)
		if rl.Name.Text != "" {
			o.checkName(follow(o.values["name"]), o.pathOf("name"))
		}
	case rl.Kind == PerSignal && len(rl.On) == 1:
		rl.Name = Word{rl.On[0].Text, rl.Place}
	case (rl.Kind != PerSignal || len(rl.On) > 1) && o.lacks("name"):
		o.report(rl.Place, o.path, `this rule needs a "name": only one with a single signal in "on" can take the signal's`)
	}
	label := rl.Name.Text
	if rl.Kind == PerSignal && len(rl.On) == 1 && labels[rl.On[0].Text] != "" {
		label = labels[rl.On[0].Text]
	}
	if rl.Kind == PerSilence && len(rl.On) == 1 && labels[rl.On[0].Text] != "" {
		label = fmt.Sprintf("has not %s for %s", labels[rl.On[0].Text], FormatDuration(rl.Silence))
	}
	rl.Label = o.label(label)
}
