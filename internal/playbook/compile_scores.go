package playbook

import (
	"fmt"
	"slices"

	"galena/internal/lead"
	"galena/internal/phrase"
)

// scores declares dimensions and totals, so that conditions can read them; their
// rules follow when the conditions' scope is known.
func (c *compiler) scores() {
	for _, s := range c.d.Scores {
		if c.declare(s.Name, scoreName, len(c.plan.Scores), "scores") {
			c.plan.Scores = append(c.plan.Scores, Score{Name: s.Name.Text, Label: s.Label, EachCycle: s.EachCycle, Cap: s.Cap, Floor: s.Floor})
			c.plan.Catalogue.Scores = append(c.plan.Catalogue.Scores, s.Name.Text)
		}
	}
	for _, t := range c.d.Totals {
		if !c.declare(t.Name, totalName, len(c.plan.Scores), "totals") {
			continue
		}
		of := c.resolve(t.Sum, scoreName, join(join("totals", t.Name.Text), "sum"))
		c.plan.Scores = append(c.plan.Scores, Score{Name: t.Name.Text, Label: t.Label, Of: of, Cap: t.Cap, Floor: t.Floor})
		c.plan.Catalogue.Scores = append(c.plan.Catalogue.Scores, t.Name.Text)
	}
}

// ledgers gives each score its rules for opening balances and corrections.
func (c *compiler) ledgers() {
	balances := map[string]Decay{}
	for _, s := range c.d.Scores {
		balances[s.Name.Text] = s.Balance
	}
	for _, t := range c.d.Totals {
		balances[t.Name.Text] = t.Balance
	}
	for slot := range c.plan.Scores {
		s := &c.plan.Scores[slot]
		for _, r := range []Rule{
			{Name: OpeningName, Label: OpeningName, Kind: Opening, Decay: balances[s.Name]},
			{Name: CorrectionName, Label: CorrectionName, Kind: Correction},
		} {
			r.Score, r.Least, r.Most = slot, -lead.MaxPoints, lead.MaxPoints
			s.Rules = append(s.Rules, len(c.plan.Rules))
			c.plan.Rules = append(c.plan.Rules, r)
		}
	}
}

// The names of the rules that no document writes.
const (
	OpeningName    = "opening balance"
	CorrectionName = "corrected by hand"
)

// rules compiles the rules of all dimensions.
func (c *compiler) rules() {
	for i := range c.d.Scores {
		s := &c.d.Scores[i]
		score, ok := c.names[s.Name.Text]
		if !ok || score.place != s.Name.Place {
			continue // the name is another's; reported
		}
		for j := range s.Rules {
			path := fmt.Sprintf("%s.rules[%d]", join("scores", s.Name.Text), j)
			c.plan.Scores[score.slot].Rules = append(c.plan.Scores[score.slot].Rules, len(c.plan.Rules))
			c.plan.Rules = append(c.plan.Rules, c.rule(&s.Rules[j], score.slot, path))
		}
	}
}

func (c *compiler) rule(r *RuleDecl, score int, path string) Rule {
	out := Rule{
		Name: r.Name.Text, Label: r.Label, Score: score, Kind: r.Kind, Silence: r.Silence, Every: r.Every, Points: r.Points,
		Least: r.Least, Most: r.Most, Reset: r.Reset,
		Limit: r.Limit, Minimum: r.Minimum, Decay: r.Decay, Cap: r.Cap, Floor: r.Floor,
	}
	if r.Stop != nil {
		if slot, ok := c.reading(r.Stop.Score, path+".stop.score"); ok {
			out.Stop = &Stop{Score: slot, Above: r.Stop.Above}
		}
	}
	out.Compute = c.computed(r, path+".points")
	switch r.Kind {
	case WhileTrue:
		out.When = c.onAttributes(r.When, path+".when", phrase.Term("the condition of a rule"))
		return out
	case PerPeriod:
		return out
	case PerSignal:
		out.Signals = c.resolve(r.On, signalName, path+".on")
		out.When = c.atSignal(r.When, path+".when")
	case PerSilence:
		out.Signals = c.resolve(r.On, signalName, path+".of")
	}
	fed := r.Kind == PerSilence || len(out.Signals) == 0
	for _, s := range out.Signals {
		c.used[s] = true
		fed = fed || !neverOccurs(&c.plan.Signals[s])
	}
	if !fed {
		c.warn(r.Place, path, "the rule %s never gives its points: none of its signals can occur", quote(r.Name.Text))
	}
	return out
}

// reading finds the slot of a dimension or total.
func (c *compiler) reading(w Word, path string) (slot int, ok bool) {
	m, known := c.names[w.Text]
	if known && (m.kind == scoreName || m.kind == totalName) {
		return m.slot, true
	}
	if w.Text == "" {
		return 0, false // the parser has reported it
	}
	p := Problem{Line: w.Place.Line, Column: w.Place.Column, Path: path, Message: phrase.New("unknown score or total %s", quote(w.Text))}
	if known {
		p.Message = phrase.New("%s is %s, not a score or total", quote(w.Text), m.kind.one())
	} else {
		p.Suggestion = c.suggest(w.Text, slices.Concat(c.named(scoreName), c.named(totalName)))
	}
	c.add(p)
	return 0, false
}
