package pipeline_test

import (
	"context"
	"slices"
	"testing"

	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/pipeline"
)

// three are merged into one, C into B and B into A, each with visits of their own.
func three(t *testing.T) *house {
	h := newHouse(t, handbook)
	for _, who := range []string{"a", "b", "c"} {
		h.say(identify(who, who+"1", ""), lead.Event{Name: "Visit", UserID: who, MessageID: who + " before"})
	}
	h.merge(2, 3)
	h.say(lead.Event{Name: "Visit", UserID: "c", MessageID: "c as b"})
	h.merge(1, 2)
	h.say(
		lead.Event{Name: "Visit", UserID: "a", MessageID: "a as a"},
		lead.Event{Name: "Visit", UserID: "b", MessageID: "b as a"},
		lead.Event{Name: "Visit", UserID: "c", AnonymousID: "new", MessageID: "c as a"},
		lead.Event{Name: "Visit", AnonymousID: "new", MessageID: "new as a"},
	)
	return h
}

// visits are the messages of visits in the history of a lead.
func (h *house) visits(id lead.ID) (messages []string) {
	h.Helper()
	for _, m := range h.history(id) {
		if len(m) >= 5 && (m[1] == ' ' || m[:3] == "new") {
			messages = append(messages, m)
		}
	}
	slices.Sort(messages)
	return messages
}

func (h *house) has(id lead.ID, want ...string) {
	h.Helper()
	if got := h.visits(id); !slices.Equal(got, want) {
		h.Errorf("%s has %q, want %q", id, got, want)
	}
}

func TestAChainIsUndoneInTheMiddle(t *testing.T) {
	t.Parallel()
	h := three(t)
	h.unmerge(2)
	h.checkAll()
	h.has(1, "a as a", "a before")
	h.has(2, "b as a", "b before", "c as a", "c as b", "c before", "new as a")
	if got := h.who(lead.Anonymous, "new"); got != 2 {
		t.Errorf("the new browser is of %s", got)
	}
	h.unmerge(3)
	h.checkAll()
	h.has(2, "b as a", "b before")
	h.has(3, "c as a", "c as b", "c before", "new as a")
}

func TestAChainIsUndoneAtItsEnd(t *testing.T) {
	t.Parallel()
	h := three(t)
	h.unmerge(3)
	h.checkAll()
	h.has(1, "a as a", "a before", "b as a", "b before")
	h.has(3, "c as a", "c as b", "c before", "new as a")
	for user, want := range map[string]lead.ID{"a": 1, "b": 1, "c": 3} {
		if got := h.who(lead.User, user); got != want {
			t.Errorf("%q is of %s, want %s", user, got, want)
		}
	}
}

// What carries nothing of either side stays: here a browser that the two shared.
func TestWhatIsNobodysStays(t *testing.T) {
	t.Parallel()
	h := newHouse(t, handbook)
	h.say(identify("a", "shared", ""), identify("b", "", ""))
	h.merge(1, 2)
	h.say(lead.Event{Name: "Visit", AnonymousID: "shared", MessageID: "a shared"}, lead.Event{Name: "Visit", UserID: "b", AnonymousID: "shared", MessageID: "b shared"})
	h.unmerge(2)
	h.checkAll()
	h.has(1, "a shared")
	h.has(2, "b shared")
}

// A visitor whom a returning message had joined goes along.
func TestAVisitorGoesWithWhoseItIs(t *testing.T) {
	t.Parallel()
	h := newHouse(t, handbook)
	h.say(identify("a", "", ""), identify("b", "", ""))
	h.say(lead.Event{Name: "Visit", AnonymousID: "v", MessageID: "v before"}) // lead_3
	h.merge(1, 2)
	h.say(identify("b", "v", "")) // joins the visitor
	h.unmerge(2)
	h.checkAll()
	h.has(1)
	h.has(2, "v before")
	if joins := h.joins(2); len(joins) != 1 || joins[0].Child != 3 || joins[0].Parent != 2 {
		t.Errorf("joins of lead_2: %v", joins)
	}
	h.unmerge(3)
	h.checkAll()
	h.has(3, "v before")
}

// The joining of a visitor that Galena found is undone, too; the message that
// showed it names the person and stays.
func TestAFoundJoinIsUndone(t *testing.T) {
	t.Parallel()
	h := newHouse(t, handbook)
	h.say(identify("a", "", "ada@corp.example"))
	h.say(lead.Event{Name: "Visit", AnonymousID: "v", MessageID: "v before"}) // lead_2
	h.say(identify("a", "v", ""))
	h.has(1, "v before")
	o := h.unmerge(2)
	h.checkAll()
	if o.Retracted != 1 || len(h.history(1)) != 2 {
		t.Errorf("it came to %+v, and left %q", o, h.history(1))
	}
	h.has(2, "v before")
}

// A server's alias merges two people, and that is undone by whose the user id is.
func TestAnAliasIsUndone(t *testing.T) {
	t.Parallel()
	h := newHouse(t, handbook)
	h.say(identify("old", "", ""), identify("new", "", ""))
	h.say(lead.Event{Type: lead.Alias, PreviousID: "old", UserID: "new", Origin: lead.Server, MessageID: "x alias"})
	h.say(lead.Event{Name: "Visit", UserID: "new", MessageID: "n after"})
	h.has(1, "n after", "x alias")
	h.unmerge(2)
	h.checkAll()
	h.has(1)
	h.has(2, "n after", "x alias")
}

// A verdict on an event that goes back goes with it.
func TestAVerdictGoesAlong(t *testing.T) {
	t.Parallel()
	h := newHouse(t, handbook)
	h.say(identify("a", "", "ada@corp.example"), identify("b", "", "bo@corp.example"))
	h.merge(1, 2)
	h.say(lead.Event{Name: "Visit", UserID: "b", MessageID: "b one"}, lead.Event{Name: "Visit", UserID: "b", MessageID: "b two"})
	robot := lead.Judgement{Robot: true, Messages: []string{"b one"}, Signature: someone}
	if _, err := h.JudgeMessages(context.Background(), h.act(), robot); err != nil {
		t.Fatal(err)
	}
	h.has(1, "b two")
	h.unmerge(2)
	h.checkAll()
	h.has(2, "b two")
	robot.Robot = false
	if _, err := h.JudgeMessages(context.Background(), h.act(), robot); err != nil {
		t.Fatal(err)
	}
	h.checkAll()
	h.has(2, "b one", "b two")
}

// A verdict speaks of what is in the log; what comes later is another matter.
func TestAVerdictDoesNotSpeakOfTheFuture(t *testing.T) {
	t.Parallel()
	h := newHouse(t, handbook)
	h.say(identify("a", "", "ada@corp.example"), lead.Event{Name: "Demo", UserID: "a", MessageID: "d one"})
	if _, err := h.Judge(context.Background(), is(1), h.act(), lead.Judgement{Robot: true, Signature: someone}); err != nil {
		t.Fatal(err)
	}
	h.checkAll()
	if got := told(h.decisions(1)); !slices.Equal(got, []string{"made Lead of lead_1 at +0", "retracted Lead of lead_1 at +0"}) {
		t.Errorf("the log says %q", got)
	}
	if kind := h.stateOf(1).Kind(); kind != "visitor" {
		t.Errorf("who did nothing is a %s", kind)
	}
	old := lead.Event{Name: "Demo", UserID: "a", MessageID: "d old", Origin: lead.Import, Backfill: true, Occurred: midday - 5}
	h.say(lead.Event{Name: "Demo", UserID: "a", MessageID: "d two"}, old)
	h.checkAll()
	if got := h.history(1); !slices.Equal(got, []string{"d old", "d two"}) {
		t.Errorf("folded is %q", got)
	}
}

func TestTooManyMessagesForAVerdict(t *testing.T) {
	t.Parallel()
	h := newHouse(t, handbook)
	h.refusedAs(fault.TooLarge, func() (pipeline.Outcome, error) {
		return h.JudgeMessages(context.Background(), "act", lead.Judgement{Messages: make([]string, pipeline.MaxJudged+1)})
	})
}
