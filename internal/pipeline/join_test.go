package pipeline_test

import (
	"fmt"
	"slices"
	"testing"

	"galena/internal/lead"
	"galena/internal/pipeline"
	"galena/internal/store"
)

func visit(anonymous string) lead.Event { return lead.Event{Name: "Visit", AnonymousID: anonymous} }

func identify(user, anonymous, email string) lead.Event {
	e := lead.Event{Type: lead.Identify, UserID: user, AnonymousID: anonymous, Email: email}
	return with(e, map[string]any{"email": email})
}

func (h *house) joins(id lead.ID) (joins []store.Join) {
	h.Helper()
	h.read(func(s store.Snapshot) (err error) {
		joins, err = s.Joins(id)
		return err
	})
	return joins
}

func TestAVisitorIsCreatedAndJoinedWithinOneBatch(t *testing.T) {
	t.Parallel()
	h := newHouse(t, handbook)
	h.say(identify("", "", "ada@corp.example")) // known from a list
	h.clock.now += 1000
	h.say(
		visit("a1"), visit("a1"),
		visit("a2"),
		identify("u1", "a1", "ada@corp.example"),
		identify("u1", "a2", ""),
		visit("a1"),
	)
	ada := h.who(lead.User, "u1")
	for kind, value := range map[lead.IdentifierKind]string{lead.Email: "ada@corp.example", lead.Anonymous: "a2"} {
		if got := h.who(kind, value); got != ada {
			t.Errorf("%s %s is held by %s, want %s", kind, value, got, ada)
		}
	}
	var children []lead.ID
	for _, j := range h.joins(ada) {
		children = append(children, j.Child)
		if j.At != midday+1000 {
			t.Errorf("%s was joined at %s, want %s", j.Child, j.At, midday+1000)
		}
	}
	if want := []lead.ID{2, 3}; !slices.Equal(children, want) {
		t.Errorf("joined were %v, want %v", children, want)
	}
	if c := h.counts(); c.Events != 7 || c.Leads != 1 {
		t.Errorf("%d events of %d leads, want 7 of 1", c.Events, c.Leads)
	}
	h.checkAll()
}

// A batch stands in the log as it came, whoever its events turn out to be of, so
// that two people who become one have one order.
func TestTheLogKeepsTheOrderOfArrival(t *testing.T) {
	t.Parallel()
	h := newHouse(t, handbook)
	h.say(visit("a1"), visit("a2"), visit("a1"), visit("a3"), visit("a2"), identify("u1", "a1", ""), visit("a3"))
	h.read(func(s store.Snapshot) error {
		log, err := s.Log(0, 100)
		for i, e := range log {
			if want := fmt.Sprint("message ", i+1); e.MessageID != want {
				t.Errorf("event %d of the log is %q, want %q", i+1, e.MessageID, want)
			}
		}
		return err
	})
}

func TestAJoinIsDatedByWhatShowedIt(t *testing.T) {
	t.Parallel()
	h := newHouse(t, handbook)
	h.say(identify("u1", "", "ada@corp.example"), visit("a1"))
	h.clock.now += lead.Time(lead.Day)
	shows := identify("u1", "a1", "")
	shows.Origin, shows.Backfill, shows.Occurred = lead.Import, true, midday+500
	later := lead.Event{UserID: "u1", Name: "Visit", Origin: lead.Import, Backfill: true, Occurred: midday + 9000}
	h.say(later, shows)
	joins := h.joins(h.who(lead.User, "u1"))
	if len(joins) != 1 || joins[0].At != midday+500 {
		t.Errorf("joins %+v, want one at %d", joins, midday+500)
	}
	h.checkAll()
}

// The clock was set back after a visitor was woken: what was decided then stands
// after the visitor is found to be somebody.
func TestAJoinForgetsNoMomentOfTheVisitor(t *testing.T) {
	t.Parallel()
	h := newHouse(t, handbook)
	h.say(visit("a1"), visit("a1"))
	h.wake(midday.Add(4 * lead.Day)) // silence fell due
	visitor := h.who(lead.Anonymous, "a1")
	at := h.stateOf(visitor).At
	h.clock.now = midday.Add(lead.Hour)
	h.say(identify("u2", "", "bo@corp.example"))
	h.say(identify("u2", "a1", ""), lead.Event{Name: "Other", UserID: "u2", MessageID: "last"})
	bo := h.who(lead.User, "u2")
	h.read(func(s store.Snapshot) error {
		events, err := s.History(bo)
		if last := events[len(events)-1]; last.MessageID != "last" || last.Received != at {
			t.Errorf("the last event is %q, received at %s, want it received at %s", last.MessageID, last.Received, at)
		}
		return err
	})
	if got := h.stateOf(bo).At; got < at {
		t.Errorf("the lead was folded to %s, the visitor had come to %s", got, at)
	}
	h.checkAll()
}

func TestAliasChains(t *testing.T) {
	t.Parallel()
	alias := func(previous, user string) lead.Event {
		return lead.Event{Type: lead.Alias, PreviousID: previous, UserID: user, Origin: lead.Server}
	}
	cases := []struct {
		name      string
		events    []lead.Event
		leads     int64
		conflicts int64
		same      []string // ids, as user or anonymous, that are one person
	}{
		{"a visitor becomes the user", []lead.Event{visit("a1"), alias("a1", "u1")}, 1, 0, []string{"a1", "u1"}},
		{"two browsers of one user", []lead.Event{visit("a1"), visit("a2"), alias("a1", "u1"), alias("a2", "u1")}, 1, 0, []string{"a1", "a2", "u1"}},
		{"an alias before the visit", []lead.Event{alias("a1", "u1"), visit("a1")}, 1, 0, []string{"a1", "u1"}},
		{"a new user id of a user", []lead.Event{visit("a1"), alias("a1", "u1"), alias("u1", "u2")}, 1, 0, []string{"a1", "u1", "u2"}},
		{"two users whom a server says to be one", []lead.Event{identify("u2", "", ""), visit("a1"), alias("a1", "u1"), alias("u1", "u2")}, 1, 0, []string{"a1", "u1", "u2"}},
		{"two users and a browser's alias", []lead.Event{identify("u2", "", ""), visit("a1"), alias("a1", "u1"),
			{Type: lead.Alias, PreviousID: "u1", UserID: "u2", Origin: lead.Browser}}, 2, 1, []string{"a1", "u1"}},
		{"an alias of a browser that is somebody's", []lead.Event{identify("u1", "a1", ""), alias("a1", "u2")}, 2, 1, []string{"a1", "u1"}},
		{"twice the same", []lead.Event{visit("a1"), alias("a1", "u1"), alias("a1", "u1")}, 1, 0, []string{"a1", "u1"}},
		{"to itself", []lead.Event{alias("u1", "u1")}, 1, 0, []string{"u1"}},
	}
	for _, c := range cases {
		for _, together := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s/together %t", c.name, together), func(t *testing.T) {
				t.Parallel()
				h := newHouse(t, handbook)
				if together {
					h.say(slices.Clone(c.events)...)
				} else {
					for _, e := range c.events {
						h.say(e)
					}
				}
				counts := h.counts()
				if got := counts.Named[pipeline.CountConflicts]; counts.Leads != c.leads || got != c.conflicts {
					t.Errorf("%d leads and %d conflicts, want %d and %d", counts.Leads, got, c.leads, c.conflicts)
				}
				var who lead.ID
				for _, id := range c.same {
					holder := max(h.who(lead.User, id), h.who(lead.Anonymous, id))
					if holder == 0 || who != 0 && holder != who {
						t.Errorf("%q is held by %s, want %s", id, holder, who)
					}
					who = holder
				}
				h.checkAll()
			})
		}
	}
}

// Somebody with a long history and a batch full of visitors who turn out to be
// that person: the history is folded again once, not once for each of them.
func TestManyJoinsInOneBatchAreFoldedOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t, handbook)
	counting := &countingStore{Store: h.store}
	h = furnish(t, counting, h.clock, h.shelf)
	h.say(identify("u1", "", "ada@corp.example"))
	var batch []lead.Event
	for i := range 40 {
		batch = append(batch, visit(fmt.Sprint("a", i)), identify("u1", fmt.Sprint("a", i), ""))
	}
	counting.histories = 0
	h.say(batch...)
	if counting.histories != 1 {
		t.Errorf("the history was read %d times for one batch, want once", counting.histories)
	}
	if n := len(h.joins(h.who(lead.User, "u1"))); n != 40 {
		t.Errorf("%d visitors were joined, want 40", n)
	}
	h.checkAll()
}
