package pipeline_test

import (
	"testing"

	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/pipeline"
)

// put is the act by which a person puts a lead into a stage.
func put(id lead.ID, stage string) lead.Event {
	e := lead.Event{Lead: id, Type: lead.Act, Name: lead.ActStage, Origin: lead.Server,
		Body: []byte(`{"properties":{"stage":"` + stage + `","reason":"for a test"}}`)}
	if err := e.Open(); err != nil {
		panic(err) // we have just written it
	}
	return e
}

// An act is about the lead that it names, or whoever that was joined to, even
// within its own batch, and survives being folded again.
func TestAnActFindsItsLead(t *testing.T) {
	t.Parallel()
	h := newHouse(t, handbook)
	h.say(identify("u1", "", "ada@corp.example"))
	h.say(visit("a1"))
	ada, visitor := h.who(lead.User, "u1"), h.who(lead.Anonymous, "a1")
	h.clock.now += 1000
	h.say(identify("u1", "a1", ""), put(visitor, "MQL"))
	log := h.decisions(ada)
	last := log[len(log)-1]
	if last.Stage != "MQL" || last.Reason != "for a test" || last.Event == "" {
		t.Errorf("after the act the last decision is %+v", last)
	}
	h.clock.now += 1000
	old := visit("a1")
	old.Backfill, old.Occurred = true, h.clock.now-5000
	h.say(old)
	if stage, _, _ := h.engine().Stage(h.stateOf(ada)); stage != "MQL" {
		t.Errorf("folded again, the lead is in stage %q, want MQL", stage)
	}
	h.checkAll()
}

// An act about nobody fails by itself.
func TestAnActAboutNobody(t *testing.T) {
	t.Parallel()
	h := newHouse(t, handbook)
	act := put(77, "MQL")
	h.complete(&act)
	if _, err := h.CommitTogether(pipeline.Batch{Events: []lead.Event{act}}); fault.KindOf(err) != fault.NotFound {
		t.Errorf("got %v, want not found", err)
	}
}
