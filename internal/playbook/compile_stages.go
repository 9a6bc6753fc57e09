package playbook

import (
	"fmt"
	"slices"
	"strings"

	"galena/internal/phrase"
)

// stages compiles the stages, then the exits, which share their names.
func (c *compiler) stages() {
	first := map[string]Word{}
	role := -1
	for i, s := range c.d.Stages {
		path := fmt.Sprintf("stages[%d]", i)
		c.unique(first, s.Name, path, phrase.Term("stages"))
		if at := slices.Index(Roles, s.Role.Text); at >= 0 {
			if at < role {
				c.warn(s.Role.Place, path+".role", "the role %s comes before %s, the role of an earlier stage; roles follow the funnel: %s",
					quote(s.Role.Text), quote(Roles[role]), strings.Join(Roles, ", "))
			}
			role = max(role, at)
		}
		c.plan.Stages = append(c.plan.Stages, Stage{
			Name: s.Name.Text, Label: s.Label, Role: s.Role.Text, Side: s.Side,
			When:      c.condition(s.When, path+".when"),
			FastTrack: c.condition(s.FastTrack, path+".fast_track"),
			Lapses:    s.Back,
			BackWhen:  c.condition(s.BackWhen, path+".back_when"),
			BackTo:    c.backTo(i, path),
		})
		c.unreachable(i, path)
	}
	c.plan.FirstExit = len(c.plan.Stages)
	for i, x := range c.d.Exits {
		path := fmt.Sprintf("exits[%d]", i)
		c.unique(first, x.Name, path, phrase.Term("stages or exits"))
		out := Stage{
			Name: x.Name.Text, Label: x.Label, Role: x.Role.Text, BackTo: -1,
			When: c.condition(x.When, path+".when"), Exit: true, CoolDown: x.CoolDown, Final: x.Final,
		}
		for _, r := range x.Reasons {
			out.Reasons = append(out.Reasons, r.Text)
		}
		c.plan.Stages = append(c.plan.Stages, out)
	}
	if len(c.d.Exits) > 0 && len(c.d.Stages) == 0 {
		c.report(c.d.Exits[0].Name.Place, "exits", "there is nothing to leave: the playbook has no stages")
	}
	for i, w := range c.d.HandRaise {
		path := fmt.Sprintf("hand_raise[%d]", i)
		slots := c.resolve([]Word{w}, signalName, path)
		for _, slot := range slots {
			c.used[slot] = true
		}
		c.plan.HandRaise = append(c.plan.HandRaise, slots...)
	}
	slices.Sort(c.plan.HandRaise)
}

// unique reports a name that was given before.
func (c *compiler) unique(first map[string]Word, name Word, path string, what phrase.Phrase) {
	if before, again := first[name.Text]; again && name.Text != "" {
		c.report(name.Place, path, "two %s are named %s, the first in line %d", what, quote(name.Text), before.Place.Line)
	}
	first[name.Text] = name
}

// backTo finds the stage to which leads go back from the i-th, and reports a
// stage before which there is none.
func (c *compiler) backTo(i int, path string) int {
	s := &c.d.Stages[i]
	if i == 0 && (s.Back || s.BackWhen.Text != "") {
		c.report(s.Name.Place, path, "there is no stage before the first to go back to; a way out of the funnel belongs in \"exits\"")
		return -1
	}
	if s.BackTo.Text == "" {
		return -1
	}
	var earlier []string
	for k := range c.d.Stages[:i] {
		if c.d.Stages[k].Name.Text == s.BackTo.Text {
			return k
		}
		earlier = append(earlier, c.d.Stages[k].Name.Text)
	}
	c.add(Problem{Line: s.BackTo.Place.Line, Column: s.BackTo.Place.Column, Path: path + ".back_to",
		Message: phrase.New("no earlier stage is named %s", quote(s.BackTo.Text)), Expected: phrase.New("one of %s", strings.Join(earlier, ", ")),
		Suggestion: c.suggest(s.BackTo.Text, earlier)})
	return -1
}

// unreachable warns of a stage that no lead can enter, as far as its text shows.
func (c *compiler) unreachable(i int, path string) {
	s := &c.d.Stages[i]
	text := strings.TrimSpace(s.When.Text)
	if text == "" || s.FastTrack.Text != "" {
		return
	}
	if text == "false" {
		c.warn(s.When.Place, path+".when", "no lead can enter the stage %s: its condition never holds; a stage that only people put leads into is \"by_hand: true\"", quote(s.Name.Text))
		return
	}
	for _, later := range c.d.Stages[i+1:] {
		if t := strings.TrimSpace(later.When.Text); t != "" && (t == text || t == "true") && later.BackWhen.Text == "" {
			c.warn(s.When.Place, path+".when", "no lead can enter the stage %s: whenever its condition holds, that of the later stage %s does too",
				quote(s.Name.Text), quote(later.Name.Text))
			return
		}
	}
}
