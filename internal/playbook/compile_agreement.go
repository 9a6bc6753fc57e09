package playbook

import (
	"fmt"
	"slices"
	"strings"

	"galena/internal/lead"
	"galena/internal/phrase"
	"galena/internal/rule"
)

// The sections that nothing acts on yet are compiled for their mistakes: every
// condition and name in them is checked, and nothing of them is in the plan.

func (c *compiler) agreement() {
	c.handoff()
	for i := range c.d.Tracks {
		t := &c.d.Tracks[i]
		path := join("nurture", t.Name.Text)
		c.mention(t.Enrol, path+".enrol")
		c.mention(t.Exit, path+".exit")
		c.steps(t.Steps, path+".steps")
	}
	c.attribution()
	names := map[string]Word{}
	for i, g := range c.d.Goals {
		path := fmt.Sprintf("goals[%d]", i)
		c.unique(names, g.Name, path, phrase.Term("goals"))
		if g.Stage.Text != "" {
			c.stage(g.Stage, path+".stage")
		}
	}
	if all := c.d.currencies(); len(all) > 1 {
		c.warn(c.d.Review.Place, "costs", "goals and costs are in several currencies, %s, and can only be compared within one", strings.Join(all, ", "))
	}
}

// mention checks a condition and notes what it reads.
func (c *compiler) mention(when Condition, path string) {
	expr := c.check(c.leads, when, path)
	if expr == nil {
		return
	}
	for _, a := range expr.Atoms() {
		if a.Kind == rule.Count || a.Kind == rule.Since {
			c.used[a.Slot] = true
		}
	}
}

// stage checks the name of a stage that is no exit.
func (c *compiler) stage(w Word, path string) {
	var names []string
	for i := range c.plan.Stages[:c.plan.FirstExit] {
		names = append(names, c.plan.Stages[i].Name)
	}
	if slices.Contains(names, w.Text) || w.Text == "" {
		return
	}
	p := Problem{Line: w.Place.Line, Column: w.Place.Column, Path: path, Message: phrase.New("unknown %s %s", phrase.Term("stage"), quote(w.Text)), Suggestion: c.suggest(w.Text, names)}
	if c.plan.StageNamed(w.Text) >= 0 {
		p.Message, p.Suggestion = phrase.New("%s is an exit; this wants a stage", quote(w.Text)), phrase.Phrase{}
	}
	c.add(p)
}

func (c *compiler) handoff() {
	h := c.d.Handoff
	if h == nil {
		return
	}
	for i, w := range h.On {
		c.stage(w, fmt.Sprintf("handoff.on[%d]", i))
	}
	for i := range h.Routes {
		path := fmt.Sprintf("handoff.routes[%d]", i)
		c.mention(h.Routes[i].When, path+".when")
		if text := strings.TrimSpace(h.Routes[i].When.Text); (text == "" || text == "true") && i+1 < len(h.Routes) {
			c.warn(h.Routes[i+1].To.Place, fmt.Sprintf("handoff.routes[%d]", i+1), "no lead comes to this route: the one before fits all")
			break
		}
	}
	for i, w := range h.Context {
		c.readable(w, fmt.Sprintf("handoff.context[%d]", i))
	}
	for i, r := range h.Ladder {
		if h.ReachWithin == 0 && h.AcceptWithin == 0 {
			c.warn(r.Place, fmt.Sprintf("handoff.ladder[%d]", i), `the ladder has no promise to keep: "accept_within" or "reach_within" says what sales promises`)
			break
		}
	}
}

// readable checks the name of something that can be told of a lead.
func (c *compiler) readable(w Word, path string) {
	if m, ok := c.names[w.Text]; ok {
		if m.kind == signalName {
			c.used[m.slot] = true
		}
		return
	}
	var names []string
	for name := range c.names {
		names = append(names, name)
	}
	c.add(Problem{Line: w.Place.Line, Column: w.Place.Column, Path: path,
		Message: phrase.New("there is no attribute, signal, segment, score or total %s", quote(w.Text)), Suggestion: c.suggest(w.Text, names)})
}

func (c *compiler) steps(steps []Step, path string) {
	for i := range steps {
		s, at := &steps[i], fmt.Sprintf("%s[%d]", path, i)
		switch s.Kind {
		case "wait_for":
			for _, slot := range c.resolve([]Word{s.For}, signalName, at+".wait_for") {
				c.used[slot] = true
			}
		case "branch":
			c.mention(s.When, at+".branch.when")
			c.steps(s.Then, at+".branch.then")
			c.steps(s.Else, at+".branch.else")
		case "update":
			for _, set := range s.Sets {
				c.setting(set, join(at+".update", set.Name.Text))
			}
		}
	}
}

// setting checks that an attribute can have a value.
func (c *compiler) setting(s Setting, path string) {
	for _, slot := range c.resolve([]Word{s.Name}, attributeName, path) {
		a := &c.plan.Attributes[slot]
		if slot < Builtins {
			c.report(s.Name.Place, path, "%s is told by what the lead does and cannot be set", quote(a.Name))
			continue
		}
		if v, ok := lead.Convert(s.Value, a.Kind); !ok || v.Kind == lead.Missing {
			c.report(s.Place, path, "%s is of the kind %s, which this is not", quote(a.Name), phrase.Term(a.Kind.String()))
		}
	}
}

func (c *compiler) attribution() {
	a := c.d.Attribution
	if a == nil {
		return
	}
	for i, w := range a.Touches {
		for _, slot := range c.resolve([]Word{w}, signalName, fmt.Sprintf("attribution.touches[%d]", i)) {
			c.used[slot] = true
		}
	}
	for _, m := range a.Models {
		path := join("attribution.models", m.Name.Text)
		for i, w := range m.Anchors {
			c.stage(w, fmt.Sprintf("%s.anchors[%d]", path, i))
		}
		for _, w := range m.Weights {
			if !slices.Contains([]string{"first", "last", "others"}, w.At.Text) {
				c.stage(w.At, join(path+".weights", w.At.Text))
			}
		}
	}
}
