package playbook

import "strings"

func (c catalogue) tracks() []item {
	var items []item
	for _, t := range c.d.Tracks {
		i := c.called(t.Name.Text, t.Label)
		i.say("way in", plain(t.Enrol))
		i.say("way out", plain(t.Exit))
		i.say("hours", c.hoursOf(t.Hours))
		if t.Limit != (Limit{}) {
			i.say("limit", c.limit(t.Limit, 1))
		}
		i.sequence = c.lines(t.Steps, nil, "")
		i.parts = "step"
		items = append(items, i)
	}
	return items
}

// lines are the steps of a track, those of branches after the branch and with its
// condition, so that a line says what happens to whom.
func (w words) lines(steps []Step, told []string, whom string) []string {
	for i := range steps {
		s := &steps[i]
		told = append(told, whom+w.stepDeed(s))
		told = w.lines(s.Then, told, whom+w.say("if %s: ", plain(s.When)))
		told = w.lines(s.Else, told, whom+w.say("unless %s: ", plain(s.When)))
	}
	return told
}

// stepDeed says all that is set in a step but the steps of its branches.
func (w words) stepDeed(s *Step) string {
	told := []string{w.term(strings.ReplaceAll(s.Kind, "_", " "))}
	if s.What != "" {
		told = append(told, w.quoted(s.What))
	}
	if s.Text != "" {
		told = append(told, w.say("that %s", w.quoted(s.Text)))
	}
	if s.For.Text != "" {
		told = append(told, s.For.Text, w.say("at most"))
	}
	if s.Span != 0 {
		told = append(told, w.span(s.Span))
	}
	var sets []string
	for _, set := range s.Sets {
		sets = append(sets, w.say("%s to %s", set.Name.Text, written(set.Value)))
	}
	if len(sets) > 0 {
		told = append(told, w.allOf(sets))
	}
	if s.When.Text != "" {
		told = append(told, w.say("if %s", plain(s.When)))
	}
	return strings.Join(told, " ")
}
