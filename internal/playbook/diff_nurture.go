package playbook

import (
	"fmt"
	"strings"
)

func (c catalogue) tracks() []item {
	var items []item
	for _, t := range c.d.Tracks {
		i := called(t.Name.Text, t.Label)
		i.say("way in", plain(t.Enrol))
		i.say("way out", plain(t.Exit))
		i.say("hours", hours(t.Hours))
		if t.Limit != (Limit{}) {
			i.say("limit", limitInWords(t.Limit, 1))
		}
		i.sequence = lines(t.Steps, nil, "")
		i.parts = "step"
		items = append(items, i)
	}
	return items
}

// lines are the steps of a track, those of branches after the branch and with its
// condition, so that a line says what happens to whom.
func lines(steps []Step, told []string, whom string) []string {
	for i := range steps {
		s := &steps[i]
		told = append(told, whom+deed(s))
		told = lines(s.Then, told, whom+"if "+plain(s.When)+": ")
		told = lines(s.Else, told, whom+"unless "+plain(s.When)+": ")
	}
	return told
}

// deed says all that is set in a step but the steps of its branches.
func deed(s *Step) string {
	told := []string{strings.ReplaceAll(s.Kind, "_", " ")}
	if s.What != "" {
		told = append(told, quoted(s.What))
	}
	if s.Text != "" {
		told = append(told, "that "+quoted(s.Text))
	}
	if s.For.Text != "" {
		told = append(told, s.For.Text, "at most")
	}
	if s.Span != 0 {
		told = append(told, span(s.Span))
	}
	for k, set := range s.Sets {
		if k > 0 {
			told = append(told, "and")
		}
		told = append(told, fmt.Sprintf("%s to %s", set.Name.Text, written(set.Value)))
	}
	if s.When.Text != "" {
		told = append(told, "if "+plain(s.When))
	}
	return strings.Join(told, " ")
}
