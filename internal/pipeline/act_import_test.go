package pipeline_test

import (
	"encoding/json"
	"testing"

	"galena/internal/lead"
	"galena/internal/pipeline"
	"galena/internal/store"
)

// opening is the act of a row that brings a balance of fit along.
func opening(user, anonymous, email string, points float64) lead.Event {
	e := lead.Event{Type: lead.Act, Name: lead.ActBalance, Origin: lead.Import, UserID: user, AnonymousID: anonymous, Email: email}
	e.Body, _ = json.Marshal(map[string]any{"properties": map[string]any{"scores": map[string]any{"fit": points}}})
	if err := e.Open(); err != nil {
		panic(err) // we have just written it
	}
	return e
}

// fit is how the score fit of a lead reads.
func (h *house) fitNow(id lead.ID) lead.Points {
	h.Helper()
	return h.engine().Read(h.stateOf(id))[0]
}

func (h *house) wantFit(id lead.ID, want lead.Points) {
	h.Helper()
	if got := h.fitNow(id); got != want {
		h.Errorf("%s has a fit of %v, want %v", id, got, want)
	}
}

// A balance of an import finds its lead by the identifiers of its row, within the
// batch that brings that lead and later; a newer one takes its place.
func TestABalanceFindsItsLead(t *testing.T) {
	t.Parallel()
	h := newHouse(t, handbook)
	r := h.say(identify("u1", "", "ada@corp.example"), opening("u1", "", "ada@corp.example", 30))
	if r.Accepted != 2 || r.Refused != 0 {
		t.Errorf("the receipt is %+v", r)
	}
	ada := h.who(lead.User, "u1")
	h.wantFit(ada, 30_000)
	h.clock.now += 1000
	h.say(opening("", "", "ada@corp.example", 12.5))
	h.wantFit(ada, 12_500)
	h.say(opening("u1", "", "", 0))
	h.wantFit(ada, 0)
	h.checkAll()
}

// Of balances that are history the one of the latest day counts, in whatever
// order they come.
func TestABalanceOfThePast(t *testing.T) {
	t.Parallel()
	h := newHouse(t, handbook)
	h.say(identify("u1", "", ""))
	past := func(days lead.Time, points float64) lead.Event {
		e := opening("u1", "", "", points)
		e.Backfill, e.Occurred = true, midday-days*24*lead.Time(lead.Hour)
		return e
	}
	ada := h.who(lead.User, "u1")
	h.say(past(10, 7))
	h.wantFit(ada, 7_000)
	h.say(past(20, 99))
	h.wantFit(ada, 7_000)
	h.say(past(10, 8))
	h.wantFit(ada, 8_000)
	h.checkAll()
}

// A visitor brings its balance along when it turns out who it is, and takes it
// back with what else was its own.
func TestAVisitorKeepsItsBalance(t *testing.T) {
	t.Parallel()
	h := newHouse(t, handbook)
	h.say(identify("u1", "", ""), visit("a1"))
	ada, visitor := h.who(lead.User, "u1"), h.who(lead.Anonymous, "a1")
	h.say(opening("", "a1", "", 5))
	h.wantFit(visitor, 5_000)
	h.clock.now += 1000
	h.say(identify("u1", "a1", ""))
	h.wantFit(ada, 5_000)
	h.say(opening("", "a1", "", 6))
	h.wantFit(ada, 6_000)
	h.checkAll()
	h.unmerge(visitor)
	h.wantFit(visitor, 6_000)
	h.wantFit(ada, 0)
	h.checkAll()
}

// A balance of nobody is refused by itself and kept as a reject once; what came
// with it is taken in, and nobody comes into being.
func TestABalanceOfNobody(t *testing.T) {
	t.Parallel()
	h := newHouse(t, handbook)
	lost, nameless := opening("u2", "", "", 5), opening("", "", "", 5)
	lost.MessageID, nameless.MessageID = "lost", "nameless"
	for range 2 {
		if r := h.say(lost, nameless, visit("a1")); r != (pipeline.Receipt{Accepted: 1, Refused: 2}) {
			t.Errorf("the receipt is %+v", r)
		}
	}
	if who := h.who(lead.User, "u2"); who != 0 {
		t.Errorf("%s came into being", who)
	}
	h.read(func(s store.Snapshot) error {
		rejects, err := s.Rejects(0, 10)
		if len(rejects) != 2 || rejects[0].Code != pipeline.CodeNobody || rejects[0].MessageID != "lost" || rejects[0].Message == rejects[1].Message {
			t.Errorf("kept are %+v", rejects)
		}
		return err
	})
	h.checkAll()
}
