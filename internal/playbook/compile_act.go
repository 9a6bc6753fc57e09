package playbook

import (
	"slices"
	"strings"

	"galena/internal/lead"
	"galena/internal/phrase"
)

// testAct checks what a person does in a test as it is checked in life.
func (c *compiler) testAct(e *TestEvent, path string, stages []string) {
	if e.Type != lead.Act || e.Stage.Text == "" {
		return
	}
	slot := c.plan.StageNamed(e.Stage.Text)
	if slot < 0 {
		c.add(Problem{Line: e.Stage.Place.Line, Column: e.Stage.Place.Column, Path: path + ".stage",
			Message: phrase.New("unknown %s %s", phrase.Term("stage"), quote(e.Stage.Text)), Suggestion: c.suggest(e.Stage.Text, stages)})
		return
	}
	switch s := &c.plan.Stages[slot]; {
	case !s.Exit:
	case len(s.Reasons) == 0 && e.Reason == "":
		c.report(e.Place, path, "to leave by %s needs a reason", quote(s.Name))
	case len(s.Reasons) > 0 && !slices.Contains(s.Reasons, e.Reason):
		c.add(Problem{Line: e.Place.Line, Column: e.Place.Column, Path: path + ".reason",
			Message: phrase.New("to leave by %s needs one of its reasons", quote(s.Name)), Found: phrase.Verbatim(quote(e.Reason)), Expected: phrase.New("one of %s", strings.Join(s.Reasons, ", "))})
	}
}
