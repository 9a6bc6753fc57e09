package playbook

import "galena/internal/lead"

// testAct reads what a person does in a test; its moment is read already.
func (o object) testAct(e TestEvent) TestEvent {
	for _, other := range []string{"type", "event", "name", "user", "anonymous", "group", "properties", "traits", "context"} {
		if o.has(other) {
			o.report(o.at(other), o.pathOf(other), `"stage" is what a person does with the lead and takes no %q`, other)
		}
	}
	e.Type, e.Stage = lead.Act, o.word("stage", maxLabel)
	if o.has("reason") {
		e.Reason = o.text("reason", maxLabel)
	}
	return e
}
