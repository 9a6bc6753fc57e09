package engine

import (
	"slices"
	"strings"

	"galena/internal/playbook"
)

// trialPath says what is otherwise than expected about the lead's way.
func trialPath(w *playbook.Expectation, x *Explanation, say func(format string, args ...any)) {
	if w.Cycle != nil && *w.Cycle != int64(x.Cycle) {
		say("the cycle is %d, expected %d", x.Cycle, *w.Cycle)
	}
	if w.Reason != nil {
		reason := ""
		if x.Hold != nil {
			reason = x.Hold.Reason
		}
		if reason != w.Reason.Text {
			say("the reason is %s, expected %s", named(reason), named(w.Reason.Text))
		}
	}
	if w.Entered == nil {
		return
	}
	var entered, expected []string
	for _, d := range x.Decisions {
		entered = append(entered, d.Stage)
	}
	for _, e := range w.Entered {
		expected = append(expected, e.Text)
	}
	if !slices.Equal(entered, expected) {
		say("entered were %s, expected %s", named(strings.Join(entered, ", ")), named(strings.Join(expected, ", ")))
	}
}
